import leveldown, { type LevelCallback, type LevelDown } from 'leveldown';

/** Whether one database's files still take writes: once a read or a write failed, nothing more is written until it is opened anew. */
export interface Health {
  failure: Error | undefined;
  /** Whether a read failed: then nothing that is read can be believed either. */
  isUnreadable: boolean;
}

/** LevelDB instances that are open, so that closing can wait for each. */
export type OpenLevels = Set<LevelDown>;

/**
 * A leveldown factory for PouchDB: every write is synced (one fsync each), and the first failure stops all writes.
 *
 * After a write that failed half-way (a full disk) LevelDB would append behind the torn record and lose at the next start
 * what it acknowledged in between; and PouchDB takes any failed read for "no such document".
 */
export function failStopLevel(health: Health, open: OpenLevels): (location: string) => LevelDown {
  return function level(location: string): LevelDown {
    const db = leveldown(location);
    open.add(db);
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
