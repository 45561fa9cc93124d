import { promisify } from 'node:util';
import type { Insides, LevelStore, OpenPouch } from './open-pouch.ts';
import { refreshIndexes } from './refresh-indexes.ts';

/** PouchDB's record of a document: the parts that purging reads. */
interface Metadata {
  /** Where each stored rev is. */
  readonly rev_map: Readonly<Record<string, number>>;
  readonly deleted?: boolean;
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
 */
export async function purgeRecords(open: OpenPouch, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  // That opens each index which nobody has asked for yet.
  await refreshIndexes(open.pouch);
  const { insides } = open;
  const records = await recordsOf(insides, ids);
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
  await refreshIndexes(open.pouch);
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
