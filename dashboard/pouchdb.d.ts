// PouchDB is a database in the browser. The page keeps documents of the ledger (Cascade's memory) in it. PouchDB's
// packages contain no types, so here are types with which the page opens a database of PouchDB 9. What the page then
// does with the database is in `replica/local-database.ts`.

declare module 'pouchdb-adapter-indexeddb' {
  const plugin: (pouch: unknown) => void;
  export default plugin;
}

declare module 'pouchdb-core' {
  export interface PouchOptions {
    readonly adapter?: string;
    readonly auto_compaction?: boolean;
    readonly revs_limit?: number;
    readonly deterministic_revs?: boolean;
  }
  export default class PouchDB {
    static plugin(plugin: unknown): typeof PouchDB;
    constructor(name: string, options?: PouchOptions);
  }
}
