import { promisify } from 'node:util';
import type PouchDB from 'pouchdb-core';
import type { PouchDocument } from 'pouchdb-core';
import type { OpenPouch } from './open-pouch.ts';

/** A document that is to be purged, and all its leaves. */
export interface PurgedLeaves {
  readonly id: string;
  readonly leaves: readonly { readonly rev: string; readonly isDeleted: boolean }[];
}

/** The part of PouchDB's record of a document that purging reads. */
interface Metadata {
  readonly rev_map: Readonly<Record<string, number>>;
}

/** Names what is being purged, so that the next start can finish it if the process is killed. */
const JOURNAL = '_local/purging';

/**
 * Removes documents for good. PouchDB has no purge: its indexes drop a document only if they see its deletion. So each
 * document is deleted, the indexes are brought up to date, and then its records are removed.
 *
 * Nothing else may use the database meanwhile.
 */
export async function purgeRecords(open: OpenPouch, purged: readonly PurgedLeaves[]): Promise<void> {
  if (purged.length === 0) return;
  const { pouch } = open;
  const ids = purged.map(({ id }) => id);
  const { rev } = await pouch.put({ _id: JOURNAL, ids });
  const tombstones = purged.flatMap(({ id, leaves }) =>
    leaves.filter(({ isDeleted }) => !isDeleted).map((leaf) => ({ _id: id, _rev: leaf.rev, _deleted: true })),
  );
  if (tombstones.length > 0) await pouch.bulkDocs(tombstones);
  await refreshIndexes(pouch);
  await removeRecords(open, ids);
  await pouch.remove({ _id: JOURNAL, _rev: rev });
}

/** Finishes a purge in whose middle the process was killed: removes what it had deleted. What it had not deleted stays. */
export async function finishPurge(open: OpenPouch): Promise<void> {
  const { pouch } = open;
  const journal: PouchDocument | undefined = await pouch.get(JOURNAL).catch((error: { readonly status?: number }) => {
    if (error.status === 404) return undefined;
    throw error;
  });
  if (journal === undefined) return;
  const ids = journal['ids'] as readonly string[];
  const { rows } = await pouch.allDocs({ keys: ids });
  const deleted = ids.filter((_, index) => rows[index]?.value?.deleted === true);
  await refreshIndexes(pouch);
  await removeRecords(open, deleted);
  await pouch.remove(journal);
}

/** A query brings an index up to date. */
async function refreshIndexes(pouch: PouchDB): Promise<void> {
  const { indexes } = await pouch.getIndexes();
  for (const { ddoc, name, def } of indexes) {
    if (ddoc === null) continue;
    const fields = def.fields.flatMap((field) => Object.keys(field));
    const selector = Object.fromEntries(fields.map((field) => [field, { $gte: null }]));
    await pouch.find({ selector, use_index: [ddoc.replace('_design/', ''), name], limit: 1 });
  }
}

/** Removes all of a document from PouchDB's two stores. */
async function removeRecords({ insides: { level, stores } }: OpenPouch, ids: readonly string[]): Promise<void> {
  const remove = (prefix: unknown, key: string): object => ({ type: 'del', prefix, key });
  const operations: object[] = [];
  for (const id of ids) {
    const { rev_map: seqs } = (await promisify(stores.docStore.get)(id)) as Metadata;
    operations.push(remove(stores.docStore, id));
    for (const seq of Object.values(seqs)) operations.push(remove(stores.bySeqStore, String(seq).padStart(16, '0')));
  }
  if (operations.length > 0) await promisify(level.batch)(operations);
}
