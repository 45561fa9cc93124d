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
    /** What was asked, as path and body. */
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
    if (path.startsWith('/_all_docs')) return Response.json({ rows: [] });
    if (!path.includes('longpoll')) return Response.json({ results: [], last_seq: 5 });
    return new Promise<Response>((resolve, reject) => {
      changes.push({ resolve, reject });
      signal.addEventListener('abort', () => reject(new DOMException('', 'AbortError')));
    });
  };
  Object.assign(globalThis, { fetch: answer });
  return store;
}

describe('the times of the replica', () => {
  let timers: HeldTimers;
  let store: ReturnType<typeof silentStore>;
  let replica: Replica;
  let local: LocalDatabase;
  let number = 0;
  const clock = { now: NOW };
  /** Before which instants history was dropped. */
  const forgotten: number[] = [];
  const summary = { writes: 0, isComplete: true };

  beforeEach(async () => {
    Object.assign(clock, { now: NOW });
    Object.assign(summary, { writes: 0, isComplete: true });
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
        async write() {
          summary.writes += 1;
          return summary.isComplete;
        },
      },
      knowledge: {
        forget(before) {
          forgotten.push(before);
          return [];
        },
      },
      now: () => clock.now as EpochMs,
      mayStore: () => true,
      onReplaced() {},
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
  const place = async () => (await local.get('_local/cascade-place').catch(() => undefined)) as unknown;
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
    const documentOf = (id: string) => ({ _id: `dead:${id}`, _rev: '1-a' });
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
});
