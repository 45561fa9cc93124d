import indexeddbAdapter from 'pouchdb-adapter-indexeddb';
import PouchDB from 'pouchdb-core';
import type { LocalDatabase } from './local-database.ts';
import type { OutboxDatabase } from './outbox.ts';

const Pouch = PouchDB.plugin(indexeddbAdapter);

/** The database on this device. A device keeps only the newest revision of a document, with a random number: no other database has it. */
export const openLocal = (name: string): LocalDatabase & OutboxDatabase =>
  // `LocalDatabase` and `OutboxDatabase` are the parts of it that the page uses.
  new Pouch(name, { adapter: 'indexeddb', auto_compaction: true, revs_limit: 1, deterministic_revs: false }) as never;
