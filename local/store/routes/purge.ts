import type PouchDB from 'pouchdb-core';
import { type DatabaseCall, jsonReply, type StoreReply } from '../call.ts';
import { checkId, checkRev } from '../documents/check-document.ts';
import { type PurgedLeaves, purgeRecords } from '../level/purge-records.ts';
import { readPostedObject } from '../read-body.ts';
import { StoreError, toStoreError } from '../store-error.ts';

/**
 * `POST /db/_purge`, for administrators: removes whole documents, tombstones too. If a request does not name every leaf of a
 * document, the document stays, and its list in the answer is empty. CouchDB would remove the named leaves.
 */
export async function purgeDocuments(call: DatabaseCall): Promise<StoreReply> {
  const asked = Object.entries(await readPostedObject(call.request)).map(readAsked);
  // This repairs the files if that is needed. While `alone` works, nobody else does.
  await call.database.index(async () => {});
  const done = await call.database.alone(async (open) => {
    if (open === undefined) throw new Error('The database is not open');
    const found = await Promise.all(asked.map(({ id, revs }) => purgedOf(open.pouch, id, revs)));
    const purged = found.filter(({ leaves }) => leaves.length > 0);
    await purgeRecords(open, purged);
    for (const { id } of purged) call.database.deleted.forget(id);
    return found;
  });
  const purged = Object.fromEntries(done.map(({ id, leaves }) => [id, leaves.map(({ rev }) => rev)]));
  return jsonReply({ purge_seq: null, purged }, 201);
}

function readAsked([id, revs]: readonly [string, unknown]): { readonly id: string; readonly revs: readonly string[] } {
  if (!Array.isArray(revs)) throw new StoreError(400, 'Each id must have a list of revs');
  return { id: checkId(id), revs: revs.map(checkRev) };
}

/** All leaves of a document, if the request named each of them; without leaves it stays. */
async function purgedOf(pouch: PouchDB, id: string, revs: readonly string[]): Promise<PurgedLeaves> {
  try {
    const all = await pouch.get(id, { open_revs: 'all' });
    const leaves = all.flatMap(({ ok }) => (ok ? [{ rev: ok._rev, isDeleted: ok._deleted === true }] : []));
    return { id, leaves: leaves.every(({ rev }) => revs.includes(rev)) ? leaves : [] };
  } catch (error) {
    if (toStoreError(error).status === 404) return { id, leaves: [] };
    throw error;
  }
}
