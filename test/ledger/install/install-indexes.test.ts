import { expect } from 'chai';
import { type EmbeddedStore, startStore } from '../../../local/store/start-store.ts';
import { httpCouchdb } from '../../../src/clients/couchdb/http-couchdb.ts';
import type { DurationMs, EpochMs } from '../../../src/core/units.ts';
import { installLedger } from '../../../src/ledger/install-ledger.ts';
import { type AlteringProxy, type Rule, startAlteringProxy } from '../../support/altering-proxy.ts';

describe('the indexes of a large ledger at deployment', () => {
  let store: EmbeddedStore;
  const proxies: AlteringProxy[] = [];
  before(async () => {
    store = await startStore({ port: 0 });
  });
  after(() => store.close());
  afterEach(async () => {
    for (const proxy of proxies.splice(0)) await proxy.close();
  });

  const login = (): string => `Basic ${Buffer.from(`${store.user}:${store.password}`).toString('base64')}`;

  /** Installs the ledger through a proxy. @returns the sentences that a person sees, and the result. */
  async function install(database: string, rule: Rule, signal?: AbortSignal) {
    const proxy = await startAlteringProxy(store.url, rule);
    proxies.push(proxy);
    const admin = { url: proxy.url, database, authorization: login() };
    const told: string[] = [];
    const waiting = { say: (sentence: string) => told.push(sentence), ...(signal && { signal }) };
    const done = await installLedger({ store: admin, admin }, undefined, undefined, waiting).catch((error) => error);
    return { told, done };
  }

  it('are each asked until CouchDB answers, and a person is told once why that takes long', async () => {
    const asked: string[] = [];
    const { told, done } = await install('slow', {
      request: (request) => {
        if (!request.path.endsWith('/_find')) return request;
        const [field = ''] = Object.keys(JSON.parse(String(request.body)).selector);
        asked.push(field);
        const isBuilt = field !== 'endedAt' || asked.filter((each) => each === field).length === 3;
        return isBuilt ? request : 'drop';
      },
    });
    expect(asked).to.deep.equal(['dueAt', 'endedAt', 'endedAt', 'endedAt', 'createdAt', 'root']);
    expect(told).to.deep.equal([
      'CouchDB builds the index ended-at of the ledger. In a large ledger that takes minutes, once. Deployment waits for it.',
    ]);
    expect(done).to.include('index ended-at').and.not.include('ended-at is still');
  });

  it('do not hold deployment up for ever: what is not built is told', async () => {
    const { done } = await install('never', {
      request: (request) => (request.path.endsWith('/_find') && `${request.body}`.includes('root') ? 'drop' : request),
    });
    expect(done).to.include(
      'the index run is still being built (until then, cascade runs and the sweep may get no answer)',
    );
  });

  it('are not blamed if CouchDB does not answer at all', async () => {
    let isDown = false;
    const { told, done } = await install('down', {
      request: (request) => {
        isDown ||= request.path.endsWith('/_find');
        return isDown ? 'drop' : request;
      },
    });
    expect([done.code, told]).to.deep.equal(['STORE_UNAVAILABLE', []]);
  });

  it('are not waited for any more if a person ends the deployment', async () => {
    const ending = new AbortController();
    let asked = 0;
    const { done } = await install(
      'ended',
      {
        request: (request) => {
          if (!request.path.endsWith('/_find')) return request;
          asked += 1;
          if (asked === 2) ending.abort();
          return 'drop';
        },
      },
      ending.signal,
    );
    expect([done.name, asked]).to.deep.equal(['AbortError', 2]);
  });

  it('are installed though the store answers only when an index is built', async () => {
    const { done, told } = await install('patient', {
      answer: (answer, { path }) => (path.endsWith('/_index') ? 'drop' : answer),
    });
    const names = ['due-at', 'ended-at', 'created-at', 'run'];
    expect(done).to.include.members(names.map((name) => `index ${name}`));
    expect(told.map((sentence) => /the index (\S+)/.exec(sentence)?.[1])).to.deep.equal(names);
  });

  it('are named by a reader of the history whom CouchDB does not answer in time', async () => {
    const { done } = await install('read', {});
    expect(done).to.include('index run');
    const proxy = await startAlteringProxy(store.url, {
      answer: (answer, { path }) => (path.endsWith('/_find') ? { ...answer, status: 504 } : answer),
    });
    proxies.push(proxy);
    const port = httpCouchdb(
      { url: proxy.url, database: 'read', authorization: login() },
      { stopwatch: () => 0, timeout: 10_000 as DurationMs },
    );
    const page = { from: 0 as EpochMs, before: [], limit: 1 };
    const refused = await port.latest('endedAt', page).catch((error: Error) => error.message);
    expect(refused).to.equal(
      'CouchDB answered 504 to the history. Try again later. Perhaps it is bringing an index of a large ledger up to date, which takes minutes after an upgrade.',
    );
    const due = await port.due({ from: 0 as EpochMs, until: 1 as EpochMs, limit: 1 }).catch((error) => error.message);
    expect(due).to.match(/^CouchDB answered 504 to .*\. Try again later\.$/);
  });
});
