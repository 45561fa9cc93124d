/*
 * The embedded store imitates CouchDB with PouchDB, so that `npm start` and the tests need no database server. This
 * file is one database of the store. While work such as a purge runs (`alone`), all other work waits. It opens the
 * files again after a failure of the disk.
 */

import { EventEmitter } from 'node:events';
import type PouchDB from 'pouchdb-core';
import { probeDisk } from './level/disk.ts';
import { type OpenPouch, openPouch } from './level/open-pouch.ts';
import { finishPurge } from './level/purge-records.ts';
import { refreshIndexes } from './level/refresh-indexes.ts';
import type { Security } from './security.ts';
import { noDatabase } from './store-error.ts';
import { ValidationFunctions } from './validation/validation-functions.ts';

/** What the catalogue (the list of all databases) stores about a database. */
export interface DatabaseEntry {
  readonly name: string;
  /** The name of the folder with the database's files. */
  readonly folder: string;
  /**
   * When the database was created: epoch milliseconds, as text. Clients recognise a database by it (fact
   * db-databases-05).
   */
  readonly instanceStartTime: string;
  readonly security: Security;
}

type Work<T> = (pouch: PouchDB, open: OpenPouch) => Promise<T>;

/** Opens a database. If an earlier process was killed during a purge, this finishes the purge. */
async function openFinished(location: string, isInMemory: boolean): Promise<OpenPouch> {
  const open = await openPouch(location, isInMemory);
  await finishPurge(open);
  return open;
}

/**
 * One open database. Requests do all their work on it by these methods, so `alone` can wait until nothing else uses the
 * database.
 */
export class Database {
  readonly location: string;
  readonly isInMemory: boolean;
  /** Emits `write` after each try to write documents, and `end` when the database is closed. */
  readonly events = new EventEmitter().setMaxListeners(0);
  entry: DatabaseEntry;
  #open: Promise<OpenPouch>;
  #running = new Set<Promise<unknown>>();
  /** Settles when the last call of `alone` is done. */
  #alone: Promise<unknown> = Promise.resolve();
  /** How many calls of `alone` wait or work. */
  #aloneCalls = 0;
  #isGone = false;
  #isRefreshing = false;
  readonly deleted = new DeletedIds();
  readonly functions = new ValidationFunctions();

  constructor(entry: DatabaseEntry, location: string, isInMemory: boolean) {
    this.entry = entry;
    this.location = location;
    this.isInMemory = isInMemory;
    this.#open = openFinished(location, isInMemory);
    this.#open.catch(() => {});
  }

  /**
   * Does work that only reads. Reading is still possible after a failed write. After a failed read, the files are
   * opened again first.
   *
   * @throws StoreError 404 if the database was deleted or closed; an error if the files cannot be opened; what `work`
   *   throws.
   */
  run<T>(work: Work<T>): Promise<T> {
    return this.#run(work, ({ health }) => !health.isUnreadable);
  }

  /**
   * Does work that may write, such as an update of an index. After any failure, the files are opened again first. Work
   * that writes documents goes through `write`.
   */
  runWriting<T>(work: Work<T>): Promise<T> {
    return this.#run(work, ({ health }) => health.failure === undefined);
  }

  /**
   * Brings all indexes up to date in the background, as CouchDB does. Otherwise the next query of a seldom used index
   * would take long.
   */
  refreshSoon(): void {
    if (this.#isRefreshing) return;
    this.#isRefreshing = true;
    this.runWriting(refreshIndexes)
      // The next query of the index does the same work, and reports what is wrong.
      .catch(() => {})
      .finally(() => {
        this.#isRefreshing = false;
      });
  }

  /**
   * Writes documents. Then it makes the `_changes` feeds read again, even after a failure, because some documents may
   * be written.
   */
  async write<T>(work: Work<T>): Promise<T> {
    try {
      return await this.runWriting(work);
    } finally {
      this.events.emit('write');
    }
  }

  async #run<T>(work: Work<T>, isFit: (open: OpenPouch) => boolean): Promise<T> {
    while (this.#aloneCalls > 0) await this.#alone;
    if (this.#isGone) throw noDatabase();
    const open = await this.#open.catch(() => undefined);
    if (open === undefined || !isFit(open)) {
      await this.alone(() => this.#reopen());
      return this.#run(work, isFit);
    }
    // `alone` may have been called while this waited for the files.
    if (this.#aloneCalls > 0) return this.#run(work, isFit);
    const running = work(open.pouch, open);
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }

  /**
   * Does work while nothing else uses the database. This first waits for all work that has begun. New work waits until
   * this work is done.
   *
   * @param work - gets undefined if the files could not be opened.
   */
  async alone<T>(work: (open: OpenPouch | undefined) => Promise<T>): Promise<T> {
    this.#aloneCalls += 1;
    const before = this.#alone;
    const mine = (async () => {
      await before;
      await Promise.allSettled(this.#running);
      if (this.#isGone) throw noDatabase();
      return work(await this.#open.catch(() => undefined));
    })();
    this.#alone = mine.catch(() => {});
    try {
      return await mine;
    } finally {
      this.#aloneCalls -= 1;
    }
  }

  /**
   * How many tombstones (deleted documents) the database has. The first call reads all changes. A later call reads what
   * is new.
   */
  countDeleted(): Promise<number> {
    return this.run((pouch) => this.deleted.count(pouch));
  }

  /** Closes the database for good. After that, all work is refused with 404. */
  async close(): Promise<void> {
    await this.alone(async (open) => {
      this.#isGone = true;
      this.events.emit('end');
      await open?.close();
    });
  }

  async #reopen(): Promise<void> {
    const open = await this.#open.catch(() => undefined);
    // If another request has just opened the files again, nothing is left to do.
    if (open !== undefined && open.health.failure === undefined) return;
    // This throws if the disk still takes no writes. The old files then stay open. They still serve reads, unless a
    // read has failed.
    if (!this.isInMemory) await probeDisk(`${this.location}.probe`);
    await open?.close();
    this.#open = openFinished(this.location, this.isInMemory);
    await this.#open;
  }
}

/** The ids of a database's tombstones (deleted documents). PouchDB does not count them. */
export class DeletedIds {
  readonly #ids = new Set<string>();
  #seq = 0;
  #counting: Promise<unknown> = Promise.resolve();

  /** Reads what was written since the last call, and returns how many tombstones there are now. */
  async count(pouch: PouchDB): Promise<number> {
    const counted = this.#counting.then(() => this.#readOn(pouch));
    this.#counting = counted.catch(() => {});
    await counted;
    return this.#ids.size;
  }

  /** Forgets the id of a purged document. PouchDB's list of changes does not show a purge. */
  forget(id: string): void {
    this.#ids.delete(id);
  }

  async #readOn(pouch: PouchDB): Promise<void> {
    const { results, last_seq } = await pouch.changes({ since: this.#seq });
    for (const { id, deleted } of results) {
      if (deleted === true) this.#ids.add(id);
      else this.#ids.delete(id);
    }
    this.#seq = Math.max(this.#seq, last_seq);
  }
}
