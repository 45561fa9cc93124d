import { type DatabaseCall, type StoreCall, type StoreReply, storeJson } from '../call.ts';
import { readPostedObject } from '../read-body.ts';
import { isDatabaseAdmin, isServerAdmin, readSecurity } from '../security.ts';
import { badStoreRequest, forbiddenUser, StoreError } from '../wire-error.ts';

const NAME = /^[a-z][a-z0-9_$()+/-]{0,237}$/;

/** `PUT /db`. */
export async function createDatabase({ store, user }: StoreCall, name: string): Promise<StoreReply> {
  demandServerAdmin(user);
  if (!NAME.test(name) && name !== '_users') {
    const rule =
      'Only lowercase characters (a-z), digits (0-9), and any of the characters _, $, (, ), +, -, and / are allowed. Must begin with a letter.';
    throw new StoreError(400, 'illegal_database_name', `Name: '${name}'. ${rule}`);
  }
  await store.catalogue.create(name);
  return storeJson(201, { ok: true });
}

/** `DELETE /db`. */
export async function deleteDatabase({ store, user }: StoreCall, name: string): Promise<StoreReply> {
  demandServerAdmin(user);
  if (name === '_users') throw forbiddenUser('This store always has _users.');
  await store.catalogue.delete(name);
  return storeJson(200, { ok: true });
}

function demandServerAdmin(user: StoreCall['user']): void {
  if (!isServerAdmin(user)) throw new StoreError(401, 'unauthorized', 'You are not a server admin.');
}

/** `GET /db`. */
export async function describeDatabase({ database }: DatabaseCall): Promise<StoreReply> {
  const { name, instanceStartTime } = database.entry;
  const [info, deleted] = await Promise.all([database.run((pouch) => pouch.info()), database.countDeleted()]);
  return storeJson(200, {
    db_name: name,
    doc_count: info.doc_count,
    doc_del_count: deleted,
    update_seq: info.update_seq,
    purge_seq: 0,
    instance_start_time: instanceStartTime,
    compact_running: false,
    disk_format_version: 8,
  });
}

/** `GET /_all_dbs`. */
export async function listDatabases({ store, user }: StoreCall): Promise<StoreReply> {
  demandServerAdmin(user);
  return storeJson(200, store.catalogue.names());
}

/** `GET /db/_security`. */
export async function getSecurity({ database }: DatabaseCall): Promise<StoreReply> {
  return storeJson(200, database.entry.security);
}

/** `PUT /db/_security`. */
export async function putSecurity({ store, user, database, request }: DatabaseCall): Promise<StoreReply> {
  demandAdmin(user, database);
  await store.catalogue.setSecurity(database.entry.name, readSecurity(await readPostedObject(request)));
  return storeJson(200, { ok: true });
}

/** `POST /db/_compact`: nothing is left to do, as old revisions go with each write. */
export async function compactDatabase({ user, database, request }: DatabaseCall): Promise<StoreReply> {
  demandAdmin(user, database);
  request.resume();
  await database.run((pouch) => pouch.compact());
  return storeJson(202, { ok: true });
}

/** `GET` and `PUT /db/_revs_limit`: always 1000. */
export async function revsLimit({ method }: DatabaseCall): Promise<StoreReply> {
  if (method === 'PUT') throw badStoreRequest('This store keeps 1000 revs of each document.');
  return storeJson(200, 1000);
}

function demandAdmin(user: StoreCall['user'], database: DatabaseCall['database']): void {
  if (!isDatabaseAdmin(user, database.entry.security)) throw forbiddenUser('You are not a db or server admin.');
}
