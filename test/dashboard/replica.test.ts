import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { signal } from '@preact/signals';
import { expect } from 'chai';
import memory from 'pouchdb-adapter-memory';
import PouchDB from 'pouchdb-core';
import { pastRun } from '../../bench/history/past-run.ts';
import { PageDocuments } from '../../dashboard/model/documents.ts';
import { type LocalDatabase, storeOnDevice } from '../../dashboard/replica/local-database.ts';
import { createReplica } from '../../dashboard/replica/pouch-replica.ts';
import type { Replica } from '../../dashboard/replica/replica.ts';
import { createSummary, type Knowledge } from '../../dashboard/replica/summary.ts';
import { type EmbeddedStore, startStore } from '../../local/store/start-store.ts';
import type { OrderId } from '../../src/core/names.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { installConfiguredLedger } from '../../src/deploy/install-configured-ledger.ts';
import { until } from '../support/until.ts';

PouchDB.plugin(memory);

const NOW = 1_764_486_000_000;
const DAY_MS = 86_400_000;
/** More runs than the first page has. */
const RUNS = 140;
/**
 * Each day has 14 runs, so the index of ends has 42 documents of it: 28 ends and 14 orders. The first page of 300 has 7
 * days, and 6 documents of the eighth, which are orders.
 */
const IN_FIRST_PAGE = 7 * 28;

/** Passes requests on to the store while the test allows it. */
interface Gate {
  readonly url: string;
  /** The paths of the answered requests. */
  readonly asked: string[];
  /** Whether a request to this path is answered. If not, its connection is cut. */
  isOpen: (path: string) => boolean;
  /** Whether CouchDB no longer has the database. */
  isGone: boolean;
  /** Whether CouchDB has locked the account. */
  isLocked: boolean;
  /** Whether CouchDB says that the database was created anew, in the second that is 1900000000. */
  isAnew: boolean;
  close(): void;
}

async function startGate(storeUrl: string): Promise<Gate> {
  const asked: string[] = [];
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      const path = request.url ?? '';
      const body = Buffer.concat(chunks);
      if (!gate.isOpen(path)) return request.socket.destroy();
      asked.push(path.split('?')[0] ?? '');
      if (gate.isLocked)
        return response
          .writeHead(403)
          .end(
            '{"error":"forbidden","reason":"Account is temporarily locked due to multiple authentication failures"}',
          );
      if (gate.isGone) return response.writeHead(404).end('{"error":"not_found","reason":"Database does not exist."}');
      const headers = { authorization: request.headers.authorization ?? '', 'content-type': 'application/json' };
      const { method = 'GET' } = request;
      const answer = await fetch(`${storeUrl}${path}`, { method, headers, ...(method === 'POST' && { body }) }).catch(
        () => undefined,
      );
      if (answer === undefined) return request.socket.destroy();
      response.writeHead(answer.status, { 'content-type': 'application/json' });
      const text = await answer.text();
      response.end(
        gate.isAnew ? text.replace(/"instance_start_time":"\d+"/, '"instance_start_time":"1900000000"') : text,
      );
    });
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const gate: Gate = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    isOpen: () => true,
    isGone: false,
    isLocked: false,
    isAnew: false,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return gate;
}

describe('the replica of the page', () => {
  let store: EmbeddedStore;
  let gate: Gate;
  let number = 0;
  const clock = { now: NOW };
  const open = new Set<Replica>();

  before(async () => {
    store = await startStore({ port: 0 });
    const url = Object.assign(new URL(store.url), { username: store.user, password: store.password }).href;
    await installConfiguredLedger({ COUCHDB_URL: url });
    // All runs of a day began at the same instant, so pages end in the middle of an instant.
    const runs = Array.from({ length: RUNS }, (_, run) => pastRun('run', run, NOW - (run % 10) * DAY_MS));
    await change([...runs, ...pastRunsBefore()].flat());
    gate = await startGate(store.url);
  });
  afterEach(async () => {
    gate.isOpen = () => true;
    gate.isGone = false;
    gate.isLocked = false;
    gate.isAnew = false;
    gate.asked.length = 0;
    clock.now = NOW;
    await Promise.all([...open].map((replica) => replica.close()));
    open.clear();
  });
  after(async () => {
    gate.close();
    await store.close();
  });
  /** Writes documents into the store, as they are next. */
  async function change(documents: readonly (object | undefined)[]): Promise<void> {
    const authorization = `Basic ${Buffer.from(`${store.user}:${store.password}`).toString('base64')}`;
    const headers = { authorization, 'content-type': 'application/json' };
    const post = (path: string, body: object) =>
      fetch(`${store.url}/cascade/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    const keys = documents.map((document) => (document as { _id: string })._id);
    const { rows } = (await (await post('_all_docs', { keys })).json()) as { rows: { value?: { rev: string } }[] };
    const docs = documents.map((document, index) => ({ ...document, _rev: rows[index]?.value?.rev }));
    await post('_bulk_docs', { docs });
  }
  /** Two runs that are older than the page keeps. */
  const pastRunsBefore = () => [pastRun('old', 0, NOW - 15 * DAY_MS), pastRun('old', 1, NOW - 20 * DAY_MS)];

  /**
   * A page on a device.
   *
   * @param device - two pages with the same name are on the same device.
   * @param isFirst - whether it is the first tab there.
   * @param beforeWrite - runs before documents are written on the device.
   */
  function pageOn(device: string, isFirst = { value: true }, beforeWrite: () => Promise<void> = async () => {}) {
    const documents = new PageDocuments();
    const brought: string[] = [];
    const replaced = { count: 0 };
    const local = new PouchDB(device, { adapter: 'memory' }) as unknown as LocalDatabase;
    const write = local.bulkDocs.bind(local);
    local.bulkDocs = async (written) => {
      await beforeWrite();
      return write(written);
    };
    const knowledge = documents as unknown as Knowledge;
    const replica = createReplica({
      local,
      ...{ summary: createSummary({ local, build: 'b1', knowledge }), knowledge },
      configuration: { storeUrl: gate.url, database: 'cascade' },
      login: { user: store.user, password: store.password },
      onDocuments: (taken) => {
        documents.take(taken);
        brought.push(...taken.map(({ _id }) => _id));
      },
      now: () => clock.now as EpochMs,
      isWrong: signal(false),
      mayStore: () => isFirst.value,
      onReplaced: () => {
        replaced.count += 1;
      },
    });
    open.add(replica);
    return { replica, documents, brought, replaced };
  }
  const storedOrders = async (device: string): Promise<number> =>
    (await new PouchDB(device, { adapter: 'memory' }).allDocs({ startkey: 'order:', endkey: 'order;' })).rows.length;
  const isLive = (replica: Replica) => until('the replica is live', () => replica.sync.value.kind === 'live');
  const newDevice = () => `device-${store.url.split(':').at(-1)}-${number++}`;

  it('brings all ends and orders of the last 14 days once, also if a page ends among several of one instant', async () => {
    const { replica, documents, brought } = pageOn(newDevice());
    await replica.open();
    replica.follow();
    await isLive(replica);
    expect(documents.of('event').size).to.equal(2 * RUNS);
    expect(documents.of('order').size).to.equal(RUNS);
    expect(brought.length).to.equal(3 * RUNS);
  });

  it('goes on where a first load was interrupted, in the next tab, too', async () => {
    const device = newDevice();
    const first = pageOn(device);
    let finds = 0;
    // The first page of the ends, and the only one of the orders. The ends' second page does not come.
    gate.isOpen = (path) => !path.endsWith('/_find') || ++finds <= 2;
    await first.replica.open();
    first.replica.follow();
    await until('the load is interrupted', () => first.replica.sync.value.kind === 'offline');
    expect(first.documents.of('event').size).to.equal(IN_FIRST_PAGE);
    await first.replica.close();
    open.delete(first.replica);

    gate.isOpen = () => true;
    gate.asked.length = 0;
    const second = pageOn(device);
    await second.replica.open();
    expect(second.documents.of('event').size).to.equal(IN_FIRST_PAGE);
    second.replica.follow();
    await isLive(second.replica);
    expect(second.documents.of('event').size).to.equal(2 * RUNS);
    expect(second.documents.of('order').size).to.equal(RUNS);
    // The state of everything is not read again. One page has the rest of the ends, and an empty one says that no order
    // is left.
    expect(gate.asked.filter((path) => /_all_docs|_find/.test(path))).to.deep.equal([
      '/cascade/_find',
      '/cascade/_find',
    ]);
  });

  it('takes what has changed meanwhile, and nothing else, and keeps it on the device', async () => {
    const device = newDevice();
    const first = pageOn(device);
    await first.replica.open();
    first.replica.follow();
    await isLive(first.replica);
    await first.replica.close();
    open.delete(first.replica);

    const [end, order] = pastRun('run', 0, NOW);
    const [added] = pastRun('added', 0, NOW + 1);
    await change([{ ...order, outcome: 'failed' }, added, { ...end, _deleted: true }]);
    gate.asked.length = 0;
    const second = pageOn(device);
    await second.replica.open();
    second.brought.length = 0;
    second.replica.follow();
    await isLive(second.replica);
    expect([...second.brought].sort()).to.deep.equal([end?._id, order?._id, added?._id].sort());
    expect(gate.asked.filter((path) => /_all_docs|_find/.test(path))).to.deep.equal([]);
    // A change while the page is open comes, too.
    await change([{ ...added, resolvedAt: NOW + 2 }]);
    await until(
      'the change is there',
      () => second.documents.of('event').get(String(added?._id))?.resolvedAt === NOW + 2,
    );
    await second.replica.close();
    open.delete(second.replica);

    const third = pageOn(device);
    await third.replica.open();
    expect(third.documents.of('event').has(String(end?._id))).to.equal(false);
    expect(third.documents.of('event').get(String(added?._id))?.resolvedAt).to.equal(NOW + 2);
    expect(third.documents.of('order').get(order?._id as OrderId)?.outcome).to.equal('failed');
  });

  it('stores nothing in a second tab, and once it is the first one, what the other may not have stored', async () => {
    const device = newDevice();
    const isFirst = { value: false };
    const second = pageOn(device, isFirst);
    await second.replica.open();
    second.replica.follow();
    await isLive(second.replica);
    expect(second.documents.of('order').size).to.be.greaterThan(RUNS - 1);
    expect(await storedOrders(device)).to.equal(0);

    isFirst.value = true;
    const [added] = pastRun('added', 1, NOW + 2);
    await change([added]);
    const shown = second.documents.of('order').size;
    await until('all is stored', async () => (await storedOrders(device)) === shown);
  });

  it('shows everything, and goes on following, while a slow device still stores', async () => {
    const device = newDevice();
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const page = pageOn(device, { value: true }, () => released);
    await page.replica.open();
    page.replica.follow();
    await isLive(page.replica);
    const [added] = pastRun('added', 3, NOW + 4);
    await change([added]);
    await until('the change is seen', () => page.documents.of('event').has(String(added?._id)));
    expect(page.documents.of('order').size).to.be.greaterThan(RUNS - 1);
    expect(await storedOrders(device)).to.equal(0);
    release();
    await page.replica.close();
    open.delete(page.replica);
    expect(await storedOrders(device)).to.equal(page.documents.of('order').size);
    const next = pageOn(device);
    await next.replica.open();
    await until('all is there', () => next.documents.of('event').size === page.documents.of('event').size);
    next.replica.follow();
    gate.asked.length = 0;
    await isLive(next.replica);
    expect(gate.asked.filter((path) => /_all_docs|_find/.test(path))).to.deep.equal([]);
  });

  it('says that the device does not store, also if that shows when everything is seen, and stores it later', async () => {
    const device = newDevice();
    const disk = { isFull: true };
    const page = pageOn(device, { value: true }, async () => {
      if (disk.isFull) throw Object.assign(new Error('no space'), { status: 500 });
    });
    await page.replica.open();
    page.replica.follow();
    await until('the failure is seen', () => page.replica.sync.value.kind === 'failed');
    expect(await storedOrders(device)).to.equal(0);
    disk.isFull = false;
    await isLive(page.replica);
    await page.replica.close();
    open.delete(page.replica);
    expect(await storedOrders(device))
      .to.equal(page.documents.of('order').size)
      .and.greaterThan(RUNS - 1);
  });

  it('stores nothing more if everything on the device is to go', async () => {
    let writes = 0;
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const page = pageOn(newDevice(), { value: true }, () => {
      writes += 1;
      return released;
    });
    await page.replica.open();
    page.replica.follow();
    await isLive(page.replica);
    const destroyed = page.replica.destroy();
    open.delete(page.replica);
    release();
    await destroyed;
    expect(writes).to.equal(1);
  });

  it('opens from what an earlier page has written down, and reads no document then, but what has changed since', async () => {
    const device = newDevice();
    const first = pageOn(device);
    await first.replica.open();
    first.replica.follow();
    await isLive(first.replica);
    await first.replica.close();
    open.delete(first.replica);
    // A second tab was open a little longer, and has stored one more document.
    const [added] = pastRun('added', 2, NOW + 3);
    await storeOnDevice(new PouchDB(device, { adapter: 'memory' }) as unknown as LocalDatabase, [
      { ...added, _rev: '' } as never,
    ]);

    const second = pageOn(device);
    await second.replica.open();
    await until('the rest is there', () => second.documents.of('event').has(String(added?._id)));
    expect(second.brought).to.deep.equal([added?._id]);
    expect(second.documents.of('event').size).to.equal(first.documents.of('event').size + 1);
    expect(second.documents.of('order').size).to.equal(first.documents.of('order').size);
  });

  it('shows what an earlier tab has left as a text, also if it opens from what was written down before', async () => {
    const device = newDevice();
    const first = pageOn(device);
    await first.replica.open();
    first.replica.follow();
    await isLive(first.replica);
    await first.replica.close();
    open.delete(first.replica);
    const [left] = pastRun('left', 1, NOW + 3);
    const local = new PouchDB(device, { adapter: 'memory' });
    const place = await local.get('_local/cascade-place-2');
    await local.put({ ...place, texts: [1] });
    const text = JSON.stringify([{ ...left, _rev: `1-${'a'.repeat(32)}` }]);
    await local.put({ _id: '_local/cascade-text-1', text } as never);

    gate.isOpen = () => false;
    const second = pageOn(device);
    await second.replica.open();
    await until('the text is read', () => second.documents.of('event').has(String(left?._id)));
    expect(second.brought).to.deep.equal([left?._id]);
  });

  it('misses nothing in a second tab that the first one stores after the second has read the device', async () => {
    const device = newDevice();
    const first = pageOn(device);
    await first.replica.open();
    first.replica.follow();
    await isLive(first.replica);
    const local = new PouchDB(device, { adapter: 'memory' });
    const from = async () => ((await local.get('_local/cascade-place-2')) as unknown as { from: unknown }).from;
    const second = pageOn(device, { value: false });
    await second.replica.open();

    const [added] = pastRun('meanwhile', 1, NOW + 3);
    const before = await from();
    await change([added]);
    await until('the first tab has stored it', async () => (await from()) !== before);
    second.replica.follow();
    await isLive(second.replica);
    expect(second.documents.of('event').has(String(added?._id))).to.equal(true);
    // PouchDB keeps one database in memory for both tabs. Once one has closed it, the other one gets no answer.
    await first.replica.close();
    open.clear();
  });

  it('removes from page and device what has become older than 14 days, once a day', async () => {
    const device = newDevice();
    const first = pageOn(device);
    await first.replica.open();
    first.replica.follow();
    await isLive(first.replica);
    await first.replica.close();
    open.delete(first.replica);
    const oldest = (page: typeof first): number =>
      Math.round(
        (NOW - Math.min(...[...page.documents.of('order').values()].map(({ createdAt }) => createdAt))) / DAY_MS,
      );
    expect(oldest(first)).to.equal(9);

    clock.now = NOW + 7 * DAY_MS;
    const second = pageOn(device);
    await second.replica.open();
    second.replica.follow();
    await isLive(second.replica);
    expect(oldest(second)).to.equal(7);
    expect(await storedOrders(device)).to.equal(second.documents.of('order').size);
    await second.replica.close();
    open.delete(second.replica);
    const third = pageOn(device);
    await third.replica.open();
    await until('the rest is there', () => third.documents.of('order').size === second.documents.of('order').size);
  });

  it('tells a database that is gone from a store out of reach, keeps what it has, and goes on when the database is back', async () => {
    const device = newDevice();
    const first = pageOn(device);
    await first.replica.open();
    first.replica.follow();
    await isLive(first.replica);
    await first.replica.close();
    open.delete(first.replica);

    gate.isGone = true;
    const second = pageOn(device);
    await second.replica.open();
    second.replica.follow();
    await until('the answer', () => second.replica.sync.value.kind !== 'opening');
    expect(second.replica.sync.value).to.deep.equal({ kind: 'refused', account: 'no-database' });
    await until('what is on the device', () => second.documents.of('order').size >= RUNS);
    gate.isGone = false;
    await isLive(second.replica);
  });

  it('says that CouchDB has locked the account, and goes on when it no longer has', async () => {
    gate.isLocked = true;
    const page = pageOn(newDevice());
    await page.replica.open();
    page.replica.follow();
    await until('the answer', () => page.replica.sync.value.kind !== 'opening');
    expect(page.replica.sync.value).to.deep.equal({ kind: 'refused', account: 'locked' });
    gate.isLocked = false;
    await isLive(page.replica);
  });

  it('removes what it has of a database that was created anew, and has the page opened again', async () => {
    const device = newDevice();
    const first = pageOn(device);
    await first.replica.open();
    first.replica.follow();
    await isLive(first.replica);
    await first.replica.close();
    open.delete(first.replica);
    expect(await storedOrders(device)).to.be.greaterThan(RUNS - 1);

    gate.isAnew = true;
    const second = pageOn(device);
    await second.replica.open();
    second.replica.follow();
    await until('the page is to be opened again', () => second.replaced.count === 1);
    open.delete(second.replica);
    expect(await storedOrders(device)).to.equal(0);
    const third = pageOn(device);
    await third.replica.open();
    expect(third.brought).to.deep.equal([]);
    third.replica.follow();
    await isLive(third.replica);
    expect(third.replaced.count).to.equal(0);
  });

  it('loads everything anew if the device’s clock was days ahead', async () => {
    const device = newDevice();
    clock.now = NOW + 100 * DAY_MS;
    const ahead = pageOn(device);
    await ahead.replica.open();
    ahead.replica.follow();
    await isLive(ahead.replica);
    expect(ahead.documents.of('order').size).to.equal(0);
    await ahead.replica.close();
    open.delete(ahead.replica);
    clock.now = NOW;
    const right = pageOn(device);
    await right.replica.open();
    right.replica.follow();
    await isLive(right.replica);
    expect(right.documents.of('order').size).to.be.greaterThan(RUNS - 1);
  });
});
