import { expect } from 'chai';
import { type EmbeddedStore, startStore } from '../../../local/store/start-store.ts';
import type { StoredDocument } from '../../../src/clients/couchdb/couchdb-port.ts';
import { httpCouchdb } from '../../../src/clients/couchdb/http-couchdb.ts';
import type { DurationMs, EpochMs } from '../../../src/core/units.ts';
import { installLedger } from '../../../src/ledger/install-ledger.ts';
import { startAlteringProxy } from '../../support/altering-proxy.ts';

const TIMEOUT = 10_000 as DurationMs;
const MISSING = { kind: 'conflict' };

let store: EmbeddedStore;
let nextDatabase = 0;

const authorizationOf = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

async function ledger() {
  nextDatabase += 1;
  const admin = {
    url: store.url,
    database: `ledger${nextDatabase}`,
    authorization: authorizationOf(store.user, store.password),
  };
  await installLedger({ store: admin, admin });
  return { admin, couch: httpCouchdb(admin, { stopwatch: () => performance.now(), timeout: TIMEOUT }) };
}

const idsOf = (documents: readonly ({ readonly _id: string } | undefined)[]) => documents.map((each) => each?._id);

describe('the ledger’s database over HTTP', () => {
  before(async () => {
    store = await startStore({ port: 0 });
  });
  after(() => store.close());

  it('creates a document once, and gives it back', async () => {
    const { couch } = await ledger();
    const id = 'order:default:002ff8c5:s:acme.6a84~1/é';
    const written = await couch.put({ _id: id, state: 'planned' });
    expect(written.kind).to.equal('stored');
    const rev = written.kind === 'stored' ? written.rev : '';
    expect(rev).to.match(/^1-/);
    expect(await couch.get(id)).to.deep.equal({ _id: id, _rev: rev, state: 'planned' });
    expect(await couch.put({ _id: id, state: 'planned' })).to.deep.equal(MISSING);
    expect(await couch.get('order:none')).to.equal(undefined);
  });

  it('updates by rev, once', async () => {
    const { couch } = await ledger();
    const first = await couch.put({ _id: 'a', n: 1 });
    const _rev = first.kind === 'stored' ? first.rev : '';
    const second = await couch.put({ _id: 'a', _rev, n: 2 });
    expect(second).to.have.property('rev').that.matches(/^2-/);
    expect(await couch.put({ _id: 'a', _rev, n: 3 })).to.deep.equal(MISSING);
    expect(await couch.put({ _id: 'never-there', _rev, n: 3 })).to.deep.equal(MISSING);
    expect(await couch.get('a')).to.include({ n: 2 });
  });

  describe('reads a list that is larger than the largest answer', () => {
    const KB = 'é'.repeat(500);
    /** Forty documents of 300 kB, all due at once, and one of 5 MB in their middle. */
    const documents = [
      ...Array.from({ length: 40 }, (_, n) => ({ _id: `big:${10 + n}`, dueAt: 5, text: KB.repeat(300) })),
      { _id: 'big:30-huge', dueAt: 5, text: KB.repeat(5_000) },
    ];
    const ids = documents.map(({ _id }) => _id).sort();
    let couch: ReturnType<typeof httpCouchdb>;
    before(async () => {
      ({ couch } = await ledger());
      for (const document of documents) expect((await couch.put(document)).kind).to.equal('stored');
    });

    it('by its range, in order, from anywhere in it', async () => {
      expect(idsOf(await couch.range('big:', { limit: 100 }))).to.deep.equal(ids);
      expect(idsOf(await couch.range('big:', { limit: 30, after: 'big:15' }))).to.deep.equal(ids.slice(6, 36));
    });

    it('by ids, in theirs, with the missing ones', async () => {
      const found = await couch.many([...ids].reverse().concat('big:none'));
      expect(idsOf(found)).to.deep.equal([...ids].reverse().concat([undefined] as never));
    });

    it('by when it is due, also all in one millisecond', async () => {
      const all = await couch.due({ from: 5 as EpochMs, until: 5 as EpochMs, limit: 100 });
      expect([idsOf(all.documents).sort(), all.isFull]).to.deep.equal([ids, false]);
      const some = await couch.due({ from: 0 as EpochMs, until: 9 as EpochMs, limit: 41 });
      expect([new Set(idsOf(some.documents)).size, some.isFull]).to.deep.equal([41, true]);
    });

    it('with id and rev alone of the document that no answer can hold', async () => {
      const [rev] = (await couch.range('big:30-huge', { limit: 1 })).map(({ _rev }) => _rev);
      expect(rev).to.match(/^1-/);
      expect(await couch.get('big:30-huge')).to.deep.equal({ _id: 'big:30-huge', _rev: rev });
      expect(await couch.many(['big:30-huge'])).to.deep.equal([{ _id: 'big:30-huge', _rev: rev }]);
      const { documents: due } = await couch.due({ from: 5 as EpochMs, until: 5 as EpochMs, limit: 100 });
      expect(due.find(({ _id }) => _id === 'big:30-huge')).to.deep.equal({ _id: 'big:30-huge', _rev: rev, dueAt: 5 });
    });
  });

  describe('reads a range, each document whole that fits into an answer of its own', () => {
    const sizesIn = (documents: readonly { readonly _id: string; readonly [field: string]: unknown }[]) =>
      documents.map(({ _id, text }) => [_id, text === undefined ? 'none' : String(text).length]);

    /** @param sizes - of the text of each document, from `d:0` on. */
    async function withTexts(...sizes: readonly number[]) {
      const { couch, admin } = await ledger();
      for (const [n, size] of sizes.entries()) await couch.put({ _id: `d:${n}`, text: 'x'.repeat(size) });
      return { couch, admin };
    }

    it('also those beside one that is too large', async () => {
      const { couch } = await withTexts(10, 10, 5_000_000, 10, 10);
      const all = [
        ['d:0', 10],
        ['d:1', 10],
        ['d:2', 'none'],
        ['d:3', 10],
        ['d:4', 10],
      ];
      expect(sizesIn(await couch.range('d:', { limit: 100 }))).to.deep.equal(all);
      expect(sizesIn(await couch.range('d:', { limit: 4 }))).to.deep.equal(all.slice(0, 4));
      expect(sizesIn(await couch.range('d:', { limit: 1, after: 'd:2' }))).to.deep.equal([['d:3', 10]]);
      expect(sizesIn(await couch.range('d:', { limit: 1, after: 'd:1' }))).to.deep.equal([['d:2', 'none']]);
    });

    it('also several that are too large, one behind the other', async () => {
      const { couch } = await withTexts(10, 5_000_000, 5_000_000, 10);
      const all = [
        ['d:0', 10],
        ['d:1', 'none'],
        ['d:2', 'none'],
        ['d:3', 10],
      ];
      expect(sizesIn(await couch.range('d:', { limit: 100 }))).to.deep.equal(all);
    });

    it('also those of which two do not fit into one answer', async () => {
      const { couch } = await withTexts(2_200_000, 2_200_000, 2_200_000, 10);
      const all = [
        ['d:0', 2_200_000],
        ['d:1', 2_200_000],
        ['d:2', 2_200_000],
        ['d:3', 10],
      ];
      expect(sizesIn(await couch.range('d:', { limit: 100 }))).to.deep.equal(all);
      expect(sizesIn(await couch.range('d:', { limit: 1, after: 'd:0' }))).to.deep.equal([['d:1', 2_200_000]]);
    });

    it('also the one behind a document that vanishes when it has turned out to be too large', async () => {
      const { couch, admin } = await withTexts(10, 5_000_000, 10, 10);
      const huge = await couch.get('d:1');
      const { authorization, database } = admin;
      const one = `${store.url}/${database}/d%3A1?rev=${huge?._rev}`;
      const isForStubs = (path: string): boolean => path.includes('include_docs=false');
      const proxy = await startAlteringProxy(store.url, {
        async request(request) {
          if (isForStubs(request.path)) await fetch(one, { method: 'DELETE', headers: { authorization } });
          return request;
        },
      });
      try {
        const through = httpCouchdb({ ...admin, url: proxy.url }, { stopwatch: () => 0, timeout: TIMEOUT });
        const rest = [
          ['d:0', 10],
          ['d:2', 10],
          ['d:3', 10],
        ];
        expect(sizesIn(await through.range('d:', { limit: 100 }))).to.deep.equal(rest);
      } finally {
        await proxy.close();
      }
    });
  });

  it('stores all of a bulk but the document that CouchDB refuses: ill-formed text, or more than 8 MB', async () => {
    const { couch } = await ledger();
    const all = Array.from({ length: 9 }, (_, n) => ({ _id: `d${n}`, text: 'fine' }));
    for (const [bad, text, reason] of [
      ['d4', 'a\ud800b', /400 \(bad_request: invalid UTF-8 JSON\)/],
      ['d8', 'x'.repeat(8_100_000), /413 \(document_too_large/],
    ] as const) {
      const written = await couch.bulk(all.map((each) => (each._id === bad ? { ...each, text } : each)));
      const refused = written.flatMap((each, index) => (each.kind === 'refused' ? [{ index, ...each }] : []));
      expect(refused.map(({ index, isForGood }) => [`d${index}`, isForGood])).to.deep.equal([[bad, true]]);
      expect(refused[0]?.message).to.match(reason);
      const found = await couch.many(all.map(({ _id }) => _id));
      expect(found.filter((each) => each === undefined).length).to.equal(bad === 'd4' ? 1 : 0);
      const put = await couch.put({ _id: `put-${bad}`, text });
      expect(put).to.include({ kind: 'refused', isForGood: true });
    }
  });

  it('throws where the whole request is refused for another reason, without writing its parts', async () => {
    const { admin } = await ledger();
    const tools = { stopwatch: () => performance.now(), timeout: TIMEOUT };
    const stranger = httpCouchdb({ ...admin, authorization: authorizationOf('nobody', 'x') }, tools);
    const error = await stranger.bulk([{ _id: 'a' }, { _id: 'b' }]).catch((reason) => reason);
    expect(error).to.have.property('code', 'STORE_REFUSED');
  });

  it('writes several, each for itself, and tells in their order', async () => {
    const { couch } = await ledger();
    await couch.put({ _id: 'b' });
    const written = await couch.bulk([{ _id: 'c' }, { _id: 'b' }, { _id: 'a' }]);
    expect(written.map(({ kind }) => kind)).to.deep.equal(['stored', 'conflict', 'stored']);
    expect(idsOf(await couch.many(['a', 'x', 'c', 'b']))).to.deep.equal(['a', undefined, 'c', 'b']);
  });

  it('asks nothing for nothing', async () => {
    const couch = httpCouchdb(
      { url: 'http://127.0.0.1:1', database: 'none' },
      { stopwatch: () => 0, timeout: TIMEOUT },
    );
    expect([await couch.bulk([]), await couch.many([]), couch.now()]).to.deep.equal([[], [], undefined]);
  });

  it('lists what begins with a prefix, in pages', async () => {
    const { couch } = await ledger();
    await couch.bulk(['order:t', 'order:t:1', 'order:t:2', 'order:t:3', 'order:u:1'].map((_id) => ({ _id })));
    expect(idsOf(await couch.range('order:t:', { limit: 2 }))).to.deep.equal(['order:t:1', 'order:t:2']);
    expect(idsOf(await couch.range('order:t:', { limit: 2, after: 'order:t:2' }))).to.deep.equal(['order:t:3']);
    expect(idsOf(await couch.range('order:t:', { limit: 1, after: 'order:t:1' }))).to.deep.equal(['order:t:2']);
    expect(idsOf(await couch.range('order:t:', { limit: 9, after: 'order:t:15' }))).to.deep.equal([
      'order:t:2',
      'order:t:3',
    ]);
  });

  it('finds what is due, both ends included, the soonest first, and says when there may be more', async () => {
    const { couch } = await ledger();
    const dueAts: readonly unknown[] = [100, 9, 10, 5, '7', null, [7]];
    await couch.bulk([...dueAts.map((dueAt, index) => ({ _id: `d${index}`, dueAt })), { _id: 'finished' }]);
    const due = (from: number, until: number, limit: number) =>
      couch.due({ from: from as EpochMs, until: until as EpochMs, limit });
    const all = await due(5, 10, 10);
    expect([idsOf(all.documents), all.isFull]).to.deep.equal([['d3', 'd1', 'd2'], false]);
    const page = await due(0, 9e15, 3);
    expect([idsOf(page.documents), page.isFull]).to.deep.equal([['d3', 'd1', 'd2'], true]);
  });

  it('tells the store’s clock once it has answered', async () => {
    const { couch } = await ledger();
    expect(couch.now()).to.equal(undefined);
    await couch.get('a');
    expect(Math.abs((couch.now() ?? 0) - Date.now())).to.be.lessThan(60_000);
  });

  it('tells which server and which life of the database it is', async () => {
    const { couch } = await ledger();
    const first = await couch.identity();
    expect(first).to.match(/^[0-9a-f]{32}\/\d+$/);
    expect(await couch.identity()).to.equal(first);
  });

  it('is refused with a wrong password, and where the database is missing, without telling the password', async () => {
    const { admin } = await ledger();
    const tools = { stopwatch: () => 0, timeout: TIMEOUT };
    const stranger = httpCouchdb({ ...admin, authorization: authorizationOf('stranger', 'sesame') }, tools);
    const nowhere = httpCouchdb({ ...admin, database: 'nowhere' }, tools);
    for (const couch of [stranger, nowhere]) {
      for (const call of [
        couch.get('a'),
        couch.put({ _id: 'a' }),
        couch.bulk([{ _id: 'a' }]),
        couch.many(['a']),
        couch.range('a', { limit: 1 }),
        couch.due({ from: 0 as EpochMs, until: 9 as EpochMs, limit: 1 }),
        couch.identity(),
      ]) {
        const error = await call.then(
          () => undefined,
          (thrown: Error) => thrown,
        );
        expect(error).to.have.property('code', 'STORE_REFUSED');
        expect(error?.message).not.to.match(/sesame|c2VzYW1l/);
      }
    }
  });

  it('says to deploy again where somebody deleted the index of what is due, which installs it', async () => {
    const { couch, admin } = await ledger();
    const { url, database, authorization } = admin;
    const design = `${url}/${database}/_design/cascade-due`;
    const { _rev } = (await (await fetch(design, { headers: { authorization } })).json()) as { readonly _rev: string };
    await fetch(`${design}?rev=${_rev}`, { method: 'DELETE', headers: { authorization } });
    const due = () => couch.due({ from: 0 as EpochMs, until: 9 as EpochMs, limit: 1 });
    const error = await due().catch((thrown) => thrown);
    expect(error).to.have.property('code', 'STORE_REFUSED');
    expect(error.message).to.equal(
      'CouchDB answered 400 (no_usable_index: No index exists for this sort, try indexing by the sort fields.) to _find. An index of the ledger is missing: deploy again (or npm start), which installs it.',
    );
    await installLedger({ store: admin, admin });
    expect((await due()).documents).to.deep.equal([]);
  });

  it('reads the past from the latest on, also documents of one instant and more than a page', async () => {
    const { couch } = await ledger();
    const ends = [5, 9, 9, 9, 9, 100, 7, '8', null];
    await couch.bulk(ends.map((endedAt, index) => ({ _id: `e${index}`, endedAt })));
    await couch.put({ _id: 'hint', createdAt: 6 });
    const pages: (string | undefined)[][] = [];
    for (let before: readonly StoredDocument[] = []; ; ) {
      const page = await couch.latest('endedAt', { from: 6 as EpochMs, before, limit: 2 });
      pages.push([...idsOf(page)]);
      before = [...before, ...page];
      if (page.length < 2) break;
    }
    expect(pages.map(({ length }) => length)).to.deep.equal([2, 2, 2, 0]);
    const read = pages.flat();
    expect([read[0], read.slice(1, 5).sort(), read[5]]).to.deep.equal(['e5', ['e1', 'e2', 'e3', 'e4'], 'e6']);
    expect(idsOf(await couch.latest('createdAt', { from: 0 as EpochMs, before: [], limit: 9 }))).to.deep.equal([
      'hint',
    ]);
  });

  it('reads the orders of a run by its root', async () => {
    const { couch } = await ledger();
    const rootOf = (index: number): string => (index % 3 === 0 ? 'event:default:first' : `event:default:r${index}`);
    await couch.bulk(Array.from({ length: 900 }, (_, index) => ({ _id: `o${index}`, root: rootOf(index) })));
    const found = await couch.ofRun('event:default:first');
    expect(new Set(idsOf(found)).size).to.equal(300);
    expect(await couch.ofRun('event:default:fir')).to.deep.equal([]);
  });

  it('says to deploy again where somebody deleted an index of the past, which installs it', async () => {
    const { couch, admin } = await ledger();
    await couch.bulk([{ _id: 'a', endedAt: 1 }]);
    const { url, database, authorization } = admin;
    const design = `${url}/${database}/_design/cascade-history`;
    const { _rev } = (await (await fetch(design, { headers: { authorization } })).json()) as { readonly _rev: string };
    await fetch(`${design}?rev=${_rev}`, { method: 'DELETE', headers: { authorization } });
    const latest = () => couch.latest('endedAt', { from: 0 as EpochMs, before: [], limit: 1 });
    for (const call of [latest(), couch.ofRun('event:default:r1')]) {
      const error = await call.catch((thrown) => thrown);
      expect(error).to.have.property('code', 'STORE_REFUSED');
      expect(error.message).to.match(
        /to the history\. An index of the ledger is missing: deploy again \(or npm start\), which installs it\.$/,
      );
    }
    await installLedger({ store: admin, admin });
    expect(idsOf(await latest())).to.deep.equal(['a']);
  });

  it('refuses a document that is too large, for itself alone', async () => {
    const { couch } = await ledger();
    expect((await couch.put({ _id: 'a', text: 'x'.repeat(8_100_000) })).kind).to.equal('refused');
  });
});
