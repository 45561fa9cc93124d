/** A document of a database on the device. */
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

/** The part of a PouchDB database on the device that a replica needs. */
export interface LocalDatabase {
  get(id: string): Promise<LocalDocument>;
  put(document: object): Promise<{ readonly rev: string }>;
  bulkDocs(documents: readonly object[]): Promise<readonly LocallyWritten[]>;
  allDocs(options: object): Promise<{ readonly rows: readonly LocalRow[] }>;
  changes(options: object): PromiseLike<{ readonly results: readonly { readonly doc?: LocalDocument }[] }>;
  info(): Promise<{ readonly update_seq: number | string }>;
  /** How PouchDB's adapter removes a revision of a document, without a trace. Some adapters cannot. */
  _purge?(id: string, path: readonly string[], callback: (error: unknown) => void): void;
  close(): Promise<void>;
  destroy(): Promise<void>;
}

export interface LocalRow {
  readonly id: string;
  readonly key: string;
  /** Absent if there is no such document. */
  readonly value?: { readonly rev: string };
  readonly doc?: LocalDocument | null;
}

/**
 * Writes documents of the store as they are now, whatever the device had. The device gives them revisions of its own: they
 * go nowhere from there, so the store's are not needed.
 */
export async function storeOnDevice(
  database: Pick<LocalDatabase, 'bulkDocs' | 'allDocs'>,
  documents: readonly LocalDocument[],
): Promise<void> {
  const bare = documents.map(({ _rev, ...document }) => document);
  // Most are new. Of the others, the device's revision is needed.
  const written = await database.bulkDocs(bare);
  const known = bare.filter((_, index) => written[index]?.error !== undefined);
  if (known.length === 0) return;
  const { rows } = await database.allDocs({ keys: known.map((document) => document['_id']) });
  const revisions = new Map(rows.map(({ key, value }) => [key, value?.rev]));
  // A deleted document that the device has never had has none.
  await database.bulkDocs(
    known.flatMap((document) => {
      const _rev = revisions.get(String(document['_id']));
      return _rev === undefined ? [] : [{ ...document, _rev }];
    }),
  );
}

/** So many documents are removed at once. Other writes come between. */
const REMOVED_AT_ONCE = 50;

/**
 * Removes documents from the device. PouchDB's own `purge` also notes what it removed, in a list that only grows; a deletion
 * would leave a stub for each document. So this uses what `purge` itself uses.
 */
export async function removeFromDevice(database: LocalDatabase, ids: readonly string[]): Promise<void> {
  for (let from = 0; from < ids.length; from += REMOVED_AT_ONCE) {
    const { rows } = await database.allDocs({ keys: ids.slice(from, from + REMOVED_AT_ONCE) });
    const known = rows.flatMap(({ key, value }) => (value === undefined ? [] : [{ _id: key, _rev: value.rev }]));
    if (database._purge === undefined) await database.bulkDocs(known.map((each) => ({ ...each, _deleted: true })));
    // The device keeps one revision of each document, so it is the whole path.
    else await Promise.all(known.map(({ _id, _rev }) => purged(database, _id, _rev)));
  }
}

const purged = (database: LocalDatabase, id: string, rev: string): Promise<void> =>
  new Promise((resolve, reject) => {
    database._purge?.(id, [rev], (error) => (error ? reject(error) : resolve()));
  });

/** Reads a document; undefined if there is none. */
export async function getOr(database: Pick<LocalDatabase, 'get'>, id: string): Promise<LocalDocument | undefined> {
  try {
    return await database.get(id);
  } catch (error) {
    if ((error as { status?: number }).status === 404) return undefined;
    throw error;
  }
}

/** Writes a `_local` document, which no replication carries to another database. */
export async function putLocal(
  database: Pick<LocalDatabase, 'get' | 'put'>,
  id: string,
  fields: object,
): Promise<void> {
  const _id = `_local/${id}`;
  const known = await getOr(database, _id);
  await database.put({ ...fields, _id, ...(known !== undefined && { _rev: known._rev }) });
}
