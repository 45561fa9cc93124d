import { createHmac } from 'node:crypto';
import { expect } from 'chai';
import { type EmbeddedStore, startStore } from '../../local/store/start-store.ts';
import { type SlackSink, startSlackSink } from '../../sim/slack/start-slack-sink.ts';
import { installConfiguredLedger } from '../../src/deploy/install-configured-ledger.ts';
import { type DeployedCascade, deployCascade, WEBHOOK_SECRET } from '../support/deployed-cascade.ts';

const UPSTREAM = '11111111-0000-4000-8000-000000000001';
const EXPECTED = '33333333-0000-4000-8000-000000000003';
const CHAIN = `
chain: sales
apps:
  upstream:
    id: ${UPSTREAM}
    name: Sales extract
    notify: [{ when: [failed], to: default }, { when: [recovered], to: team }]
  follower: { id: 22222222-0000-4000-8000-000000000002, name: Sales report }
  yearly:
    id: ${EXPECTED}
    name: Yearly figures
    expected: { cron: 0 0 1 1 *, zone: UTC }
reloads:
  - app: follower
    after: [upstream, { app: yearly, on: failed }]
`;

describe('what happens to apps', () => {
  let store: EmbeddedStore;
  let slack: SlackSink;
  let cascade: DeployedCascade;
  before(async () => {
    store = await startStore({ port: 0 });
    slack = await startSlackSink();
    const COUCHDB_URL = store.url.replace('://', `://${store.user}:${store.password}@`);
    await installConfiguredLedger({ COUCHDB_URL });
    const channels = [
      { name: 'default', slack: slack.url },
      { name: 'team', slack: `${slack.url}-team` },
    ];
    const settings = () => ({
      COUCHDB_URL,
      NOTIFY_CHANNELS: JSON.stringify(channels),
      DASHBOARD_COUCHDB_URL: store.url,
    });
    cascade = await deployCascade({ chains: { 'sales.yaml': CHAIN }, settings });
  });
  after(async () => {
    await cascade?.close();
    await slack?.close();
    await store?.close();
  });

  async function post(reloadId: string, status: string, appId = UPSTREAM): Promise<void> {
    const time = new Date().toISOString();
    const data = { id: reloadId, appId, status, type: 'hub', errorMessage: 'Connector timed out.' };
    const body = JSON.stringify({ id: `event-${reloadId}`, type: 'com.qlik.v1.reload.finished', time, data });
    const signature = createHmac('sha256', WEBHOOK_SECRET).update(body).digest('hex');
    const headers = { 'content-type': 'application/json', 'qlik-signature': signature };
    expect((await fetch(cascade.webhookUrl, { method: 'POST', body, headers })).ok).to.equal(true);
  }
  /** Each message, behind the channel to which it came. */
  async function texts(): Promise<readonly string[]> {
    const { data } = JSON.parse(await (await fetch(`${slack.origin}/_sim/messages`)).text());
    return data.map(({ path, body }: { readonly path: string; readonly body: { readonly text: string } }) =>
      [path.endsWith('-team') ? 'team' : 'default', body.text].join(' '),
    );
  }

  async function sweep(): Promise<void> {
    const { host } = cascade;
    const address = `${host.url}/api/v1/namespaces/_/actions/cascade/sweep?blocking=true&result=true`;
    const authorization = `Basic ${Buffer.from(host.auth).toString('base64')}`;
    expect((await fetch(address, { method: 'POST', headers: { authorization } })).ok).to.equal(true);
  }

  /** As if the app had been expected for two years. */
  async function expectForLong(): Promise<void> {
    const address = `${store.url}/cascade/app:default:${EXPECTED}`;
    const authorization = `Basic ${Buffer.from(`${store.user}:${store.password}`).toString('base64')}`;
    const headers = { authorization, 'content-type': 'application/json' };
    const app = JSON.parse(await (await fetch(address, { headers })).text());
    const expectedSince = { ...app.expectedSince, at: Date.now() - 2 * 366 * 86_400_000 };
    const body = JSON.stringify({ ...app, expectedSince });
    expect((await fetch(address, { method: 'PUT', headers, body })).status).to.equal(201);
  }

  it('is a message in Slack if an app is late, once, and so is its arrival', async () => {
    await sweep();
    await expectForLong();
    await sweep();
    await cascade.until('the message that it is late', async () => (await texts()).length === 1);
    await sweep();
    await post('6749c1f2a0b3d4e5f6a7b8d1', 'SUCCEEDED', EXPECTED);
    await cascade.until('the message that it has arrived', async () => (await texts()).length === 2);
    expect(await texts()).to.deep.equal([
      'default :alarm_clock: Yearly figures is late',
      'default :white_check_mark: Yearly figures arrived late',
    ]);
  });

  it('is a message in Slack if a reload failed, once, and so is the success after it', async () => {
    await post('6749c1f2a0b3d4e5f6a7b8c1', 'FAILED');
    await cascade.until('the message of the failure', async () => (await texts()).length === 3);
    const page = `${cascade.host.url}/api/v1/web/${cascade.host.namespace}/cascade/dashboard`;
    const sent = await (await fetch(`${slack.origin}/_sim/messages`)).text();
    expect(sent).to.include(`<${page}#/runs/event%3Adefault%3A6749c1f2a0b3d4e5f6a7b8c1|Open the run>`);
    expect(sent).to.include(`<${page}#/tickets/ticket%3Areload%3Adefault%3A6749c1f2a0b3d4e5f6a7b8c1|Open the ticket>`);
    expect((await fetch(page)).headers.get('content-type')).to.match(/^text\/html/);
    await post('6749c1f2a0b3d4e5f6a7b8c2', 'FAILED');
    await post('6749c1f2a0b3d4e5f6a7b8c3', 'SUCCEEDED');
    await cascade.until('the message of the recovery', async () => (await texts()).length === 4);
    expect((await texts()).slice(2)).to.deep.equal([
      'default :red_circle: Sales extract failed',
      'team :large_green_circle: Sales extract recovered',
    ]);
  });
});
