import { expect } from 'chai';
import { httpQlik } from '../../../src/clients/qlik/http-qlik.ts';
import type { EndedQuery } from '../../../src/clients/qlik/qlik-port.ts';
import type { AppId, ReloadId, TenantName } from '../../../src/core/names.ts';
import type { DurationMs, EpochMs } from '../../../src/core/units.ts';
import { type Answerer, json, type ScriptedServer, startScriptedServer } from '../support/scripted-server.ts';

const APP = '002ff8c5-3c11-4464-a22b-68fb5e7ee5e8' as AppId;
const RELOAD = '6a849f7f18ec290e6ceb025d' as ReloadId;
const PATIENT = 10_000 as DurationMs;
const DATE = { date: 'Sat, 21 Nov 2026 07:00:05 GMT' };

const FAILED = {
  id: RELOAD,
  appId: APP.toUpperCase(),
  userId: 'u1',
  type: 'chronos',
  status: 'FAILED',
  creationTime: '2026-11-21T07:00:00.164Z',
  startTime: '2026-11-21T07:00:01.000Z',
  endTime: '2026-11-21T07:00:04.500Z',
  partial: false,
  errorCode: 'EngineConnectionError',
  errorMessage: 'unexpected EOF',
};
const READ = {
  id: RELOAD,
  appId: APP,
  status: 'FAILED',
  type: 'chronos',
  userId: 'u1',
  partial: false,
  createdAt: Date.UTC(2026, 10, 21, 7, 0, 0, 164),
  startedAt: Date.UTC(2026, 10, 21, 7, 0, 1),
  endedAt: Date.UTC(2026, 10, 21, 7, 0, 4, 500),
  error: { code: 'EngineConnectionError', message: 'unexpected EOF' },
};

let server: ScriptedServer;

async function qlikAt(...answers: readonly Answerer[]) {
  server = await startScriptedServer(...answers);
  const credential = { kind: 'api-key', apiKey: 'sesame-key' } as const;
  return httpQlik({ name: 'default' as TenantName, origin: server.url, credential }, () => 1_000_000 as EpochMs);
}

const listed = async (answer: Answerer, query: EndedQuery = {}) => {
  const answered = await (await qlikAt(answer)).listEnded(query, PATIENT);
  return { answered, call: server.received[0]?.call };
};

describe('the reloads that ended, of a tenant over HTTP', () => {
  afterEach(() => server.close());

  it('are asked for a hundred at a time, the last that ended first', async () => {
    const { answered, call } = await listed(json(200, { data: [FAILED, 7], links: { self: {} } }, DATE));
    expect(call).to.equal('GET /api/v1/reloads?sort=-endTime&limit=100');
    expect(answered).to.deep.equal({
      kind: 'listed',
      reloads: [READ],
      tenantNow: Date.UTC(2026, 10, 21, 7, 0, 5),
    });
  });

  it('can be asked for of one app, and by creation', async () => {
    const { call } = await listed(json(200, { data: [] }), { appId: APP, newestBy: 'creation' });
    expect(call).to.equal(`GET /api/v1/reloads?appId=${APP}&sort=-creationTime&limit=100`);
  });

  it('have no end while they are queued or run', async () => {
    const { startTime, endTime, errorCode, errorMessage, ...queued } = FAILED;
    const { answered } = await listed(
      json(200, { data: [{ ...queued, status: 'QUEUED', startTime: null, endTime: null }] }),
    );
    const { startedAt, endedAt, error, ...read } = READ;
    expect(answered).to.deep.include({ reloads: [{ ...read, status: 'QUEUED' }] });
  });

  it('go on where the answer says, as it says it', async () => {
    const qlik = await qlikAt(
      (response, received) => {
        const href = `${server.url}/api/v1/reloads?sort=-endTime&next=ab%2Bc`;
        json(200, { data: [], links: { next: { href } } })(response, received);
      },
      json(200, { data: [], links: { next: { href: '/api/v1/reloads?next=d' } } }),
      json(200, { data: [] }),
    );
    const nexts: (string | undefined)[] = [];
    for (let query: EndedQuery | undefined = {}; query !== undefined; ) {
      const answered = await qlik.listEnded(query, PATIENT);
      const next = answered.kind === 'listed' ? answered.next : undefined;
      nexts.push(next);
      query = next === undefined ? undefined : { next };
    }
    expect(nexts.at(-1)).to.equal(undefined);
    expect(server.received.map(({ call }) => call)).to.deep.equal([
      'GET /api/v1/reloads?sort=-endTime&limit=100',
      'GET /api/v1/reloads?sort=-endTime&next=ab%2Bc',
      'GET /api/v1/reloads?next=d',
    ]);
  });

  for (const href of [
    'https://evil.example/api/v1/reloads?next=x',
    '//evil.example/api/v1/reloads',
    '/elsewhere',
    'http://[',
  ]) {
    it(`are unavailable, not complete, where they go on at ${href}`, async () => {
      const { answered } = await listed(json(200, { data: [], links: { next: { href } } }));
      expect(answered).to.deep.equal({
        kind: 'unavailable',
        message: 'Qlik’s list goes on at another address than the tenant’s',
      });
    });
  }

  for (const status of [400, 403, 404]) {
    it(`are forbidden where a page is answered ${status}, the first or a later one`, async () => {
      const qlik = await qlikAt(json(status, { errors: [] }), json(status, { errors: [] }));
      const message = `Qlik answered ${status} to the list of reloads`;
      expect(await qlik.listEnded({}, PATIENT)).to.deep.equal({ kind: 'forbidden', message });
      expect(await qlik.listEnded({ next: 'reloads?next=x' }, PATIENT)).to.deep.equal({ kind: 'forbidden', message });
    });
  }

  for (const status of [401, 429, 500]) {
    it(`are unavailable where it answers ${status}`, async () => {
      expect((await listed(json(status, { errors: [] }))).answered.kind).to.equal('unavailable');
    });
  }
});

describe('one reload of a tenant over HTTP', () => {
  afterEach(() => server.close());

  it('is found by its id', async () => {
    const qlik = await qlikAt(json(200, FAILED));
    expect(await qlik.getReload(RELOAD, PATIENT)).to.deep.equal({ kind: 'found', reload: READ });
    expect(server.received[0]?.call).to.equal(`GET /api/v1/reloads/${RELOAD}`);
  });

  it('is absent only where the tenant says 404', async () => {
    const qlik = await qlikAt(json(404, { errors: [] }), json(500, {}), json(200, {}), (response) =>
      response.destroy(),
    );
    const kinds: string[] = [];
    for (let asked = 0; asked < 4; asked += 1) kinds.push((await qlik.getReload(RELOAD, PATIENT)).kind);
    expect(kinds).to.deep.equal(['absent', 'unavailable', 'unavailable', 'unavailable']);
  });

  it('is refused, not out of reach, where the tenant says 400 or 403', async () => {
    const qlik = await qlikAt(json(400, { errors: [] }), json(403, { errors: [] }), json(429, {}), json(401, {}));
    const kinds: string[] = [];
    for (let asked = 0; asked < 4; asked += 1) kinds.push((await qlik.getReload(RELOAD, PATIENT)).kind);
    expect(kinds).to.deep.equal(['refused', 'refused', 'unavailable', 'unavailable']);
  });

  const cancellations = [
    [204, 'canceled'],
    [202, 'canceled'],
    [409, 'ended'],
    [403, 'refused'],
    [404, 'refused'],
    [408, 'unavailable'],
    [429, 'unavailable'],
    [503, 'unavailable'],
  ] as const;
  for (const [status, kind] of cancellations) {
    it(`is ${kind} where its cancellation is answered ${status}`, async () => {
      const qlik = await qlikAt(status === 204 ? (response) => response.writeHead(204).end() : json(status, {}));
      expect((await qlik.cancelReload(RELOAD, PATIENT)).kind).to.equal(kind);
      expect(server.received[0]?.call).to.equal(`POST /api/v1/reloads/${RELOAD}/actions/cancel`);
    });
  }

  it('may have been canceled where no answer came', async () => {
    const qlik = await qlikAt((response) => response.destroy());
    expect((await qlik.cancelReload(RELOAD, PATIENT)).kind).to.equal('unavailable');
  });
});
