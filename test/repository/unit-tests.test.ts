import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const textOf = (file: string): string => readFileSync(join(repository, file), 'utf8');

/** The files that start a host, a tenant, or `npm start`. */
const STARTERS = ['local/host/start-host.ts', 'sim/start-tenant.ts', 'test/support/start-process.ts'];

const { scripts } = JSON.parse(textOf('package.json')) as { readonly scripts: Readonly<Record<string, string>> };

/** The folders of test/ that are in braces in an npm script. */
const foldersOf = (script: string): readonly string[] =>
  /test\/\{([^}]+)\}/.exec(scripts[script] ?? '')?.[1]?.split(',') ?? [];

/** The folders of test/ that `npm run check` runs. */
const unitFolders = (): readonly string[] => foldersOf('check');

const testsIn = (folder: string): readonly string[] =>
  readdirSync(join(repository, 'test', folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join('test', folder, name));

const importsOf = (file: string): readonly string[] =>
  [...textOf(file).matchAll(/^(?:import|export) (?!type)[^;]*?'(\.[^']+\.ts)'/gm)].map(([, path = '']) =>
    join(dirname(file), path),
  );

/** The files that a file loads, including itself. */
function loadedBy(file: string): ReadonlySet<string> {
  const loaded = new Set([file]);
  for (const each of loaded)
    for (const other of importsOf(each)) if (existsSync(join(repository, other))) loaded.add(other);
  return loaded;
}

describe('npm test', () => {
  it('runs every test file once: those of the folders that take longest, then those of all others', () => {
    const [first = '', rest = ''] = [...(scripts['test'] ?? '').matchAll(/'([^']+)'/g)].map(
      ([, pattern = '']) => pattern,
    );
    const longest = foldersOf('test');
    expect(longest).not.to.have.lengthOf(0);
    expect(first).to.equal(`test/{${longest.join(',')}}/**/*.test.ts`);
    expect(rest).to.equal(`test/!(${longest.join('|')})/**/*.test.ts`);
  });
});

describe('npm run check', () => {
  it('runs the tests of every folder whose tests start no host and no tenant', () => {
    const folders = readdirSync(join(repository, 'test'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && testsIn(entry.name).length > 0)
      .map(({ name }) => name);
    const starting = folders.filter((folder) =>
      testsIn(folder).some((file) => STARTERS.some((starter) => loadedBy(file).has(starter))),
    );
    expect(starting).to.include.members(['clients', 'contract', 'deploy', 'e2e', 'local', 'sim']);
    expect(unitFolders().filter((folder) => starting.includes(folder))).to.deep.equal([]);
  });

  it('runs none that starts a process which is a server: only linter, shell and bundles are started', () => {
    const started = unitFolders()
      .flatMap(testsIn)
      .filter((file) => [...loadedBy(file)].some((each) => /^import .* from 'node:child_process'/m.test(textOf(each))));
    expect(started).to.have.members([
      'test/actions/chains/bundle.test.ts', // the bundle's one answer
      'test/chain-files/read-chains.test.ts', // mkfifo
      'test/docs/metrics.test.ts', // Prometheus’s parsers
      'test/docs/commands.test.ts', // the help texts that the document repeats
      'test/repository/import-direction.test.ts', // the linter
    ]);
  });
});
