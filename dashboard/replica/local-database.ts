/** A document of a database on the device. */
export interface LocalDocument {
  readonly _id: string;
  readonly _rev: string;
  readonly [field: string]: unknown;
}

/** The part of a PouchDB database on the device that a replica needs. */
export interface LocalDatabase {
  get(id: string): Promise<LocalDocument>;
  put(document: object): Promise<unknown>;
  bulkDocs(documents: readonly object[], options: { readonly new_edits: boolean }): Promise<unknown>;
  allDocs(
    options: object,
  ): Promise<{ readonly rows: readonly { readonly id: string; readonly doc?: LocalDocument | null }[] }>;
  readonly replicate: { from(source: unknown, options: ReplicationOptions): Replication };
  close(): Promise<void>;
  destroy(): Promise<void>;
}

/** What PouchDB's replication is asked for. */
export interface ReplicationOptions {
  readonly live: boolean;
  readonly retry: boolean;
  readonly checkpoint: 'target';
  readonly batch_size: number;
  readonly selector: object;
  readonly since?: number | string;
  readonly back_off_function?: (delayMs: number) => number;
}

/** A replication that runs. */
export interface Replication {
  on(event: 'change', listener: (batch: ReplicatedBatch) => void): this;
  on(event: 'paused', listener: (error?: ReplicationError) => void): this;
  on(event: 'active', listener: () => void): this;
  on(event: 'denied' | 'error', listener: (error: ReplicationError) => void): this;
  cancel(): void;
  catch(listener: () => void): unknown;
}

/** What one page of a replication has brought. */
export interface ReplicatedBatch {
  readonly docs: readonly { readonly _id: string; readonly _rev: string; readonly _deleted?: boolean }[];
  readonly last_seq: number | string;
}

export interface ReplicationError extends Error {
  readonly status?: number;
  readonly reason?: string;
}

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
