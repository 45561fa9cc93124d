/*
 * The embedded store imitates CouchDB, so that `npm start` and the tests need no database server. This file answers
 * requests about many documents at once. Cascade writes with them, and replication needs them.
 */

import type { PouchLeaf } from 'pouchdb-core';
import { isJsonObject } from '../../../src/core/json-fields.ts';
import { type DatabaseCall, jsonReply, type StoreReply } from '../call.ts';
import { checkId, checkRev } from '../documents/check-document.ts';
import { writeDocuments } from '../documents/write-documents.ts';
import { flagsIn, isTextList } from '../outside-values.ts';
import { readPostedObject } from '../read-body.ts';
import { printFailure, StoreError, toStoreError } from '../store-error.ts';

/**
 * `POST /db/_bulk_docs`: writes documents. As in CouchDB, some may be written and others refused. The answer has a row
 * for each document. With `new_edits: false`, which replication uses, it has a row only for each refused one.
 */
export async function bulkDocuments(call: DatabaseCall): Promise<StoreReply> {
  const { docs, new_edits: newEdits = true } = await readPostedObject(call.request);
  if (!Array.isArray(docs)) throw new StoreError(400, 'POST body must include `docs` parameter.');
  if (typeof newEdits !== 'boolean') throw new StoreError(400, 'new_edits must be a boolean');
  const rows = await writeDocuments(call, docs, newEdits);
  return jsonReply(
    rows.map((row) => {
      if (!('refusal' in row)) return row;
      printFailure(row.refusal);
      return { id: row.id, error: row.refusal.error, reason: row.refusal.message };
    }),
    201,
  );
}

/**
 * `POST /db/_bulk_get`: reads documents by id and rev. Without a rev, it reads all leaves (current revs) of the
 * document.
 */
export async function bulkGet(call: DatabaseCall): Promise<StoreReply> {
  const { docs } = await readPostedObject(call.request);
  if (!Array.isArray(docs)) throw new StoreError(400, 'Missing JSON list of `docs`.');
  const asked = docs.map(readAsked);
  const flags = flagsIn(call.query, 'revs', 'attachments', 'latest');
  const results = await Promise.all(
    asked.map(async ({ id, rev }) => ({ id, docs: await leavesOf(call, id, rev, flags) })),
  );
  return jsonReply({ results });
}

function readAsked(asked: unknown): { readonly id: string; readonly rev: string | undefined } {
  const { id, rev } = isJsonObject(asked) ? asked : {};
  return { id: checkId(id), rev: rev === undefined ? undefined : checkRev(rev) };
}

async function leavesOf(
  { database }: DatabaseCall,
  id: string,
  rev: string | undefined,
  flags: object,
): Promise<readonly object[]> {
  const notFound = (named = 'undefined') => ({ error: { id, rev: named, error: 'not_found', reason: 'missing' } });
  try {
    const leaves: readonly PouchLeaf[] = await database.run((pouch) =>
      pouch.get(id, { ...flags, open_revs: rev === undefined ? 'all' : [rev] }),
    );
    return leaves.map(({ ok, missing }) => (ok === undefined ? notFound(missing) : { ok }));
  } catch (error) {
    if (toStoreError(error).status !== 404) throw error;
    return [notFound(rev)];
  }
}

/**
 * `POST /db/_revs_diff`: answers which of the given revs this database lacks. A rev is CouchDB's name of a version of a
 * document.
 */
export async function revsDiff({ database, request }: DatabaseCall): Promise<StoreReply> {
  const asked = await readPostedObject(request);
  for (const revs of Object.values(asked)) {
    if (!isTextList(revs)) throw new StoreError(400, 'Each id must have a list of revs');
    revs.forEach(checkRev);
  }
  return jsonReply(await database.run((pouch) => pouch.revsDiff(asked)));
}
