import type { ServerResponse } from 'node:http';
import type { PouchChange, PouchChanges } from 'pouchdb-core';
import { type DatabaseCall, SENT, type StoreReply, storeJson } from '../call.ts';
import { noDatabase } from '../wire-error.ts';
import { type ChangesOptions, readChangesOptions, toRow } from './changes-options.ts';

// Rows of one read of a live feed: the rest waits for the client to have taken these.
const BATCH = 200;

/** `GET` and `POST /db/_changes`. */
export async function serveChanges(call: DatabaseCall): Promise<StoreReply | typeof SENT> {
  const options = await readChangesOptions(call);
  if (options.feed === 'normal') return storeJson(200, await readAll(call, options));
  await new Feed(call, options).run();
  return SENT;
}

async function readAll(call: DatabaseCall, options: ChangesOptions): Promise<object> {
  const { results, last_seq } = await read(call, options, options.since, options.limit);
  const pending = results.length < options.limit ? 0 : await countPending(call, last_seq);
  return { results: results.map((row) => toRow(row, options.includeDocs)), last_seq, pending };
}

/** An upper bound: what was written several times since counts several times. */
async function countPending({ database }: DatabaseCall, lastSeq: number): Promise<number> {
  const { update_seq: now } = await database.run((pouch) => pouch.info());
  return now - lastSeq;
}

async function read(call: DatabaseCall, options: ChangesOptions, since: number, limit: number): Promise<PouchChanges> {
  return call.database.run(async (pouch) => {
    const { results, last_seq } = await pouch.changes({ ...options.read, since, limit });
    // Cut at the limit, the page leads on from its last row, not from what was looked at behind it.
    const last = results.at(-1);
    return { results, last_seq: results.length >= limit && last !== undefined ? last.seq : Math.max(last_seq, since) };
  });
}

/** A longpoll or continuous feed: reads after each write of the database, and ends with its client. */
class Feed {
  readonly #call: DatabaseCall;
  readonly #options: ChangesOptions;
  readonly #response: ServerResponse;
  #since: number;
  #left: number;
  /** Ends the present wait. */
  #wake: () => void = () => {};
  #isNews = false;
  #isOver = false;

  constructor(call: DatabaseCall, options: ChangesOptions) {
    this.#call = call;
    this.#options = options;
    this.#response = call.response;
    this.#since = options.since;
    this.#left = options.limit;
  }

  async run(): Promise<void> {
    const { database } = this.#call;
    const onWrite = (): void => this.#news();
    const onEnd = (): void => this.#over();
    database.events.on('write', onWrite).on('end', onEnd);
    this.#response.once('close', onEnd);
    const beat = this.#startHeartbeat();
    try {
      this.#open();
      await (this.#options.feed === 'longpoll' ? this.#longpoll() : this.#continuous());
    } catch (error) {
      if (!(error instanceof Error && error.message === noDatabase().message)) throw error;
    } finally {
      clearInterval(beat);
      database.events.off('write', onWrite).off('end', onEnd);
      this.#response.off('close', onEnd);
    }
    this.#response.end();
  }

  async #longpoll(): Promise<void> {
    const deadline = this.#deadline();
    let rows: readonly PouchChange[] = [];
    while (rows.length === 0) {
      rows = await this.#read(this.#left);
      if (rows.length > 0 || !(await this.#wait(deadline))) break;
    }
    const lines = rows.map((row) => JSON.stringify(toRow(row, this.#options.includeDocs)));
    await this.#send(`${lines.join(',\n')}\n],\n"last_seq":${this.#since},"pending":0}\n`);
  }

  async #continuous(): Promise<void> {
    let deadline = this.#deadline();
    while (this.#left > 0 && !this.#isOver) {
      const rows = await this.#read(Math.min(this.#left, BATCH));
      this.#left -= rows.length;
      if (rows.length > 0) {
        await this.#send(rows.map((row) => `${JSON.stringify(toRow(row, this.#options.includeDocs))}\n`).join(''));
        deadline = this.#deadline();
      } else if (!(await this.#wait(deadline))) break;
    }
    await this.#send(`${JSON.stringify({ last_seq: this.#since, pending: 0 })}\n`);
  }

  async #read(limit: number): Promise<readonly PouchChange[]> {
    this.#isNews = false;
    const { results, last_seq } = await read(this.#call, this.#options, this.#since, limit);
    // Read backwards, the last row is the oldest: what follows is what is newer than all of them.
    this.#since = this.#options.isDescending ? Math.max(last_seq, ...results.map(({ seq }) => seq)) : last_seq;
    return results;
  }

  #deadline(): number {
    return this.#options.heartbeatMs === undefined
      ? this.#call.store.now() + this.#options.timeoutMs
      : Number.POSITIVE_INFINITY;
  }

  /** Waits for news; false when the time is up or the client or the database has gone. */
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

  #news(): void {
    this.#isNews = true;
    this.#wake();
  }

  #over(): void {
    this.#isOver = true;
    this.#wake();
  }

  #open(): void {
    this.#response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'must-revalidate' });
    this.#response.flushHeaders();
    if (this.#options.feed === 'longpoll') this.#response.write('{"results":[\n');
  }

  #startHeartbeat(): NodeJS.Timeout | undefined {
    const { heartbeatMs } = this.#options;
    if (heartbeatMs === undefined) return undefined;
    return setInterval(() => this.#response.write('\n'), heartbeatMs);
  }

  /** Sends, and waits while the client is slower than the database. */
  async #send(text: string): Promise<void> {
    if (this.#isOver && this.#response.destroyed) return;
    if (this.#response.write(text)) return;
    await new Promise<void>((resolve) => {
      const go = (): void => {
        this.#response.off('drain', go).off('close', go);
        resolve();
      };
      this.#response.on('drain', go).on('close', go);
    });
  }
}
