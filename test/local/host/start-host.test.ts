import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { type ActivationRecord, type LocalHost, RAISED_LIMITS, startHost } from '../../../local/host/start-host.ts';
import { until } from '../../support/until.ts';
import { send } from './support/send.ts';
import { basic, RAW_WEB, useHost } from './support/use-host.ts';

const STARTER = fileURLToPath(new URL('./support/start-and-run.ts', import.meta.url));

/** The ids of the containers' processes of hosts whose files are in `folder`. */
function containersIn(folder: string): readonly string[] {
  const lines = execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' }).split('\n');
  return lines.filter((line) => line.includes(`${folder}/`)).map((line) => line.trim().split(' ')[0] ?? '');
}

/** Makes a folder for temporary files that only this test uses. */
function newFolder(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'cascade-test-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const hostFiles = (folder: string): readonly string[] =>
  readdirSync(folder).filter((name) => name.startsWith('cascade-host-'));

/** Starts a host whose temporary files are in `folder`; on a free port if none is given. */
async function startIn(folder: string, port = 0): Promise<LocalHost> {
  const usual = process.env['TMPDIR'];
  process.env['TMPDIR'] = folder;
  try {
    return await startHost({ port, limits: RAISED_LIMITS });
  } finally {
    if (usual === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = usual;
  }
}

describe('startHost', () => {
  const host = useHost();
  const folder = newFolder();

  it('says in one line that its port is in use', async () => {
    const port = Number(new URL(host.url).port);
    const error: unknown = await startHost({ port }).catch((caught: unknown) => caught);
    expect(error).to.include({ name: 'CascadeError', code: 'PORT_IN_USE' });
    expect((error as Error).message)
      .to.contain(`${port}`)
      .and.not.to.contain('\n');
  });

  it('leaves no files behind if it does not start', async () => {
    const taken = Number(new URL(host.url).port);
    const isStarted = await startIn(folder, taken).then(
      () => true,
      () => false,
    );
    expect([isStarted, hostFiles(folder)]).to.deep.equal([false, []]);
  });

  it('has a new key at each start, a namespace guest, and both as they are told', async () => {
    const hosts = [await startHost({ port: 0 }), await startHost({ port: 0, auth: 'id:key', namespace: 'mine' })];
    const [usual, told] = hosts;
    await Promise.all(hosts.map((each) => each.close()));
    expect(usual?.namespace).to.equal('guest');
    expect(usual?.auth)
      .to.match(/^[0-9a-f-]{36}:\S{32,}$/)
      .and.not.to.equal(host.auth);
    expect(told).to.include({ namespace: 'mine', auth: 'id:key' });
  });

  it('listens on 127.0.0.1', () => {
    expect(host.url).to.match(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  for (const name of ['evil.example', 'evil.example:3233', '127.0.0.1.evil.example', '10.0.0.1']) {
    it(`refuses the name ${JSON.stringify(name)}`, async () => {
      expect((await send(`${host.url}/`, { headers: { host: name } })).status).to.equal(403);
    });
  }
  for (const name of ['127.0.0.1', 'localhost:9', '[::1]:3233', 'LOCALHOST']) {
    it(`answers to the name ${name}`, async () => {
      expect((await send(`${host.url}/`, { headers: { host: name } })).status).to.equal(200);
    });
  }

  it('refuses web pages at the REST API, with the right key too, and takes them at web actions', async () => {
    const headers = { origin: 'http://127.0.0.1', authorization: basic(host.auth) };
    expect((await host.rest('GET', 'actions', undefined, headers)).status).to.equal(403);
    await host.action('web', 'function main() { return { body: 1 } }', RAW_WEB);
    expect((await host.web('t/web', { headers })).status).to.equal(200);
  });

  it('tells each stored record', async () => {
    const records: ActivationRecord[] = [];
    const own = await startHost({ port: 0, onActivation: (record) => records.push(record) });
    await putAndInvoke(own, 'function main() { console.log("line"); return { x: 1 } }', true);
    await until('a record', () => records.length === 1);
    await own.close();
    expect(records[0]).to.deep.include({ name: 'a', namespace: 'guest' });
    expect(records[0]?.response.result).to.deep.equal({ x: 1 });
    expect(records[0]?.logs[0]).to.contain('line');
  });

  it('ends its containers and removes its files when it is closed at once', async () => {
    await (await startIn(folder)).close();
    expect(hostFiles(folder)).to.deep.equal([]);
    expect(containersIn(folder)).to.deep.equal([]);
  });

  it('ends running activations when it is closed', async () => {
    const own = await startIn(folder);
    await putAndInvoke(own, 'function main() { for (;;); }', false);
    expect(containersIn(folder)).not.to.have.lengthOf(0);
    await own.close();
    expect(containersIn(folder)).to.deep.equal([]);
    expect(hostFiles(folder)).to.deep.equal([]);
  });

  describe('as a process of its own', () => {
    let child: ChildProcess;
    const start = async (mode: string): Promise<void> => {
      const env = { ...process.env, TMPDIR: folder };
      child = spawn(process.execPath, ['--import', 'tsx', STARTER, mode], {
        env,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let said = '';
      child.stdout?.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
      await until('a line of the process', () => said.includes('\n') || child.exitCode !== null);
    };

    it('ends by itself once it is closed, although an activation was running', async () => {
      await start('close');
      if (child.exitCode === null) await once(child, 'exit');
      expect(child.exitCode).to.equal(0);
    });

    it('leaves nothing behind when it is killed, neither an endless loop, nor files, nor what an action has started', async () => {
      await start('stay');
      expect(containersIn(folder)).not.to.have.lengthOf(0);
      child.kill('SIGKILL');
      await until(
        'the end of all containers and files',
        () => containersIn(folder).length === 0 && hostFiles(folder).length === 0,
      );
    });
  });
});

async function putAndInvoke(own: LocalHost, code: string, isBlocking: boolean): Promise<void> {
  const headers = { authorization: basic(own.auth), 'content-type': 'application/json' };
  const url = `${own.url}/api/v1/namespaces/_/actions/a`;
  await send(url, { method: 'PUT', headers, body: JSON.stringify({ exec: { kind: 'nodejs:20', code } }) });
  await send(`${url}?blocking=${isBlocking}`, { method: 'POST', headers, body: '{}' });
}
