import { promisify } from 'node:util';
import type { PouchDocument } from 'pouchdb-core';
import type { OpenPouch } from './open-pouch.ts';
import { refreshIndexes } from './refresh-indexes.ts';

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
