import { execFile, spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { runCli } from '../../cli/run-cli.ts';
import { withDirectory } from '../chain-files/chain-directory.ts';

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

const node = (...args: string[]): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(process.execPath, args, (failure, out, error) => {
      resolve({ code: failure === null ? 0 : Number(failure.code), out, error });
    });
  });

/** Runs the command as people do: by Node, without a build, and without a terminal. */
const cascade = (...args: string[]): Promise<Ended> => node('cli/cascade.js', ...args);

/** Runs the command within this process: the same but for the start. */
async function called(...args: string[]): Promise<Ended> {
  let out = '';
  let error = '';
  const write = (text: string): void => {
    out += text;
  };
  const writeError = (text: string): void => {
    error += text;
  };
  const code = await runCli(args, { write, writeError, colored: false });
  return { code, out, error };
}

const BAD = 'chain: a\napps: { x: { id: b4a3cf85-0000-4000-8000-00000000000a } }\nreloads:\n  - { app: x, after: z }\n';
const WARNED =
  'chain: a\napps: { x: { id: b4a3cf85-0000-4000-8000-00000000000a }, y: { id: b4a3cf85-0000-4000-8000-00000000000b }, z: { id: b4a3cf85-0000-4000-8000-00000000000c } }\nreloads: [{ app: y, after: x }]\n';

describe('the cascade command', () => {
  it('checks the chains of the directory chains/ where none is said', async () => {
    expect(await cascade('check')).to.deep.equal({
      code: 0,
      out: '3 chains, 10 links, 12 apps: no problems\n',
      error: '',
    });
  });

  it('shows a problem with its lines, and ends with 1', async () => {
    await withDirectory({ 'a.yaml': BAD }, async (directory) => {
      expect(await cascade('check', directory)).to.deep.equal({
        code: 1,
        out: [
          `${directory}/a.yaml:4:22  error  UNKNOWN_APP  No app "z" in chain "a". Did you mean "x"? Write a short name of this file, chain/name, or an app id.`,
          '  3 | reloads:',
          '  4 |   - { app: x, after: z }',
          '    |                      ^',
          '',
          '1 chain: 1 error',
          '',
        ].join('\n'),
        error: '',
      });
    });
  });

  it('warns, and ends with 0', async () => {
    await withDirectory({ 'a.yaml': WARNED }, async (directory) => {
      const { code, out } = await called('check', directory);
      expect(code).to.equal(0);
      expect(out).to.contain('a.yaml:2:107  warning  APP_UNUSED  App "a/z" is in no link');
      expect(out).to.match(/\n1 chain, 1 link, 2 apps: 1 warning\n$/);
    });
  });

  it('prints one JSON document with --json', async () => {
    await withDirectory({ 'a.yaml': BAD }, async (directory) => {
      const { code, out } = await called('check', directory, '--json');
      expect(code).to.equal(1);
      expect(JSON.parse(out)).to.deep.equal({
        ok: false,
        files: 1,
        problems: [
          {
            severity: 'error',
            code: 'UNKNOWN_APP',
            message:
              'No app "z" in chain "a". Did you mean "x"? Write a short name of this file, chain/name, or an app id.',
            file: join(directory, 'a.yaml'),
            line: 4,
            column: 22,
            length: 1,
            also: [],
          },
        ],
      });
    });
  });

  it('ends with 2 and says why if it cannot write the bundles', async () => {
    await withDirectory({ 'a.yaml': WARNED }, async (directory) => {
      const out = join(directory, 'a.yaml', 'dist');
      const { code, error } = await called('build', directory, '--out', out);
      expect(code).to.equal(2);
      expect(error).to.contain(`Cannot write the bundles into "${out}": ENOTDIR. Name another directory with --out.\n`);
    });
  });

  it('does not build chains that have errors', async () => {
    await withDirectory({ 'a.yaml': BAD }, async (directory) => {
      const { code, out } = await called('build', directory, '--out', join(directory, 'dist'), '--json');
      expect(code).to.equal(1);
      expect(JSON.parse(out)).to.include({ ok: false }).and.have.property('bundles').that.deep.equals([]);
    });
  });

  for (const { args, error } of [
    { args: ['chek'], error: 'error: unknown command \'chek\' (Did you mean check?)\nTry "cascade --help".\n' },
    {
      args: ['check', '--jsn'],
      error: 'error: unknown option \'--jsn\' (Did you mean --json?)\nTry "cascade help check".\n',
    },
    {
      args: ['check', 'no-such-directory'],
      error:
        'error: Cannot read chains from "no-such-directory": it does not exist. Give the directory that holds the chain files.\n',
    },
  ]) {
    it(`ends with 2 and one line for: cascade ${args.join(' ')}`, async () => {
      expect(await called(...args)).to.deep.equal({ code: 2, out: '', error });
    });
  }

  it('points to the help of the command that was called wrongly', async () => {
    expect((await called('why', 'Sales', 'report')).error).to.match(
      /^error: too many arguments.*\nTry "cascade help why"\.\n$/,
    );
  });

  it('tells a misuse as JSON with --json', async () => {
    const { code, out } = await called('check', 'no-such-directory', '--json');
    expect(code).to.equal(2);
    expect(JSON.parse(out)).to.have.nested.property('error.code', 'NO_CHAINS');
  });

  it('says in one line that the packages are missing, before npm ci', async () => {
    const bare = mkdtempSync(join(tmpdir(), 'cascade-bare-'));
    try {
      writeFileSync(join(bare, 'package.json'), '{ "type": "module" }');
      copyFileSync('cli/cascade.js', join(bare, 'cascade.js'));
      expect(await node(join(bare, 'cascade.js'), 'check')).to.deep.equal({
        code: 1,
        out: '',
        error: 'The packages are missing: run npm ci first.\n',
      });
    } finally {
      rmSync(bare, { recursive: true });
    }
  });

  it('ends quietly where nobody reads on', async () => {
    const child = spawn(process.execPath, ['cli/cascade.js', 'help']);
    child.stdout.destroy();
    let error = '';
    child.stderr.on('data', (chunk) => {
      error += chunk;
    });
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect([code, error]).to.deep.equal([0, '']);
  });

  it('tells its version', async () => {
    expect(await called('--version')).to.deep.equal({ code: 0, out: '0.1.0\n', error: '' });
  });

  for (const command of ['check', 'build']) {
    it(`helps with examples: cascade ${command} --help`, async () => {
      const { code, out } = await called(command, '--help');
      expect(code).to.equal(0);
      expect(out).to.contain(`Examples:\n  $ cascade ${command}`);
    });
  }
});
