import { createHmac } from 'node:crypto';
import { expect } from 'chai';
import { type EmbeddedStore, startStore } from '../../local/store/start-store.ts';
import { installConfiguredLedger } from '../../src/deploy/install-configured-ledger.ts';
import { type DeployedCascade, deployCascade, WEBHOOK_SECRET } from '../support/deployed-cascade.ts';

const UPSTREAM = '11111111-0000-4000-8000-000000000001';
const FOLLOWER = '22222222-0000-4000-8000-000000000002';
const CHAIN = `
chain: one
apps:
  upstream: { id: ${UPSTREAM} }
  follower: { id: ${FOLLOWER} }
reloads:
  - app: follower
    after: upstream
`;

// biome-ignore lint/suspicious/noExplicitAny: tests read into whatever is stored or answered
type Json = any;

describe('a webhook with a ledger', () => {
  let store: EmbeddedStore;
  let cascade: DeployedCascade;
  beforeEach(async () => {
    store = await startStore({ port: 0 });
    const COUCHDB_URL = store.url.replace('://', `://${store.user}:${store.password}@`);
    await installConfiguredLedger({ COUCHDB_URL });
    cascade = await deployCascade({ chains: { 'one.yaml': CHAIN }, settings: () => ({ COUCHDB_URL }) });
    const apps = [UPSTREAM, FOLLOWER].map((id) => ({ id, name: id.slice(0, 4), spaceId: 'space', durationMs: 50 }));
    await cascade.tenantCall('POST', '/_sim/apps', apps);
  });
  afterEach(async () => {
    await cascade?.close();
    await store?.close();
  });

  const authorization = () => `Basic ${Buffer.from(`${store.user}:${store.password}`).toString('base64')}`;
  async function documents(prefix: string): Promise<readonly Json[]> {
    const query = new URLSearchParams({
      ...{ include_docs: 'true', startkey: JSON.stringify(prefix), endkey: JSON.stringify(`${prefix}\ufff0`) },
    });
    const headers = { authorization: authorization() };
    const response = await fetch(`${store.url}/cascade/_all_docs?${query}`, { headers });
    return ((await response.json()) as Json).rows.map(({ doc }: Json) => doc);
  }
  const finished = (reloadId: string, appId = UPSTREAM): string =>
    JSON.stringify({
      id: `event-${reloadId}`,
      type: 'com.qlik.v1.reload.finished',
      time: new Date().toISOString(),
      data: { id: reloadId, appId, status: 'SUCCEEDED', type: 'hub' },
    });
  async function post(body: string): Promise<{ readonly status: number; readonly json: Json }> {
    const signature = createHmac('sha256', WEBHOOK_SECRET).update(body).digest('hex');
    const headers = { 'content-type': 'application/json', 'qlik-signature': signature };
    const response = await fetch(cascade.webhookUrl, { method: 'POST', body, headers });
    return { status: response.status, json: await response.json() };
  }

  it('is stored, ordered, reloaded, ended and recorded, and nothing is left due', async () => {
    await cascade.tenantCall('POST', '/api/core/webhooks', {
      ...{ name: 'Cascade', url: cascade.webhookUrl, enabled: true, secret: WEBHOOK_SECRET },
      eventTypes: ['com.qlik.v1.reload.finished'],
    });
    const { json: upstream } = await cascade.tenantCall('POST', `/_sim/apps/${UPSTREAM}/reload`, { type: 'hub' });
    const id = `order:default:${FOLLOWER}:s:${upstream.id}`;
    const app = (appId: string) => async () =>
      (await documents(`app:default:${appId}`))[0]?.last.outcome === 'succeeded';
    await cascade.until('the order’s end', async () => (await documents(id))[0]?.state === 'ended');
    await cascade.until('the end of the upstream', app(UPSTREAM));
    await cascade.until('the end of the follower', app(FOLLOWER));
    const [order] = await documents(id);
    expect(order).to.deep.include({
      ...{ state: 'ended', outcome: 'succeeded', causes: [upstream.id], hops: 1, isCertain: true },
      root: `event:default:${upstream.id}`,
    });
    expect(await cascade.started()).to.deep.equal({ [FOLLOWER]: 1 });
    const ofFollower = `event:default:${order.reloadId}`;
    await cascade.until('nothing is due', async () =>
      (await documents('')).every((document) => !('dueAt' in document)),
    );
    const events = await documents('event:');
    expect(events.map(({ _id }) => _id)).to.have.members([`event:default:${upstream.id}`, ofFollower]);
    expect(events.find(({ _id }) => _id === ofFollower).orderId).to.equal(id);
    expect((await documents('')).filter((document) => 'dueAt' in document)).to.deep.equal([]);
  });

  it('that comes again starts nothing', async () => {
    const body = finished('6a849f7f18ec290e6ceb0001');
    const first = await post(body);
    expect([first.status, first.json.accepted]).to.deep.equal([202, 1]);
    const again = await post(body);
    const ignored = [{ appId: UPSTREAM, reason: 'duplicate', reloadId: '6a849f7f18ec290e6ceb0001' }];
    expect([again.status, again.json]).to.deep.equal([200, { accepted: 0, ignored, orders: [], skips: [] }]);
    await cascade.until('the reload', async () => (await cascade.started())[FOLLOWER] === 1);
    expect(await documents('order:')).to.have.length(1);
  });

  it('of an app in no chain costs no request of the store, and is not stored', async () => {
    const { status, json } = await post(finished('6a849f7f18ec290e6ceb0002', '99999999-0000-4000-8000-000000000009'));
    expect([status, json.ignored[0].reason]).to.deep.equal([200, 'not-in-a-chain']);
    expect(await documents('event:')).to.deep.equal([]);
  });

  it('that nobody understands is kept, and refused', async () => {
    expect((await post('{"type":"com.qlik.v1.reload.finished"}')).status).to.equal(400);
    const [letter] = await documents('dead:');
    expect([letter.body, letter.reason.code]).to.deep.equal([
      '{"type":"com.qlik.v1.reload.finished"}',
      'EVENT_MALFORMED',
    ]);
  });

  it('is 503 while the store is down: nothing is promised that is not stored', async () => {
    await store.close();
    const { status, json } = await post(finished('6a849f7f18ec290e6ceb0003'));
    expect([status, json.error.code]).to.deep.equal([503, 'STORE_UNAVAILABLE']);
    expect(await cascade.started()).to.deep.equal({});
  });
});
