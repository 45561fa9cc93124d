// The types of the parts of PouchDB 9, leveldown and the LevelDB adapter that the embedded store uses. Their packages
// contain no types.

declare module 'leveldown' {
  export type LevelCallback = (error?: Error | null, value?: unknown) => void;
  export interface LevelDown {
    status: string;
    open(options: object, callback: LevelCallback): void;
    close(callback: LevelCallback): void;
    compactRange(start: string, end: string, callback: LevelCallback): void;
    _get(key: unknown, options: object, callback: LevelCallback): void;
    _put(key: unknown, value: unknown, options: object, callback: LevelCallback): void;
    _batch(operations: readonly unknown[], options: object, callback: LevelCallback): void;
  }
  export default function leveldown(location: string): LevelDown;
}

declare module 'pouchdb-adapter-leveldb-core' {
  export default function LevelPouch(this: unknown, options: object, callback: (error?: Error | null) => void): void;
}

declare module 'pouchdb-adapter-memory' {
  const plugin: (pouch: unknown) => void;
  export default plugin;
}

declare module 'pouchdb-find' {
  const plugin: object;
  export default plugin;
}

declare module 'pouchdb-core' {
  export interface PouchRow {
    readonly id: string;
    readonly key: string;
    readonly error?: string;
    readonly value: { readonly rev: string; readonly deleted?: true };
    readonly doc?: PouchDocument | null;
  }
  export interface PouchDocument {
    [member: string]: unknown;
    _id: string;
    _rev: string;
    _deleted?: boolean;
    _attachments?: Record<string, { content_type: string; digest: string; length: number; data?: string }>;
  }
  export interface PouchChange {
    readonly seq: number;
    readonly id: string;
    readonly changes: readonly { readonly rev: string }[];
    readonly deleted?: true;
    readonly doc?: PouchDocument;
  }
  export interface PouchChanges {
    readonly results: readonly PouchChange[];
    readonly last_seq: number;
  }
  export interface PouchResult {
    readonly ok?: true;
    readonly id: string;
    readonly rev?: string;
    readonly error?: unknown;
    readonly name?: string;
    readonly message?: string;
    readonly reason?: string;
    readonly status?: number;
  }
  export interface PouchLeaf {
    readonly ok?: PouchDocument;
    readonly missing?: string;
  }
  export interface PouchIndex {
    /** null = the ids themselves. */
    readonly ddoc: string | null;
    readonly name: string;
    readonly def: { readonly fields: readonly object[] };
  }
  export interface PouchFound {
    readonly docs: readonly object[];
    readonly warning?: string;
  }
  export default class PouchDB {
    static prefix: string;
    static plugin(plugin: unknown): void;
    static adapter(name: string, adapter: unknown, isPreferred: boolean): void;
    constructor(name: string, options: object);
    info(): Promise<{ readonly doc_count: number; readonly update_seq: number }>;
    get(id: string, options: { readonly open_revs: unknown }): Promise<readonly PouchLeaf[]>;
    get(id: string, options?: object): Promise<PouchDocument>;
    put(document: object): Promise<{ readonly ok: true; readonly id: string; readonly rev: string }>;
    remove(document: object): Promise<{ readonly ok: true; readonly id: string; readonly rev: string }>;
    bulkDocs(documents: readonly object[], options?: object): Promise<readonly PouchResult[]>;
    allDocs(options: object): Promise<{ total_rows: number; offset?: number; rows: readonly PouchRow[] }>;
    changes(options: object): Promise<PouchChanges>;
    revsDiff(asked: object): Promise<object>;
    compact(): Promise<unknown>;
    close(): Promise<void>;
    destroy(): Promise<void>;
    getAttachment(id: string, name: string, options?: object): Promise<Buffer>;
    putAttachment(id: string, name: string, rev: string | null, body: Buffer, type: string): Promise<PouchResult>;
    removeAttachment(id: string, name: string, rev: string): Promise<PouchResult>;
    createIndex(request: object): Promise<object>;
    getIndexes(): Promise<{ readonly indexes: readonly PouchIndex[] }>;
    deleteIndex(index: object): Promise<object>;
    find(request: object): Promise<PouchFound>;
    explain(request: object): Promise<{ readonly index: { readonly def: { readonly fields: readonly object[] } } }>;
  }
}
