/*
 * The embedded store imitates CouchDB, so that `npm start` and the tests need no database server. A purge removes
 * documents for good, so that Cascade can forget old ones; a deletion would leave a tombstone (the mark of a deletion).
 * This file answers requests for a purge. A rev is CouchDB's name of a version of a document.
 */

import { type DatabaseCall, jsonReply, type StoreReply } from '../call.ts';
import { checkId, checkRev } from '../documents/check-document.ts';
import { type NamedRevs, planRemoval, purgeRecords } from '../level/purge-records.ts';
import { readPostedObject } from '../read-body.ts';
import { StoreError } from '../store-error.ts';

/**
 * `POST /db/_purge`, for the administrators of the store: removes whole documents, even deleted ones, without a trace.
 * A request has to name every leaf of a document (each current rev). Otherwise the document stays, and its list in the
 * answer is empty. CouchDB would remove the named leaves.
 */
export async function purgeDocuments(call: DatabaseCall): Promise<StoreReply> {
  const asked = Object.entries(await readPostedObject(call.request)).map(readAsked);
  // All other requests to the database wait while `alone` works. So most of the reading is done before. `runWriting`
  // also opens the files again, if an earlier failure requires that.
  const early = await call.database.runWriting((_, open) => planRemoval(open, asked));
  const purged = await call.database.alone(async (open) => {
    if (open === undefined) throw new Error('The database is not open');
    const plan = early.isStill(open) ? early : await planRemoval(open, asked);
    await purgeRecords(open, plan);
    for (const { id, revs } of plan.purged) if (revs.length > 0) call.database.deleted.forget(id);
    call.database.functions.forget();
    return plan.purged;
  });
  return jsonReply({ purge_seq: null, purged: Object.fromEntries(purged.map(({ id, revs }) => [id, revs])) }, 201);
}

function readAsked([id, revs]: readonly [string, unknown]): NamedRevs {
  if (!Array.isArray(revs)) throw new StoreError(400, 'Each id must have a list of revs');
  return { id: checkId(id), revs: revs.map(checkRev) };
}
