import { signal } from '@preact/signals';
import { expect } from 'chai';
import memory from 'pouchdb-adapter-memory';
import PouchDB from 'pouchdb-core';
import type { LocalDatabase } from '../../dashboard/replica/local-database.ts';
import { createReplica } from '../../dashboard/replica/pouch-replica.ts';
import type { Replica } from '../../dashboard/replica/replica.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { type HeldTimers, holdTimers } from '../support/hold-timers.ts';
import { until } from '../support/until.ts';

PouchDB.plugin(memory);

const NOW = Date.parse('2026-12-02T07:42:00Z');
const DAY_MS = 86_400_000;

/** A store without documents. The test answers what waits for a change. */
function silentStore() {
  const { fetch } = globalThis;
  const changes: { resolve: (answer: Response) => void; reject: (error: Error) => void }[] = [];
  const store = {
    isDown: false,
    /** How everything but the history stands. */
    rows: [] as readonly object[],
    /** The requests, as path and body. */
    asked: [] as { readonly path: string; readonly body: string }[],
    changes,
    /** Answers the question that waits for a change. */
    async change(...documents: readonly object[]): Promise<void> {
      const waiting = await until('the question for changes', () => changes.shift());
      waiting.resolve(Response.json({ results: documents.map((doc) => ({ doc })), last_seq: 6 }));
    },
    /** Cuts the question that waits for a change. */
    async cut(): Promise<void> {
      const waiting = await until('the question for changes', () => changes.shift());
      waiting.reject(new TypeError('fetch failed'));
    },
    close: () => void Object.assign(globalThis, { fetch }),
  };
  const answer = async (url: string, { body = '', signal }: { body?: string; signal: AbortSignal }) => {
    if (store.isDown) throw new TypeError('fetch failed');
    const path = url.replace(/^.*\/cascade/, '');
    store.asked.push({ path, body });
    if (path === '') return Response.json({ update_seq: 5, instance_start_time: '1' });
    if (path.startsWith('/_find')) return Response.json({ docs: [] });
    if (path.startsWith('/_all_docs')) return Response.json({ rows: store.rows });
    if (!path.includes('longpoll')) return Response.json({ results: [], last_seq: 5 });
    return new Promise<Response>((resolve, reject) => {
      changes.push({ resolve, reject });
      signal.addEventListener('abort', () => reject(new DOMException('', 'AbortError')));
    });
  };
  Object.assign(globalThis, { fetch: answer });
  return store;
}

const documentOf = (id: string) => ({ _id: `dead:${id}`, _rev: '1-a' });

describe('the times of the replica', () => {
  let timers: HeldTimers;
  let store: ReturnType<typeof silentStore>;
  let replica: Replica;
  let local: LocalDatabase;
  let number = 0;
  const clock = { now: NOW };
  /** The instants before which the page dropped history. */
  const forgotten: number[] = [];
  const summary = { writes: 0, isComplete: true, wasQuiet: [] as boolean[] };
  /** `mayStore`: whether this tab is the one that stores. `replaced`: how often the page had to be opened again. */
  const tab = { mayStore: true, replaced: 0 };

  beforeEach(async () => {
    Object.assign(clock, { now: NOW });
    Object.assign(summary, { writes: 0, isComplete: true, wasQuiet: [] });
    Object.assign(tab, { mayStore: true, replaced: 0 });
    forgotten.length = 0;
    local = new PouchDB(`times-${process.pid}-${number++}`, { adapter: 'memory' }) as unknown as LocalDatabase;
    timers = holdTimers();
    store = silentStore();
    replica = createReplica({
      local,
      configuration: { storeUrl: 'https://store.example', database: 'cascade' },
      login: { user: 'ann', password: 'secret' },
      onDocuments() {},
      summary: {
        open: async () => undefined,
        async write(isQuiet) {
          summary.writes += 1;
          summary.wasQuiet.push(isQuiet());
          return summary.isComplete;
        },
      },
      knowledge: {
        forget(before) {
          forgotten.push(before);
          return ['dead:old'];
        },
      },
      now: () => clock.now as EpochMs,
      isWrong: signal(false),
      mayStore: () => tab.mayStore,
      onReplaced() {
        tab.replaced += 1;
      },
    });
    await replica.open();
  });
  afterEach(async () => {
    await replica.close();
    store.close();
    timers.release();
  });

  const isLive = () => until('the replica is live', () => replica.sync.value.kind === 'live');
  /** Waits until a timer waits, and ends it. */
  const nextTimer = () => until('a timer', () => timers.pass());
  const place = async () => (await local.get('_local/cascade-place-2').catch(() => undefined)) as unknown;
  /** Answers without a change. Then the next question waits. */
  async function nothingNew(): Promise<void> {
    await store.change();
    await until('the next question', () => store.changes.length === 1);
  }

  it('asks a store that gives no answer again after 1, 2, 4, 8 and 16 s, then every 30 s; after an answer after 1 s', async () => {
    store.isDown = true;
    replica.follow();
    const pauses: number[] = [];
    for (let count = 0; count < 7; count += 1) pauses.push(await nextTimer());
    expect(pauses).to.deep.equal([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    await until('it has asked once more', () => timers.waiting.length === 1);
    store.isDown = false;
    timers.pass();
    await isLive();
    store.isDown = true;
    await store.cut();
    expect([await nextTimer(), await nextTimer()]).to.deep.equal([1_000, 2_000]);
  });

  it('loads the last 14 days, and hears of changes in these', async () => {
    replica.follow();
    await isLive();
    const since = `"$gte":${Date.parse('2026-11-18T07:42:00Z')}`;
    const asked = (path: string) => store.asked.filter((each) => each.path.startsWith(path));
    expect(asked('/_find')).to.have.length(2);
    for (const { body } of asked('/_find')) expect(body).to.include(since);
    expect(asked('/_changes')[0]?.body.split(since)).to.have.length(3);
  });

  it('drops what is older once the oldest is 15 days old', async () => {
    replica.follow();
    await isLive();
    clock.now = NOW + DAY_MS - 1;
    await nothingNew();
    expect(forgotten).to.deep.equal([]);
    clock.now = NOW + DAY_MS;
    await nothingNew();
    expect(forgotten).to.deep.equal([Date.parse('2026-11-19T07:42:00Z')]);
    clock.now = NOW + 2 * DAY_MS - 1;
    await nothingNew();
    expect(forgotten).to.have.length(1);
  });

  it('notes on the device that it is up to date after 60 s without a change', async () => {
    replica.follow();
    await isLive();
    await until('the device is up to date', async () => ((await place()) as { asOf?: number })?.asOf === NOW);
    clock.now = NOW + 59_999;
    await nothingNew();
    // The next note comes after whatever this answer has led to.
    clock.now = NOW + 60_000;
    const noted: unknown[] = [];
    const put = local.put.bind(local);
    local.put = (document) => {
      noted.push((document as { asOf?: number }).asOf);
      return put(document);
    };
    await nothingNew();
    await until('a note', () => noted.length > 0);
    expect(noted).to.deep.equal([NOW + 60_000]);
  });

  it('writes the summary once, 10 s after the first of several changes, and again if it was not complete', async () => {
    replica.follow();
    await isLive();
    await store.change(documentOf('a'));
    await until('the device has it', async () => (await local.allDocs({})).rows.length === 1);
    await store.change(documentOf('b'));
    await until('the device has both', async () => (await local.allDocs({})).rows.length === 2);
    expect([timers.waiting, summary.writes]).to.deep.equal([[10_000], 0]);
    summary.isComplete = false;
    timers.pass();
    await until('the next try', () => timers.waiting.length > 0);
    expect([timers.waiting, summary.writes]).to.deep.equal([[10_000], 1]);
    summary.isComplete = true;
    timers.pass();
    await until('it is written', () => summary.writes === 2);
    expect(timers.waiting).to.deep.equal([]);
  });

  it('writes no summary as complete while the device still stores', async () => {
    replica.follow();
    await isLive();
    await store.change(documentOf('a'));
    await until('the device has it', async () => (await local.allDocs({})).rows.length === 1);
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const write = local.bulkDocs.bind(local);
    local.bulkDocs = async (documents) => {
      await released;
      return write(documents);
    };
    await store.change(documentOf('b'));
    await until('the next question', () => store.changes.length === 1);
    summary.isComplete = false;
    timers.pass();
    await until('the next try', () => timers.waiting.length > 0);
    expect(summary.wasQuiet).to.deep.equal([false]);
    release();
    await until('the device has both', async () => (await local.allDocs({})).rows.length === 2);
    await until('the place', async () => ((await place()) as { from?: number })?.from === 6);
    timers.pass();
    await until('the next try', () => timers.waiting.length > 0);
    expect(summary.wasQuiet).to.deep.equal([false, true]);
  });

  it('says as of when it is, also if it stores nothing, however often it asks in vain', async () => {
    tab.mayStore = false;
    replica.follow();
    await isLive();
    clock.now = NOW + 60_000;
    await nothingNew();
    store.isDown = true;
    await store.cut();
    await until('a pause', () => timers.waiting.length === 1);
    expect(replica.sync.value).to.deep.equal({ kind: 'offline', asOf: NOW + 60_000 });
    expect(await nextTimer()).to.equal(1_000);
    await until('a pause', () => timers.waiting.length === 1);
    expect(replica.sync.value).to.deep.equal({ kind: 'offline', asOf: NOW + 60_000 });
  });

  it('notes when the database was created, if an earlier version of the page did not, and keeps what it has', async () => {
    await local.put({ _id: '_local/cascade-place-2', since: NOW - 14 * DAY_MS, from: 5, asOf: NOW });
    await local.put({ _id: 'dead:a' });
    await replica.open();
    replica.follow();
    await isLive();
    await store.change(documentOf('b'));
    await until('its place', async () => ((await place()) as { from?: number })?.from === 6);
    expect(await place()).to.include({ life: '1' });
    expect((await local.allDocs({})).rows.map(({ id }) => id)).to.deep.equal(['dead:a', 'dead:b']);
    expect(tab.replaced).to.equal(0);
  });

  it('leaves a database that is gone to the tab that stores, and has the page opened again after 30 s', async () => {
    await local.put({ _id: '_local/cascade-place-2', since: NOW - 14 * DAY_MS, from: 5, asOf: NOW, life: '0' });
    await local.put({ _id: 'dead:a' });
    tab.mayStore = false;
    await replica.open();
    replica.follow();
    await until('a timer', () => timers.waiting.length === 1);
    expect([timers.waiting, tab.replaced]).to.deep.equal([[30_000], 0]);
    timers.pass();
    await until('the page is to be opened again', () => tab.replaced === 1);
    expect((await local.allDocs({})).rows.map(({ id }) => id)).to.deep.equal(['dead:a']);
  });

  it('asks for no further pages once the device has failed', async () => {
    store.rows = [{ id: 'dead:a', doc: documentOf('a') }];
    local.bulkDocs = () => Promise.reject(Object.assign(new Error('no space'), { status: 500 }));
    replica.follow();
    await until('the failure', () => replica.sync.value.kind === 'failed');
    expect(store.asked.filter(({ path }) => path.startsWith('/_find'))).to.deep.equal([]);
  });

  it('removes old documents after what it still stores, and none in a tab that does not store', async () => {
    const did: string[] = [];
    const { allDocs, bulkDocs } = local;
    local.allDocs = (options) => {
      if ('keys' in options) did.push('remove');
      return allDocs.call(local, options);
    };
    replica.follow();
    await isLive();
    await until('its place', async () => 'reached' in Object((await place()) ?? { reached: 1 }) === false);
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    local.bulkDocs = async (documents) => {
      await released;
      did.push('store');
      return bulkDocs.call(local, documents);
    };
    await store.change(documentOf('a'));
    await until('the next question', () => store.changes.length === 1);
    clock.now = NOW + DAY_MS;
    await store.change();
    await until('history was dropped', () => forgotten.length === 1);
    release();
    await until('the next question', () => store.changes.length === 1);
    expect(did.slice(0, 2)).to.deep.equal(['store', 'remove']);
    tab.mayStore = false;
    did.length = 0;
    clock.now = NOW + 2 * DAY_MS;
    await nothingNew();
    expect([forgotten.length, did]).to.deep.equal([2, []]);
  });
});
