import { expect } from 'chai';
import { type EmbeddedStore, startStore } from '../../../local/store/start-store.ts';
import type { CouchDatabase } from '../../../src/clients/couchdb/couch-database.ts';
import { httpCouchdb } from '../../../src/clients/couchdb/http-couchdb.ts';
import type { DurationMs } from '../../../src/core/units.ts';
import { installLedger } from '../../../src/ledger/install-ledger.ts';
import { type AlteringProxy, type HttpRequest, startAlteringProxy } from '../../support/altering-proxy.ts';

const TOOLS = { stopwatch: () => performance.now(), timeout: 10_000 as DurationMs };
const isBulk = ({ path }: HttpRequest): boolean => path.endsWith('/_bulk_docs');

describe('a proxy before CouchDB that refuses bulk writes', () => {
  let store: EmbeddedStore;
  let admin: CouchDatabase;
  let proxy: AlteringProxy;
  let calls: string[] = [];

  before(async () => {
    store = await startStore({ port: 0 });
    const authorization = `Basic ${Buffer.from(`${store.user}:${store.password}`).toString('base64')}`;
    admin = { url: store.url, database: 'cascade', authorization };
    await installLedger({ store: admin, admin });
  });
  after(() => store.close());
  afterEach(() => proxy.close());

  /**
   * The database behind a proxy. The proxy answers `status` to requests for which `refuses` is true, and does not pass
   * them on.
   */
  async function behind(status: number, body: string, refuses: (request: HttpRequest) => boolean) {
    calls = [];
    proxy = await startAlteringProxy(store.url, {
      request(request) {
        calls.push(`${request.method} ${request.path.replace('/cascade/', '')}`);
        return refuses(request) ? { ...request, method: 'GET', path: '/', body: Buffer.alloc(0) } : request;
      },
      answer: (answer, request) =>
        refuses(request) ? { status, headers: { 'content-type': 'text/html' }, body: Buffer.from(body) } : answer,
    });
    return httpCouchdb({ ...admin, url: proxy.url }, TOOLS);
  }
  const named = (...ids: readonly string[]) => ids.map((_id) => ({ _id, text: 'fine' }));
  const areStored = async (...ids: readonly string[]) =>
    (await httpCouchdb(admin, TOOLS).many(ids)).map((document) => document !== undefined);

  for (const status of [405, 406, 410, 415, 421, 422, 431]) {
    it(`with ${status}: each document is written by itself, and none is refused`, async () => {
      const [a, b] = [`a${status}`, `b${status}`];
      const written = await (await behind(status, '<html>', isBulk)).bulk(named(a, b));
      expect(written.map(({ kind }) => kind)).to.deep.equal(['stored', 'stored']);
      expect(calls).to.deep.equal(['POST _bulk_docs', `PUT ${a}`, `PUT ${b}`]);
      expect(await areStored(a, b)).to.deep.equal([true, true]);
    });
  }

  for (const status of [400, 403, 413]) {
    it(`with ${status}, as if for their contents: none is refused, and no further bulk is tried than it takes`, async () => {
      const ids = ['a', 'b', 'c', 'd'].map((name) => `${name}${status}`);
      const written = await (await behind(status, '<html>', isBulk)).bulk(named(...ids));
      expect(written.map(({ kind }) => kind)).to.deep.equal(['stored', 'stored', 'stored', 'stored']);
      // Four, two and one document. The PUT of a single document succeeds, so only bulk writes are refused.
      expect(calls).to.deep.equal([...Array(3).fill('POST _bulk_docs'), ...ids.map((id) => `PUT ${id}`)]);
      expect(await areStored(...ids)).to.deep.equal([true, true, true, true]);
    });
  }

  it('for what one document holds, with a page of its own: that one alone is refused for good', async () => {
    const isBad = ({ method, body }: HttpRequest): boolean => method !== 'GET' && body.includes('DROP TABLE');
    const [good, bad] = [...named('good'), { _id: 'bad', text: 'DROP TABLE' }];
    for (const status of [400, 403, 413]) {
      const couch = await behind(status, '<html>', isBad);
      const written = await couch.bulk([{ ...good, _id: `good${status}` }, bad as never]);
      expect(written[0]).to.have.property('kind', 'stored');
      expect(written[1]).to.deep.equal({
        kind: 'refused',
        message: `CouchDB answered ${status}`,
        isForGood: true,
      });
      if (status !== 413) await proxy.close();
    }
  });

  it('and every other write with 405: no document is at fault', async () => {
    const couch = await behind(405, '<html>', ({ method }) => method !== 'GET');
    const error = await couch.bulk(named('x', 'y')).catch((reason) => reason);
    expect(error).to.have.property('code', 'STORE_REFUSED');
  });

  it('for a database whose name it does not take: no document is at fault', async () => {
    const body = '{"error":"illegal_database_name","reason":"Name: Cascade"}';
    const couch = await behind(400, body, ({ method }) => method !== 'GET');
    const error = await couch.bulk(named('x')).catch((reason) => reason);
    expect(error).to.have.property('code', 'STORE_REFUSED');
  });
});
