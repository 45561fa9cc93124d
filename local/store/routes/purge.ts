import { type DatabaseCall, jsonReply, type StoreReply } from '../call.ts';
import { checkId, checkRev } from '../documents/check-document.ts';
import { type NamedRevs, purgeRecords } from '../level/purge-records.ts';
import { readPostedObject } from '../read-body.ts';
import { StoreError } from '../store-error.ts';

/**
 * `POST /db/_purge`, for administrators: removes whole documents, tombstones too. If a request does not name every leaf of a
 * document, the document stays, and its list in the answer is empty. CouchDB would remove the named leaves.
 */
export async function purgeDocuments(call: DatabaseCall): Promise<StoreReply> {
  const asked = Object.entries(await readPostedObject(call.request)).map(readAsked);
  // While `alone` works, everybody else waits, so the indexes are opened before. That repairs the files, too, if they need it.
  await call.database.index((_, open) => open.openIndexes());
  const done = await call.database.alone(async (open) => {
    if (open === undefined) throw new Error('The database is not open');
    const named = await purgeRecords(open, asked);
    for (const { id, revs } of named) if (revs.length > 0) call.database.deleted.forget(id);
    return named;
  });
  const purged = Object.fromEntries(done.map(({ id, revs }) => [id, revs]));
  return jsonReply({ purge_seq: null, purged }, 201);
}

function readAsked([id, revs]: readonly [string, unknown]): NamedRevs {
  if (!Array.isArray(revs)) throw new StoreError(400, 'Each id must have a list of revs');
  return { id: checkId(id), revs: revs.map(checkRev) };
}
