/*
 * The embedded store is a PouchDB behind the HTTP interface of CouchDB, for `npm start` and for tests. A purge removes
 * documents for good. This file plans and does that for one LevelDB: that of the documents, or that of an index.
 */

import { promisify } from 'node:util';
import type { Insides, LevelStore } from './open-pouch.ts';

/** The parts of PouchDB's record of a document that a removal needs. */
export interface DocumentRecord {
  /** The sequence number under which each stored rev is kept. */
  readonly rev_map: Readonly<Record<string, number>>;
  readonly deleted?: boolean;
}

export type Records = ReadonlyMap<string, DocumentRecord>;

/** A change of one record in one of PouchDB's stores. */
export interface Operation {
  readonly type: 'put' | 'del';
  readonly prefix: LevelStore;
  readonly key: string;
  readonly value?: unknown;
}

/** The operations of one batch, which removes documents from a database or rows from an index. */
export interface Removal {
  readonly of: Insides;
  readonly operations: readonly Operation[];
  /** By how much PouchDB's count of documents becomes smaller. */
  readonly fewer: number;
}

// The key under which PouchDB keeps its count of documents.
const DOC_COUNT = '_local_doc_count';

/**
 * Plans how to remove documents for good. PouchDB has a record of a document by its id (`docStore`), and one for each
 * stored rev (`bySeqStore`).
 *
 * @param others - further operations of the same batch.
 */
export function removalOf(of: Insides, records: Records, others: readonly Operation[]): Removal {
  const { docStore, bySeqStore } = of.stores;
  const removed = [...records].flatMap(([key, { rev_map: seqs }]): readonly Operation[] => [
    { type: 'del', prefix: docStore, key },
    ...Object.values(seqs).map((seq) => ({ type: 'del', prefix: bySeqStore, key: seqKey(seq) }) as const),
  ]);
  const fewer = [...records.values()].filter(({ deleted }) => deleted !== true).length;
  return { of, operations: [...removed, ...others], fewer };
}

/** Does a removal. Nothing else must write into the database at the same time. */
export async function carryOut({ of: { level, stores }, operations, fewer }: Removal): Promise<void> {
  const value = level._docCount - fewer;
  const count: Operation = { type: 'put', prefix: stores.metaStore, key: DOC_COUNT, value };
  await promisify(level.batch)([...operations, count]);
  level._docCount = value;
}

/** PouchDB's records of documents. If there is no document with an id, the result has no record for it. */
export async function recordsOf({ stores: { docStore } }: Insides, ids: readonly string[]): Promise<Records> {
  const found = (await Promise.all(ids.map((id) => readKey(docStore, id)))) as (DocumentRecord | undefined)[];
  return new Map(
    ids.flatMap((id, index) => {
      const record = found[index];
      return record === undefined ? [] : [[id, record] as const];
    }),
  );
}

/** The value of a key; undefined if the store has no such key. */
export const readKey = (store: LevelStore, key: string): Promise<unknown> =>
  new Promise((resolve, reject) => {
    store.get(key, (error, value) => {
      if (error === null || error === undefined) resolve(value);
      else if (/notfound/i.test(error.name)) resolve(undefined);
      else reject(error);
    });
  });

/** The key under which PouchDB stores a rev with this sequence number: 16 digits, so that keys sort like numbers. */
export const seqKey = (seq: number): string => String(seq).padStart(16, '0');
