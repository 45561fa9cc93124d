/*
 * The page keeps documents of the ledger (Cascade's memory) in PouchDB, a database in the browser, so that it opens
 * quickly and works without network. This file has what PouchDB itself does not offer: to write documents of the store
 * (the ledger's CouchDB) without their revisions, and to remove old ones without a trace.
 */

/** A document as PouchDB gives it. */
export interface LocalDocument {
  readonly _id: string;
  readonly _rev: string;
  readonly [field: string]: unknown;
}

/** What became of writing one document. */
export interface LocallyWritten {
  /** Present if it was not written. */
  readonly error?: unknown;
}

/** The part of a PouchDB database that the page uses for the ledger's documents. */
export interface LocalDatabase {
  get(id: string): Promise<LocalDocument>;
  put(document: object): Promise<{ readonly rev: string }>;
  bulkDocs(documents: readonly object[]): Promise<readonly LocallyWritten[]>;
  allDocs(options: object): Promise<{ readonly rows: readonly LocalRow[] }>;
  changes(options: object): PromiseLike<{ readonly results: readonly { readonly doc?: LocalDocument }[] }>;
  info(): Promise<{ readonly update_seq: number | string }>;
  /**
   * PouchDB's own way to remove a revision of a document without a trace. Some of its storage adapters do not have it.
   */
  _purge?(id: string, path: readonly string[], callback: (error: unknown) => void): void;
  close(): Promise<void>;
  destroy(): Promise<void>;
}

/** One line of an answer of `allDocs`. */
export interface LocalRow {
  readonly id: string;
  readonly key: string;
  /** Absent if there is no document with this key. */
  readonly value?: { readonly rev: string };
  readonly doc?: LocalDocument | null;
}

/**
 * Writes documents of the store to the device, over what the device had of them. The device gives them revisions of its
 * own. Nobody sends these documents back to the store, so the store's revisions are not needed.
 */
export async function storeOnDevice(
  database: Pick<LocalDatabase, 'bulkDocs' | 'allDocs'>,
  documents: readonly LocalDocument[],
): Promise<void> {
  const bare = documents.map(({ _rev, ...document }) => document);
  // Most documents are new to the device. To change one that it has, PouchDB wants the device's revision of it.
  const written = await database.bulkDocs(bare);
  const known = bare.filter((_, index) => written[index]?.error !== undefined);
  if (known.length === 0) return;
  const { rows } = await database.allDocs({ keys: known.map((document) => document['_id']) });
  const revisions = new Map(rows.map(({ key, value }) => [key, value?.rev]));
  // The store may have deleted a document that the device never had. It has no revision, and nothing is left to do.
  await database.bulkDocs(
    known.flatMap((document) => {
      const _rev = revisions.get(String(document['_id']));
      return _rev === undefined ? [] : [{ ...document, _rev }];
    }),
  );
}

/** How many documents are removed in one step. Other writes can happen between two steps. */
const REMOVED_AT_ONCE = 50;

/**
 * Removes documents from the device. A deletion would leave a stub of each document. PouchDB's `purge` would note what
 * it removed, in a list that only grows. So this calls the function that `purge` itself calls. Only if that is missing,
 * it deletes the documents.
 */
export async function removeFromDevice(database: LocalDatabase, ids: readonly string[]): Promise<void> {
  for (let from = 0; from < ids.length; from += REMOVED_AT_ONCE) {
    const { rows } = await database.allDocs({ keys: ids.slice(from, from + REMOVED_AT_ONCE) });
    const known = rows.flatMap(({ key, value }) => (value === undefined ? [] : [{ _id: key, _rev: value.rev }]));
    if (database._purge === undefined) await database.bulkDocs(known.map((each) => ({ ...each, _deleted: true })));
    // The device keeps one revision of each document. So that revision alone is the path that PouchDB wants.
    else await Promise.all(known.map(({ _id, _rev }) => purged(database, _id, _rev)));
  }
}

const purged = (database: LocalDatabase, id: string, rev: string): Promise<void> =>
  new Promise((resolve, reject) => {
    database._purge?.(id, [rev], (error) => (error ? reject(error) : resolve()));
  });

/** Reads a document; undefined if there is none. @throws what PouchDB throws otherwise. */
export async function getOr(database: Pick<LocalDatabase, 'get'>, id: string): Promise<LocalDocument | undefined> {
  try {
    return await database.get(id);
  } catch (error) {
    if ((error as { status?: number }).status === 404) return undefined;
    throw error;
  }
}

/**
 * Writes a `_local` document, over the one that is there. Such a document stays in its database, and lists of documents
 * do not have it.
 */
export async function putLocal(
  database: Pick<LocalDatabase, 'get' | 'put'>,
  id: string,
  fields: object,
): Promise<void> {
  const _id = `_local/${id}`;
  const known = await getOr(database, _id);
  await database.put({ ...fields, _id, ...(known !== undefined && { _rev: known._rev }) });
}
