import { spawn } from 'node:child_process';
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { bundledProgram } from '../support/bundled-program.ts';
import { requireTool } from '../support/require-tool.ts';
import { makeManifestFolder, SETTINGS } from './support/manifest-folder.ts';
import { type RecordingHost, startRecordingHost } from './support/recording-host.ts';

const PROGRAM = await bundledProgram('src/deploy/main.ts');
const AUTH = 'made-up-user:made-up-password';

describe('the program behind build.sh deploy', () => {
  let host: RecordingHost;
  let folder = '';
  let remove: () => Promise<void>;

  beforeEach(async () => {
    host = await startRecordingHost({ tls: true });
    ({ folder, remove } = await makeManifestFolder());
    await mkdir(join(folder, '.tools'));
    const settings = { OPENWHISK_APIHOST: host.url, OPENWHISK_AUTH: AUTH, ...SETTINGS };
    const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
    await writeFile(join(folder, '.env'), lines.join(''));
  });
  afterEach(async () => {
    await host.close();
    await remove();
  });

  const start = (args: readonly string[]) => {
    const child = spawn(process.execPath, [PROGRAM, ...args], { cwd: folder, env: {} });
    const ended = new Promise<number | null>((resolve) => {
      child.once('exit', resolve);
    });
    return { child, ended, output: Promise.all([text(child.stdout), text(child.stderr)]) };
  };
  const run = async (...args: readonly string[]) => {
    const { ended, output } = start(args);
    const [stdout, stderr] = await output;
    return { code: await ended, stdout, stderr };
  };

  describe('with real wskdeploy and a host whose certificate cannot be trusted', () => {
    beforeEach(async function () {
      await symlink(requireTool(this, 'wskdeploy'), join(folder, '.tools/wskdeploy'));
    });

    it('deploys nothing, in one clear line', async () => {
      const { code, stdout, stderr } = await run();
      expect({ code, stdout }).to.deep.equal({ code: 1, stdout: '' });
      expect(stderr).to.match(/^The certificate of \S+ cannot be trusted: .*\n$/);
      expect(host.requests).to.deep.equal([]);
    });

    it('deploys with --insecure, and prints no secret', async () => {
      const { code, stdout, stderr } = await run('--insecure');
      expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
      expect(stdout).to.contain('Deployment completed successfully');
      expect(stdout).not.to.contain('made-up');
      const puts = host.requests.filter(({ call }) => call.startsWith('PUT '));
      // The package, ten actions and three sequences.
      expect(puts).to.have.lengthOf(14);
      const key = `Basic ${Buffer.from(AUTH).toString('base64')}`;
      expect(new Set(puts.map(({ authorization }) => authorization))).to.deep.equal(new Set([key]));
    });
  });

  it('is not steered by what wskdeploy and the host say', async () => {
    const fake = join(folder, '.tools/wskdeploy');
    const said = JSON.stringify('\u001B[2J\u009B1m\u202Esaid\rFORGED\u2028FORGED');
    await writeFile(fake, `#!${process.execPath}\nconsole.log(${said});\nconsole.error(${said});\nprocess.exit(3);\n`);
    await chmod(fake, 0o700);
    const { code, stdout, stderr } = await run('--insecure');
    expect({ code, stderr }).to.deep.equal({
      code: 1,
      stderr: 'Not deployed: wskdeploy ended with exit code 3.\n',
    });
    expect(stdout).to.contain('\\u001b[2J\\u009b1m\\u202esaid');
    expect(stdout.replaceAll('\n', '')).to.not.match(/[\p{Cc}\p{Cf}\p{Zl}]/u);
  });

  it('ends with 2 for a tenant that moved and is none of the settings, in one line, and deploys nothing', async () => {
    await writeFile(join(folder, '.tools/wskdeploy'), 'exit 0', { mode: 0o700 });
    const { code, stdout, stderr } = await run('deploy', '--tenant-moved', 'default', '--tenant-moved', 'nope');
    expect({ code, stdout }).to.deep.equal({ code: 2, stdout: '' });
    expect(stderr).to.equal('--tenant-moved names "nope", and the settings have the tenants: default.\n');
    expect(host.requests).to.deep.equal([]);
  });

  it('is not steered by a name that it repeats in a message', async () => {
    await writeFile(join(folder, '.tools/wskdeploy'), 'exit 0', { mode: 0o700 });
    const { stderr } = await run('deploy', '--tenant-moved', '\u001B[2J\u202Enope\rFORGED');
    expect(stderr).to.contain('--tenant-moved names "\\u001b[2J\\u202enope ⏎ FORGED"');
    expect(stderr.replace(/\n$/, '')).to.not.match(/[\p{Cc}\p{Cf}]/u);
  });

  it('ends with 1, soon, when it is told to stop while wskdeploy runs', async () => {
    const fake = join(folder, '.tools/wskdeploy');
    await writeFile(fake, `#!${process.execPath}\nconsole.log('running');\nsetInterval(() => {}, 1000);\n`);
    await chmod(fake, 0o700);
    const { child, ended } = start(['--insecure']);
    child.stdout.once('data', () => child.kill('SIGTERM'));
    expect(await ended).to.equal(1);
  });
});
