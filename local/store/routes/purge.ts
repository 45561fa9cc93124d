import type PouchDB from 'pouchdb-core';
import { type DatabaseCall, jsonReply, type StoreReply } from '../call.ts';
import { checkId, checkRev } from '../documents/check-document.ts';
import { purgeRecords } from '../level/purge-records.ts';
import { refreshIndexes } from '../level/refresh-indexes.ts';
import { readPostedObject } from '../read-body.ts';
import { StoreError, toStoreError } from '../store-error.ts';

/**
 * `POST /db/_purge`, for administrators: removes whole documents, tombstones too. If a request does not name every leaf of a
 * document, the document stays, and its list in the answer is empty. CouchDB would remove the named leaves.
 */
export async function purgeDocuments(call: DatabaseCall): Promise<StoreReply> {
  const asked = Object.entries(await readPostedObject(call.request)).map(readAsked);
  // While `alone` works, everybody else waits: so what the indexes have to catch up with is done before. That repairs the files,
  // too, if they need it.
  await call.database.index(refreshIndexes);
  const done = await call.database.alone(async (open) => {
    if (open === undefined) throw new Error('The database is not open');
    const found = await Promise.all(asked.map(({ id, revs }) => purgedOf(open.pouch, id, revs)));
    const purged = found.filter(({ revs }) => revs.length > 0);
    await purgeRecords(
      open,
      purged.map(({ id }) => id),
    );
    for (const { id } of purged) call.database.deleted.forget(id);
    return found;
  });
  const purged = Object.fromEntries(done.map(({ id, revs }) => [id, revs]));
  return jsonReply({ purge_seq: null, purged }, 201);
}

interface Named {
  readonly id: string;
  readonly revs: readonly string[];
}

function readAsked([id, revs]: readonly [string, unknown]): Named {
  if (!Array.isArray(revs)) throw new StoreError(400, 'Each id must have a list of revs');
  return { id: checkId(id), revs: revs.map(checkRev) };
}

/** The revs of all leaves of a document, if the request named each of them; without leaves it stays. */
async function purgedOf(pouch: PouchDB, id: string, revs: readonly string[]): Promise<Named> {
  try {
    const all = await pouch.get(id, { open_revs: 'all' });
    const leaves = all.flatMap(({ ok }) => (ok ? [ok._rev] : []));
    return { id, revs: leaves.every((rev) => revs.includes(rev)) ? leaves : [] };
  } catch (error) {
    if (toStoreError(error).status === 404) return { id, revs: [] };
    throw error;
  }
}
