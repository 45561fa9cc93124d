import httpAdapter from 'pouchdb-adapter-http';
import indexeddbAdapter from 'pouchdb-adapter-indexeddb';
import PouchDB from 'pouchdb-core';
import replication from 'pouchdb-replication';
import { basicOf, type Login } from '../session/login.ts';
import type { LocalDatabase } from './local-database.ts';
import type { OutboxDatabase } from './outbox.ts';

const Pouch = PouchDB.plugin(indexeddbAdapter).plugin(httpAdapter).plugin(replication);

/** The database on this device. A device keeps only the newest revision of a document. */
export const openLocal = (name: string): LocalDatabase & OutboxDatabase =>
  // `LocalDatabase` and `OutboxDatabase` are the parts of it that the page uses.
  new Pouch(name, { adapter: 'indexeddb', auto_compaction: true, revs_limit: 1 }) as never;

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
