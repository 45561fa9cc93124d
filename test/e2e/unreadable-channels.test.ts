import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import { expect } from 'chai';
import openwhisk from 'openwhisk';
import { type EmbeddedStore, startStore } from '../../local/store/start-store.ts';
import { type SlackSink, startSlackSink } from '../../sim/slack/start-slack-sink.ts';
import { deployManifest } from '../../src/deploy/deploy-manifest.ts';
import { installConfiguredLedger } from '../../src/deploy/install-configured-ledger.ts';
import { type DeployedCascade, deployCascade, READ_API_KEY, WEBHOOK_SECRET } from '../support/deployed-cascade.ts';

const UPSTREAM = '11111111-0000-4000-8000-000000000001';
const RELOAD = '6749c1f2a0b3d4e5f6a7b8c1';
const CHAIN = `
chain: sales
apps:
  upstream: { id: ${UPSTREAM}, name: Sales extract }
  follower: { id: 22222222-0000-4000-8000-000000000002, name: Sales report }
reloads:
  - app: follower
    after: upstream
`;
/** The quotation mark after the name is missing. */
const BROKEN = '[{"name":"default,"slack":"https://hooks.slack.com/services/T0/B0/not-for-any-log"}]';

describe('a NOTIFY_CHANNELS that nobody can read', () => {
  let store: EmbeddedStore;
  let slack: SlackSink;
  let cascade: DeployedCascade;
  let COUCHDB_URL = '';
  before(async () => {
    store = await startStore({ port: 0 });
    slack = await startSlackSink();
    COUCHDB_URL = store.url.replace('://', `://${store.user}:${store.password}@`);
    await installConfiguredLedger({ COUCHDB_URL });
    const settings = () => ({ COUCHDB_URL, NOTIFY_CHANNELS: BROKEN });
    cascade = await deployCascade({ chains: { 'sales.yaml': CHAIN }, settings });
  });
  after(async () => {
    await cascade?.close();
    await slack?.close();
    await store?.close();
  });

  async function post(): Promise<void> {
    const time = new Date().toISOString();
    const data = { id: RELOAD, appId: UPSTREAM, status: 'FAILED', type: 'hub', errorMessage: 'Connector timed out.' };
    const body = JSON.stringify({ id: `event-${RELOAD}`, type: 'com.qlik.v1.reload.finished', time, data });
    const signature = createHmac('sha256', WEBHOOK_SECRET).update(body).digest('hex');
    const headers = { 'content-type': 'application/json', 'qlik-signature': signature };
    expect((await fetch(cascade.webhookUrl, { method: 'POST', body, headers })).ok).to.equal(true);
  }
  async function found(id: string): Promise<Record<string, unknown>> {
    const authorization = `Basic ${Buffer.from(`${store.user}:${store.password}`).toString('base64')}`;
    const response = await fetch(`${store.url}/cascade/${encodeURIComponent(id)}`, { headers: { authorization } });
    return (await response.json()) as Record<string, unknown>;
  }
  const messages = async (): Promise<readonly { readonly body: { readonly text: string } }[]> =>
    JSON.parse(await (await fetch(`${slack.origin}/_sim/messages`)).text()).data;

  it('stops no recording, and is an alert; the notice waits until it is right', async () => {
    await post();
    await cascade.until(
      'the recorded event',
      async () => (await found(`event:default:${RELOAD}`))['recordedAt'] !== undefined,
    );
    expect(await found(`ticket:reload:default:${RELOAD}`)).to.include({ appId: UPSTREAM, times: 1 });
    const alert = 'alert:channels-unreadable:NOTIFY_CHANNELS';
    await cascade.until('the alert', async () => (await found(alert))['kind'] === 'channels-unreadable');
    expect((await found(alert))['message']).to.match(
      /^The setting NOTIFY_CHANNELS is not JSON.*Nobody hears of anything until/,
    );
    const logs = cascade.activations.flatMap(({ logs: lines }) => lines).join('\n');
    expect(logs).to.contain('The ends are recorded.').and.not.contain('not-for-any-log');

    const client = openwhisk({ apihost: cascade.host.url, api_key: cascade.host.auth });
    const NOTIFY_CHANNELS = JSON.stringify([{ name: 'default', slack: slack.url }]);
    const { url, apiKey, tenantId } = cascade.tenant;
    const qlik = { QLIK_TENANT_URL: url, QLIK_API_KEY: apiKey, QLIK_TENANT_ID: tenantId };
    const env = { ...qlik, WEBHOOK_SECRET, READ_API_KEY, COUCHDB_URL, NOTIFY_CHANNELS };
    await deployManifest({ manifestFile: join(cascade.folder, 'manifest.yaml'), env, client });
    const owing = [`app:default:${UPSTREAM}`];
    // The parameters with which the invoker calls `record` if a sweep finds a due notice.
    const record = { traceId: 'mended', events: [], owing };
    await cascade.until('the message', async () => {
      await client.actions.invoke({ name: 'cascade/record', params: { record }, blocking: true });
      return (await messages()).length > 0;
    });
    expect((await messages())[0]?.body.text).to.equal(':red_circle: Sales extract failed');
  }).timeout(60_000);
});
