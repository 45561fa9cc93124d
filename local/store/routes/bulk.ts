import type { PouchLeaf } from 'pouchdb-core';
import { isJsonObject, type JsonObject } from '../../../src/core/json-fields.ts';
import { type DatabaseCall, type StoreReply, storeJson } from '../call.ts';
import { checkId, checkRev } from '../documents/check-document.ts';
import { writeDocuments } from '../documents/write-documents.ts';
import { readPostedObject } from '../read-body.ts';
import { badStoreRequest, toWireError } from '../wire-error.ts';

/** `POST /db/_bulk_docs`: a row for each document; not atomic over its rows, as in CouchDB. */
export async function bulkDocuments(call: DatabaseCall): Promise<StoreReply> {
  const { docs, new_edits: newEdits = true } = await readPostedObject(call.request);
  if (!Array.isArray(docs)) throw badStoreRequest('POST body must include `docs` parameter.');
  if (typeof newEdits !== 'boolean') throw badStoreRequest('new_edits must be a boolean');
  const rows = await writeDocuments(call, docs, newEdits);
  return storeJson(
    201,
    rows.map((row) => {
      if (!('refusal' in row)) return row;
      return { id: row.id, error: row.refusal.error, reason: row.refusal.message };
    }),
  );
}

/** `POST /db/_bulk_get`: for each pair of id and rev its document; without a rev all its leaves. */
export async function bulkGet(call: DatabaseCall): Promise<StoreReply> {
  const { docs } = await readPostedObject(call.request);
  if (!Array.isArray(docs)) throw badStoreRequest('Missing JSON list of `docs`.');
  const asked = docs.map(readAsked);
  const options = Object.fromEntries(
    ['revs', 'attachments', 'latest'].map((flag) => [flag, call.query.get(flag) === 'true']),
  );
  const results = await Promise.all(
    asked.map(async ({ id, rev }) => ({ id, docs: await leavesOf(call, id, rev, options) })),
  );
  return storeJson(200, { results });
}

interface Asked {
  readonly id: string;
  readonly rev: string | undefined;
}

function readAsked(asked: unknown): Asked {
  const { id, rev } = isJsonObject(asked) ? asked : {};
  if (rev !== undefined && typeof rev !== 'string') throw badStoreRequest('rev must be a string');
  return { id: checkId(id), rev: rev === undefined ? undefined : checkRev(rev) };
}

async function leavesOf(
  call: DatabaseCall,
  id: string,
  rev: string | undefined,
  options: object,
): Promise<readonly object[]> {
  const noSuch = (of: string): object => ({ error: { id, rev: of, error: 'not_found', reason: 'missing' } });
  try {
    const leaves: readonly PouchLeaf[] = await call.database.run((pouch) =>
      pouch.get(id, { ...options, open_revs: rev === undefined ? 'all' : [rev] }),
    );
    return leaves.map((leaf) => (leaf.ok === undefined ? noSuch(leaf.missing ?? 'undefined') : { ok: leaf.ok }));
  } catch (error) {
    if (toWireError(error).status !== 404) throw error;
    return [noSuch(rev ?? 'undefined')];
  }
}

/** `POST /db/_revs_diff`: which of the revs this database lacks. */
export async function revsDiff(call: DatabaseCall): Promise<StoreReply> {
  const asked = await readPostedObject(call.request);
  for (const revs of Object.values(asked)) {
    if (!Array.isArray(revs) || !revs.every((rev) => typeof rev === 'string')) {
      throw badStoreRequest('Each id must have a list of revs');
    }
    revs.forEach(checkRev);
  }
  return storeJson(200, await call.database.run((pouch) => pouch.revsDiff(asked satisfies JsonObject)));
}
