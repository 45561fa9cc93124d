import { promisify } from 'node:util';
import type PouchDB from 'pouchdb-core';
import type { Insides, LevelStore, OpenPouch } from './open-pouch.ts';

/** PouchDB's record of a document: the parts that purging reads. */
interface Metadata {
  /** Where each stored rev is: each leaf, and perhaps others. */
  readonly rev_map: Readonly<Record<string, number>>;
  readonly deleted?: boolean;
}

/** A document, and some of its revs. */
export interface NamedRevs {
  readonly id: string;
  readonly revs: readonly string[];
}

/** What PouchDB keeps in an index about a document: the rows that it ever had there. */
interface RowsOf {
  readonly keys: readonly string[];
}

interface Operation {
  readonly type: 'put' | 'del';
  readonly prefix: LevelStore;
  readonly key: string;
  readonly value?: unknown;
}

/** Names what is purged, so that the next start can finish it if the process is killed. */
const JOURNAL = '_local/purging';
const DOC_COUNT = '_local_doc_count';

/**
 * Removes documents for good, and leaves nothing of them in the indexes. PouchDB has no purge that does so. Its indexes would
 * keep a tombstone for each row, and the files would only grow.
 *
 * First one batch removes the documents and writes a journal. Then one batch for each index removes their rows. Nothing else may
 * use the database meanwhile.
 *
 * @returns the same documents with the leaves that are gone: none, if a leaf of the document is not among `revs`.
 */
export async function purgeRecords(open: OpenPouch, named: readonly NamedRevs[]): Promise<readonly NamedRevs[]> {
  await open.openIndexes();
  const { insides } = open;
  const found = await recordsOf(
    insides,
    named.map(({ id }) => id),
  );
  const leaves = await Promise.all(
    named.map(async ({ id, revs }) => ({ id, revs: await leavesOf(open.pouch, id, found.get(id), revs) })),
  );
  const ids = leaves.flatMap(({ id, revs }) => (revs.length > 0 ? [id] : []));
  if (ids.length > 0) await purgeFound(open, new Map([...found].filter(([id]) => ids.includes(id))));
  return leaves;
}

/** All leaves of a document if each of them is among `revs`, else none. */
async function leavesOf(
  pouch: PouchDB,
  id: string,
  record: Metadata | undefined,
  revs: readonly string[],
): Promise<readonly string[]> {
  if (record === undefined) return [];
  const stored = Object.keys(record.rev_map);
  const [only] = stored;
  if (only !== undefined && stored.length === 1) return revs.includes(only) ? stored : [];
  const all = await pouch.get(id, { open_revs: 'all' });
  const leaves = all.flatMap(({ ok }) => (ok ? [ok._rev] : []));
  return leaves.every((rev) => revs.includes(rev)) ? leaves : [];
}

async function purgeFound(open: OpenPouch, records: Records): Promise<void> {
  const { insides } = open;
  const ids = [...records.keys()];
  const value = { _id: JOURNAL, _rev: '0-1', ids };
  await removeDocuments(insides, records, [
    ...(await withoutAttachments(insides, records)),
    { type: 'put', prefix: insides.stores.localStore, key: JOURNAL, value },
  ]);
  await purgeIndexes(open, ids);
}

/** Finishes a purge in whose middle the process was killed. Its documents are gone; their rows may still be in the indexes. */
export async function finishPurge(open: OpenPouch): Promise<void> {
  const journal = (await read(open.insides.stores.localStore, JOURNAL)) as
    | { readonly ids: readonly string[] }
    | undefined;
  if (journal === undefined) return;
  await open.openIndexes();
  // A journal of an older version was written before its documents were removed.
  const left = await recordsOf(open.insides, journal.ids);
  await purgeIndexes(
    open,
    journal.ids.filter((id) => !left.has(id)),
  );
}

/** Removes the rows of documents from all indexes, and then the journal. */
async function purgeIndexes({ insides, indexes }: OpenPouch, ids: readonly string[]): Promise<void> {
  await Promise.all(indexes().map((index) => removeRows(index, ids)));
  await promisify(insides.level.batch)([{ type: 'del', prefix: insides.stores.localStore, key: JOURNAL }]);
}

async function removeRows(index: Insides, ids: readonly string[]): Promise<void> {
  const { localStore } = index.stores;
  const locals = ids.map((id) => `_local/doc_${id}`);
  const found = (await Promise.all(locals.map((local) => read(localStore, local)))) as (RowsOf | undefined)[];
  const keys = new Set(found.flatMap((rows) => rows?.keys ?? []));
  const known = locals.filter((_, at) => found[at] !== undefined);
  await removeDocuments(
    index,
    await recordsOf(index, [...keys]),
    known.map((key) => ({ type: 'del', prefix: localStore, key })),
  );
}

/** PouchDB's records of those documents that it has. */
async function recordsOf({ stores: { docStore } }: Insides, ids: readonly string[]): Promise<Records> {
  const found = (await Promise.all(ids.map((id) => read(docStore, id)))) as (Metadata | undefined)[];
  return new Map(
    ids.flatMap((id, index) => {
      const record = found[index];
      return record === undefined ? [] : [[id, record] as const];
    }),
  );
}

type Records = ReadonlyMap<string, Metadata>;

/** Removes all of the documents from PouchDB's two stores, and corrects its count of them, in one batch with `others`. */
async function removeDocuments(
  { level, stores: { docStore, bySeqStore, metaStore } }: Insides,
  records: Records,
  others: readonly Operation[],
): Promise<void> {
  const removed = [...records].flatMap(([key, { rev_map: seqs }]): readonly Operation[] => [
    { type: 'del', prefix: docStore, key },
    ...Object.values(seqs).map((seq) => ({ type: 'del', prefix: bySeqStore, key: seqKey(seq) }) as const),
  ]);
  const count = level._docCount - [...records.values()].filter(({ deleted }) => deleted !== true).length;
  const operations = [...removed, ...others];
  if (operations.length === 0) return;
  await promisify(level.batch)([...operations, { type: 'put', prefix: metaStore, key: DOC_COUNT, value: count }]);
  level._docCount = count;
}

const seqKey = (seq: number): string => String(seq).padStart(16, '0');

/** What takes the documents’ attachments away. Of one that another document has too, only these documents’ names go. */
async function withoutAttachments({ stores }: Insides, records: Records): Promise<readonly Operation[]> {
  const { attachmentStore, binaryStore } = stores;
  const operations: Operation[] = [];
  for (const digest of await digestsOf(stores, records)) {
    const { refs = {} } = ((await read(attachmentStore, digest)) ?? {}) as { readonly refs?: object };
    const others = Object.entries(refs).filter(([ref]) => !records.has(ref.slice(0, ref.lastIndexOf('@'))));
    if (others.length > 0) {
      const value = { refs: Object.fromEntries(others) };
      operations.push({ type: 'put', prefix: attachmentStore, key: digest, value });
    } else {
      for (const prefix of [attachmentStore, binaryStore]) operations.push({ type: 'del', prefix, key: digest });
    }
  }
  return operations;
}

/** The digests of all attachments that the documents’ stored revs have. */
async function digestsOf({ bySeqStore }: Insides['stores'], records: Records): Promise<ReadonlySet<string>> {
  const seqs = [...records.values()].flatMap((record) => Object.values(record.rev_map));
  const bodies = (await Promise.all(seqs.map((seq) => read(bySeqStore, seqKey(seq))))) as (Body | undefined)[];
  const attached = bodies.flatMap((body) => Object.values(body?._attachments ?? {}));
  return new Set(attached.map(({ digest }) => digest));
}

interface Body {
  readonly _attachments?: Readonly<Record<string, { readonly digest: string }>>;
}

/** Undefined if the store has no such key. */
const read = (store: LevelStore, key: string): Promise<unknown> =>
  promisify(store.get)(key).catch((error: unknown) => {
    if (error instanceof Error && /notfound/i.test(error.name)) return undefined;
    throw error;
  });
