import { createHmac } from 'node:crypto';
import { expect } from 'chai';
import { type DeployedCascade, deployCascade, READ_API_KEY, WEBHOOK_SECRET } from '../support/deployed-cascade.ts';

const UPSTREAM = '11111111-0000-4000-8000-000000000001';
const FOLLOWER = '22222222-0000-4000-8000-000000000002';
const ON_FAILURE = '33333333-0000-4000-8000-000000000003';
const OTHER_CHAIN = '44444444-0000-4000-8000-000000000004';
const UNKNOWN = '99999999-0000-4000-8000-000000000009';

const CHAINS = {
  'one.yaml': `
chain: one
apps:
  upstream: { id: ${UPSTREAM} }
  follower: { id: ${FOLLOWER} }
  repair: { id: ${ON_FAILURE} }
reloads:
  - app: follower
    after: upstream
    variables: { vRegion: EMEA }
    weight: 3
  - app: repair
    after: { app: upstream, on: failed }
`,
  'two.yaml': `
chain: two
apps:
  other: { id: ${OTHER_CHAIN} }
reloads:
  - app: other
    after: { app: one/upstream, on: any }
  - app: one/follower
    after: one/upstream
    variables: { vRegion: EMEA }
    weight: 3
`,
};

const sign = (body: string, secret = WEBHOOK_SECRET): string => createHmac('sha256', secret).update(body).digest('hex');

const finished = (reloadId: string, data: object = {}, appId = UPSTREAM): string =>
  JSON.stringify({
    id: `event-${reloadId}`,
    type: 'com.qlik.v1.reload.finished',
    source: 'com.qlik/reloads',
    specversion: '1.0',
    time: '2026-11-21T07:06:22Z',
    data: { id: reloadId, appId, userId: 'u1', succeeded: true, status: 'SUCCEEDED', ...data },
  });

interface Posted {
  readonly status: number;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests read into whatever is answered
  readonly json: any;
}

async function post(url: string, body: string, headers: Readonly<Record<string, string>>): Promise<Posted> {
  const response = await fetch(url, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
  });
  const text = await response.text();
  return { status: response.status, text, json: text.startsWith('{') ? JSON.parse(text) : undefined };
}

describe('a webhook, from the tenant to the reloads that follow', () => {
  let cascade: DeployedCascade;
  const startCascade = async (settings: Readonly<Record<string, string>> = {}): Promise<void> => {
    cascade = await deployCascade({ chains: CHAINS, settings: () => settings });
    await cascade.tenantCall(
      'POST',
      '/_sim/apps',
      [UPSTREAM, FOLLOWER, ON_FAILURE, OTHER_CHAIN, UNKNOWN].map((id) => ({
        id,
        name: id.slice(0, 4),
        spaceId: 'space',
      })),
    );
  };
  const subscribe = async (webhook: object = {}): Promise<void> => {
    const { status } = await cascade.tenantCall('POST', '/api/core/webhooks', {
      name: 'Cascade',
      url: cascade.webhookUrl,
      enabled: true,
      eventTypes: ['com.qlik.v1.reload.finished'],
      secret: WEBHOOK_SECRET,
      ...webhook,
    });
    expect(status).to.equal(201);
  };
  const reloadUpstream = () => cascade.tenantCall('POST', `/_sim/apps/${UPSTREAM}/reload`, { type: 'hub' });
  const isStarted = (counts: Readonly<Record<string, number>>) => async () => {
    expect(Object.keys(await cascade.started())).to.have.length.at.most(Object.keys(counts).length);
    return JSON.stringify(sorted(await cascade.started())) === JSON.stringify(sorted(counts));
  };
  const sorted = (counts: Readonly<Record<string, number>>) => Object.entries(counts).sort();
  const signed = (body: string, headers: Readonly<Record<string, string>> = {}, suffix = '') =>
    post(`${cascade.webhookUrl}${suffix}`, body, { 'qlik-signature': sign(body), ...headers });
  /** Waits until every started activation is over, so that nothing more comes. */
  const untilQuiet = async (reloads: number): Promise<void> => {
    const count = () => cascade.activations.filter(({ name }) => name === 'reload').length;
    await cascade.until(`${reloads} activations of reload`, () => count() >= reloads);
  };

  afterEach(() => cascade.close());

  for (const form of ['cloudevents', 'hybrid', 'legacy']) {
    for (const contentType of ['application/json', 'application/cloudevents+json']) {
      it(`starts what follows, told as ${form} in ${contentType}`, async () => {
        await startCascade();
        await cascade.tenantCall('PUT', '/_sim/switches', {
          'delivery.form': form,
          'delivery.contentType': contentType,
        });
        await subscribe();
        await reloadUpstream();
        await cascade.until('two reloads', isStarted({ [FOLLOWER]: 1, [OTHER_CHAIN]: 1 }));
      });
    }
  }

  it('posts the reload with what the chain file says and the order’s id, which comes back in the event', async () => {
    await startCascade();
    await subscribe();
    const { json: record } = await reloadUpstream();
    await cascade.until('two reloads', isStarted({ [FOLLOWER]: 1, [OTHER_CHAIN]: 1 }));
    const { json } = await cascade.tenantCall('GET', '/_sim/journal?after=0');
    const posts = json.data.filter(
      ({ kind, method }: { kind: string; method: string }) => kind === 'request' && method === 'POST',
    );
    const bodies = posts
      .map(({ body }: { body: { appId: string } }) => body)
      .filter((body: unknown) => body !== undefined);
    expect(bodies.find(({ appId }: { appId: string }) => appId === FOLLOWER)).to.deep.equal({
      appId: FOLLOWER,
      variables: { vRegion: 'EMEA' },
      weight: 3,
      resourceType: 'api',
      resourceId: `order:default:${FOLLOWER}:s:${record.id}~1`,
    });
  });

  it('takes the other branch when the reload failed', async () => {
    await startCascade();
    await subscribe();
    await cascade.tenantCall('POST', '/_sim/apps', {
      id: UPSTREAM,
      name: 'fails',
      outcomes: ['failed'],
      spaceId: 'space',
    });
    await reloadUpstream();
    await cascade.until('two reloads', isStarted({ [ON_FAILURE]: 1, [OTHER_CHAIN]: 1 }));
  });

  it('counts the engine’s attempts when RELOAD_EVENT says so, and then not the other event', async () => {
    await startCascade({ RELOAD_EVENT: 'app.reload.finished' });
    await subscribe({ eventTypes: ['com.qlik.v1.app.reload.finished', 'com.qlik.v1.reload.finished'] });
    await reloadUpstream();
    await cascade.until('two reloads', isStarted({ [FOLLOWER]: 1, [OTHER_CHAIN]: 1 }));
    await untilQuiet(2);
    expect(await cascade.started()).to.deep.equal({ [FOLLOWER]: 1, [OTHER_CHAIN]: 1 });
  });

  it('takes an API key in a custom header where there is no secret', async () => {
    await startCascade({ WEBHOOK_SECRET: '', WEBHOOK_API_KEY: 'a-key-of-the-webhook' });
    await cascade.tenantCall('POST', '/api/core/webhooks', {
      name: 'Cascade',
      url: cascade.webhookUrl,
      enabled: true,
      eventTypes: ['com.qlik.v1.reload.finished'],
      encryptedHeaders: { 'x-api-key': 'a-key-of-the-webhook' },
    });
    await reloadUpstream();
    await cascade.until('two reloads', isStarted({ [FOLLOWER]: 1, [OTHER_CHAIN]: 1 }));
  });

  it('logs in with an OAuth client', async () => {
    cascade = await deployCascade({
      chains: CHAINS,
      settings: ({ clientId, clientSecret }) => ({
        QLIK_API_KEY: '',
        QLIK_CLIENT_ID: clientId,
        QLIK_CLIENT_SECRET: clientSecret,
      }),
    });
    await cascade.tenantCall('POST', '/_sim/apps', [
      { id: FOLLOWER, name: 'follower', spaceId: 'space' },
      { id: OTHER_CHAIN, name: 'other', spaceId: 'space' },
    ]);
    expect((await signed(finished('r1'))).status).to.equal(202);
    await cascade.until('two reloads', isStarted({ [FOLLOWER]: 1, [OTHER_CHAIN]: 1 }));
  });

  it('answers each order’s outcome and every skip: one order for a link that two chains have', async () => {
    await startCascade();
    const { status, json } = await signed(finished('r1'));
    expect(status).to.equal(202);
    expect(Object.keys(json).sort()).to.deep.equal(['accepted', 'ignored', 'orders', 'skips']);
    expect(json.accepted).to.equal(2);
    expect(json.orders.map(({ order, app }: { order: string; app: string }) => [order, app])).to.deep.equal([
      [`order:default:${FOLLOWER}:s:r1`, FOLLOWER],
      [`order:default:${OTHER_CHAIN}:s:r1`, OTHER_CHAIN],
    ]);
    for (const { activationId } of json.orders) expect(activationId).to.match(/^[0-9a-f]{32}$/);
    const event = { tenant: 'default', appId: UPSTREAM, reloadId: 'r1' };
    expect(json.skips).to.have.deep.members([
      {
        reason: 'outcome-not-matched',
        ...event,
        chain: 'one',
        target: { tenant: 'default', appId: ON_FAILURE },
        on: 'failed',
        outcome: 'succeeded',
      },
      {
        reason: 'already-ordered',
        ...event,
        chain: 'two',
        target: { tenant: 'default', appId: FOLLOWER },
        order: `order:default:${FOLLOWER}:s:r1`,
      },
    ]);
    await untilQuiet(2);
  });

  it('answers 200 with the reason where nothing is to start', async () => {
    await startCascade();
    const notInAChain = await signed(finished('r1', {}, UNKNOWN));
    expect(notInAChain).to.deep.include({ status: 200 });
    expect(notInAChain.json).to.deep.equal({
      accepted: 0,
      ignored: [{ reason: 'not-in-a-chain', appId: UNKNOWN, reloadId: 'r1' }],
      orders: [],
      skips: [],
    });
    const noLink = await signed(finished('r2', {}, FOLLOWER));
    expect(noLink.status).to.equal(200);
    expect(noLink.json.skips).to.deep.equal([
      { reason: 'no-link', tenant: 'default', appId: FOLLOWER, reloadId: 'r2' },
    ]);
  });

  it('refuses every unsigned, wrongly signed or foreign body with one text, by every suffix, and starts nothing', async () => {
    await startCascade();
    const body = finished('r1');
    const refusals: readonly Readonly<Record<string, string>>[] = [
      {},
      { 'qlik-signature': '' },
      { 'qlik-signature': sign(body, 'another-secret-of-32-characters!') },
      { 'qlik-signature': sign(`${body} `) },
      { 'x-api-key': WEBHOOK_SECRET },
    ];
    for (const headers of refusals) {
      const { status, json } = await post(cascade.webhookUrl, body, headers);
      expect(status).to.equal(401);
      expect(json.error).to.include({ code: 'UNAUTHORIZED', message: 'Not authorised.' });
      expect(Object.keys(json.error).sort()).to.deep.equal(['code', 'message', 'traceId']);
      for (const suffix of ['.json', '.text', '.http', '.html']) {
        const { text } = await post(`${cascade.webhookUrl}${suffix}`, body, headers);
        expect(text).to.not.match(/stack|at \w+ \(|secret|signature/i);
      }
    }
    const foreign = JSON.stringify({ ...JSON.parse(body), tenantid: 'another-tenant' });
    expect((await signed(foreign)).json.error.message).to.equal('Not authorised.');
    expect(cascade.activations.filter(({ name }) => name === 'reload')).to.have.length(0);
  });

  it('takes a signed body by every suffix that answers JSON', async () => {
    await startCascade();
    for (const [index, suffix] of ['', '.http', '.json'].entries()) {
      const { status } = await signed(finished(`r${index}`, {}, UNKNOWN), {}, suffix);
      expect(status).to.equal(200);
    }
  });

  it('answers 413 to a body over 256 KiB, signed or not, and 400 to an authentic one that is no event', async () => {
    await startCascade();
    const large = JSON.stringify({ filling: 'x'.repeat(300_000) });
    expect((await post(cascade.webhookUrl, large, {})).json.error.code).to.equal('BODY_TOO_LARGE');
    expect((await signed('x'.repeat(1_000_000))).status).to.equal(413);
    for (const nonsense of ['', '{', '[]', 'null', '{"type":"com.qlik.v1.reload.finished","data":{}}']) {
      const { status, json } = await signed(nonsense);
      expect([status, json.error.code]).to.deep.equal([400, 'EVENT_MALFORMED']);
    }
  });

  for (const echo of ['both', 'record', 'none']) {
    it(`starts a reload once when Qlik accepts it and the answer is lost, where it echoes our id in ${echo}`, async () => {
      await startCascade();
      await cascade.tenantCall('PUT', '/_sim/switches', { 'reloads.echo': echo, 'reloads.keep': 10 });
      await cascade.tenantCall('PUT', '/_sim/faults', [
        { on: 'POST /api/v1/reloads', appId: FOLLOWER, kind: 'drop-after', times: 1 },
        { on: 'POST /api/v1/reloads', appId: OTHER_CHAIN, kind: 'status', status: 503, times: 2 },
      ]);
      expect((await signed(finished('r1'))).status).to.equal(202);
      await untilQuiet(2);
      expect(await cascade.started()).to.deep.equal({ [FOLLOWER]: 1, [OTHER_CHAIN]: 1 });
      const results = cascade.activations
        .filter(({ name }) => name === 'reload')
        .map(({ response }) => response.result);
      for (const result of results) expect(result).to.include.keys('order', 'reloadId', 'status');
    });
  }

  it('returns a refusal of Qlik’s as data: for good, wait so long, busy', async () => {
    await startCascade();
    await cascade.tenantCall('PUT', '/_sim/faults', [
      {
        on: 'POST /api/v1/reloads',
        appId: OTHER_CHAIN,
        kind: 'status',
        status: 429,
        headers: { 'retry-after': '13' },
        body: { errors: [{ code: 'HTTP-429', title: 'API rate limit reached.' }] },
      },
    ]);
    await cascade.tenantCall('POST', '/_sim/apps', { id: FOLLOWER, name: 'f', mayReload: false, spaceId: 'space' });
    await signed(finished('r1'));
    await untilQuiet(2);
    const errors = cascade.activations
      .filter(({ name }) => name === 'reload')
      .map(({ response }) => (response.result as { error: Record<string, unknown> }).error);
    const byKind = Object.fromEntries(errors.map((error) => [error['kind'], error]));
    expect(byKind['permanent']).to.include({ code: 'QLIK_REFUSED', order: `order:default:${FOLLOWER}:s:r1` });
    expect(byKind['wait']).to.include({ code: 'QLIK_RATE_LIMITED', retryAfterMs: 13_000 });
  });

  it('shows no secret in any answer, activation or log', async () => {
    await startCascade();
    await subscribe();
    await reloadUpstream();
    await cascade.until('two reloads', isStarted({ [FOLLOWER]: 1, [OTHER_CHAIN]: 1 }));
    const answers = [
      await signed(finished('r1')),
      await signed('{'),
      await post(cascade.webhookUrl, finished('r2'), {}),
      await post(`${cascade.webhookUrl}.json`, finished('r2'), { authorization: 'Basic bm90OnRoZS1rZXk=' }),
    ];
    await untilQuiet(4);
    const everything = JSON.stringify([answers, cascade.activations]);
    const { host, tenant } = cascade;
    for (const secret of [WEBHOOK_SECRET, READ_API_KEY, tenant.apiKey, host.auth, host.auth.split(':')[1] ?? '']) {
      expect(everything).to.not.include(secret);
    }
    expect(everything).to.not.include('bm90OnRoZS1rZXk=');
  });
});
