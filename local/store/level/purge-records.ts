/*
 * The embedded store is a PouchDB behind the HTTP interface of CouchDB, for `npm start` and for tests. A purge removes
 * documents for good. PouchDB cannot do that, so this file removes them from PouchDB's own records.
 *
 * PouchDB keeps a document's text in one database. In each index it keeps the rows of the documents that the index
 * lists.
 */

import { promisify } from 'node:util';
import type PouchDB from 'pouchdb-core';
import type { Insides, OpenPouch } from './open-pouch.ts';
import {
  carryOut,
  type DocumentRecord,
  type Operation,
  type Records,
  type Removal,
  readKey,
  recordsOf,
  removalOf,
  seqKey,
} from './removal.ts';

/** A document, and some of its revs. A rev is CouchDB's name of a version of a document. */
export interface NamedRevs {
  readonly id: string;
  readonly revs: readonly string[];
}

/**
 * What a purge will do. A leaf is a rev of a document that no later rev replaces; a document with a conflict has
 * several.
 */
export interface RemovalPlan {
  /** Each named document, with the leaves that are removed: all, or none if a leaf of the document was not named. */
  readonly purged: readonly NamedRevs[];
  /** Removes the documents; undefined if there is nothing to remove. */
  readonly documents: Removal | undefined;
  /** Removes the documents' rows, one entry for each index. */
  readonly rows: readonly Removal[];
  /** Whether the plan is still right: nothing was written since it was made. */
  readonly isStill: (open: OpenPouch) => boolean;
}

/** PouchDB's note in an index about a document: the keys of all rows that the document has ever had there. */
interface RowsOf {
  readonly keys: readonly string[];
}

/**
 * The id of the journal of a purge. The journal names the documents, so that the next start can finish the purge if the
 * process is killed.
 */
const JOURNAL = '_local/purging';

/** Reads everything that a purge has to remove. Others can use the database meanwhile. */
export async function planRemoval(open: OpenPouch, named: readonly NamedRevs[]): Promise<RemovalPlan> {
  await open.openIndexes();
  const { insides } = open;
  const seen = seqsOf(open);
  const isStill = (now: OpenPouch): boolean => {
    const seqs = seqsOf(now);
    return seqs.size === seen.size && [...seqs].every(([level, seq]) => seen.get(level) === seq);
  };
  const found = await recordsOf(
    insides,
    named.map(({ id }) => id),
  );
  const purged = await Promise.all(
    named.map(async ({ id, revs }) => ({ id, revs: await leavesOf(open.pouch, id, found.get(id), revs) })),
  );
  const ids = purged.flatMap(({ id, revs }) => (revs.length > 0 ? [id] : []));
  if (ids.length === 0) return { purged, documents: undefined, rows: [], isStill };
  const records = new Map([...found].filter(([id]) => ids.includes(id)));
  const value = { _id: JOURNAL, _rev: '0-1', ids };
  const documents = removalOf(insides, records, [
    ...(await withoutAttachments(insides, records)),
    { type: 'put', prefix: insides.stores.localStore, key: JOURNAL, value },
  ]);
  return { purged, documents, rows: await rowsOf(open, ids), isStill };
}

/** The last sequence number of the database and of each index. Each write of a document makes it larger. */
const seqsOf = ({ insides, indexes }: OpenPouch): ReadonlyMap<Insides['level'], number> =>
  new Map([insides, ...indexes()].map(({ level }) => [level, level._updateSeq]));

/**
 * Removes documents for good, also from the indexes. PouchDB cannot do that: its indexes would keep the mark of a
 * deletion for each row, and the files would only grow.
 *
 * The first batch removes the documents and writes a journal. Then one batch for each index removes their rows. Nothing
 * else must use the database at the same time.
 */
export async function purgeRecords({ insides }: OpenPouch, { documents, rows }: RemovalPlan): Promise<void> {
  if (documents === undefined) return;
  await carryOut(documents);
  await removeRows(insides, rows);
}

/**
 * Finishes a purge during which the process was killed: the documents are gone, but their rows may still be in the
 * indexes.
 */
export async function finishPurge(open: OpenPouch): Promise<void> {
  const { insides } = open;
  const journal = (await readKey(insides.stores.localStore, JOURNAL)) as
    | { readonly ids: readonly string[] }
    | undefined;
  if (journal === undefined) return;
  await open.openIndexes();
  // An older version wrote the journal before it removed the documents. So some of them may still be there.
  const left = await recordsOf(insides, journal.ids);
  const gone = journal.ids.filter((id) => !left.has(id));
  await removeRows(insides, await rowsOf(open, gone));
}

/** Removes the documents' rows from the indexes, and then the journal. */
async function removeRows({ level, stores }: Insides, rows: readonly Removal[]): Promise<void> {
  await Promise.all(rows.map(carryOut));
  await promisify(level.batch)([{ type: 'del', prefix: stores.localStore, key: JOURNAL }]);
}

/** Returns all leaves of a document, if each of them is in `revs`; otherwise none. */
async function leavesOf(
  pouch: PouchDB,
  id: string,
  record: DocumentRecord | undefined,
  revs: readonly string[],
): Promise<readonly string[]> {
  if (record === undefined) return [];
  const stored = Object.keys(record.rev_map);
  // If only one rev is stored, it is the only leaf. Then nothing has to be read.
  const [only] = stored;
  if (only !== undefined && stored.length === 1) return revs.includes(only) ? stored : [];
  const all = await pouch.get(id, { open_revs: 'all' });
  const leaves = all.flatMap(({ ok }) => (ok ? [ok._rev] : []));
  return leaves.every((rev) => revs.includes(rev)) ? leaves : [];
}

/** Plans how to remove the rows of documents from each index. */
const rowsOf = ({ indexes }: OpenPouch, ids: readonly string[]): Promise<readonly Removal[]> =>
  Promise.all(
    indexes().map(async (index) => {
      const { localStore } = index.stores;
      const locals = ids.map((id) => `_local/doc_${id}`);
      const found = (await Promise.all(locals.map((local) => readKey(localStore, local)))) as (RowsOf | undefined)[];
      const keys = new Set(found.flatMap((rows) => rows?.keys ?? []));
      // A note of PouchDB's is deleted even if it was not found. PouchDB may just have written it for a document
      // without rows, and that does not change the index's sequence number.
      const others = locals.map((key) => ({ type: 'del', prefix: localStore, key }) as const);
      return removalOf(index, await recordsOf(index, [...keys]), others);
    }),
  );

/**
 * Plans how to remove the documents' attachments. If another document has the same attachment, only the reference is
 * removed.
 */
async function withoutAttachments({ stores }: Insides, records: Records): Promise<readonly Operation[]> {
  const { attachmentStore, binaryStore } = stores;
  const operations: Operation[] = [];
  for (const digest of await digestsOf(stores, records)) {
    const { refs = {} } = ((await readKey(attachmentStore, digest)) ?? {}) as { readonly refs?: object };
    // A reference is `<id of the document>@<rev>`.
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

/** The digests of all attachments of the documents' stored revs. */
async function digestsOf({ bySeqStore }: Insides['stores'], records: Records): Promise<ReadonlySet<string>> {
  const seqs = [...records.values()].flatMap((record) => Object.values(record.rev_map));
  const bodies = (await Promise.all(seqs.map((seq) => readKey(bySeqStore, seqKey(seq))))) as (Body | undefined)[];
  const attached = bodies.flatMap((body) => Object.values(body?._attachments ?? {}));
  return new Set(attached.map(({ digest }) => digest));
}

interface Body {
  readonly _attachments?: Readonly<Record<string, { readonly digest: string }>>;
}
