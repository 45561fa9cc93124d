import leveldown, { type LevelCallback, type LevelDown } from 'leveldown';

/** Whether one database's files still work. After a failed read or write, nothing more is written until they are opened again. */
export interface Health {
  failure: Error | undefined;
  /** True after a failed read: then other reads cannot be trusted either. */
  isUnreadable: boolean;
}

/** The LevelDB instances that are open. Closing waits for each of them. */
export type OpenLevels = Set<LevelDown>;

/**
 * A leveldown factory for PouchDB. Every write is synced (one fsync each), and the first failure stops all writes.
 *
 * On a full disk a write may fail half-way. LevelDB would then write on behind the torn record, and lose at the next start
 * what it acknowledged. And PouchDB takes any failed read for "no such document".
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
