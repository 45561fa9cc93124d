import type { LevelDown } from 'leveldown';
import LevelPouch from 'pouchdb-adapter-leveldb-core';
import memoryAdapter from 'pouchdb-adapter-memory';
import PouchDB from 'pouchdb-core';
import find from 'pouchdb-find';
import { failStopLevel, type Health, type Levels } from './fail-stop-level.ts';
import { refreshIndexes } from './refresh-indexes.ts';

/** One of PouchDB's stores in a LevelDB. */
export interface LevelStore {
  get(key: string, callback: (error: Error | null, value: unknown) => void): void;
}

type StoreName = 'docStore' | 'bySeqStore' | 'localStore' | 'metaStore' | 'attachmentStore' | 'binaryStore';

/** The parts inside a database that purging needs. */
export interface Insides {
  readonly level: {
    batch(operations: readonly object[], callback: (error?: Error | null) => void): void;
    isClosed(): boolean;
    /** How many documents PouchDB says that there are. */
    _docCount: number;
    /** Of its last write. */
    readonly _updateSeq: number;
  };
  readonly stores: Readonly<Record<StoreName, LevelStore>>;
}

export interface OpenPouch {
  readonly pouch: PouchDB;
  readonly insides: Insides;
  /** Opens all indexes, and brings them up to date the first time. PouchDB opens an index by itself at its first query. */
  readonly openIndexes: () => Promise<void>;
  /** Of the indexes that are open: PouchDB keeps each in a database of its own. */
  readonly indexes: () => readonly Insides[];
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
  // Only its hook for migrations hands out what the adapter works with: first of the database, later of its indexes.
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
    // A database in memory stays there until it is destroyed.
    await (isInMemory ? pouch.destroy() : pouch.close());
    await allClosed(levels);
  };
  const compact = async (): Promise<void> => {
    for (const each of levels) if (each.status === 'open') await compactLevel(each);
  };
  return { pouch, insides, openIndexes, indexes, health, close, compact };
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
