// The parts of PouchDB 9 that the page uses. Its packages contain no types.

declare module 'pouchdb-adapter-indexeddb' {
  const plugin: (pouch: unknown) => void;
  export default plugin;
}

declare module 'pouchdb-adapter-http' {
  const plugin: (pouch: unknown) => void;
  export default plugin;
}

declare module 'pouchdb-replication' {
  const plugin: (pouch: unknown) => void;
  export default plugin;
}

declare module 'pouchdb-core' {
  /** A document as PouchDB returns it. */
  export interface PouchDocument {
    readonly _id: string;
    readonly _rev: string;
    readonly [field: string]: unknown;
  }
  export interface PouchError extends Error {
    readonly status?: number;
    readonly reason?: string;
  }
  /** What one page of a replication has brought. */
  export interface PouchBatch {
    readonly docs: readonly { readonly _id: string; readonly _rev: string; readonly _deleted?: boolean }[];
    readonly last_seq: number | string;
    readonly pending?: number;
  }
  export interface PouchReplication extends Promise<unknown> {
    on(event: 'change', listener: (batch: PouchBatch) => void): this;
    on(event: 'paused', listener: (error?: PouchError) => void): this;
    on(event: 'active', listener: () => void): this;
    on(event: 'denied' | 'error', listener: (error: PouchError) => void): this;
    cancel(): void;
  }
  export interface PouchReplicationOptions {
    readonly live: boolean;
    readonly retry: boolean;
    readonly checkpoint: 'target';
    readonly batch_size: number;
    readonly selector: object;
    readonly since?: number | string;
    readonly back_off_function?: (delayMs: number) => number;
  }
  export interface PouchOptions {
    readonly adapter?: string;
    readonly auto_compaction?: boolean;
    readonly revs_limit?: number;
    readonly skip_setup?: boolean;
    readonly fetch?: (url: string | Request, options?: RequestInit) => Promise<Response>;
  }
  export default class PouchDB {
    static plugin(plugin: unknown): typeof PouchDB;
    constructor(name: string, options?: PouchOptions);
    get(id: string): Promise<PouchDocument>;
    put(document: object): Promise<{ readonly rev: string }>;
    bulkDocs(documents: readonly object[], options?: { readonly new_edits: boolean }): Promise<readonly object[]>;
    allDocs(
      options: object,
    ): Promise<{ readonly rows: readonly { readonly id: string; readonly doc?: PouchDocument | null }[] }>;
    info(): Promise<{ readonly update_seq: number | string; readonly doc_count: number }>;
    destroy(): Promise<void>;
    close(): Promise<void>;
    readonly replicate: {
      from(source: PouchDB, options: PouchReplicationOptions): PouchReplication;
    };
  }
}
