import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { bundledProgram } from '../support/bundled-program.ts';
import { type StartProcess, startProcess, untilGroupIsGone } from '../support/start-process.ts';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
const CASCADE = await bundledProgram('cli/cascade.js');
const EXTRACT = '5a1e5000-0000-4000-8000-000000000001';
const TRANSFORM = '5a1e5000-0000-4000-8000-000000000002';
const IMPORT = '570c6000-0000-4000-8000-000000000001';

interface RunLine {
  readonly root: string;
  readonly app: { readonly label: string };
  readonly state: string;
  readonly outcomes: Readonly<Record<string, number>>;
}

describe('cascade beside a running npm start', () => {
  let data: string;
  let started: StartProcess;
  let host: { readonly apihost: string; readonly auth: string };
  let store: { readonly url: string; readonly user: string; readonly password: string };

  const cascade = (...args: string[]): Promise<{ readonly code: number; readonly out: string }> =>
    new Promise((resolve) => {
      const all = [CASCADE, ...args, '--data', data];
      execFile(process.execPath, all, { cwd: REPOSITORY }, (failure, out) => {
        resolve({ code: failure === null ? 0 : Number(failure.code), out });
      });
    });
  const finished = async (count: number): Promise<readonly RunLine[]> => {
    for (let looks = 0; looks < 100; looks += 1) {
      const { runs } = JSON.parse((await cascade('runs', '--json')).out) as { runs: readonly RunLine[] };
      const orders = runs.flatMap(({ outcomes }) => Object.values(outcomes)).reduce((sum, each) => sum + each, 0);
      if (orders === count && runs.every(({ state }) => state === 'finished')) return runs;
      await setTimeout(200);
    }
    throw new Error(`The examples did not come to ${count} ended orders`);
  };
  /** The names in the tree of an app's run, each with how it ended. */
  async function treeOf(label: string, runs: readonly RunLine[]): Promise<readonly string[]> {
    const root = runs.find(({ app }) => app.label === label)?.root ?? '';
    const [, ...lines] = (await cascade('runs', root)).out.trimEnd().split('\n');
    return lines.map((line) => line.replace(/^[│├└─ ]*/, '').replace(/ {2}.*/, ''));
  }
  /** Waits until the failure is recorded. @returns the problems. */
  async function problemsWithTicket(): ReturnType<typeof cascade> {
    for (let looks = 0; looks < 100; looks += 1) {
      const found = await cascade('runs', '--problems');
      if (/ {2}failing {2}.*\(ticket:/.test(found.out) && !found.out.includes('no ticket')) return found;
      await setTimeout(200);
    }
    return cascade('runs', '--problems');
  }
  async function sweep(): Promise<void> {
    const url = `${host.apihost}/api/v1/namespaces/_/actions/cascade/sweep?blocking=true`;
    const authorization = `Basic ${Buffer.from(host.auth).toString('base64')}`;
    const headers = { authorization, 'content-type': 'application/json' };
    expect((await fetch(url, { method: 'POST', headers, body: '{}' })).ok).to.equal(true);
  }

  before(async () => {
    data = await mkdtemp(join(tmpdir(), 'cascade-runs-'));
    const ports = ['--host-port', '0', '--tenant-port', '0', '--store-port', '0'];
    started = startProcess(['--json', '--data', data, ...ports], undefined, { COUCHDB_URL: '' });
    const ready = await started.event(({ event }) => event === 'ready');
    host = ready['openwhisk'] as typeof host;
    store = ready['store'] as typeof store;
  });
  after(async () => {
    started.child.kill('SIGINT');
    await started.exit;
    await untilGroupIsGone(started);
    await rm(data, { recursive: true, force: true });
  });

  it('shows the examples as two runs that meet, each as a tree with its attempts, the failure as a problem with its ticket, and says why an app ran', async () => {
    const runs = await finished(9);
    expect(runs.map(({ app }) => app.label)).to.have.members(['Sales extract', 'Stock import']);
    const trees = [await treeOf('Sales extract', runs), await treeOf('Stock import', runs)];
    // An app that waits for apps of both runs belongs to the run that ended last.
    const isOfBoard = (line: string): boolean => /^Board|^attempt/.test(line);
    const [ofSales = [], ofStock = []] = trees.map((tree) => tree.filter((line) => !isOfBoard(line)).sort());
    expect(ofSales).to.deep.equal([
      'Monday mail list succeeded',
      'Sales extract succeeded',
      'Sales forecast succeeded',
      'Sales report succeeded',
      'Sales transform succeeded',
    ]);
    expect(ofStock).to.deep.equal([
      'Load log succeeded',
      'Stock dashboard: not reloaded: the link in chain stock follows only a success',
      'Stock exceptions succeeded',
      'Stock from last night succeeded',
      'Stock import failed',
    ]);
    const ofBoard = trees.flat().filter((line) => isOfBoard(line) && !line.includes(':'));
    expect(ofBoard).to.deep.equal(['Board figures succeeded', 'attempt 1 failed', 'Board slides succeeded']);
    const { code, out } = await problemsWithTicket();
    expect(code).to.equal(1);
    const [failing = '', run = '', count] = out.split('\n');
    const ticket = /\((ticket:reload:default:[^)]+)\)$/.exec(failing)?.[1] ?? 'none';
    expect(failing).to.match(/Z {2}failing {2}Stock import has failed 1 time since [^:]/);
    expect(run).to.match(/Z {2}failed run {2}Stock import failed at /);
    expect(run).to.include(`(${ticket}): cascade runs event:default:${ticket.slice('ticket:reload:default:'.length)}`);
    expect(count).to.equal('2 problems (alerts and given-up orders: only of the last 7 d)');
    expect((await cascade('why', 'sales/report')).out).to.match(
      /^Sales report last ended at [^,]+: succeeded \(queued (< )?\d+ s, ran (< )?\d+ s\), because Sales transform succeeded at [^,]+, because Sales extract succeeded at /,
    );
  });

  it('shows the end of the failed reload’s log in its ticket, once a sweep has asked the tenant for it', async () => {
    await finished(9);
    const ticket = /\((ticket:reload:default:[^)]+)\)/.exec((await problemsWithTicket()).out)?.[1] ?? 'none';
    await sweep();
    const { out } = await cascade('ticket', ticket);
    expect(out).to.match(/^ {2}log:\n {4}\S+Z Reload started\n {4}\S+Z Error: .+\n {4}\S+Z Reload ended: FAILED$/m);
    expect(JSON.parse((await cascade('ticket', ticket, '--json')).out).log).to.include('Reload ended: FAILED');
  });

  it('gives one end one trace id, from the webhook through all steps to the notice and the next reloads', async () => {
    await finished(9);
    await problemsWithTicket();
    await started.event(({ event }) => event === 'notice');
    const login = (user: string) => ({ authorization: `Basic ${Buffer.from(user).toString('base64')}` });
    // biome-ignore lint/suspicious/noExplicitAny: the documents as they are stored
    const { rows }: any = await (
      await fetch(`${store.url}/cascade/_all_docs?include_docs=true`, {
        headers: login(`${store.user}:${store.password}`),
      })
    ).json();
    // biome-ignore lint/suspicious/noExplicitAny: as above
    const documents: readonly any[] = rows.map(({ doc }: { readonly doc: unknown }) => doc);
    const failure = documents.find(({ type, appId }) => type === 'event' && appId === IMPORT);
    const orders = documents.filter(({ causes }) => causes?.includes(failure.reloadId));
    expect(orders.map(({ traceId }) => traceId)).to.deep.equal(orders.map(() => failure.traceId));
    expect(orders).to.have.lengthOf(2);
    const url = `${host.apihost}/api/v1/namespaces/_/activations?limit=200&docs=true`;
    const records = (await (await fetch(url, { headers: login(host.auth) })).json()) as {
      readonly name: string;
      readonly logs: readonly string[];
    }[];
    const traced = records.flatMap(({ name, logs }) =>
      logs.some((line) => line.includes(`"traceId":"${failure.traceId}"`)) ? [name] : [],
    );
    expect(traced).to.have.members(['receiver', 'resolver', 'invoker', 'reload', 'reload', 'storer', 'notifier']);
    const { code, out } = await cascade('logs', failure.traceId, '--json');
    expect(code).to.equal(0);
    const { lines, missing } = JSON.parse(out) as { lines: { at: string; action: string }[]; missing: string[] };
    expect(missing).to.deep.equal([]);
    expect([...new Set(lines.map(({ action }) => action))]).to.have.members([...new Set(traced)]);
    expect(lines.map(({ at }) => at)).to.deep.equal(lines.map(({ at }) => at).sort());
    expect((await cascade('logs', failure._id, '--grep', 'Notice sent')).out).to.match(
      /^[-\d]{10} [\d:.]{12}Z info {2}notifier {2}Notice sent \{"channel":"default","notice":"app:default:570c6000-[^\n]*\n$/,
    );
  });

  it('knows which rules started a reload: those of the chain files that npm start deployed', async () => {
    await finished(9);
    const { rule, deployed } = JSON.parse((await cascade('why', 'sales/report', '--json')).out);
    expect(rule).to.deep.equal({ kind: 'same' });
    expect(deployed).to.include({ isOfTheseFiles: true });
    expect(deployed.definition).to.match(/^[0-9a-f]{16}$/);
  });

  it('has all that follows an end once more: the sweep starts it', async () => {
    const [first] = (await finished(9)).filter(({ app }) => app.label === 'Sales extract');
    const root = first?.root ?? '';
    const before = first?.outcomes['succeeded'] ?? 0;
    const reloadId = root.slice('event:default:'.length);
    const again = `order:default:${TRANSFORM}:s:r1.${reloadId}`;
    const { code, out } = await cascade('replay', root);
    expect(code).to.equal(0);
    expect(out).to.include(`ordered again: ${again}\n`);
    expect((await cascade('cancel', again)).out).to.equal(`${again}: called off\n`);
    await cascade('replay', reloadId);
    await sweep();
    const runs = await finished(13);
    expect(runs.find((run) => run.root === root)?.outcomes).to.deep.equal({ succeeded: before + 4 });
    expect((await cascade('why', EXTRACT)).out).to.include('Nothing calls for Sales extract');
  });
});
