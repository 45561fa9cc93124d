/*
 * The embedded store imitates CouchDB, so that `npm start` and the tests need no database server. A client asks
 * `_changes` which documents were written after a sequence number (`since`); Cascade's dashboard stays up to date by
 * that. A feed is an answer that stays open, and sends further changes as they happen. This file answers such requests.
 */

import type { PouchChange, PouchChanges } from 'pouchdb-core';
import { type DatabaseCall, jsonReply, SENT, type StoreReply } from '../call.ts';
import { StoreError } from '../store-error.ts';
import { type ChangesOptions, readChangesOptions } from './changes-options.ts';

// How many rows a continuous feed reads at once. It reads the next rows when the client has taken these, so few are in
// memory.
const BATCH = 200;

/** Answers `GET` and `POST /db/_changes`. */
export async function serveChanges(call: DatabaseCall): Promise<StoreReply | typeof SENT> {
  const options = await readChangesOptions(call);
  if (options.feed === 'normal') return jsonReply(await readAll(call, options));
  await new Feed(call, options).run();
  return SENT;
}

async function readAll(call: DatabaseCall, options: ChangesOptions): Promise<object> {
  const { results, last_seq } = await read(call, options, options.since, options.limit);
  const pending = results.length < options.limit ? 0 : await countPending(call, last_seq);
  return { results: results.map((row) => sentRow(row, options)), last_seq, pending };
}

/**
 * How many changes there are after `lastSeq`, at most: a document that was written several times is counted several
 * times.
 */
async function countPending({ database }: DatabaseCall, lastSeq: number): Promise<number> {
  const { update_seq: now } = await database.run((pouch) => pouch.info());
  return now - lastSeq;
}

/** A change as it is sent. With a filter, PouchDB returns the document even if the client does not want it. */
const sentRow = ({ seq, id, changes, deleted, doc }: PouchChange, { includeDocs }: ChangesOptions): object => ({
  ...{ seq, id, changes, deleted },
  doc: includeDocs ? doc : undefined,
});

async function read(call: DatabaseCall, options: ChangesOptions, since: number, limit: number): Promise<PouchChanges> {
  return call.database.run(async (pouch) => {
    const { results, last_seq } = await pouch.changes({ ...options.read, since, limit });
    // If the limit ended this page, the next page begins after its last row. `last_seq` may be of a later change.
    const last = results.at(-1);
    return { results, last_seq: results.length >= limit && last !== undefined ? last.seq : Math.max(last_seq, since) };
  });
}

/**
 * A feed: `longpoll` ends with its first changes, `continuous` goes on. It reads after each write to the database. It
 * ends at its limit, after some time without a change, or when its client or the database is gone.
 */
class Feed {
  readonly #call: DatabaseCall;
  readonly #options: ChangesOptions;
  #since: number;
  /** Ends the present wait. */
  #wake: () => void = () => {};
  /** True if there was a write since the last read. */
  #isNews = false;
  /** True if the client or the database is gone. */
  #isOver = false;

  constructor(call: DatabaseCall, options: ChangesOptions) {
    this.#call = call;
    this.#options = options;
    this.#since = options.since;
  }

  async run(): Promise<void> {
    const { database, response } = this.#call;
    const { feed, heartbeatMs } = this.#options;
    const onWrite = (): void => {
      this.#isNews = true;
      this.#wake();
    };
    const onEnd = (): void => {
      this.#isOver = true;
      this.#wake();
    };
    database.events.on('write', onWrite).on('end', onEnd);
    response.once('close', onEnd);
    const beat = heartbeatMs && setInterval(() => response.write('\n'), heartbeatMs);
    try {
      response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'must-revalidate' });
      response.flushHeaders();
      await (feed === 'longpoll' ? this.#longpoll() : this.#continuous());
    } catch (error) {
      const isDatabaseGone = error instanceof StoreError && error.status === 404;
      if (!isDatabaseGone) throw error;
    } finally {
      clearInterval(beat);
      database.events.off('write', onWrite).off('end', onEnd);
      response.off('close', onEnd);
    }
    response.end();
  }

  async #longpoll(): Promise<void> {
    this.#call.response.write('{"results":[\n');
    const deadline = this.#deadline();
    let rows: readonly string[] = [];
    do {
      rows = await this.#read(this.#options.limit);
    } while (rows.length === 0 && (await this.#wait(deadline)));
    await this.#send(`${rows.join(',\n')}\n],\n"last_seq":${this.#since},"pending":0}\n`);
  }

  async #continuous(): Promise<void> {
    let deadline = this.#deadline();
    for (let left = this.#options.limit; left > 0 && !this.#isOver; ) {
      const rows = await this.#read(Math.min(left, BATCH));
      left -= rows.length;
      if (rows.length > 0) {
        await this.#send(rows.map((row) => `${row}\n`).join(''));
        deadline = this.#deadline();
      } else if (!(await this.#wait(deadline))) break;
    }
    await this.#send(`${JSON.stringify({ last_seq: this.#since, pending: 0 })}\n`);
  }

  /** The rows since the last read, as JSON. */
  async #read(limit: number): Promise<readonly string[]> {
    this.#isNews = false;
    const { results, last_seq } = await read(this.#call, this.#options, this.#since, limit);
    // With `descending` the first row is the newest. The next read begins after the newest row.
    this.#since = this.#options.isDescending ? Math.max(last_seq, ...results.map(({ seq }) => seq)) : last_seq;
    return results.map((row) => JSON.stringify(sentRow(row, this.#options)));
  }

  #deadline(): number {
    const { heartbeatMs, timeoutMs } = this.#options;
    return heartbeatMs === undefined ? this.#call.store.now() + timeoutMs : Number.POSITIVE_INFINITY;
  }

  /** Waits for a write. Returns false if the time is up, or if the client or the database is gone. */
  async #wait(deadline: number): Promise<boolean> {
    if (this.#isOver) return false;
    if (this.#isNews) return true;
    const leftMs = deadline - this.#call.store.now();
    if (leftMs <= 0) return false;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      if (Number.isFinite(leftMs)) timer = setTimeout(resolve, leftMs);
    });
    clearTimeout(timer);
    return this.#isNews && !this.#isOver;
  }

  /** Sends a text, and waits until the client has room for more. */
  async #send(text: string): Promise<void> {
    const { response } = this.#call;
    if ((this.#isOver && response.destroyed) || response.write(text)) return;
    await new Promise<void>((resolve) => {
      const go = (): void => {
        response.off('drain', go).off('close', go);
        resolve();
      };
      response.on('drain', go).on('close', go);
    });
  }
}
