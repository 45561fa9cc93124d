import type { LevelDown } from 'leveldown';
import LevelPouch from 'pouchdb-adapter-leveldb-core';
import memoryAdapter from 'pouchdb-adapter-memory';
import PouchDB from 'pouchdb-core';
import find from 'pouchdb-find';
import { failStopLevel, type Health, type Levels } from './fail-stop-level.ts';

/** One of PouchDB's two stores in a LevelDB: by document or by sequence. */
export interface LevelStore {
  get(key: string, callback: (error: Error | null, value: unknown) => void): void;
}

/** The parts inside a database that purging needs. */
export interface Insides {
  readonly level: {
    batch(operations: readonly object[], callback: (error?: Error | null) => void): void;
  };
  readonly stores: Readonly<Record<'docStore' | 'bySeqStore', LevelStore>>;
}

export interface OpenPouch {
  readonly pouch: PouchDB;
  readonly insides: Insides;
  readonly health: Health;
  /** Closes the database and its indexes; in memory it removes them. Resolves when none of their files is open any more. */
  close(): Promise<void>;
  /** Gives the space of removed records back to the disk, in the database and its indexes. Others may use them meanwhile. */
  compact(): Promise<void>;
}

// With a prefix PouchDB would not find the indexes of a database that it closes.
PouchDB.prefix = '';
const adapter = Object.assign(
  function adapter(this: unknown, options: object, callback: (error?: Error | null) => void) {
    LevelPouch.call(this, options, callback);
  },
  { valid: () => true, use_prefix: false },
);
PouchDB.adapter('leveldb', adapter, true);
PouchDB.plugin(memoryAdapter);
PouchDB.plugin(find);

/** Opens or creates a PouchDB at `location`: a path, or in memory a name of its own. */
export async function openPouch(location: string, isInMemory: boolean): Promise<OpenPouch> {
  const health: Health = { failure: undefined, isUnreadable: false };
  const levels: Levels = new Set();
  let level: Insides['level'] | undefined;
  let stores: Insides['stores'] | undefined;
  // Only its hook for migrations hands out what the adapter works with. Later the indexes come here, too: they are ignored.
  const migrate = {
    doMigrationOne: (_name: string, opened: Insides['level'], done: () => void): void => {
      level ??= opened;
      done();
    },
    doMigrationTwo: (opened: Insides['level'], found: Insides['stores'], done: () => void): void => {
      if (opened === level) stores ??= found;
      done();
    },
  };
  const storage = isInMemory ? { adapter: 'memory' } : { adapter: 'leveldb', db: failStopLevel(health, levels) };
  const pouch = new PouchDB(location, { ...storage, migrate, auto_compaction: true });
  await pouch.info();
  if (level === undefined || stores === undefined) throw new Error('PouchDB no longer hands out its stores');
  const close = async (): Promise<void> => {
    // A database in memory stays there until it is destroyed.
    await (isInMemory ? pouch.destroy() : pouch.close());
    await allClosed(levels);
  };
  const compact = async (): Promise<void> => {
    for (const each of levels) if (each.status === 'open') await compactLevel(each);
  };
  return { pouch, insides: { level, stores }, health, close, compact };
}

/** From the first key to behind the last one. */
const compactLevel = (level: LevelDown): Promise<void> =>
  new Promise((resolve, reject) => {
    level.compactRange('\u0000', '\u{10FFFF}', (error) => (error ? reject(error) : resolve()));
  });

/** PouchDB closes its indexes without a promise or a callback, so this looks again and again. */
async function allClosed(levels: Levels): Promise<void> {
  while ([...levels].some(({ status }) => status === 'open' || status === 'closing')) await new Promise(setImmediate);
}
