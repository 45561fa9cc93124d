import indexeddbAdapter from 'pouchdb-adapter-indexeddb';
import PouchDB from 'pouchdb-core';
import type { LocalDatabase } from './local-database.ts';

const Pouch = PouchDB.plugin(indexeddbAdapter);

/**
 * Opens a database on this device with PouchDB, which keeps it in the browser's IndexedDB. The database has only the
 * newest revision of a document. Its revisions are random, because no other database has to compute the same ones.
 */
export const openLocal = (name: string): LocalDatabase =>
  // The type is the part of PouchDB that the page uses. PouchDB itself has no types.
  new Pouch(name, { adapter: 'indexeddb', auto_compaction: true, revs_limit: 1, deterministic_revs: false }) as never;
