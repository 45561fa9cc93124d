import { createHmac } from 'node:crypto';
import { expect } from 'chai';
import { type EmbeddedStore, startStore } from '../../local/store/start-store.ts';
import { installConfiguredLedger } from '../../src/deploy/install-configured-ledger.ts';
import { type DeployedCascade, deployCascade, WEBHOOK_SECRET } from '../support/deployed-cascade.ts';

const [SALES, RATES, REPORT] = ['1', '2', '3'].map((n) => `${n.repeat(8)}-0000-4000-8000-00000000000${n}`) as [
  string,
  string,
  string,
];
const CHAIN = `
chain: both
apps:
  sales: { id: ${SALES} }
  rates: { id: ${RATES} }
  report: { id: ${REPORT} }
reloads:
  - app: report
    after: { all: [sales, rates], within: 6h }
    weight: 4
`;

// biome-ignore lint/suspicious/noExplicitAny: tests read into whatever is stored or answered
type Json = any;

describe('a link that waits for two apps, from the tenant to the reload', () => {
  let store: EmbeddedStore;
  let cascade: DeployedCascade;
  beforeEach(async () => {
    store = await startStore({ port: 0 });
    const COUCHDB_URL = store.url.replace('://', `://${store.user}:${store.password}@`);
    await installConfiguredLedger({ COUCHDB_URL });
    cascade = await deployCascade({ chains: { 'both.yaml': CHAIN }, settings: () => ({ COUCHDB_URL }) });
    const apps = [SALES, RATES, REPORT].map((id) => ({ id, name: id.slice(0, 4), spaceId: 'space', durationMs: 50 }));
    await cascade.tenantCall('POST', '/_sim/apps', apps);
  });
  afterEach(async () => {
    await cascade?.close();
    await store?.close();
  });

  async function documents(prefix: string): Promise<readonly Json[]> {
    const query = new URLSearchParams({
      ...{ include_docs: 'true', startkey: JSON.stringify(prefix), endkey: JSON.stringify(`${prefix}\ufff0`) },
    });
    const authorization = `Basic ${Buffer.from(`${store.user}:${store.password}`).toString('base64')}`;
    const response = await fetch(`${store.url}/cascade/_all_docs?${query}`, { headers: { authorization } });
    return ((await response.json()) as Json).rows.map(({ doc }: Json) => doc);
  }

  async function post(reloadId: string, appId: string, time: string): Promise<Json> {
    const body = JSON.stringify({
      ...{ id: `event-${reloadId}`, type: 'com.qlik.v1.reload.finished', time },
      data: { id: reloadId, appId, status: 'SUCCEEDED', type: 'hub' },
    });
    const signature = createHmac('sha256', WEBHOOK_SECRET).update(body).digest('hex');
    const headers = { 'content-type': 'application/json', 'qlik-signature': signature };
    const response = await fetch(cascade.webhookUrl, { method: 'POST', body, headers });
    return { status: response.status, ...((await response.json()) as object) };
  }

  const now = (): string => new Date().toISOString();

  it('reloads once when both have ended, and says meanwhile which one is missing', async () => {
    const first = await post('6a849f7f18ec290e6ceb0001', SALES, now());
    expect(first.status).to.equal(200);
    expect(first.skips).to.have.length(1);
    expect(first.skips[0]).to.deep.include({ reason: 'waits-for', missing: [{ tenant: 'default', appId: RATES }] });
    const second = await post('6a849f7f18ec290e6ceb0002', RATES, now());
    expect([second.status, second.accepted]).to.deep.equal([202, 1]);
    await cascade.until('the reload', async () => (await cascade.started())[REPORT] === 1);
    const [order] = await documents(`order:default:${REPORT}:`);
    expect(order._id).to.match(new RegExp(`^order:default:${REPORT}:j[0-9a-f]{16}:6a849f7f18ec290e6ceb0002$`));
    expect(order).to.deep.include({
      ...{ causes: ['6a849f7f18ec290e6ceb0002', '6a849f7f18ec290e6ceb0001'], body: { weight: 4 }, hops: 1 },
    });
  });

  it('reloads once for two ends of the same millisecond that arrive at once and twice', async () => {
    const time = now();
    const ends = [
      ['6a849f7f18ec290e6ceb0011', SALES],
      ['6a849f7f18ec290e6ceb0012', RATES],
    ] as const;
    const answers = await Promise.all([...ends, ...ends].map(([id, app]) => post(id, app, time)));
    expect(answers.every(({ status }) => status === 200 || status === 202)).to.equal(true);
    await cascade.until('the reload', async () => (await cascade.started())[REPORT] === 1);
    await cascade.until('both events resolved', async () =>
      (await documents('event:')).every(({ resolvedAt }) => typeof resolvedAt === 'number'),
    );
    expect(await documents('order:')).to.have.length(1);
    expect(await cascade.started()).to.deep.equal({ [REPORT]: 1 });
  });

  it('reloads once for ten reloads by hand of one app while the other is missing, with the newest of them', async () => {
    for (let n = 0; n < 10; n += 1) await post(`6a849f7f18ec290e6ceb002${n}`, SALES, now());
    expect(await cascade.started()).to.deep.equal({});
    await post('6a849f7f18ec290e6ceb0030', RATES, now());
    await cascade.until('the reload', async () => (await cascade.started())[REPORT] === 1);
    const orders = await documents('order:');
    expect(orders.map(({ causes }) => causes)).to.deep.equal([
      ['6a849f7f18ec290e6ceb0030', '6a849f7f18ec290e6ceb0029'],
    ]);
    expect(await cascade.started()).to.deep.equal({ [REPORT]: 1 });
  });
});
