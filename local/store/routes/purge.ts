import { promisify } from 'node:util';
import type PouchDB from 'pouchdb-core';
import { type DatabaseCall, type StoreReply, storeJson } from '../call.ts';
import { checkId, checkRev } from '../documents/check-document.ts';
import type { OpenPouch } from '../level/open-pouch.ts';
import { readPostedObject } from '../read-body.ts';
import { isServerAdmin } from '../security.ts';
import { badStoreRequest, StoreError, toWireError } from '../wire-error.ts';

/** A document to be purged: all its leaves were named. */
interface Purged {
  readonly id: string;
  readonly leaves: readonly { readonly rev: string; readonly isDeleted: boolean }[];
}

/** The part of PouchDB's record of a document that purging reads. */
interface Metadata {
  readonly rev_map: Readonly<Record<string, number>>;
}

/**
 * `POST /db/_purge`: forgets whole documents, tombstones too. A document whose request does not name every leaf stays as it
 * is and is answered with an empty list; CouchDB would drop the named leaves.
 */
export async function purgeDocuments(call: DatabaseCall): Promise<StoreReply> {
  if (!isServerAdmin(call.user)) throw new StoreError(401, 'unauthorized', 'You are not a server admin.');
  const asked = Object.entries(await readPostedObject(call.request)).map(readAsked);
  // Repairs the files where that is needed; what follows is alone with them.
  await call.database.index(async () => {});
  const done = await call.database.alone(async (open) => {
    if (open === undefined) throw new Error('The database is not open');
    const found = await Promise.all(asked.map(({ id, revs }) => find(open.pouch, id, revs)));
    const purged = found.filter(({ leaves }) => leaves.length > 0);
    await deleteAll(open.pouch, purged);
    await refreshIndexes(open.pouch);
    await forget(open, purged);
    for (const { id } of purged) call.database.deleted.forget(id);
    return found;
  });
  const purged = Object.fromEntries(done.map(({ id, leaves }) => [id, leaves.map(({ rev }) => rev)]));
  return storeJson(201, { purge_seq: null, purged });
}

function readAsked([id, revs]: readonly [string, unknown]): { readonly id: string; readonly revs: readonly string[] } {
  if (!Array.isArray(revs)) throw badStoreRequest('Each id must have a list of revs');
  return { id: checkId(id), revs: revs.map((rev) => checkRev(String(rev))) };
}

async function find(pouch: PouchDB, id: string, revs: readonly string[]): Promise<Purged> {
  try {
    const all = await pouch.get(id, { open_revs: 'all' });
    const leaves = all.flatMap(({ ok }) =>
      ok === undefined ? [] : [{ rev: ok._rev, isDeleted: ok._deleted === true }],
    );
    return { id, leaves: leaves.every(({ rev }) => revs.includes(rev)) ? leaves : [] };
  } catch (error) {
    if (toWireError(error).status === 404) return { id, leaves: [] };
    throw error;
  }
}

/** PouchDB's indexes learn from a deletion only that a document has gone: so each is deleted, indexed, and then forgotten. */
async function deleteAll(pouch: PouchDB, purged: readonly Purged[]): Promise<void> {
  const tombstones = purged.flatMap(({ id, leaves }) =>
    leaves.filter(({ isDeleted }) => !isDeleted).map(({ rev }) => ({ _id: id, _rev: rev, _deleted: true })),
  );
  if (tombstones.length > 0) await pouch.bulkDocs(tombstones);
}

async function refreshIndexes(pouch: PouchDB): Promise<void> {
  const { indexes } = await pouch.getIndexes();
  for (const { ddoc, name, def } of indexes) {
    if (ddoc === null) continue;
    const fields = def.fields.flatMap((field) => Object.keys(field));
    const selector = Object.fromEntries(fields.map((field) => [field, { $gte: null }]));
    await pouch.find({ selector, use_index: [ddoc.replace('_design/', ''), name], limit: 1 });
  }
}

async function forget({ insides: { level, stores } }: OpenPouch, purged: readonly Purged[]): Promise<void> {
  const remove = (prefix: unknown, key: string): object => ({ type: 'del', prefix, key });
  const operations: object[] = [];
  for (const { id } of purged) {
    const { rev_map: seqs } = (await promisify(stores.docStore.get)(id)) as Metadata;
    operations.push(remove(stores.docStore, id));
    for (const seq of Object.values(seqs)) operations.push(remove(stores.bySeqStore, String(seq).padStart(16, '0')));
  }
  if (operations.length > 0) await promisify(level.batch)(operations);
}
