import { expect } from 'chai';
import { type EmbeddedStore, startStore } from '../../../local/store/start-store.ts';
import type { CouchDatabase } from '../../../src/clients/couchdb/couch-database.ts';
import type { CouchPort } from '../../../src/clients/couchdb/couchdb-port.ts';
import { httpCouchdb } from '../../../src/clients/couchdb/http-couchdb.ts';
import type { DurationMs, EpochMs } from '../../../src/core/units.ts';
import { installLedger } from '../../../src/ledger/install-ledger.ts';
import { type AlteringProxy, startAlteringProxy } from '../../support/altering-proxy.ts';

const TOOLS = { stopwatch: () => performance.now(), timeout: 10_000 as DurationMs };
const KB = 'x'.repeat(1_000);

describe('a list of what is due that changes while it is read', () => {
  let store: EmbeddedStore;
  let proxy: AlteringProxy;
  let nextDatabase = 0;

  before(async () => {
    store = await startStore({ port: 0 });
  });
  after(() => store.close());
  afterEach(() => proxy.close());

  const idOf = (n: number): string => `order:${10 + n}`;

  /** Forty documents of `kB` each, due by `dueAtOf`; before each request but the first, `change` changes some. */
  async function changing(kB: number, dueAtOf: (n: number) => number, change: (n: number, past: CouchPort) => unknown) {
    nextDatabase += 1;
    const authorization = `Basic ${Buffer.from(`${store.user}:${store.password}`).toString('base64')}`;
    const admin: CouchDatabase = { url: store.url, database: `moving${nextDatabase}`, authorization };
    await installLedger({ store: admin, admin });
    const past = httpCouchdb(admin, TOOLS);
    for (let n = 0; n < 40; n += 1) await past.put({ _id: idOf(n), dueAt: dueAtOf(n), text: KB.repeat(kB) });
    let requests = 0;
    proxy = await startAlteringProxy(store.url, {
      async request(request) {
        if (requests > 0) await change(requests - 1, past);
        requests += 1;
        return request;
      },
    });
    return { couch: httpCouchdb({ ...admin, url: proxy.url }, TOOLS), past, requests: () => requests };
  }

  /** Takes three further documents from the front out of the list: they are done, or due later. */
  const finish = (dueAt?: number) => async (n: number, past: CouchPort) => {
    for (const id of [3 * n, 3 * n + 1, 3 * n + 2].filter((each) => each < 20).map(idOf)) {
      const document = await past.get(id);
      if (document === undefined) continue;
      const { dueAt: _, text: __, ...rest } = document;
      await past.put({ ...rest, ...(dueAt !== undefined && { dueAt }) });
    }
  };
  const idsIn = (documents: readonly { readonly _id: string }[]) => new Set(documents.map(({ _id }) => _id));
  /** The ids of the documents that nobody changed. */
  const kept = Array.from({ length: 20 }, (_, n) => idOf(20 + n));

  for (const { what, dueAtOf } of [
    { what: 'each due at a time of its own', dueAtOf: (n: number) => n },
    { what: 'all due in one millisecond', dueAtOf: () => 7 },
  ]) {
    for (const { how, change } of [
      { how: 'are done', change: finish() },
      { how: 'are due later', change: finish(1_000) },
    ]) {
      it(`has all that was due all the time, ${what}, where others ${how} between two pages`, async () => {
        const { couch, requests } = await changing(300, dueAtOf, change);
        const { documents, isFull } = await couch.due({ from: 0 as EpochMs, until: 99 as EpochMs, limit: 100 });
        expect(kept.filter((id) => !idsIn(documents).has(id))).to.deep.equal([]);
        expect(documents.every(({ dueAt }) => Number(dueAt) <= 99)).to.equal(true);
        expect([documents.length, isFull]).to.deep.equal([idsIn(documents).size, false]);
        expect(requests()).to.be.above(3);
      });
    }
  }

  it('has, where it is full, nothing from behind a document that was not read yet', async () => {
    // The first one is due at 30 by the time that it is read, and those from 20 on are the next page's.
    const move = async (n: number, past: CouchPort) => {
      const first = await past.get(idOf(0));
      if (n === 1 && first !== undefined) await past.put({ _id: first._id, _rev: first._rev, dueAt: 30 });
    };
    const { couch } = await changing(300, (n) => n, move);
    const { documents, isFull } = await couch.due({ from: 0 as EpochMs, until: 99 as EpochMs, limit: 20 });
    expect(isFull).to.equal(true);
    expect(documents.map(({ _id }) => _id)).to.deep.equal(Array.from({ length: 19 }, (_, n) => idOf(n + 1)));
  });

  it('is asked for anew where all of a full list were done meanwhile', async () => {
    const finishAll = async (n: number, past: CouchPort) => {
      if (n !== 1) return;
      const first = await past.many(Array.from({ length: 15 }, (_, each) => idOf(each)));
      await past.bulk(first.flatMap((each) => (each === undefined ? [] : { _id: each._id, _rev: each._rev })));
    };
    const { couch } = await changing(300, (n) => n, finishAll);
    const { documents, isFull } = await couch.due({ from: 0 as EpochMs, until: 99 as EpochMs, limit: 15 });
    expect(isFull).to.equal(true);
    expect(documents.map(({ _id }) => _id)).to.deep.equal(Array.from({ length: 15 }, (_, n) => idOf(n + 15)));
  });

  it('costs one request where it fits', async () => {
    const { couch, requests } = await changing(
      1,
      (n) => n,
      () => {},
    );
    const { documents, isFull } = await couch.due({ from: 0 as EpochMs, until: 99 as EpochMs, limit: 40 });
    expect([documents.length, isFull, requests()]).to.deep.equal([40, true, 1]);
  });

  it('is not read by ids where a page fits that is larger than the first one: 250 small documents cost two requests', async () => {
    const { couch, requests, past } = await changing(
      1,
      (n) => n,
      () => {},
    );
    await past.bulk(Array.from({ length: 210 }, (_, n) => ({ _id: `small:${n}`, dueAt: 50 })));
    const { documents, isFull } = await couch.due({ from: 0 as EpochMs, until: 99 as EpochMs, limit: 1_000 });
    expect([documents.length, isFull, requests()]).to.deep.equal([250, false, 2]);
  });

  it('has its beginning and its rest, each document once and in order, where they do not fit into one answer', async () => {
    // 40 of 60 kB fit into one answer, and weigh so much that a thousand are not asked for at once.
    const { couch, past } = await changing(
      60,
      (n) => n,
      () => {},
    );
    await past.bulk(Array.from({ length: 300 }, (_, n) => ({ _id: `small:${n}`, dueAt: 50 })));
    const { documents, isFull } = await couch.due({ from: 0 as EpochMs, until: 99 as EpochMs, limit: 1_000 });
    expect([documents.length, idsIn(documents).size, isFull]).to.deep.equal([340, 340, false]);
    expect(documents.filter(({ text }) => String(text).length === 60_000)).to.have.length(40);
    expect(documents.map(({ dueAt }) => dueAt)).to.deep.equal([...Array(40).keys(), ...Array(300).fill(50)]);
  });
});
