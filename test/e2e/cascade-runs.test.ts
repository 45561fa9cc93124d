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
    host = (await started.event(({ event }) => event === 'ready'))['openwhisk'] as typeof host;
  });
  after(async () => {
    started.child.kill('SIGINT');
    await started.exit;
    await untilGroupIsGone(started);
    await rm(data, { recursive: true, force: true });
  });

  it('shows the examples as two runs, each as a tree, without problems, and says why an app ran', async () => {
    const runs = await finished(7);
    expect(runs.map(({ app, outcomes }) => [app.label, outcomes])).to.have.deep.members([
      ['Sales extract', { succeeded: 4 }],
      ['Stock import', { succeeded: 3 }],
    ]);
    const stock = runs.find(({ app }) => app.label === 'Stock import')?.root ?? '';
    const tree = (await cascade('runs', stock)).out.split('\n').map((line) => line.replace(/ {2}.*/, ''));
    expect(tree.slice(1).sort()).to.deep.equal(
      [
        '',
        'Stock import failed',
        '├─ Load log succeeded',
        '├─ Stock from last night succeeded',
        '│',
        '└─ Stock dashboard: not reloaded, but the link in chain stock is on succeeded',
      ].sort(),
    );
    expect(await cascade('runs', '--problems')).to.deep.equal({
      code: 0,
      out: 'No problems; alerts and given-up orders of the last 7 d\n',
    });
    expect((await cascade('why', 'sales/report')).out).to.match(
      /^Sales report last ended at [^,]+: succeeded, because Sales transform succeeded at [^,]+, because Sales extract succeeded at /,
    );
  });

  it('has all that follows an end once more: the sweep starts it', async () => {
    const [first] = (await finished(7)).filter(({ app }) => app.label === 'Sales extract');
    const root = first?.root ?? '';
    const reloadId = root.slice('event:default:'.length);
    const again = `order:default:${TRANSFORM}:s:r1.${reloadId}`;
    const { code, out } = await cascade('replay', root);
    expect(code).to.equal(0);
    expect(out).to.include(`ordered again: ${again}\n`);
    expect((await cascade('cancel', again)).out).to.equal(`${again}: called off\n`);
    await cascade('replay', reloadId);
    await sweep();
    const runs = await finished(11);
    expect(runs.find((run) => run.root === root)?.outcomes).to.deep.equal({ succeeded: 8 });
    expect((await cascade('why', EXTRACT)).out).to.include('Nothing calls for Sales extract');
  });
});
