import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import memory from 'pouchdb-adapter-memory';
import PouchDB from 'pouchdb-core';
import { pastRun } from '../../bench/history/past-run.ts';
import { PageDocuments } from '../../dashboard/model/documents.ts';
import type { LocalDatabase } from '../../dashboard/replica/local-database.ts';
import { createReplica } from '../../dashboard/replica/pouch-replica.ts';
import type { Replica } from '../../dashboard/replica/replica.ts';
import { type EmbeddedStore, startStore } from '../../local/store/start-store.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { installConfiguredLedger } from '../../src/deploy/install-configured-ledger.ts';
import { until } from '../support/until.ts';

/** PouchDB's parts for replication have no types here. */
const part = async (name: string): Promise<unknown> => (await import(name)).default;
PouchDB.plugin(memory);

const NOW = 1_764_486_000_000;
const DAY_MS = 86_400_000;
/** More ends than the first page has. */
const RUNS = 130;

/** Passes requests on to the store, as long as it is let. */
interface Gate {
  readonly url: string;
  /** The paths of the answered requests. */
  readonly asked: string[];
  /** Whether a request to this path is answered. If not, its connection is cut. */
  isOpen: (path: string) => boolean;
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
      const headers = { authorization: request.headers.authorization ?? '', 'content-type': 'application/json' };
      const { method = 'GET' } = request;
      const answer = await fetch(`${storeUrl}${path}`, { method, headers, ...(method === 'POST' && { body }) }).catch(
        () => undefined,
      );
      if (answer === undefined) return request.socket.destroy();
      response.writeHead(answer.status, { 'content-type': 'application/json' });
      response.end(Buffer.from(await answer.arrayBuffer()));
    });
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const gate: Gate = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    isOpen: () => true,
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
  const open = new Set<Replica>();

  before(async () => {
    for (const name of ['pouchdb-adapter-http', 'pouchdb-replication']) PouchDB.plugin((await part(name)) as never);
    store = await startStore({ port: 0 });
    const url = Object.assign(new URL(store.url), { username: store.user, password: store.password }).href;
    await installConfiguredLedger({ COUCHDB_URL: url });
    // All runs of a day began at the same instant, so pages end in the middle of an instant.
    const runs = Array.from({ length: RUNS }, (_, run) => pastRun('run', run, NOW - (run % 10) * DAY_MS));
    const authorization = `Basic ${Buffer.from(`${store.user}:${store.password}`).toString('base64')}`;
    const headers = { authorization, 'content-type': 'application/json' };
    const body = JSON.stringify({ docs: [...runs, ...pastRunsBefore()].flat() });
    await fetch(`${store.url}/cascade/_bulk_docs`, { method: 'POST', headers, body });
    gate = await startGate(store.url);
  });
  afterEach(async () => {
    gate.isOpen = () => true;
    gate.asked.length = 0;
    await Promise.all([...open].map((replica) => replica.close()));
    open.clear();
  });
  after(async () => {
    gate.close();
    await store.close();
  });
  /** Two runs that are older than the page keeps. */
  const pastRunsBefore = () => [pastRun('old', 0, NOW - 15 * DAY_MS), pastRun('old', 1, NOW - 20 * DAY_MS)];

  /** A page on a device. @param device - two pages with the same name are on the same device. */
  function pageOn(device: string) {
    const documents = new PageDocuments();
    const brought: string[] = [];
    const replica = createReplica({
      local: new PouchDB(device, { adapter: 'memory' }) as unknown as LocalDatabase,
      openRemote: (url, { user, password }) =>
        new PouchDB(url, { adapter: 'http', skip_setup: true, auth: { username: user, password } } as object),
      configuration: { storeUrl: gate.url, database: 'cascade' },
      login: { user: store.user, password: store.password },
      onDocuments: (taken) => {
        documents.take(taken);
        brought.push(...taken.map(({ _id }) => _id));
      },
      now: () => NOW as EpochMs,
    });
    open.add(replica);
    return { replica, documents, brought };
  }
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
    expect(first.documents.of('event').size).to.equal(200);
    await first.replica.close();
    open.delete(first.replica);

    gate.isOpen = () => true;
    gate.asked.length = 0;
    const second = pageOn(device);
    await second.replica.open();
    expect(second.documents.of('event').size).to.equal(200);
    second.replica.follow();
    await isLive(second.replica);
    expect(second.documents.of('event').size).to.equal(2 * RUNS);
    expect(second.documents.of('order').size).to.equal(RUNS);
    // The state of everything is not read again. One page has the rest of the ends, and an empty one says that no order is left.
    expect(gate.asked.filter((path) => /_all_docs|_find/.test(path))).to.deep.equal([
      '/cascade/_find',
      '/cascade/_find',
    ]);
  });
});
