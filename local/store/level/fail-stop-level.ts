/*
 * The embedded store imitates CouchDB, so that `npm start` and the tests need no database server. Its data is in
 * LevelDB files. After a failed write the files may be wrong, so this file refuses all further writes until they are
 * opened again.
 */

import leveldown, { type LevelCallback, type LevelDown } from 'leveldown';

/** The health of one database's files since they were opened. */
export interface Health {
  /** The first write, or read by key, that failed. After that, nothing is written until the files are opened again. */
  failure: Error | undefined;
  /** True after a read by key has failed. Then no other read can be trusted. */
  isUnreadable: boolean;
}

/**
 * The LevelDB instances that `failStopLevel` opened for one database and its indexes. The database is closed once all
 * of them are closed.
 */
export type Levels = Set<LevelDown>;

/**
 * Makes a function that opens LevelDB for PouchDB. Each write is synced, so that it survives a crash. The first failure
 * stops all writes.
 *
 * Why a failed write stops the others: on a full disk, a write can fail half-way and leave a torn record. LevelDB would
 * write later records behind the torn one, and acknowledge them, but lose them at its next start.
 *
 * Why a failed read stops writes: PouchDB takes a failed read for "no such document", and would write a new one.
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
