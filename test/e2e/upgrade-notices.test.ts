import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { type EmbeddedStore, startStore } from '../../local/store/start-store.ts';
import { type SlackSink, startSlackSink } from '../../sim/slack/start-slack-sink.ts';
import { installConfiguredLedger } from '../../src/deploy/install-configured-ledger.ts';
import { type DeployedCascade, deployCascade, WEBHOOK_SECRET } from '../support/deployed-cascade.ts';

/** A ledger of a version that sent no notices: see upgrade.test.ts. */
const LEDGER = fileURLToPath(new URL('../fixtures/ledger-of-3c7943e.json', import.meta.url));
/** The types of documents that do not depend on the old tenant's address. */
const KEPT = ['schema', 'app', 'alert'];

const SALES = (n: number): string => `5a1e5000-0000-4000-8000-00000000000${n}`;
const CHAIN = `
chain: sales
apps:
  extract: { id: ${SALES(1)}, name: Sales extract }
  transform: { id: ${SALES(2)}, name: Sales transform }
  report: { id: ${SALES(3)}, name: Sales report }
  next: { id: ${SALES(4)}, name: Next }
reloads:
  - app: next
    after: [extract, transform, report]
`;

// biome-ignore lint/suspicious/noExplicitAny: tests read into whatever is stored or answered
type Json = any;

describe('the first version that sends notices, deployed over a ledger of an earlier one', () => {
  let store: EmbeddedStore;
  let slack: SlackSink;
  let cascade: DeployedCascade;
  let settings: { readonly COUCHDB_URL: string };
  before(async () => {
    store = await startStore({ port: 0 });
    slack = await startSlackSink();
    settings = { COUCHDB_URL: store.url.replace('://', `://${store.user}:${store.password}@`) };
    await storeCall('PUT', '');
    const documents = JSON.parse(await readFile(LEDGER, 'utf8')) as readonly Json[];
    const docs = documents.filter(({ type }) => KEPT.includes(type)).map(({ _rev, ...document }) => document);
    // The old version stored this end, and was replaced before it went on with it.
    const written = await storeCall('POST', '_bulk_docs', { docs: [...docs, event(1, 600_000)] });
    expect(written.every(({ ok }: Json) => ok)).to.equal(true);
    await installConfiguredLedger(settings);
    const all = () => ({ ...settings, SLACK_WEBHOOK_URL: slack.url });
    cascade = await deployCascade({ chains: { 'sales.yaml': CHAIN }, settings: all });
  });
  after(async () => {
    await cascade?.close();
    await slack?.close();
    await store?.close();
  });

  async function storeCall(method: string, path: string, body?: object): Promise<Json> {
    const authorization = `Basic ${Buffer.from(`${store.user}:${store.password}`).toString('base64')}`;
    const headers = { authorization, 'content-type': 'application/json' };
    const init = { method, headers, ...(body && { body: JSON.stringify(body) }) };
    return (await fetch(`${store.url}/cascade/${path}`, init)).json();
  }
  const reloadOf = (n: number): string => `6749c1f2a0b3d4e5f6a7b8e${n}`;
  /** A failure that a receiver has stored, and nobody has followed up. It is due. */
  const event = (n: number, agoMs: number): Json => ({
    ...{ _id: `event:default:${reloadOf(n)}`, schema: 1, type: 'event', tenant: 'default', appId: SALES(n) },
    ...{ reloadId: reloadOf(n), outcome: 'failed', endedAt: Date.now() - agoMs, partial: false, source: 'webhook' },
    ...{ traceId: 't1', storedAt: Date.now() - agoMs, dueAt: Date.now() - 1_000 },
  });
  async function sweep(): Promise<void> {
    const { host } = cascade;
    const address = `${host.url}/api/v1/namespaces/_/actions/cascade/sweep?blocking=true&result=true`;
    const authorization = `Basic ${Buffer.from(host.auth).toString('base64')}`;
    expect((await fetch(address, { method: 'POST', headers: { authorization } })).ok).to.equal(true);
  }
  async function post(n: number): Promise<void> {
    const data = { id: reloadOf(n), appId: SALES(n), status: 'FAILED', type: 'hub' };
    const time = new Date().toISOString();
    const body = JSON.stringify({ id: `event-${n}`, type: 'com.qlik.v1.reload.finished', time, data });
    const signature = createHmac('sha256', WEBHOOK_SECRET).update(body).digest('hex');
    const headers = { 'content-type': 'application/json', 'qlik-signature': signature };
    expect((await fetch(cascade.webhookUrl, { method: 'POST', body, headers })).ok).to.equal(true);
  }
  const isRecorded = async (n: number): Promise<boolean> =>
    (await storeCall('GET', `event:default:${reloadOf(n)}`)).recordedAt !== undefined;
  async function texts(): Promise<readonly string[]> {
    const { data } = JSON.parse(await (await fetch(`${slack.origin}/_sim/messages`)).text());
    return data.map(({ body }: { readonly body: { readonly text: string } }) => body.text);
  }

  it('tells nobody of a failure from before it, which has its ticket, and of a later one it does', async () => {
    await sweep();
    await cascade.until('the old failure is recorded', () => isRecorded(1));
    expect(await storeCall('GET', `ticket:reload:default:${reloadOf(1)}`)).to.include({ times: 1 });
    await post(2);
    await cascade.until('the message of the new failure', async () => (await texts()).length > 0);
    expect(await texts()).to.deep.equal([':red_circle: Sales transform failed']);
  });

  it('tells of a failure from just before it is deployed again', async () => {
    const { noticesSince } = await storeCall('GET', 'schema');
    await storeCall('POST', '_bulk_docs', { docs: [event(3, 10)] });
    expect(await installConfiguredLedger(settings)).to.deep.equal([]);
    expect(await storeCall('GET', 'schema')).to.include({ noticesSince });
    await sweep();
    await cascade.until('the message of the failure', async () => (await texts()).length > 1);
    expect(await texts()).to.deep.equal([':red_circle: Sales transform failed', ':red_circle: Sales report failed']);
  });
});
