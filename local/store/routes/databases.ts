/*
 * The embedded store imitates CouchDB, so that `npm start` and the tests need no database server. This file answers
 * requests about whole databases: deployment creates them, and sets who may use them.
 */

import { type DatabaseCall, jsonReply, type StoreCall, type StoreReply } from '../call.ts';
import { sizeOnDisk } from '../level/disk.ts';
import { readPostedObject } from '../read-body.ts';
import { readSecurity } from '../security.ts';
import { StoreError } from '../store-error.ts';

const NAME = /^[a-z][a-z0-9_$()+/-]{0,237}$/;
const NAME_RULE =
  'Only lowercase characters (a-z), digits (0-9), and any of the characters _, $, (, ), +, -, and / are allowed. Must begin with a letter.';

/** `PUT /db`, for administrators: creates a database. */
export async function createDatabase({ store, path: [name = ''] }: StoreCall): Promise<StoreReply> {
  if (!NAME.test(name) && name !== '_users') {
    throw new StoreError(400, `Name: '${name}'. ${NAME_RULE}`, 'illegal_database_name');
  }
  await store.catalogue.create(name);
  return jsonReply({ ok: true }, 201);
}

/** `DELETE /db`, for administrators: deletes a database. */
export async function deleteDatabase({ store, path: [name = ''] }: StoreCall): Promise<StoreReply> {
  if (name === '_users') throw new StoreError(403, 'This store always has _users.');
  await store.catalogue.delete(name);
  return jsonReply({ ok: true });
}

/** `GET /db`: describes a database. */
export async function describeDatabase({ database }: DatabaseCall): Promise<StoreReply> {
  const { name, instanceStartTime } = database.entry;
  const [info, deleted] = await Promise.all([database.run((pouch) => pouch.info()), database.countDeleted()]);
  return jsonReply({
    db_name: name,
    doc_count: info.doc_count,
    doc_del_count: deleted,
    update_seq: info.update_seq,
    purge_seq: 0,
    instance_start_time: instanceStartTime,
    sizes: { file: database.isInMemory ? 0 : await sizeOnDisk(database.location) },
    compact_running: false,
    disk_format_version: 8,
  });
}

/** `GET /_all_dbs`, for administrators: lists the databases. */
export const listDatabases = async ({ store }: StoreCall): Promise<StoreReply> => jsonReply(store.catalogue.names());

/** `GET /db/_security`: answers who may do what in the database. */
export const getSecurity = async ({ database }: DatabaseCall): Promise<StoreReply> =>
  jsonReply(database.entry.security);

/** `PUT /db/_security`, for administrators of the database: sets who may do what. */
export async function putSecurity({ store, database, request }: DatabaseCall): Promise<StoreReply> {
  await store.catalogue.setSecurity(database.entry.name, readSecurity(await readPostedObject(request)));
  return jsonReply({ ok: true });
}

/** `POST /db/_compact`, for administrators of the database: frees the disk space of records that were removed. */
export async function compactDatabase({ database, request }: DatabaseCall): Promise<StoreReply> {
  request.resume();
  await database.runWriting((_, open) => open.compact());
  return jsonReply({ ok: true }, 202);
}

/** `GET /db/_revs_limit`: always 1000. A `PUT`, which would change this number of kept revs, is refused. */
export async function revsLimit({ method }: DatabaseCall): Promise<StoreReply> {
  if (method === 'PUT') throw new StoreError(400, 'This store keeps 1000 revs of each document.');
  return jsonReply(1000);
}
