import httpAdapter from 'pouchdb-adapter-http';
import indexeddbAdapter from 'pouchdb-adapter-indexeddb';
import PouchDB, { type PouchDocument } from 'pouchdb-core';
import replication from 'pouchdb-replication';
import { basicOf, type Login } from '../session/login.ts';

const Pouch = PouchDB.plugin(indexeddbAdapter).plugin(httpAdapter).plugin(replication);

/** The database on this device. A device keeps only the newest revision of a document. */
export const openLocal = (name: string): PouchDB =>
  new Pouch(name, { adapter: 'indexeddb', auto_compaction: true, revs_limit: 1 });

/** The database on the store, for replication. Nothing but the header says who asks: cookies are never sent. */
export function openRemote(url: string, login: Login): PouchDB {
  const authorization = basicOf(login);
  return new Pouch(url, {
    adapter: 'http',
    skip_setup: true,
    fetch: (target, options = {}) => {
      const headers = new Headers(options.headers);
      headers.set('authorization', authorization);
      return fetch(target, { ...options, headers, credentials: 'omit' });
    },
  });
}

/** Reads a document; undefined if there is none. */
export async function getOr(database: PouchDB, id: string): Promise<PouchDocument | undefined> {
  try {
    return await database.get(id);
  } catch (error) {
    if ((error as { status?: number }).status === 404) return undefined;
    throw error;
  }
}

/** Writes a `_local` document, which no replication carries to another database. */
export async function putLocal(database: PouchDB, id: string, fields: object): Promise<void> {
  const _id = `_local/${id}`;
  const known = await getOr(database, _id);
  await database.put({ ...fields, _id, ...(known !== undefined && { _rev: known._rev }) });
}
