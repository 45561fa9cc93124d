import leveldown, { type LevelCallback, type LevelDown } from 'leveldown';

/** The health of one database's files, from their opening on. */
export interface Health {
  /** The first failed write or read by key. After it nothing more is written until the files are opened again. */
  failure: Error | undefined;
  /** True after a failed read by key: then other reads cannot be trusted either. */
  isUnreadable: boolean;
}

/** Every LevelDB instance that the factory made: who closes the database waits until each of them is closed. */
export type Levels = Set<LevelDown>;

/**
 * A leveldown factory for PouchDB. Every write is synced (one fsync each), and the first failure stops all writes.
 *
 * On a full disk a write may fail half-way and leave a torn record. LevelDB would write later records behind it, and
 * acknowledge them. At its next start it would lose them. A failed read stops the writes, too: PouchDB takes it for "no such
 * document", and would write on that belief.
 */
export function failStopLevel(health: Health, levels: Levels): (location: string) => LevelDown {
  return function level(location: string): LevelDown {
    const db = leveldown(location);
    levels.add(db);
    const { _get, _put, _batch } = db;
    db._get = (key, options, callback) => {
      _get.call(db, key, options, (error, value) => {
        if (isFailure(error)) {
          health.failure ??= error;
          health.isUnreadable = true;
        }
        callback(error, value);
      });
    };
    const guarded = (write: (callback: LevelCallback) => void, callback: LevelCallback): void => {
      if (health.failure !== undefined) {
        process.nextTick(callback, health.failure);
        return;
      }
      write((error) => {
        if (error) health.failure ??= error;
        callback(error);
      });
    };
    db._put = (key, value, options, callback) => {
      guarded((done) => _put.call(db, key, value, { ...options, sync: true }, done), callback);
    };
    db._batch = (operations, options, callback) => {
      guarded((done) => _batch.call(db, operations, { ...options, sync: true }, done), callback);
    };
    return db;
  };
}

const isFailure = (error: Error | null | undefined): error is Error =>
  error instanceof Error && !/notfound/i.test(error.message);
