import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { startStore } from '../../local/store/start-store.ts';
import { startSlackSink } from '../../sim/slack/start-slack-sink.ts';
import { type StartProcess, startProcess, untilGroupIsGone } from '../support/start-process.ts';
import { until } from '../support/until.ts';

const ANY_PORTS = ['--host-port', '0', '--tenant-port', '0', '--store-port', '0'];
const IMPORT = '570c6000-0000-4000-8000-000000000001';
const REPAIR = '570c6000-0000-4000-8000-000000000003';

interface Ready {
  readonly openwhisk: { readonly apihost: string; readonly auth: string };
  readonly tenant: { readonly url: string; readonly apiKey: string };
  readonly store: { readonly url: string; readonly user: string; readonly password: string };
  readonly webhook: { readonly url: string; readonly secret: string };
  readonly chains: { readonly url: string; readonly apiKey: string };
  readonly slack: { readonly url: string };
}

const readyOf = async (started: StartProcess): Promise<Ready> =>
  (await started.event(({ event }) => event === 'ready')) as unknown as Ready;

async function call(url: string, method: string, body: unknown, authorization = ''): Promise<Record<string, unknown>> {
  const headers = { 'content-type': 'application/json', authorization };
  const response = await fetch(url, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  return (await response.json()) as Record<string, unknown>;
}

const NOTICE_KEYS = ['event', 'channel', 'kind', 'tenant', 'appId', 'ticket'];

const noticesOf = ({ events }: StartProcess): readonly string[] =>
  events
    .filter(({ event }) => event === 'notice')
    .map(({ channel, kind, tenant, appId }) => `${channel} ${kind} ${tenant} ${appId}`);

/** The texts of the messages that a Slack sink accepted. */
async function textsIn({ origin }: { readonly origin: string }): Promise<readonly string[]> {
  const { data } = await call(`${origin}/_sim/messages`, 'GET', undefined);
  return (data as { body: { text: string } }[]).map(({ body }) => body.text);
}

const asAdmin = ({ store: { user, password } }: Ready): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

const ANN = `Basic ${Buffer.from('ann:pass%word').toString('base64')}`;

const asUser = ({ tenant }: Ready): string => `Bearer ${tenant.apiKey}`;

describe('npm start with a ledger', () => {
  let directory: string;
  let data: string;
  const started: StartProcess[] = [];
  const start = (args: readonly string[], env?: NodeJS.ProcessEnv): StartProcess => {
    const process = startProcess([...args, ...ANY_PORTS], undefined, { COUCHDB_URL: '', TMPDIR: directory, ...env });
    started.push(process);
    return process;
  };
  const kept = (): StartProcess => start(['--no-demo', '--json', '--data', data]);
  async function kill(run: StartProcess): Promise<void> {
    run.child.kill('SIGKILL');
    await run.exit;
  }
  async function stop(run: StartProcess): Promise<void> {
    run.child.kill('SIGINT');
    expect(await run.exit).to.equal(0);
    await untilGroupIsGone(run);
  }
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'cascade-again-'));
    data = join(directory, 'data');
  });
  afterEach(async () => {
    for (const run of started.splice(0)) {
      await kill(run);
      await untilGroupIsGone(run);
    }
    await rm(directory, { recursive: true, force: true });
  });

  it('goes on where it was after kill -9: documents, keys, and a reload that ran, which sets its chain off', async () => {
    const first = kept();
    const before = await readyOf(first);
    const document = `${before.store.url}/mine/one`;
    await call(`${before.store.url}/mine`, 'PUT', undefined, asAdmin(before));
    expect(await call(document, 'PUT', { of: 'mine' }, asAdmin(before))).to.include({ ok: true });
    // Too long to end before it is killed; the tenant's clock is then moved.
    await call(`${before.tenant.url}/_sim/apps`, 'POST', {
      id: IMPORT,
      name: 'Stock import',
      durationMs: 3_600_000,
      outcomes: ['failed'],
    });
    const { id } = await call(`${before.tenant.url}/api/v1/reloads`, 'POST', { appId: IMPORT }, asUser(before));
    await first.event(({ event, state }) => event === 'reload' && state === 'started');
    await kill(first);

    const second = kept();
    const after = await readyOf(second);
    const keysOf = ({ openwhisk, tenant, store, webhook, chains }: Ready) => [
      openwhisk.auth,
      tenant.apiKey,
      store.user,
      store.password,
      webhook.secret,
      chains.apiKey,
    ];
    expect(keysOf(after)).to.deep.equal(keysOf(before));
    expect(await call(`${after.store.url}/mine/one`, 'GET', undefined, asAdmin(after))).to.include({ of: 'mine' });
    const running = await call(`${after.tenant.url}/api/v1/reloads/${id}`, 'GET', undefined, asUser(after));
    expect(running['status']).to.equal('RELOADING');
    const webhooks = await call(`${after.tenant.url}/api/v1/webhooks`, 'GET', undefined, asUser(after));
    expect((webhooks['data'] as { url: string }[]).map(({ url }) => url)).to.deep.equal([after.webhook.url]);
    await call(`${after.tenant.url}/_sim/clock`, 'POST', { advanceMs: 3_600_000 });
    const followed = await second.event(
      ({ event, appId, state }) => event === 'reload' && appId === REPAIR && state === 'ended',
    );
    expect(followed).to.include({ after: 'stock/import', outcome: 'succeeded' });
    await stop(second);
  });

  it('tells of a reload that ended while it was down, when there is somebody to tell', async () => {
    const first = kept();
    const before = await readyOf(first);
    // Long enough to be killed in, and over before everything is up again.
    await call(`${before.tenant.url}/_sim/apps`, 'POST', { id: IMPORT, name: 'Stock import', durationMs: 400 });
    await call(`${before.tenant.url}/api/v1/reloads`, 'POST', { appId: IMPORT }, asUser(before));
    await kill(first);
    const second = kept();
    await readyOf(second);
    const ended = await second.event(
      ({ event, appId, state }) => event === 'reload' && appId === IMPORT && state === 'ended',
    );
    expect(ended).to.include({ outcome: 'succeeded' });
    const webhook = await second.event(({ event, appId }) => event === 'webhook' && appId === IMPORT);
    expect(webhook['statusCode']).to.be.within(200, 299);
  });

  it('stopped with Ctrl-C it goes on, too, and apps stay as somebody changed them', async () => {
    const first = kept();
    const before = await readyOf(first);
    await call(`${before.tenant.url}/_sim/apps`, 'POST', { id: IMPORT, name: 'Changed', outcomes: ['canceled'] });
    await stop(first);
    const after = await readyOf(kept());
    const { data: apps } = await call(`${after.tenant.url}/_sim/apps`, 'GET', undefined);
    expect((apps as { id: string; name: string }[]).find(({ id }) => id === IMPORT)?.name).to.equal('Changed');
  });

  it('refuses a second one on the same directory in one line that names it', async () => {
    await readyOf(kept());
    const second = kept();
    expect(await second.exit).to.equal(1);
    expect(second.stderr()).to.equal(
      `The directory ${data} is in use by another npm start. Stop that one, or choose another with --data.\n`,
    );
  });

  it('tells cascade how to reach the store while it is up, and keeps all secrets for their owner', async () => {
    const run = kept();
    const { store, openwhisk } = await readyOf(run);
    const file = join(data, 'ledger.json');
    expect(JSON.parse(await readFile(file, 'utf8'))).to.deep.equal({
      ...store,
      database: 'cascade',
      openwhisk: { apihost: openwhisk.apihost, auth: openwhisk.auth },
    });
    const modes = await Promise.all(
      ['ledger.json', 'keys.json', 'tenants/default.json'].map(
        async (name) => (await stat(join(data, name))).mode & 0o777,
      ),
    );
    expect(modes).to.deep.equal([0o600, 0o600, 0o600]);
    await stop(run);
    expect(await readdir(data)).to.not.include('ledger.json');
  });

  it('--once takes a directory of its own, and leaves nothing behind', async () => {
    const run = start(['--once', '--json']);
    expect(await run.exit).to.equal(0);
    const { reloads } = run.events.at(-1) as unknown as { reloads: { app: string; outcome: string }[] };
    const ofBoard = reloads.map(({ app, outcome }) => `${app} ${outcome}`).filter((text) => text.startsWith('board/'));
    expect(ofBoard).to.deep.equal(['board/figures failed', 'board/figures succeeded', 'board/slides succeeded']);
    expect(reloads).to.have.length(12);
    expect(Object.keys(run.events[0] ?? {})).to.deep.equal([
      'event',
      'openwhisk',
      'tenant',
      'store',
      'webhook',
      'chains',
      'metrics',
      'dashboard',
      'slack',
    ]);
    expect(noticesOf(run)).to.deep.equal(['default failed default 570c6000-0000-4000-8000-000000000001']);
    expect(run.events.find(({ event }) => event === 'notice')).to.have.all.keys(NOTICE_KEYS);
    expect(run.stderr()).to.equal('');
    await untilGroupIsGone(run);
    expect((await readdir(directory)).filter((name) => name.startsWith('cascade'))).to.deep.equal([]);
  });

  it('--once --data keeps it, and the examples can run again there', async () => {
    const told: (readonly string[])[] = [];
    for (const time of ['first', 'second']) {
      const run = start(['--once', '--json', '--data', data]);
      expect(await run.exit, `the ${time} time: ${run.stderr()}`).to.equal(0);
      told.push(noticesOf(run));
    }
    // The second time the import was already failing, so people hear nothing.
    expect(told).to.deep.equal([[`default failed default ${IMPORT}`], []]);
    expect(await readdir(data)).to.include.members(['keys.json', 'store', 'tenants']);
  });

  it('sends nothing to channels of the environment, which are those of a real deployment', async () => {
    const real = await startSlackSink();
    const channels = JSON.stringify([{ name: 'default', slack: real.url }]);
    for (const env of [{ SLACK_WEBHOOK_URL: real.url }, { NOTIFY_CHANNELS: channels }]) {
      const run = start(['--once', '--json'], env);
      expect(await run.exit, run.stderr()).to.equal(0);
      expect(noticesOf(run)).to.have.length(1);
    }
    expect(await textsIn(real)).to.deep.equal([]);
    await real.close();
  });

  it('prints the words of the message about the import, with what to type', async () => {
    const run = start(['--once']);
    expect(await run.exit, run.stderr()).to.equal(0);
    const at = run.lines.findIndex((line) => line.endsWith('✉ failed, sent to the channel default'));
    const words = run.lines.slice(at + 1).filter((line) => line.startsWith(' '.repeat(17)));
    expect(words[0]).to.equal(`${' '.repeat(17)}Stock import failed (chain stock)`);
    expect(words.at(-1)).to.match(/^ {17}.* UTC · .*cascade runs .* · cascade ticket ticket:reload:default:/);
  });

  it('--slack sends to that address, also what it did not take at first, and tells only its origin', async () => {
    const given = await startSlackSink();
    const busy = { kind: 'status', status: 429, headers: { 'Retry-After': '1' } };
    const faults = await fetch(`${given.origin}/_sim/faults`, { method: 'PUT', body: JSON.stringify([busy]) });
    expect(faults.ok).to.equal(true);
    const run = start(['--once', '--json', '--slack', given.url]);
    expect(await run.exit, run.stderr()).to.equal(0);
    expect((await readyOf(run)).slack).to.deep.equal({ url: given.origin });
    expect(run.lines.join('\n')).to.not.include('/services/');
    expect(noticesOf(run)).to.deep.equal([`default failed default ${IMPORT}`]);
    expect(await textsIn(given)).to.deep.equal([':red_circle: Stock import failed']);
    await given.close();
  });

  it('--slack with an address that Slack does not know says at once what came back, and --once does not wait for it', async () => {
    const given = await startSlackSink();
    const run = start(['--once', '--json', '--slack', `${given.origin}/nowhere`]);
    const message = 'The channel "default" took no message: it answered 404 (no_service)';
    expect(await run.event(({ event }) => event === 'notice-refused')).to.include({ channel: 'default', message });
    expect(await run.exit, run.stderr()).to.equal(1);
    const done = run.events.at(-1);
    expect(done).to.deep.include({ event: 'done', ok: false, problems: [`${message}. Its notices are not sent.`] });
    expect(done?.['reloads']).to.have.lengthOf(12);
    await given.close();
  });

  it('sends with --chains to each channel that the chain files name', async () => {
    const chains = join(directory, 'chains');
    await mkdir(chains);
    const apps = `apps:\n  import: { id: ${IMPORT} }\n  repair: { id: ${REPAIR} }\n`;
    const rest = 'notify:\n  - { when: [failed], to: team }\nreloads:\n  - { app: repair, after: import }\n';
    await writeFile(join(chains, 'mine.yaml'), `chain: mine\n${apps}${rest}`);
    const run = start(['--json', '--data', data, '--chains', chains]);
    const ready = await readyOf(run);
    await call(`${ready.tenant.url}/_sim/apps/${IMPORT}/next-outcomes`, 'PUT', ['failed']);
    await call(`${ready.tenant.url}/api/v1/reloads`, 'POST', { appId: IMPORT }, asUser(ready));
    const notice = await run.event(({ event }) => event === 'notice');
    expect(notice).to.include({ channel: 'team', kind: 'failed', tenant: 'default', appId: IMPORT });
    const { origin } = new URL(ready.slack.url);
    expect(await textsIn({ origin })).to.deep.equal([':red_circle: import failed']);
    await stop(run);
  });

  it('COUCHDB_URL puts another server in the place of the store, and its password is not told', async () => {
    const other = await startStore({ port: 0, admin: { name: 'ann', password: 'pass%word' } });
    const { port } = new URL(other.url);
    const run = start(['--no-demo', '--json', '--data', data], {
      COUCHDB_URL: `http://ann:pass%25word@127.0.0.1:${port}`,
    });
    const { store } = await readyOf(run);
    // Its ledger is not purged: it belongs to somebody.
    const alert = await addOldAlert(`${other.url}/cascade`, ANN);
    expect(store).to.deep.equal({ url: `http://127.0.0.1:${port}/`, user: 'ann' });
    expect(run.lines.join('\n')).to.not.match(/pass%|%word/);
    expect(await readdir(data)).to.not.include.members(['store']);
    const databases = await (await fetch(`${other.url}/_all_dbs`, { headers: { authorization: ANN } })).json();
    expect(databases).to.include('cascade');
    await stop(run);
    const again = start(['--once', '--json', '--data', data], {
      COUCHDB_URL: `http://ann:pass%25word@127.0.0.1:${port}`,
    });
    expect(await again.exit).to.equal(0);
    expect(await call(alert, 'GET', undefined, ANN)).to.include({ type: 'alert' });
    await other.close();
  });

  /** An alert of a hundred days ago: it may go. */
  async function addOldAlert(database: string, authorization: string): Promise<string> {
    const at = Date.now() - 100 * 86_400_000;
    const url = `${database}/alert:quota:default:old`;
    const alert = {
      schema: 1,
      type: 'alert',
      kind: 'quota',
      subject: 'default:old',
      message: 'Look.',
      traceId: 't',
      at,
    };
    expect(await call(url, 'PUT', alert, authorization)).to.include({ ok: true });
    return url;
  }

  it('purges its own store when it starts', async () => {
    /** What the purge of this start noted. */
    const purged = (ready: Ready): Promise<Record<string, unknown>> =>
      until('the purge', async () => {
        const url = `${ready.store.url}/cascade/purge`;
        const found = await call(url, 'GET', undefined, asAdmin(ready));
        return Number(found['at']) > Number(lastAt) && found;
      });
    let lastAt: unknown = 0;
    const first = kept();
    const before = await readyOf(first);
    lastAt = (await purged(before))['at'];
    await addOldAlert(`${before.store.url}/cascade`, asAdmin(before));
    await stop(first);
    const after = await readyOf(kept());
    expect(await purged(after)).to.include({ type: 'purge', removed: 1 });
  });

  it('installs the ledger, for actions that are writers and no administrators', async () => {
    const ready = await readyOf(kept());
    const security = await call(`${ready.store.url}/cascade/_security`, 'GET', undefined, asAdmin(ready));
    expect(security['members']).to.deep.equal({
      names: [],
      roles: ['_admin', 'cascade-reader', 'cascade-desk', 'cascade-writer'],
    });
    const tenant = await call(`${ready.store.url}/cascade/tenant:default`, 'GET', undefined, asAdmin(ready));
    expect(tenant).to.include({ type: 'tenant', url: new URL(ready.tenant.url).origin });
    const { writerPassword } = JSON.parse(await readFile(join(data, 'keys.json'), 'utf8')) as {
      writerPassword: string;
    };
    const writer = `Basic ${Buffer.from(`cascade-actions:${writerPassword}`).toString('base64')}`;
    const session = await call(`${ready.store.url}/_session`, 'GET', undefined, writer);
    expect(session['userCtx']).to.deep.include({ name: 'cascade-actions', roles: ['cascade-writer'] });
  });

  it('says what is wrong with a COUCHDB_URL without showing it', async () => {
    const run = start(['--json', '--data', data], { COUCHDB_URL: 'couch:secret@here' });
    expect(await run.exit).to.equal(1);
    expect(run.stderr()).to.match(/^COUCHDB_URL is no http address\.[^\n]*\n$/);
    expect(run.stderr()).to.not.include('secret');
  });

  it('--no-ledger has no store, though COUCHDB_URL is set, and keeps nothing', async () => {
    const run = start(['--no-demo', '--json', '--no-ledger'], { COUCHDB_URL: 'http://127.0.0.1:9' });
    expect(await readyOf(run)).to.not.have.property('store');
    await stop(run);
    expect((await readdir(directory)).filter((name) => name.startsWith('cascade'))).to.deep.equal([]);
  });

  it('says in one line which port is in use', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const held = startProcess(['--data', data, '--host-port', '0', '--tenant-port', '0', '--store-port', String(port)]);
    started.push(held);
    expect(await held.exit).to.equal(1);
    expect(held.stderr()).to.match(new RegExp(`^Port ${port}[^\\n]*--store-port[^\\n]*\\n$`));
    server.close();
  });

  for (const [what, file] of [
    ['the keys', 'keys.json'],
    ['a tenant’s state', 'tenants/default.json'],
  ] as const) {
    it(`names the file of ${what} when it is broken`, async () => {
      await mkdir(join(data, 'tenants'), { recursive: true });
      await writeFile(join(data, file), '{"half":');
      const run = kept();
      expect(await run.exit).to.equal(1);
      expect(run.stderr())
        .to.match(/^[^\n]+\n$/)
        .and.include(join(data, file));
      await untilGroupIsGone(run);
    });
  }
});
