import { promisify } from 'node:util';
import type PouchDB from 'pouchdb-core';
import { type DatabaseCall, jsonReply, type StoreReply } from '../call.ts';
import { checkId, checkRev } from '../documents/check-document.ts';
import type { OpenPouch } from '../level/open-pouch.ts';
import { readPostedObject } from '../read-body.ts';
import { StoreError, toStoreError } from '../store-error.ts';

/** A document that is purged: the request named all its leaves. Without leaves: it stays. */
interface Purged {
  readonly id: string;
  readonly leaves: readonly { readonly rev: string; readonly isDeleted: boolean }[];
}

/** The part of PouchDB's record of a document that purging reads. */
interface Metadata {
  readonly rev_map: Readonly<Record<string, number>>;
}

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
    await deleteAll(open.pouch, purged);
    await refreshIndexes(open.pouch);
    await removeRecords(open, purged);
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

async function purgedOf(pouch: PouchDB, id: string, revs: readonly string[]): Promise<Purged> {
  try {
    const all = await pouch.get(id, { open_revs: 'all' });
    const leaves = all.flatMap(({ ok }) => (ok ? [{ rev: ok._rev, isDeleted: ok._deleted === true }] : []));
    return { id, leaves: leaves.every(({ rev }) => revs.includes(rev)) ? leaves : [] };
  } catch (error) {
    if (toStoreError(error).status === 404) return { id, leaves: [] };
    throw error;
  }
}

/** An index of PouchDB drops a document only if it sees its deletion. So each document is deleted and indexed before it is removed. */
async function deleteAll(pouch: PouchDB, purged: readonly Purged[]): Promise<void> {
  const tombstones = purged.flatMap(({ id, leaves }) =>
    leaves.filter(({ isDeleted }) => !isDeleted).map(({ rev }) => ({ _id: id, _rev: rev, _deleted: true })),
  );
  if (tombstones.length > 0) await pouch.bulkDocs(tombstones);
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
async function removeRecords({ insides: { level, stores } }: OpenPouch, purged: readonly Purged[]): Promise<void> {
  const remove = (prefix: unknown, key: string): object => ({ type: 'del', prefix, key });
  const operations: object[] = [];
  for (const { id } of purged) {
    const { rev_map: seqs } = (await promisify(stores.docStore.get)(id)) as Metadata;
    operations.push(remove(stores.docStore, id));
    for (const seq of Object.values(seqs)) operations.push(remove(stores.bySeqStore, String(seq).padStart(16, '0')));
  }
  if (operations.length > 0) await promisify(level.batch)(operations);
}
