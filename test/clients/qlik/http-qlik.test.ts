import { expect } from 'chai';
import { httpQlik } from '../../../src/clients/qlik/http-qlik.ts';
import type { QlikCredential } from '../../../src/clients/qlik/qlik-tenant.ts';
import type { AppId, TenantName } from '../../../src/core/names.ts';
import type { DurationMs, EpochMs } from '../../../src/core/units.ts';
import { type Answerer, json, type ScriptedServer, startScriptedServer } from '../support/scripted-server.ts';

const APP = '002ff8c5-3c11-4464-a22b-68fb5e7ee5e8' as AppId;
const PATIENT = 10_000 as DurationMs;
const KEY: QlikCredential = { kind: 'api-key', apiKey: 'sesame-key' };
const CLIENT: QlikCredential = { kind: 'oauth', clientId: 'client-1', clientSecret: 'sesame-secret' };
const QUEUED = json(201, { id: '6a84', status: 'QUEUED' });
const token = (value: string, more: object = {}) =>
  json(200, { access_token: value, token_type: 'bearer', expires_in: 21_600, ...more });

let server: ScriptedServer;
let nowMs = 0;

async function qlikAt(credential: QlikCredential, ...answers: readonly Answerer[]) {
  server = await startScriptedServer(...answers);
  nowMs = 1_000_000;
  const tenant = { name: 'default' as TenantName, origin: server.url, credential };
  const qlik = httpQlik(tenant, () => nowMs as EpochMs);
  const start = (timeoutMs: number = PATIENT) =>
    qlik.startReload({ appId: APP, body: {}, resourceId: 'o~1' }, timeoutMs as DurationMs);
  return { qlik, start };
}

const calls = () => server.received.map(({ call }) => call);
const bearers = () =>
  server.received.filter(({ call }) => call.includes('/api/')).map(({ headers }) => headers.authorization);

describe('a tenant over HTTP', () => {
  afterEach(() => server.close());

  it('is sent exactly what a reload takes, with the key as bearer', async () => {
    const { qlik } = await qlikAt(KEY, QUEUED);
    const body = { partial: true, variables: { région: 'ÉMEA' }, weight: 5 };
    const answer = await qlik.startReload({ appId: APP, body, resourceId: 'order:default:a:s:r1~1' }, PATIENT);
    expect(answer).to.deep.equal({ kind: 'started', reloadId: '6a84', status: 'QUEUED' });
    expect(calls()).to.deep.equal(['POST /api/v1/reloads']);
    expect(server.received[0]?.body).to.equal(
      `{"appId":"${APP}","partial":true,"variables":{"région":"ÉMEA"},"weight":5,"resourceType":"api","resourceId":"order:default:a:s:r1~1"}`,
    );
    expect(server.received[0]?.headers).to.include({
      authorization: 'Bearer sesame-key',
      'content-type': 'application/json',
      accept: 'application/json',
    });
  });

  it('is listed by app, with its own clock', async () => {
    const record = {
      id: 'r9',
      appId: APP,
      status: 'RELOADING',
      type: 'external',
      userId: 'u1',
      partial: true,
      creationTime: '2026-11-21T07:00:00.164Z',
      resourceId: 'o~1',
    };
    const { qlik } = await qlikAt(KEY, json(200, { data: [record, {}, 7] }, { date: 'Sat, 21 Nov 2026 07:00:05 GMT' }));
    expect(await qlik.listReloads(APP, PATIENT)).to.deep.equal({
      kind: 'listed',
      tenantNow: Date.UTC(2026, 10, 21, 7, 0, 5),
      reloads: [
        {
          id: 'r9',
          appId: APP,
          status: 'RELOADING',
          type: 'external',
          userId: 'u1',
          partial: true,
          createdAt: Date.UTC(2026, 10, 21, 7, 0, 0, 164),
          resourceId: 'o~1',
        },
        { id: '', appId: '', status: '', type: '', userId: '', partial: false, createdAt: Number.NaN },
      ],
    });
    expect(calls()).to.deep.equal([`GET /api/v1/reloads?appId=${APP}&limit=100`]);
    expect(server.received[0]?.headers).not.to.have.property('content-type');
  });

  for (const [what, answer] of [
    ['503', json(503, {})],
    ['a redirect', json(302, { data: [] }, { location: '/elsewhere' })],
    ['no list', json(200, { data: {} })],
    ['no JSON', (response) => response.end('<html>')],
  ] as [string, Answerer][]) {
    it(`has no list where it answers ${what}`, async () => {
      const { qlik } = await qlikAt(KEY, answer);
      expect((await qlik.listReloads(APP, PATIENT)).kind).to.equal('unavailable');
      expect(calls()).to.have.length(1);
    });
  }

  it('tells who we are, or that it cannot', async () => {
    const { qlik } = await qlikAt(KEY, json(200, { id: 'u1' }), json(403, { errors: [] }), json(500, { id: 'u1' }));
    expect(await qlik.ownUserId(PATIENT)).to.equal('u1');
    expect(await qlik.ownUserId(PATIENT)).to.equal(undefined);
    expect(await qlik.ownUserId(PATIENT)).to.equal(undefined);
    expect(calls()[0]).to.equal('GET /api/v1/users/me');
  });

  it('is not asked again after a redirect, a 401 of an API key or a 5xx', async () => {
    const { start } = await qlikAt(KEY, json(307, {}, { location: '/elsewhere' }), json(401, {}), json(503, {}));
    expect(await start()).to.deep.equal({ kind: 'permanent', code: 'QLIK_REFUSED', message: 'Qlik answered 307' });
    expect(await start()).to.deep.equal({ kind: 'permanent', code: 'QLIK_UNAUTHORIZED', message: 'Qlik answered 401' });
    expect(await start()).to.deep.equal({ kind: 'unknown', message: 'Qlik answered 503' });
    expect(calls()).to.have.length(3);
  });

  it('tells a rate limit with its Retry-After', async () => {
    const { start } = await qlikAt(KEY, json(429, { errors: [{ code: 'HTTP-429' }] }, { 'retry-after': '13' }));
    expect(await start()).to.deep.equal({
      kind: 'wait',
      code: 'QLIK_RATE_LIMITED',
      retryAfter: 13_000,
      message: 'Qlik answered 429: HTTP-429',
    });
  });

  const broken: readonly (readonly [what: string, answer: Answerer, message: string])[] = [
    ['cuts the connection', (response) => response.destroy(), 'Qlik gave no answer (ECONNRESET)'],
    [
      'cuts its answer in the middle',
      (response) => {
        response.writeHead(201, { 'content-length': '100' });
        response.write('{"id":"6a84"', () => response.destroy());
      },
      'Qlik gave no answer (ECONNRESET)',
    ],
    [
      'answers 200 with a page',
      (response) => response.end('<html>Login</html>'),
      'Qlik answered 200 without a reload id',
    ],
    ['answers 200 with nothing', (response) => response.end(), 'Qlik answered 200 without a reload id'],
    [
      'answers with more than it should',
      (response) => response.end(`{"id":"${'x'.repeat(5_000_000)}"}`),
      'Qlik gave no answer of at most 4194304 bytes',
    ],
  ];
  for (const [what, answer, message] of broken) {
    it(`leaves it unknown where it ${what}, and is asked once`, async () => {
      const { start } = await qlikAt(KEY, answer);
      expect(await start()).to.deep.equal({ kind: 'unknown', message });
      expect(calls()).to.have.length(1);
    });
  }

  it('reads an answer that comes in pieces, cut within a letter', async () => {
    const { qlik } = await qlikAt(KEY, (response) => {
      const bytes = Buffer.from('{"id":"é"}');
      response.write(bytes.subarray(0, 8), () => response.end(bytes.subarray(8)));
    });
    expect(await qlik.ownUserId(PATIENT)).to.equal('é');
  });

  it('uses one connection for calls that follow each other, and a new one where that was closed', async () => {
    const { start } = await qlikAt(
      KEY,
      QUEUED,
      QUEUED,
      (response, received) => {
        response.setHeader('connection', 'close');
        QUEUED(response, received);
      },
      QUEUED,
    );
    for (let calls = 0; calls < 4; calls += 1) expect((await start()).kind).to.equal('started');
    const ports = server.received.map(({ port }) => port);
    expect([ports[1], ports[2]]).to.deep.equal([ports[0], ports[0]]);
    expect(ports[3]).not.to.equal(ports[0]);
  });

  const hangs: readonly (readonly [what: string, answer: Answerer])[] = [
    ['never answers', () => {}],
    [
      'never ends its answer',
      (response) => {
        response.writeHead(201);
        response.write('{"id":');
      },
    ],
  ];
  for (const [what, answer] of hangs) {
    it(`is given up after the time-out where it ${what}, with the connection closed`, async () => {
      const { start } = await qlikAt(KEY, answer);
      expect(await start(100)).to.deep.equal({ kind: 'unknown', message: 'Qlik gave no answer within 100 ms' });
      await server.received[0]?.closed();
    });
  }

  const unreachable = (message: string) => ({ kind: 'wait', code: 'QLIK_UNREACHABLE', retryAfter: 60_000, message });

  it('has been sent nothing where nothing listens: no doubt, and tried again in a minute', async () => {
    const { start } = await qlikAt(KEY);
    await server.close();
    expect(await start()).to.deep.equal(unreachable('Qlik gave no answer (ECONNREFUSED)'));
  });

  it('has been sent nothing where its name is unknown, or TLS’s handshake fails', async () => {
    await qlikAt(KEY);
    const startAt = (origin: string) =>
      httpQlik({ name: 'default' as TenantName, origin, credential: KEY }, () => Date.now() as EpochMs).startReload(
        { appId: APP, body: {}, resourceId: 'o~1' },
        PATIENT,
      );
    expect(await startAt('http://no-such-tenant.invalid')).to.include({ kind: 'wait', code: 'QLIK_UNREACHABLE' });
    // It listens, and speaks no TLS.
    expect(await startAt(server.url.replace('http:', 'https:'))).to.include({ kind: 'wait', code: 'QLIK_UNREACHABLE' });
    expect(calls()).to.deep.equal([]);
  });

  it('starts a reload on a connection that no GET left open', async () => {
    const { qlik, start } = await qlikAt(KEY, json(200, { id: 'u1' }), (response, received) => {
      // This server drops the second request on a connection.
      if (received.port === server.received[0]?.port) response.destroy();
      else QUEUED(response, received);
    });
    expect(await qlik.ownUserId(PATIENT)).to.equal('u1');
    expect((await start()).kind).to.equal('started');
  });

  it('may have been sent it where a connection that was kept breaks', async () => {
    const { start } = await qlikAt(KEY, QUEUED, (response) => response.destroy());
    await start();
    expect(await start()).to.deep.equal({ kind: 'unknown', message: 'Qlik gave no answer (ECONNRESET)' });
    expect(server.received[1]?.port).to.equal(server.received[0]?.port);
  });
});

describe('OAuth', () => {
  afterEach(() => server.close());

  it('fetches a token once and keeps it', async () => {
    const { start } = await qlikAt(CLIENT, token('t1'), QUEUED, QUEUED);
    await start();
    expect((await start()).kind).to.equal('started');
    expect(calls()).to.deep.equal(['POST /oauth/token', 'POST /api/v1/reloads', 'POST /api/v1/reloads']);
    expect(server.received[0]?.body).to.equal(
      '{"client_id":"client-1","client_secret":"sesame-secret","grant_type":"client_credentials"}',
    );
    expect(server.received[0]?.headers).not.to.have.property('authorization');
    expect(bearers()).to.deep.equal(['Bearer t1', 'Bearer t1']);
  });

  it('renews it when nine tenths of its life are over', async () => {
    const { start } = await qlikAt(CLIENT, token('t1', { expires_in: 1_000 }), QUEUED, QUEUED, token('t2'), QUEUED);
    await start();
    nowMs += 899_999;
    await start();
    nowMs += 1;
    await start();
    expect(bearers()).to.deep.equal(['Bearer t1', 'Bearer t1', 'Bearer t2']);
  });

  it('takes six hours where the tenant does not say, or says nonsense', async () => {
    for (const expires_in of [undefined, 'soon', 0]) {
      const { start } = await qlikAt(CLIENT, token('t1', { expires_in }), QUEUED, QUEUED, token('t2'), QUEUED);
      await start();
      nowMs += 19_439_999;
      await start();
      nowMs += 1;
      await start();
      expect(bearers(), String(expires_in)).to.deep.equal(['Bearer t1', 'Bearer t1', 'Bearer t2']);
      await server.close();
    }
  });

  it('counts a token’s life from when it asked for it: Qlik may have made it long before it answered', async () => {
    const slow: Answerer = (response, received) => {
      nowMs += 5_000;
      token('t1', { expires_in: 1_000 })(response, received);
    };
    const { start } = await qlikAt(CLIENT, slow, QUEUED, QUEUED, token('t2'), QUEUED);
    await start();
    nowMs = 1_000_000 + 899_999;
    await start();
    nowMs = 1_000_000 + 900_000;
    await start();
    expect(bearers()).to.deep.equal(['Bearer t1', 'Bearer t1', 'Bearer t2']);
  });

  it('takes a new token once after a 401', async () => {
    const { start } = await qlikAt(CLIENT, token('t1'), json(401, {}), token('t2'), QUEUED);
    expect((await start()).kind).to.equal('started');
    expect(bearers()).to.deep.equal(['Bearer t1', 'Bearer t2']);
  });

  it('is refused for good after a second 401', async () => {
    const { start } = await qlikAt(CLIENT, token('t1'), json(401, {}), token('t2'), json(401, {}), QUEUED);
    expect(await start()).to.deep.equal({ kind: 'permanent', code: 'QLIK_UNAUTHORIZED', message: 'Qlik answered 401' });
    expect(calls()).to.have.length(4);
  });

  for (const status of [400, 401, 403]) {
    it(`is refused for good where the tenant answers ${status} to the client, and nothing is posted`, async () => {
      const { start } = await qlikAt(CLIENT, json(status, { errors: [{ title: 'sesame-secret' }] }));
      expect(await start()).to.deep.equal({
        kind: 'permanent',
        code: 'QLIK_UNAUTHORIZED',
        message: `Qlik gave no token: it answered ${status}`,
      });
      expect(calls()).to.deep.equal(['POST /oauth/token']);
    });
  }

  for (const [status, what, body] of [
    [302, 'a redirect', {}],
    [404, 'a page that is not there', { errors: [{ title: 'Not found' }] }],
    [408, 'that it waited too long', { errors: [{ title: 'Time-out' }] }],
    [500, 'an error', {}],
    [503, 'an error', { errors: [{ title: 'Down' }] }],
    [403, 'a proxy’s page', {}],
    [401, 'no reason', { errors: 'none' }],
    [200, 'no token', { access_token: '' }],
    [200, 'a list', []],
  ] as const) {
    it(`may be tried again where the tenant answers ${status}, ${what}, to the client, and nothing is posted`, async () => {
      const { start } = await qlikAt(CLIENT, json(status, body), token('t1'), QUEUED);
      expect(await start()).to.deep.equal({
        kind: 'wait',
        code: 'QLIK_UNREACHABLE',
        retryAfter: 60_000,
        message: `Qlik gave no token: it answered ${status}`,
      });
      expect((await start()).kind).to.equal('started');
      expect(calls()).to.deep.equal(['POST /oauth/token', 'POST /oauth/token', 'POST /api/v1/reloads']);
    });
  }

  for (const [what, answer] of [
    ['cuts the connection', (response) => response.destroy()],
    ['never answers', () => {}],
  ] as [string, Answerer][]) {
    it(`leaves no doubt where it ${what} instead of giving a token`, async () => {
      const { start } = await qlikAt(CLIENT, answer);
      expect(await start(100)).to.include({ kind: 'wait', code: 'QLIK_UNREACHABLE', retryAfter: 60_000 });
      expect(calls()).to.deep.equal(['POST /oauth/token']);
    });
  }

  it('leaves no doubt where the new token after a 401 cannot be had', async () => {
    const { start } = await qlikAt(CLIENT, token('t1'), json(401, {}), json(503, {}));
    expect(await start()).to.include({ kind: 'wait', code: 'QLIK_UNREACHABLE' });
  });

  const limited = (retryAfterMs: number) => ({
    kind: 'wait',
    code: 'QLIK_RATE_LIMITED',
    retryAfter: retryAfterMs,
    message: 'Qlik gave no token: it answered 429',
  });

  it('asks for no token before a 429’s Retry-After is over, also for lists', async () => {
    const tooMany = json(429, { errors: [{ title: 'Too many' }] }, { 'retry-after': '70' });
    const { start, qlik } = await qlikAt(CLIENT, tooMany, token('t1'), QUEUED);
    expect(await start()).to.deep.equal(limited(70_000));
    nowMs += 69_999;
    expect(await start()).to.deep.equal(limited(1));
    const message = 'Qlik gave no token: it answered 429';
    expect(await qlik.listEnded({}, PATIENT)).to.deep.include({ kind: 'unavailable', message });
    expect(calls()).to.deep.equal(['POST /oauth/token']);
    nowMs += 1;
    expect((await start()).kind).to.equal('started');
  });

  it('waits 15 s where a token’s 429 does not say for how long', async () => {
    const { start } = await qlikAt(CLIENT, json(429, {}));
    expect(await start()).to.deep.equal(limited(15_000));
  });

  it('asks for a token where a clock that was put back would make the wait longer than it was told', async () => {
    const { start } = await qlikAt(CLIENT, json(429, {}, { 'retry-after': '70' }), token('t1'), QUEUED);
    await start();
    nowMs -= 1;
    expect((await start()).kind).to.equal('started');
  });

  it('shares one time-out between token and call: what is left for the call is what the token left', async () => {
    const slow: Answerer = (response, received) => {
      nowMs += 9_900;
      token('t1')(response, received);
    };
    const { start } = await qlikAt(CLIENT, slow, () => {});
    expect(await start(10_000)).to.deep.equal({ kind: 'unknown', message: 'Qlik gave no answer within 100 ms' });
    await server.received[1]?.closed();
  });

  it('does not post when the token took all the time', async () => {
    const slow: Answerer = (response, received) => {
      nowMs += 10_000;
      token('t1')(response, received);
    };
    const { start } = await qlikAt(CLIENT, slow, QUEUED);
    expect(await start(10_000)).to.include({ kind: 'wait', code: 'QLIK_UNREACHABLE' });
    expect(calls()).to.deep.equal(['POST /oauth/token']);
  });
});
