import { promisify } from 'node:util';
import type PouchDB from 'pouchdb-core';
import { type Answer, type DatabaseCall, json } from '../call.ts';
import { checkId, checkRev } from '../documents/check-document.ts';
import type { OpenPouch } from '../level/open-pouch.ts';
import { readPostedObject } from '../read-body.ts';
import { isServerAdmin } from '../security.ts';
import { badRequest, toWireError, WireError } from '../wire-error.ts';

/** The part of PouchDB's record of a document that purging reads. */
interface Metadata {
  readonly rev_map: Readonly<Record<string, number>>;
  readonly deleted?: boolean;
}

/**
 * `POST /db/_purge`: forgets whole documents, tombstones too. A document whose request does not name every leaf stays as it
 * is and is answered with an empty list; CouchDB would drop the named leaves.
 */
export async function purgeDocuments(call: DatabaseCall): Promise<Answer> {
  if (!isServerAdmin(call.user)) throw new WireError(401, 'unauthorized', 'You are not a server admin.');
  const asked = Object.entries(await readPostedObject(call.request)).map(readAsked);
  const purged = await call.database.alone(async (open) => {
    const done: [string, readonly string[]][] = [];
    for (const { id, revs } of asked) {
      const gone = open === undefined ? [] : await purge(open, id, revs);
      if (gone.length > 0) call.database.deleted.forget(id);
      done.push([id, gone]);
    }
    return done;
  });
  return json(201, { purge_seq: null, purged: Object.fromEntries(purged) });
}

function readAsked([id, revs]: readonly [string, unknown]): { readonly id: string; readonly revs: readonly string[] } {
  if (!Array.isArray(revs)) throw badRequest('Each id must have a list of revs');
  return { id: checkId(id), revs: revs.map((rev) => checkRev(String(rev))) };
}

async function purge(open: OpenPouch, id: string, revs: readonly string[]): Promise<readonly string[]> {
  const leaves = await leavesOf(open.pouch, id);
  if (leaves.length === 0 || !leaves.every((leaf) => revs.includes(leaf))) return [];
  await forget(open, id);
  await noteForIndexes(open.pouch, id);
  return leaves;
}

async function leavesOf(pouch: PouchDB, id: string): Promise<readonly string[]> {
  try {
    const leaves = await pouch.get(id, { open_revs: 'all' });
    return leaves.flatMap(({ ok }) => (ok === undefined ? [] : [ok._rev]));
  } catch (error) {
    if (toWireError(error).status === 404) return [];
    throw error;
  }
}

async function forget({ insides: { level, stores } }: OpenPouch, id: string): Promise<void> {
  const metadata = (await promisify(stores.docStore.get)(id)) as Metadata;
  const count = level._docCount - (metadata.deleted === true ? 0 : 1);
  const remove = (prefix: unknown, key: string): object => ({ type: 'del', prefix, key });
  await promisify(level.batch)([
    remove(stores.docStore, id),
    ...Object.values(metadata.rev_map).map((seq) => remove(stores.bySeqStore, String(seq).padStart(16, '0'))),
    { type: 'put', prefix: stores.metaStore, key: '_local_doc_count', value: count },
  ]);
  level._docCount = count;
}

/** PouchDB's indexes look here for what was purged; they read a place in the list as its number, so it only grows. */
async function noteForIndexes(pouch: PouchDB, docId: string): Promise<void> {
  const known = await pouch.get('_local/purges').catch(() => ({ _id: '_local/purges', purges: [] }));
  const purges = Array.isArray(known['purges']) ? known['purges'] : [];
  await pouch.put({ ...known, purges: [...purges, { docId }], purgeSeq: purges.length });
}
