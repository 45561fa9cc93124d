import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { type StartProcess, startProcess, untilGroupIsGone } from '../support/start-process.ts';

/** Options without a ledger, so that several processes can run at once, each without an earlier state. */
const ANY_PORTS = ['--no-ledger', '--host-port', '0', '--tenant-port', '0'];
const repository = fileURLToPath(new URL('../..', import.meta.url));

interface Ready {
  readonly openwhisk: { readonly apihost: string; readonly auth: string; readonly namespace: string };
  readonly tenant: { readonly url: string; readonly apiKey: string };
  readonly webhook: { readonly url: string; readonly secret: string };
  readonly chains: { readonly url: string; readonly apiKey: string };
}

const readyOf = async (started: StartProcess): Promise<Ready> =>
  (await started.event(({ event }) => event === 'ready')) as unknown as Ready;

/** A server that holds a port of its own. */
async function heldPort(): Promise<{ readonly port: number; close(): void }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as { port: number }).port, close: () => server.close() };
}

/** Copies the repository to try it with other chains. The packages are linked and not copied. */
async function copyRepository(): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), 'cascade-copy-'));
  const parts = [
    'actions',
    'build',
    'chains',
    'cli',
    'dashboard',
    'local',
    'sim',
    'src',
    'manifest.yaml',
    'package.json',
    'tsconfig.json',
  ];
  for (const part of parts) await cp(join(repository, part), join(copy, part), { recursive: true });
  await symlink(join(repository, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

describe('npm start', () => {
  const started: StartProcess[] = [];
  const start = (args: readonly string[], root?: string, env?: NodeJS.ProcessEnv): StartProcess => {
    const process = startProcess(args, root, env);
    started.push(process);
    return process;
  };
  afterEach(async () => {
    for (const process of started.splice(0)) {
      process.child.kill('SIGKILL');
      await process.exit;
    }
  });

  it('--once --json runs the examples: ready first, done last, exactly the listed reloads, exit 0', async () => {
    const run = start(['--once', '--json', ...ANY_PORTS]);
    expect(await run.exit).to.equal(0);
    const [first] = run.events;
    expect(Object.keys(first ?? {})).to.deep.equal(['event', 'openwhisk', 'tenant', 'webhook', 'chains']);
    expect((first as unknown as Ready).openwhisk.apihost).to.match(/^http:\/\/127\.0\.0\.1:\d+$/);
    const last = run.events.at(-1) as unknown as { event: string; ok: boolean; reloads: Record<string, unknown>[] };
    expect(last).to.include({ event: 'done', ok: true });
    const told = last.reloads.map(({ app, outcome, after }) => `${app} ${outcome} after ${after}`).sort();
    expect(told).to.deep.equal([
      'sales/extract succeeded after null',
      'sales/forecast succeeded after sales/transform',
      'sales/mail-list succeeded after sales/transform',
      'sales/report succeeded after sales/transform',
      'sales/transform succeeded after sales/extract',
      'stock/exceptions succeeded after stock/repair',
      'stock/import failed after null',
      'stock/log succeeded after stock/import',
      'stock/repair succeeded after stock/import',
    ]);
    expect(last.reloads[0]).to.have.all.keys('app', 'appId', 'outcome', 'after');
    expect(run.lines.every((line) => line.startsWith('{'))).to.equal(true);
    expect(run.events.filter(({ event }) => event === 'notice')).to.deep.equal([]);
    expect(run.stderr()).to.equal('');
    await untilGroupIsGone(run);
  });

  it('--once exits 1 and tells what is missing when a link is taken away', async () => {
    const copy = await copyRepository();
    const file = join(copy, 'chains', 'stock.yaml');
    const text = await readFile(file, 'utf8');
    const without = text.replace(/ {2}- app: exceptions\n {4}after: repair[^\n]*\n/, '');
    expect(without).to.not.equal(text);
    await writeFile(file, without.replace(/ {2}exceptions: [^\n]*\n/, ''));
    const run = start(['--once', '--json', ...ANY_PORTS], copy);
    expect(await run.exit).to.equal(1);
    const last = run.events.at(-1);
    expect(last).to.deep.include({ event: 'done', ok: false });
    expect(last?.['problems']).to.deep.equal(['Missing: stock/exceptions succeeded after stock/repair']);
    await rm(copy, { recursive: true, force: true });
  });

  it('brings up a tenant whose reloads set the chain off, and a chains list that needs its key', async () => {
    const run = start(['--no-demo', '--json', ...ANY_PORTS]);
    const { tenant, chains } = await readyOf(run);
    expect((await fetch(chains.url)).status).to.equal(401);
    const listed = await fetch(chains.url, { headers: { 'x-api-key': chains.apiKey } });
    expect(((await listed.json()) as { data: unknown[] }).data).to.have.length.above(7);
    const response = await fetch(`${tenant.url}/api/v1/reloads`, {
      method: 'POST',
      headers: { authorization: `Bearer ${tenant.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ appId: '570c6000-0000-4000-8000-000000000003' }),
    });
    expect(response.status).to.equal(201);
    const followed = await run.event(
      ({ event, app, state }) => event === 'reload' && app === 'stock/exceptions' && state === 'ended',
    );
    expect(followed).to.include({ after: 'stock/repair', outcome: 'succeeded' });
    run.child.kill('SIGINT');
    expect(await run.exit).to.equal(0);
    await untilGroupIsGone(run);
  });

  it('--chains runs the user’s chains, across tenants, without starting anything', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'cascade-chains-'));
    await writeFile(
      join(directory, 'mine.yaml'),
      [
        'chain: mine',
        'apps:',
        '  here: { id: 11111111-0000-4000-8000-000000000001 }',
        '  there: { id: 22222222-0000-4000-8000-000000000002, tenant: acme-eu }',
        'reloads:',
        '  - app: there',
        '    after: here',
        '',
      ].join('\n'),
    );
    const run = start(['--chains', directory, '--json', ...ANY_PORTS]);
    const { tenant } = await readyOf(run);
    await fetch(`${tenant.url}/_sim/apps/11111111-0000-4000-8000-000000000001/reload`, { method: 'POST', body: '{}' });
    const followed = await run.event(
      ({ event, app, state }) => event === 'reload' && app === 'mine/there' && state === 'ended',
    );
    expect(followed).to.include({ after: 'mine/here', tenant: 'acme-eu' });
    run.child.kill('SIGTERM');
    expect(await run.exit).to.equal(0);
    await rm(directory, { recursive: true, force: true });
  });

  it('warns of an app id that is no UUID, and has no such app in the tenant', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'cascade-chains-'));
    await writeFile(
      join(directory, 'mine.yaml'),
      'chain: mine\napps:\n  here: { id: 11111111-0000-4000-8000-000000000001 }\n  lost: { id: sales }\nreloads:\n  - { app: lost, after: here }\n',
    );
    const run = start(['--chains', directory, '--json', ...ANY_PORTS]);
    const { tenant } = await readyOf(run);
    const { data } = (await (await fetch(`${tenant.url}/_sim/apps`)).json()) as { data: { id: string }[] };
    expect(data.map(({ id }) => id)).to.deep.equal(['11111111-0000-4000-8000-000000000001']);
    expect(run.stderr()).to.match(/mine\.yaml:4:15 {2}warning {2}ID_NOT_UUID/);
    run.child.kill('SIGTERM');
    expect(await run.exit).to.equal(0);
    await rm(directory, { recursive: true, force: true });
  });

  it('asks no proxy that the environment names, since all is on this machine', async () => {
    const nowhere = 'http://127.0.0.1:9';
    const run = start(['--once', ...ANY_PORTS], undefined, { HTTP_PROXY: nowhere, https_proxy: nowhere });
    expect(await run.exit).to.equal(0);
  });

  it('ends with done when the example’s first link is gone, so that scripts see what is missing', async () => {
    const copy = await copyRepository();
    const file = join(copy, 'chains', 'sales.yaml');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace(/ {2}- app: transform\n {4}after: extract[^\n]*\n/, ''));
    const run = start(['--once', '--json', ...ANY_PORTS], copy);
    expect(await run.exit).to.equal(1);
    expect(run.events.at(-1)).to.deep.include({ event: 'done', ok: false });
    expect(run.events.at(-1)?.['problems']).to.include('Missing: sales/transform succeeded after sales/extract');
    await rm(copy, { recursive: true, force: true });
  });

  it('tells a reload that could not be started, with its reason', async () => {
    const run = start(['--no-demo', '--json', ...ANY_PORTS]);
    const { tenant } = await readyOf(run);
    const exceptions = '570c6000-0000-4000-8000-000000000004';
    await fetch(`${tenant.url}/_sim/apps`, {
      method: 'POST',
      body: JSON.stringify({ id: exceptions, name: 'Stock exceptions', mayReload: false }),
    });
    await fetch(`${tenant.url}/_sim/apps/570c6000-0000-4000-8000-000000000003/reload`, { method: 'POST', body: '{}' });
    const told = await run.event(({ event }) => event === 'not-started');
    expect(told).to.include({ app: 'stock/exceptions', code: 'QLIK_REFUSED' });
  });

  it('ends cleanly when nobody reads its output any more', async () => {
    const run = start(['--once', ...ANY_PORTS]);
    await run.line((line) => line.includes('Cascade is up'));
    run.child.stdout?.destroy();
    expect(await run.exit).to.equal(1);
    expect(run.stderr()).to.equal('');
    await untilGroupIsGone(run);
  });

  it('takes --chains from where npm was called', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'cascade-chains-'));
    await mkdir(join(directory, 'mine'));
    await writeFile(
      join(directory, 'mine', 'bad.yaml'),
      'chain: bad\napps: {}\nreloads:\n  - app: nowhere\n    after: nothing\n',
    );
    const run = start(['--chains', 'mine', ...ANY_PORTS], undefined, { INIT_CWD: directory });
    expect(await run.exit).to.equal(1);
    expect(run.stderr()).to.include('bad.yaml:4:10');
    const missing = start(['--chains', 'nowhere', ...ANY_PORTS], undefined, { INIT_CWD: directory });
    expect(await missing.exit).to.equal(2);
    expect(missing.stderr()).to.match(/^[^\n]*nowhere[^\n]*\n$/);
    await rm(directory, { recursive: true, force: true });
  });

  it('makes new secrets at each start without a ledger', async () => {
    const runs = [start(['--no-demo', '--json', ...ANY_PORTS]), start(['--no-demo', '--json', ...ANY_PORTS])];
    const [one, other] = (await Promise.all(runs.map(readyOf))) as [Ready, Ready];
    for (const pick of [
      ({ openwhisk }: Ready) => openwhisk.auth,
      ({ tenant }: Ready) => tenant.apiKey,
      ({ webhook }: Ready) => webhook.secret,
      ({ chains }: Ready) => chains.apiKey,
    ]) {
      expect(pick(one)).to.have.length.above(20);
      expect(pick(one)).to.not.equal(pick(other));
    }
  });

  const misuses: readonly (readonly [args: readonly string[], says: RegExp])[] = [
    [['--once', '--chains', 'chains'], /'--once' cannot be used with option '--chains <directory>'/],
    [['--once', '--no-demo'], /'--once' cannot be used with option '--no-demo'/],
    [['--host-port', 'http'], /whole number from 0/],
    [['--tenant-port', '65536'], /whole number from 0/],
    [['--store-port', '-1'], /whole number from 0/],
    [['--no-ledger', '--data', 'x'], /'--data <directory>' cannot be used with option '--no-ledger'/],
    [['--no-ledger', '--slack', 'http://127.0.0.1:9/'], /'--slack <url>' cannot be used with option '--no-ledger'/],
    [['--slack', 'http://hooks.example.org/s3cret'], /--slack <url>(?!.*hooks\.example.*hooks).*https/],
    [['--nonsense'], /unknown option '--nonsense'/],
    [['stray'], /too many arguments/],
  ];
  for (const [args, says] of misuses) {
    it(`exits 2 and says why for ${args.join(' ')}`, async () => {
      const run = start(args);
      expect(await run.exit).to.equal(2);
      expect(run.stderr()).to.match(says);
      expect(run.lines).to.deep.equal([]);
    });
  }

  it('--help tells every flag and exits 0', async () => {
    const run = start(['--help']);
    expect(await run.exit).to.equal(0);
    const flags = [
      '--once',
      '--json',
      '--host-port',
      '--tenant-port',
      '--store-port',
      '--data',
      '--no-ledger',
      '--slack',
    ];
    for (const flag of [...flags, '--no-demo', '--chains']) expect(run.lines.join('\n')).to.include(flag);
  });

  it('says in one line that a port is in use, and exits 1', async () => {
    const held = await heldPort();
    const host = start(['--no-ledger', '--host-port', String(held.port), '--tenant-port', '0']);
    const tenant = start(['--no-ledger', '--host-port', '0', '--tenant-port', String(held.port)]);
    expect([await host.exit, await tenant.exit]).to.deep.equal([1, 1]);
    expect(host.stderr().trim()).to.match(new RegExp(`^Port ${held.port}[^\\n]*$`));
    expect(tenant.stderr().trim()).to.match(new RegExp(`^Port ${held.port}[^\\n]*--tenant-port[^\\n]*$`));
    await Promise.all([host, tenant].map(untilGroupIsGone));
    held.close();
  });

  it('shows a mistake in a chain file and exits 1', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'cascade-chains-'));
    await mkdir(directory, { recursive: true });
    await writeFile(
      join(directory, 'bad.yaml'),
      'chain: bad\napps: {}\nreloads:\n  - app: nowhere\n    after: nothing\n',
    );
    const run = start(['--chains', directory, ...ANY_PORTS]);
    expect(await run.exit).to.equal(1);
    expect(run.stderr()).to.match(/bad\.yaml:4:10 {2}error {2}UNKNOWN_APP/);
    await rm(directory, { recursive: true, force: true });
  });

  for (const [moment, says] of [
    ['in the first second, while it builds', 'Building the actions'],
    ['when it is up', 'Cascade is up.'],
    ['while reloads run', 'sales/extract'],
  ] as const) {
    it(`ends cleanly on Ctrl-C ${moment}, with 0, and with --once with 1`, async () => {
      const runs = [start(ANY_PORTS), start(['--once', ...ANY_PORTS])];
      for (const { child, line } of runs) void line((text) => text.includes(says)).then(() => child.kill('SIGINT'));
      expect(await Promise.all(runs.map(({ exit }) => exit))).to.deep.equal([0, 1]);
      await Promise.all(runs.map(untilGroupIsGone));
      expect(runs.map((run) => run.stderr())).to.deep.equal(['', '']);
    });
  }
});
