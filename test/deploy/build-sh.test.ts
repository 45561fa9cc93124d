import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { REPOSITORY } from './support/manifest-folder.ts';

const buildSh = (args: readonly string[], env: Readonly<Record<string, string | undefined>> = process.env) => {
  const { status, stdout, stderr } = spawnSync(join(REPOSITORY, 'build.sh'), args, {
    env: { ...env },
    encoding: 'utf8',
    cwd: tmpdir(),
  });
  return { status, stdout, stderr };
};

/**
 * The commands that a copy of build.sh runs with Node. A script takes the place of Node. It notes its arguments, and
 * fails if they contain `failing`.
 */
function runsOf(command: string, failing = 'nothing') {
  const root = mkdtempSync(join(tmpdir(), 'cascade-build-sh-'));
  try {
    copyFileSync(join(REPOSITORY, 'build.sh'), join(root, 'build.sh'));
    writeFileSync(join(root, '.env'), '');
    for (const name of ['node_modules', 'bin']) mkdirSync(join(root, name));
    const node = `#!/bin/sh\necho "$*" >> '${root}/runs'\ncase "$*" in *${failing}*) exit 1 ;; esac\n`;
    writeFileSync(join(root, 'bin', 'node'), node, { mode: 0o755 });
    const env = { ...process.env, PATH: `${join(root, 'bin')}:${process.env['PATH']}` };
    const { status } = spawnSync('bash', [join(root, 'build.sh'), command], { env, encoding: 'utf8' });
    return { status, runs: readFileSync(join(root, 'runs'), 'utf8').trimEnd().split('\n') };
  } finally {
    rmSync(root, { recursive: true });
  }
}

describe('build.sh', () => {
  it('tells its commands', () => {
    const { status, stdout } = buildSh(['--help']);
    expect(status).to.equal(0);
    expect(stdout)
      .to.contain('tools')
      .and.contain('  deploy [--insecure] [--tenant-moved NAME]')
      .and.contain('undeploy [--insecure]');
  });

  for (const args of [
    ['-h'],
    ['tools', '--help'],
    ['deploy', '--help'],
    ['deploy', '--insecure', '-h'],
    ['undeploy', '--help'],
    ['--help', 'deploy'],
  ]) {
    it(`does nothing but tell its commands for "${args.join(' ')}"`, () => {
      expect(buildSh(args)).to.deep.equal(buildSh(['--help']));
    });
  }

  const misuses = [
    ['nope'],
    ['tools', 'x'],
    ['deploy', '--force'],
    ['deploy', '--insecure', 'x'],
    ['deploy', '--tenant-moved'],
    ['deploy', '--tenant-moved', '--insecure'],
    ['undeploy', '--tenant-moved', 'default'],
    ['undeploy', '--force'],
    ['undeploy', '--insecure', 'x'],
    ['nope', '--help'],
  ];
  for (const args of misuses) {
    it(`takes "${args.join(' ')}" for misuse, in one line`, () => {
      const { status, stdout, stderr } = buildSh(args);
      expect({ status, stdout }).to.deep.equal({ status: 2, stdout: '' });
      expect(stderr.trimEnd().split('\n')).to.have.lengthOf(1);
    });
  }

  it('is not steered by an argument', () => {
    for (const args of [['\u001B[2J\u202E\nFORGED'], ['deploy', '--\u001B[2J\u202E\nFORGED']]) {
      const { status, stderr } = buildSh(args);
      expect(status).to.equal(2);
      expect(stderr).to.match(/^[\x20-\x7E]*\\E\[2J[\x20-\x7E]*FORGED[\x20-\x7E]*\n$/);
    }
  });

  it('checks the chains for a deployment before it builds and deploys, and stops if they are refused', () => {
    const CHECK = 'cli/cascade.js check --deploy';
    const BUILD = 'cli/cascade.js build';
    const main = (what: string) => `--import tsx src/deploy/main.ts ${what}`;
    expect(runsOf('deploy')).to.deep.equal({ status: 0, runs: [CHECK, BUILD, main('deploy')] });
    expect(runsOf('deploy', 'check')).to.deep.equal({ status: 1, runs: [CHECK] });
    expect(runsOf('undeploy')).to.deep.equal({ status: 0, runs: [BUILD, main('undeploy')] });
  });

  it('says in one line what is missing without Go, and what still works', () => {
    const path = mkdtempSync(join(tmpdir(), 'cascade-no-go-'));
    const where = (tool: string) => spawnSync('bash', ['-c', `command -v ${tool}`], { encoding: 'utf8' }).stdout.trim();
    for (const tool of ['bash', 'env', 'dirname']) symlinkSync(where(tool), join(path, tool));
    const { status, stdout, stderr } = buildSh(['tools'], { PATH: path });
    rmSync(path, { recursive: true });
    expect({ status, stdout }).to.deep.equal({ status: 1, stdout: '' });
    expect(stderr).to.match(/^Go is missing, .*npm start needs neither\.\n$/);
  });
});
