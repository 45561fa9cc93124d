import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';

const run = promisify(execFile);
const repository = fileURLToPath(new URL('../..', import.meta.url));
const biome = join(repository, 'node_modules', '.bin', 'biome');

interface Planted {
  readonly file: string;
  readonly specifier: string;
}

/** Imports against the arrows of CONTRIBUTING.md, one for each arrow. */
const forbidden: readonly Planted[] = [
  { file: 'src/core/planted.ts', specifier: 'node:fs' },
  { file: 'src/core/planted.ts', specifier: 'yaml' },
  { file: 'src/core/planted.ts', specifier: '../contracts/batch.ts' },
  { file: 'src/core/chains/planted.ts', specifier: '../../clients/qlik/http-qlik.ts' },
  { file: 'src/contracts/planted.ts', specifier: '../platform/log.ts' },
  { file: 'src/contracts/planted.ts', specifier: 'node:crypto' },
  { file: 'src/clients/qlik/planted.ts', specifier: '../../platform/log.ts' },
  { file: 'src/clients/qlik/planted.ts', specifier: '../../ledger/new-event.ts' },
  { file: 'src/clients/qlik/planted.ts', specifier: '../../contracts/batch.ts' },
  { file: 'src/ledger/planted.ts', specifier: '../platform/log.ts' },
  { file: 'src/platform/planted.ts', specifier: '../deploy/deploy-manifest.ts' },
  { file: 'src/platform/settings/planted.ts', specifier: '../../../actions/receiver/receive.ts' },
  { file: 'src/chain-files/planted.ts', specifier: '../platform/log.ts' },
  { file: 'src/deploy/planted.ts', specifier: '../../cli/terminal.ts' },
  { file: 'src/deploy/planted.ts', specifier: '../chain-files/read-chains.ts' },
  { file: 'src/deploy/planted.ts', specifier: '../clients/qlik/http-qlik.ts' },
  { file: 'actions/receiver/planted.ts', specifier: '../resolver/resolve.ts' },
  { file: 'actions/receiver/planted.ts', specifier: '../../src/deploy/environment.ts' },
  { file: 'actions/receiver/planted.ts', specifier: '../../src/chain-files/read-chains.ts' },
  { file: 'cli/commands/planted.ts', specifier: '../../actions/chains/main.ts' },
  { file: 'cli/commands/planted.ts', specifier: '../../local/host/start-host.ts' },
  { file: 'build/planted.ts', specifier: '../actions/chains/main.ts' },
  { file: 'build/planted.ts', specifier: '../cli/terminal.ts' },
  { file: 'local/start/planted.ts', specifier: '../../actions/chains/main.ts' },
  { file: 'local/start/planted.ts', specifier: '../../bench/servers.ts' },
  { file: 'local/host/planted.ts', specifier: '../../sim/start-tenant.ts' },
  { file: 'local/host/planted.ts', specifier: '../../build/build-actions.ts' },
  { file: 'sim/planted.ts', specifier: '../src/core/units.ts' },
  { file: 'sim/routes/planted.ts', specifier: '../../local/host/start-host.ts' },
  { file: 'dashboard/planted.ts', specifier: 'node:fs' },
  { file: 'dashboard/views/runs/planted.ts', specifier: '../../../src/clients/couchdb/http-couchdb.ts' },
  { file: 'cli/commands/planted.ts', specifier: '../../dashboard/model/ledger-model.ts' },
  { file: 'bench/planted.ts', specifier: '../actions/reload/start-reload.ts' },
  { file: 'test/e2e/planted.ts', specifier: '../../actions/reload/start-reload.ts' },
];

const allowed: readonly Planted[] = [
  { file: 'src/core/chains/planted.ts', specifier: '../names.ts' },
  { file: 'src/contracts/planted.ts', specifier: '../core/units.ts' },
  { file: 'src/clients/qlik/planted.ts', specifier: 'node-fetch' },
  { file: 'src/platform/planted.ts', specifier: '../clients/qlik/qlik-tenant.ts' },
  { file: 'src/platform/planted.ts', specifier: '../ledger/new-event.ts' },
  { file: 'src/ledger/planted.ts', specifier: '../clients/couchdb/couchdb-port.ts' },
  { file: 'actions/receiver/planted.ts', specifier: '../../src/ledger/documents/event.ts' },
  { file: 'actions/receiver/planted.ts', specifier: '../../src/platform/log.ts' },
  { file: 'actions/receiver/planted.ts', specifier: './authenticate.ts' },
  { file: 'local/start/planted.ts', specifier: '../../sim/start-tenant.ts' },
  { file: 'dashboard/model/planted.ts', specifier: '../../src/core/runs/group-runs.ts' },
  { file: 'dashboard/model/planted.ts', specifier: '../../src/ledger/ledger-document.ts' },
  { file: 'test/actions/receiver/planted.test.ts', specifier: '../../../actions/receiver/receive.ts' },
  { file: 'test/simulation/world/planted.ts', specifier: '../../../actions/receiver/receive.ts' },
];

const FORMS: readonly ((specifier: string) => string)[] = [
  (specifier) => `import * as planted from '${specifier}';\n\nexport default planted;\n`,
  (specifier) => `import type { Planted } from '${specifier}';\n\nexport type Ours = Planted;\n`,
  (specifier) => `export const planted = () => import('${specifier}');\n`,
];

/** `src/core/planted.ts` → one file for each form and number, so that one run of the linter sees them all. */
const fileOf = ({ file }: Planted, number: number, form: number): string =>
  file.replace('planted', `planted-${number}-${form}`);

async function lint(directory: string): Promise<string> {
  const args = ['lint', '--vcs-enabled=false', '--colors=off', '--max-diagnostics=none', '.'];
  return run(biome, args, { cwd: directory, maxBuffer: 64 * 1024 * 1024 }).then(
    ({ stdout }) => stdout,
    (error: { stdout?: string; stderr?: string }) => `${error.stdout}${error.stderr}`,
  );
}

describe('the direction of imports', () => {
  const all = [...forbidden, ...allowed];
  let directory = '';
  let output = '';
  const isRefused = (planted: Planted, form: number): boolean =>
    new RegExp(`^${fileOf(planted, all.indexOf(planted), form)}:1:\\d+ lint/style/noRestrictedImports`, 'm').test(
      output,
    );

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'cascade-lint-'));
    await copyFile(join(repository, 'biome.json'), join(directory, 'biome.json'));
    for (const [number, planted] of all.entries()) {
      for (const [form, text] of FORMS.entries()) {
        const path = join(directory, fileOf(planted, number, form));
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, text(planted.specifier));
      }
    }
    output = await lint(directory);
  });
  after(() => rm(directory, { recursive: true, force: true }));

  for (const planted of forbidden) {
    it(`refuses ${planted.specifier} in ${planted.file}, however it is imported`, () => {
      expect(FORMS.map((_, form) => isRefused(planted, form))).to.deep.equal([true, true, true]);
    });
  }
  for (const planted of allowed) {
    it(`allows ${planted.specifier} in ${planted.file}`, () => {
      expect(FORMS.map((_, form) => isRefused(planted, form))).to.deep.equal([false, false, false]);
    });
  }
});
