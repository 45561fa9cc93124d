import { createHmac } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Deployer, deployerTo } from '../../bench/support/deploy-bundles.ts';
import type { Expected, HostReady, HostWanted } from '../../bench/support/processes.ts';
import { type Part, startProcess } from '../../bench/support/start-process.ts';
import { RAISED_LIMITS } from '../../local/host/limits.ts';
import { type BotSink, startBotSink } from '../../sim/bot/start-bot-sink.ts';
import { type SlackSink, startSlackSink } from '../../sim/slack/start-slack-sink.ts';
import { type SimTenant, startTenant } from '../../sim/start-tenant.ts';
import { compileDirectory } from '../../src/chain-files/compile-directory.ts';
import type { CompiledChains } from '../../src/core/link.ts';
import { installConfiguredLedger } from '../../src/deploy/install-configured-ledger.ts';
import { StoreProcess } from '../contract/couchdb/support/servers.ts';
import { type AlteringProxy, startAlteringProxy, withHeader } from '../support/altering-proxy.ts';
import { READ_API_KEY, WEBHOOK_SECRET } from '../support/deployed-cascade.ts';
import { until } from '../support/until.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests read into whatever is stored or answered
type Json = any;

const APPS = {
  extract: '11111111-0000-4000-8000-000000000001',
  orders: '11111111-0000-4000-8000-000000000002',
  stocks: '11111111-0000-4000-8000-000000000003',
};
type App = keyof typeof APPS;
const REPORT = '22222222-0000-4000-8000-000000000001';
const CHAIN = `
chain: sales
notify:
  - { when: [failed, recovered], to: default }
  - { when: [failed, recovered], to: ops }
apps:
  extract: { id: ${APPS.extract}, name: Extract }
  orders: { id: ${APPS.orders}, name: Orders }
  stocks: { id: ${APPS.stocks}, name: Stocks }
  report: { id: ${REPORT}, name: Report }
reloads:
  - { app: report, after: [extract, orders, stocks] }
`;
const BOT_SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
/** Longer than a lease, a pause after one failure, and the time after which the sweep takes up an end. */
const LONG_MS = 600_000;

async function compiled(): Promise<CompiledChains> {
  const folder = await mkdtemp(join(tmpdir(), 'cascade-killed-'));
  await writeFile(join(folder, 'sales.yaml'), CHAIN);
  const { compiled: chains, problems } = await compileDirectory(folder);
  await rm(folder, { recursive: true });
  if (chains === undefined) throw new Error(`The test's chains have mistakes: ${JSON.stringify(problems)}`);
  return chains;
}

describe('kill -9 of the host and of the store while people are owed notices', () => {
  const store = new StoreProcess();
  let storeProxy: AlteringProxy;
  let slack: SlackSink;
  let bot: BotSink;
  let tenant: SimTenant;
  let host: Part<HostReady>;
  let deployer: Deployer;
  /** How far the store's clock is ahead. The actions take the time from the store's answers. */
  let aheadMs = 0;
  let isStoreDown = false;

  before(async () => {
    await store.start();
    storeProxy = await startAlteringProxy(store.server.url, {
      request: (request) => (isStoreDown ? 'drop' : request),
      answer: (answer) => withHeader(answer, 'date', new Date(Date.now() + aheadMs).toUTCString()),
    });
    slack = await startSlackSink();
    bot = await startBotSink({ secret: BOT_SECRET });
    tenant = await startTenant({ port: 0 });
    await fetch(`${tenant.url}/_sim/apps`, {
      method: 'POST',
      headers: { authorization: `Bearer ${tenant.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ id: REPORT, name: 'Report', durationMs: 50 }),
    });
    const { user: username, password } = store.server;
    await installConfiguredLedger({
      COUCHDB_URL: Object.assign(new URL(store.server.url), { username, password }).href,
    });
    host = await startProcess<HostReady>('./host-process.ts', { limits: RAISED_LIMITS } satisfies HostWanted);
    deployer = await deployerTo(host.ready, await compiled(), {
      ...{ QLIK_TENANT_URL: tenant.url, QLIK_API_KEY: tenant.apiKey, QLIK_TENANT_ID: tenant.tenantId },
      ...{ WEBHOOK_SECRET, READ_API_KEY },
      COUCHDB_URL: Object.assign(new URL(storeProxy.url), { username, password }).href,
      NOTIFY_CHANNELS: JSON.stringify([
        { name: 'default', slack: slack.url },
        { name: 'ops', url: bot.url, secret: BOT_SECRET },
      ]),
    });
    await deployer.deploy();
  });
  after(async () => {
    await host?.close();
    await deployer?.close();
    await storeProxy?.close();
    await Promise.all([store.close(), slack?.close(), bot?.close(), tenant?.close()]);
  });

  async function killHost(): Promise<void> {
    const { url, auth } = host.ready;
    await host.kill();
    const again = { limits: RAISED_LIMITS, port: Number(new URL(url).port), auth } satisfies HostWanted;
    host = await startProcess<HostReady>('./host-process.ts', again);
    // A local host keeps nothing.
    await deployer.deploy();
  }

  let reloads = 0;
  async function end(app: App, status: 'FAILED' | 'SUCCEEDED'): Promise<void> {
    reloads += 1;
    const id = `6749c1f2a0b3d4e5f6a7b8${String(reloads).padStart(2, '0')}`;
    const time = new Date(Date.now() + aheadMs).toISOString();
    const data = { id, appId: APPS[app], status, type: 'hub', errorMessage: 'Connector timed out.' };
    const body = JSON.stringify({ id: `event-${id}`, type: 'com.qlik.v1.reload.finished', time, data });
    const signature = createHmac('sha256', WEBHOOK_SECRET).update(body).digest('hex');
    const headers = { 'content-type': 'application/json', 'qlik-signature': signature };
    const webhook = `${host.ready.url}/api/v1/web/${host.ready.namespace}/cascade/webhook`;
    expect((await fetch(webhook, { method: 'POST', body, headers })).ok).to.equal(true);
  }
  /** Sweeps so much later that all open documents are due. */
  async function sweepLater(): Promise<void> {
    aheadMs += LONG_MS;
    const { url, auth } = host.ready;
    const address = `${url}/api/v1/namespaces/_/actions/cascade/sweep?blocking=true&result=true`;
    const authorization = `Basic ${Buffer.from(auth).toString('base64')}`;
    expect((await fetch(address, { method: 'POST', headers: { authorization } })).ok).to.equal(true);
  }

  async function kept(origin: string): Promise<readonly Json[]> {
    return JSON.parse(await (await fetch(`${origin}/_sim/messages`)).text()).data;
  }
  const inSlack = async () => (await kept(slack.origin)).map(({ body }) => body.text);
  const atBot = async () =>
    (await kept(bot.origin)).flatMap(({ body }) => body.notices.map(({ subject, kind }: Json) => `${subject} ${kind}`));
  const times = async (list: () => Promise<readonly string[]>, text: string) =>
    (await list()).filter((each) => each.includes(text)).length;
  async function fault(origin: string, ...faults: readonly object[]): Promise<void> {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${origin}/_sim/faults`, { method: 'PUT', headers, body: JSON.stringify(faults) });
    expect(response.status).to.equal(200);
  }
  async function documents(prefix: string): Promise<readonly Json[]> {
    const { url, user, password } = store.server;
    const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
    const bounds = { startkey: JSON.stringify(prefix), endkey: JSON.stringify(`${prefix}\ufff0`) };
    const query = new URLSearchParams({ include_docs: 'true', ...bounds });
    const response = await fetch(`${url}/cascade/_all_docs?${query}`, { headers: { authorization } });
    return ((await response.json()) as Json).rows.map(({ doc }: Json) => doc);
  }
  /** The channels that have not taken the notice of this app. */
  async function owed(app: App): Promise<readonly string[]> {
    const [document] = await documents(`app:default:${APPS[app]}`);
    return (document?.notices ?? []).flatMap(({ to }: Json) => to);
  }
  const untilNobodyIsOwed = () =>
    until('that nobody is owed anything', async () => {
      const apps = await documents('app:');
      const events = await documents('event:');
      return [...apps, ...events].every(({ dueAt, notices = [] }) => dueAt === undefined && notices.length === 0);
    });

  it('each notice arrives, also twice, and none is left', async () => {
    // The bot has the message, and the host is killed before the bot answers. Then the store is killed, too.
    await fault(bot.origin, { kind: 'slow', ms: 3_600_000 });
    await end('extract', 'FAILED');
    await until('that only the bot is owed', async () => (await owed('extract')).join() === 'ops');
    await until('the message at the bot', async () => (await times(atBot, 'Extract failed')) === 1);
    await killHost();
    await store.restart('SIGKILL');
    expect(await owed('extract')).to.deep.equal(['ops']);
    await sweepLater();
    await untilNobodyIsOwed();
    expect(await atBot()).to.deep.equal(['Extract failed', 'Extract failed']);
    expect(await inSlack()).to.deep.equal([':red_circle: Extract failed']);

    // Both channels have the message, and the store is killed before they answer. Cascade cannot store the answers.
    await host.ask({ activations: {} } satisfies Expected, 1_000);
    for (const { origin } of [slack, bot]) await fault(origin, { kind: 'slow', ms: 8_000 });
    await end('orders', 'FAILED');
    await until('the message in Slack', async () => (await times(inSlack, 'Orders failed')) === 1);
    await until('the message at the bot', async () => (await times(atBot, 'Orders failed')) === 1);
    isStoreDown = true;
    await store.restart('SIGKILL');
    await host.ask({ activations: { 'cascade/notifier': 1 } } satisfies Expected, 60_000);
    isStoreDown = false;
    expect((await owed('orders')).toSorted()).to.deep.equal(['default', 'ops']);
    await sweepLater();
    await untilNobodyIsOwed();
    expect([await times(inSlack, 'Orders failed'), await times(atBot, 'Orders failed')]).to.deep.equal([2, 2]);

    // The store is killed as soon as the webhook's sender has its answer: while the end is recorded, or before.
    await end('stocks', 'FAILED');
    await store.restart('SIGKILL');
    await sweepLater();
    await untilNobodyIsOwed();
    expect(await times(inSlack, 'Stocks failed')).to.be.at.least(1);
    expect(await times(atBot, 'Stocks failed')).to.be.at.least(1);

    // What Cascade knows of the apps survived: each recovers, once.
    for (const app of ['extract', 'orders', 'stocks'] as const) {
      await end(app, 'SUCCEEDED');
      await until('the recovery', async () => (await times(atBot, 'recovered')) === reloads - 3);
    }
    await untilNobodyIsOwed();
    const recovered = ['Extract recovered', 'Orders recovered', 'Stocks recovered'];
    expect((await atBot()).slice(-3)).to.deep.equal(recovered);
    expect((await inSlack()).slice(-3)).to.deep.equal(recovered.map((text) => `:large_green_circle: ${text}`));
    const tickets = await documents('ticket:');
    expect(tickets.map(({ appId, times: failures, recoveredAt }) => [appId, failures, recoveredAt > 0])).to.deep.equal([
      [APPS.extract, 1, true],
      [APPS.orders, 1, true],
      [APPS.stocks, 1, true],
    ]);
  }).timeout(180_000);
});
