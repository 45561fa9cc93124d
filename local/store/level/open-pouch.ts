import LevelPouch from 'pouchdb-adapter-leveldb-core';
import memoryAdapter from 'pouchdb-adapter-memory';
import PouchDB from 'pouchdb-core';
import find from 'pouchdb-find';
import { failStopLevel, type Health, type OpenLevels } from './fail-stop-level.ts';

/** One of PouchDB's stores inside a LevelDB: documents or sequences. */
export interface LevelStore {
  get(key: string, callback: (error: Error | null, value: unknown) => void): void;
}

/** What purging needs of a database's insides. */
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
  /** Closes the database and its indexes (in memory: forgets them); resolves when no file of them is open any more. */
  close(): Promise<void>;
}

// With a prefix PouchDB would not find a database's indexes when it closes it.
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
  const levels: OpenLevels = new Set();
  let level: Insides['level'] | undefined;
  let stores: Insides['stores'] | undefined;
  // The adapter's hook for migrations is its one way to hand out what lies beneath; indexes pass here too, later.
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
    // What is in memory stays there until it is destroyed.
    await (isInMemory ? pouch.destroy() : pouch.close());
    await allClosed(levels);
  };
  return { pouch, insides: { level, stores }, health, close };
}

/** PouchDB closes its indexes without telling when that is done. */
async function allClosed(levels: OpenLevels): Promise<void> {
  while ([...levels].some(({ status }) => status === 'open' || status === 'closing')) await new Promise(setImmediate);
}
