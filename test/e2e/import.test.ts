import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { bundledProgram } from '../support/bundled-program.ts';
import { startProcess, untilGroupIsGone } from '../support/start-process.ts';

const CASCADE = await bundledProgram('cli/cascade.js');
const [EXTRACT, TRANSFORM, REPAIR] = [1, 2, 3].map((n) => `b4a3cf85-0000-4000-8000-00000000000${n}`);

/** As in the paper: an app has an entry for each condition. */
const LIST = `module.exports = [
  { name: 'extract', appId: '${EXTRACT}', chain: ['transform'], condition: 'ok' },
  { name: 'extract', appId: '${EXTRACT}', chain: ['repair'], condition: 'error' },
  { name: 'transform', appId: '${TRANSFORM}', chain: [], condition: 'ok' },
  { name: 'repair', appId: '${REPAIR}', chain: [], condition: 'ok' },
];`;

describe('cascade import, and npm start with what it wrote', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'cascade-import-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it('reloads the apps that the list of the 2020 paper names, after each condition', async () => {
    const chains = join(directory, 'chains');
    await writeFile(join(directory, 'apps.js'), LIST);
    await promisify(execFile)(process.execPath, [CASCADE, 'import', join(directory, 'apps.js'), '--out', chains]);
    const ports = ['--no-ledger', '--host-port', '0', '--tenant-port', '0'];
    const run = startProcess(['--chains', chains, '--json', ...ports]);
    try {
      const ready = await run.event(({ event }) => event === 'ready');
      const { url } = ready['tenant'] as { readonly url: string };
      const reload = (): Promise<Response> =>
        fetch(`${url}/_sim/apps/${EXTRACT}/reload`, { method: 'POST', body: '{}' });
      const followed = (appId: string | undefined) =>
        run.event(({ event, state, ...rest }) => event === 'reload' && state === 'ended' && rest['appId'] === appId);
      await reload();
      expect(await followed(TRANSFORM)).to.include({ app: 'apps/transform', after: 'apps/extract' });
      await fetch(`${url}/_sim/apps/${EXTRACT}/next-outcomes`, { method: 'PUT', body: '["failed"]' });
      await reload();
      expect(await followed(REPAIR)).to.include({ app: 'apps/repair', after: 'apps/extract' });
      const ended = run.events.filter(({ event, state }) => event === 'reload' && state === 'ended');
      expect(ended.map(({ app, outcome }) => `${app} ${outcome}`)).to.deep.equal([
        'apps/extract succeeded',
        'apps/transform succeeded',
        'apps/extract failed',
        'apps/repair succeeded',
      ]);
    } finally {
      run.child.kill('SIGKILL');
      await run.exit;
      await untilGroupIsGone(run);
    }
  });
});
