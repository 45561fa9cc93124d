/*
 * The embedded store is a PouchDB behind the HTTP interface of CouchDB, so that `npm start` and the tests need no
 * database server. This file opens one of its databases, on disk (a LevelDB) or in memory. It also hands out the inner
 * parts of PouchDB that a purge needs: a purge removes documents for good, which PouchDB itself cannot do.
 */

import type { LevelDown } from 'leveldown';
import LevelPouch from 'pouchdb-adapter-leveldb-core';
import memoryAdapter from 'pouchdb-adapter-memory';
import PouchDB from 'pouchdb-core';
import find from 'pouchdb-find';
import { failStopLevel, type Health, type Levels } from './fail-stop-level.ts';
import { refreshIndexes } from './refresh-indexes.ts';

/** One of the parts into which PouchDB divides a LevelDB. */
export interface LevelStore {
  get(key: string, callback: (error: Error | null, value: unknown) => void): void;
}

type StoreName = 'docStore' | 'bySeqStore' | 'localStore' | 'metaStore' | 'attachmentStore' | 'binaryStore';

/** The inner parts of a PouchDB database that a purge needs. */
export interface Insides {
  readonly level: {
    batch(operations: readonly object[], callback: (error?: Error | null) => void): void;
    isClosed(): boolean;
    /** How many documents the database has, by PouchDB's own count. */
    _docCount: number;
    /** The sequence number of the last write. */
    readonly _updateSeq: number;
  };
  readonly stores: Readonly<Record<StoreName, LevelStore>>;
}

/** An open database. */
export interface OpenPouch {
  readonly pouch: PouchDB;
  readonly insides: Insides;
  /**
   * Opens all indexes and brings them up to date. A later call does nothing, unless the one before has failed. PouchDB
   * itself opens an index at its first query.
   */
  readonly openIndexes: () => Promise<void>;
  /** The inner parts of the indexes that are open. PouchDB keeps each index in a database of its own. */
  readonly indexes: () => readonly Insides[];
  readonly health: Health;
  /**
   * Closes the database and its indexes. If they are in memory, this removes them. Resolves when all their files are
   * closed.
   */
  close(): Promise<void>;
  /** Frees the disk space of removed records, in the database and its indexes. Both stay usable meanwhile. */
  compact(): Promise<void>;
}

// With a prefix, PouchDB would not find the indexes of a database when it closes the database.
PouchDB.prefix = '';
// PouchDB's adapter for LevelDB, without a prefix of its own.
const adapter = Object.assign(
  function adapter(this: unknown, options: object, callback: (error?: Error | null) => void) {
    LevelPouch.call(this, options, callback);
  },
  { valid: () => true, use_prefix: false },
);
PouchDB.adapter('leveldb', adapter, true);
PouchDB.plugin(memoryAdapter);
PouchDB.plugin(find);

/**
 * Opens a PouchDB database, or creates it. The location is a path; in memory, it is a name that no other database has.
 */
export async function openPouch(location: string, isInMemory: boolean): Promise<OpenPouch> {
  const health: Health = { failure: undefined, isUnreadable: false };
  const levels: Levels = new Set();
  // PouchDB hands out its inner parts only to its hook for migrations: first those of the database, later those of each
  // index.
  const opened = new Map<Insides['level'], Insides>();
  const migrate = {
    doMigrationOne: (_name: string, _level: Insides['level'], done: () => void): void => done(),
    doMigrationTwo: (level: Insides['level'], stores: Insides['stores'], done: () => void): void => {
      opened.set(level, { level, stores });
      done();
    },
  };
  const storage = isInMemory ? { adapter: 'memory' } : { adapter: 'leveldb', db: failStopLevel(health, levels) };
  const pouch = new PouchDB(location, { ...storage, migrate, auto_compaction: true });
  await pouch.info();
  const [insides] = opened.values();
  if (insides === undefined) throw new Error('PouchDB no longer hands out its stores');
  const indexes = (): readonly Insides[] => [...opened.values()].slice(1).filter(({ level }) => !level.isClosed());
  let opening: Promise<void> | undefined;
  const openIndexes = async (): Promise<void> => {
    opening ??= refreshIndexes(pouch);
    try {
      await opening;
    } catch (error) {
      opening = undefined;
      throw error;
    }
  };
  const close = async (): Promise<void> => {
    // If a database in memory were only closed, it would stay in memory.
    await (isInMemory ? pouch.destroy() : pouch.close());
    await allClosed(levels);
  };
  const compact = async (): Promise<void> => {
    for (const each of levels) if (each.status === 'open') await compactLevel(each);
  };
  return { pouch, insides, openIndexes, indexes, health, close, compact };
}

/** Compacts the range from the first key to behind the last one. */
const compactLevel = (level: LevelDown): Promise<void> =>
  new Promise((resolve, reject) => {
    level.compactRange('\u0000', '\u{10FFFF}', (error) => (error ? reject(error) : resolve()));
  });

/**
 * Waits until all files are closed. PouchDB gives no promise or callback for its indexes, so this checks again and
 * again.
 */
async function allClosed(levels: Levels): Promise<void> {
  while ([...levels].some(({ status }) => status === 'open' || status === 'closing')) await new Promise(setImmediate);
}
