import { createHmac } from 'node:crypto';
import { expect } from 'chai';
import openwhisk from 'openwhisk';
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

/**
 * Two deployments of the same chains, each with a simulated tenant of its own that it calls `default`, on one database.
 */
describe('two deployments on one database', () => {
  let store: EmbeddedStore;
  /** The deployment whose tenant the ledger means. */
  let right: DeployedCascade;
  let wrong: DeployedCascade;

  before(async () => {
    store = await startStore({ port: 0 });
    const COUCHDB_URL = store.url.replace('://', `://${store.user}:${store.password}@`);
    const deploy = async (): Promise<DeployedCascade> => {
      const cascade = await deployCascade({ chains: { 'one.yaml': CHAIN }, settings: () => ({ COUCHDB_URL }) });
      const apps = [UPSTREAM, FOLLOWER].map((id) => ({ id, name: id.slice(0, 4), spaceId: 'space', durationMs: 50 }));
      await cascade.tenantCall('POST', '/_sim/apps', apps);
      const { url, apiKey, tenantId } = cascade.tenant;
      const tenant = { QLIK_TENANT_URL: url, QLIK_API_KEY: apiKey, QLIK_TENANT_ID: tenantId };
      await installConfiguredLedger({ COUCHDB_URL, ...tenant, WEBHOOK_SECRET });
      return cascade;
    };
    // The second one takes the name: both tenants are on this machine.
    wrong = await deploy();
    right = await deploy();
  });
  after(async () => {
    await wrong?.close();
    await right?.close();
    await store?.close();
  });

  async function call(method: string, path: string, body?: object): Promise<Json> {
    const authorization = `Basic ${Buffer.from(`${store.user}:${store.password}`).toString('base64')}`;
    const headers = { authorization, 'content-type': 'application/json' };
    const response = await fetch(`${store.url}/cascade/${path}`, {
      ...{ method, headers },
      ...(body && { body: JSON.stringify(body) }),
    });
    return response.json();
  }
  const document = (id: string): Promise<Json> => call('GET', encodeURIComponent(id));
  const invoke = async (cascade: DeployedCascade, name: string, params: object = {}): Promise<Json> => {
    const { url, auth } = cascade.host;
    const client = openwhisk({ apihost: url, api_key: auth });
    return client.actions
      .invoke({ name: `cascade/${name}`, params, blocking: true, result: true })
      .catch((error: { error: { response: { result: object } } }) => error.error.response.result);
  };
  const orderOf = (cause: string): Json => ({
    ...{ _id: `order:default:${FOLLOWER}:s:${cause}`, schema: 1, type: 'order', tenant: 'default', appId: FOLLOWER },
    ...{ chain: 'one', state: 'planned', body: {}, causes: [cause], hops: 1, root: `event:default:${cause}` },
    ...{ traceId: 't1', try: 1, claims: 0, ends: [], createdAt: 1, dueAt: 1 },
  });
  async function post(cascade: DeployedCascade, reloadId: string): Promise<Json> {
    const data = { id: reloadId, appId: UPSTREAM, status: 'SUCCEEDED', type: 'hub' };
    const envelope = { id: `e-${reloadId}`, type: 'com.qlik.v1.reload.finished', time: new Date().toISOString(), data };
    const body = JSON.stringify(envelope);
    const signature = createHmac('sha256', WEBHOOK_SECRET).update(body).digest('hex');
    const headers = { 'content-type': 'application/json', 'qlik-signature': signature };
    return (await fetch(cascade.webhookUrl, { method: 'POST', body, headers })).json();
  }

  it('a due order is left alone by the wrong one, and started by the right one alone', async () => {
    const order = orderOf('6a849f7f18ec290e6ceb0001');
    await call('PUT', encodeURIComponent(order._id), order);
    const before = await document(order._id);
    await invoke(wrong, 'sweep');
    const { error } = await invoke(wrong, 'reload', { request: { traceId: 't1', due: order._id } });
    expect(error.code).to.equal('SETTINGS_INVALID');
    expect(await document(order._id)).to.deep.equal(before);
    await invoke(right, 'sweep');
    await right.until('the order’s start', async () => (await document(order._id)).state === 'posted');
    expect([await wrong.started(), await right.started()]).to.deep.equal([{}, { [FOLLOWER]: 1 }]);
  });

  it('an end in the wrong tenant has nothing follow it in either', async () => {
    const reloadId = '6a849f7f18ec290e6ceb0002';
    const { skips, accepted } = await post(wrong, reloadId);
    const heardFrom = new URL(wrong.tenant.url).origin;
    const skip = { reason: 'other-tenant', tenant: 'default', appId: UPSTREAM, reloadId, heardFrom };
    expect([accepted, skips]).to.deep.equal([0, [skip]]);
    for (const cascade of [wrong, right]) await invoke(cascade, 'sweep');
    expect(await document(`order:default:${FOLLOWER}:s:${reloadId}`)).to.include({ error: 'not_found' });
    expect(await document(`event:default:${reloadId}`)).to.not.have.property('dueAt');
    expect([await wrong.started(), await right.started()]).to.deep.equal([{}, { [FOLLOWER]: 1 }]);
  });

  it('a reload by hand is refused by the wrong one, and no order is left behind', async () => {
    const { error } = await invoke(wrong, 'reload', { app: 'follower' });
    expect(error.message).to.include(`./build.sh deploy --tenant-moved default`);
    const { rows } = await call('GET', '_all_docs?startkey="order:"&endkey="order:z"');
    expect(rows).to.have.length(1);
    expect(await wrong.started()).to.deep.equal({});
  });

  it('is told once, as an alert with both addresses', async () => {
    const { message, kind } = await document('alert:tenant-moved:default');
    expect(kind).to.equal('tenant-moved');
    expect(message).to.include(new URL(wrong.tenant.url).origin).and.include(new URL(right.tenant.url).origin);
  });

  it('an end in the right tenant is followed up there', async () => {
    expect((await post(right, '6a849f7f18ec290e6ceb0003')).accepted).to.equal(1);
    await right.until('the second start', async () => (await right.started())[FOLLOWER] === 2);
    expect(await wrong.started()).to.deep.equal({});
  });
});
