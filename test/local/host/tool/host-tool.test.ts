import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { bundledProgram } from '../../../support/bundled-program.ts';
import { until } from '../../../support/until.ts';
import { send } from '../support/send.ts';
import { basic } from '../support/use-host.ts';

const MAIN = await bundledProgram('local/host/main.js');
const PUBLIC_AUTH =
  '23bc46b1-71f6-4ed5-8c54-816aa4f8c502:123zO3xZCLrMN6v2BKK1dXYFpXlPkccOFqm12CdAsMgRU4VrNZ9lyGVCGuMDGIwP';

interface Running {
  readonly child: ChildProcess;
  out: string;
  err: string;
}

describe('npm run host', () => {
  const started: ChildProcess[] = [];
  const folder = mkdtempSync(path.join(os.tmpdir(), 'cascade-test-'));
  after(() => {
    for (const child of started) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  const start = (...args: string[]): Running => {
    const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    started.push(child);
    const running = { child, out: '', err: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      running.out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      running.err += text;
    });
    return running;
  };
  const run = async (...args: string[]) => {
    const running = start(...args);
    const [code] = await once(running.child, 'close');
    return { code, out: running.out, err: running.err };
  };
  /** Starts a host, and returns what its ready line says. */
  const startReady = async (...args: string[]) => {
    const running = start('--port', '0', '--json', ...args);
    await until('a line of output', () => running.out.includes('\n'));
    const { event, openwhisk } = JSON.parse(running.out.split('\n')[0] ?? '');
    expect(event).to.equal('ready');
    const headers = { authorization: basic(openwhisk.auth), 'content-type': 'application/json' };
    const rest = (method: string, where: string, body: object = {}) =>
      send(`${openwhisk.apihost}/api/v1/namespaces/_/${where}`, { method, headers, body: JSON.stringify(body) });
    return { running, openwhisk, rest };
  };
  const stop = async ({ child }: Running, signal: NodeJS.Signals = 'SIGINT') => {
    child.kill(signal);
    const [code] = await once(child, 'close');
    return code;
  };

  it('prints a ready line, serves with the public key and OpenWhisk’s limits, and ends with 0 on Ctrl-C', async () => {
    const { running, openwhisk } = await startReady();
    expect(openwhisk).to.include({ auth: PUBLIC_AUTH, namespace: 'guest' });
    expect(openwhisk.apihost).to.match(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(JSON.parse((await send(openwhisk.apihost)).text).limits).to.include({
      actions_per_minute: 60,
      concurrent_actions: 30,
    });
    expect(await stop(running)).to.equal(0);
    // Without a terminal, people would not know what ended the host.
    expect(running.err).to.equal('Ended by SIGINT.\n');
  });

  it('says for people where it is and how clients reach it', async () => {
    const running = start('--port', '0');
    await until('the lines that name wskdeploy', () => running.out.includes('wskdeploy'));
    expect(running.out).to.match(/wsk property set --apihost http:\/\/127\.0\.0\.1:\d+ --auth 23bc46b1/);
    expect(await stop(running, 'SIGTERM')).to.equal(0);
    expect(running.err).to.equal('Ended by SIGTERM.\n');
  });

  it('tells each activation with its duration, status and logs, and no control characters', async () => {
    const running = start('--port', '0', '--log');
    await until('the lines that name wskdeploy', () => running.out.includes('wskdeploy'));
    const [, url = ''] = /--apihost (\S+)/.exec(running.out) ?? [];
    const headers = { authorization: basic(PUBLIC_AUTH), 'content-type': 'application/json' };
    const rest = (method: string, where: string, body: object) =>
      send(`${url}/api/v1/namespaces/_/${where}`, { method, headers, body: JSON.stringify(body) });
    const code = 'function main() { console.log("said\\u001b[2J"); return { error: "no" } }';
    await rest('PUT', 'actions/a', { exec: { kind: 'nodejs:20', code } });
    await rest('PUT', 'triggers/t', {});
    await rest('PUT', 'rules/r', { trigger: '/_/t', action: '/_/a' });
    await rest('POST', 'triggers/t', {});
    await until('the line of the failure', () => running.out.includes('{"error":"no"}'));
    expect(running.out).to.match(
      / {2}guest\/a {2}\d+ ms cold {2}application error\n {4}\S+ said\\u001b\[2J\n {4}\{"error":"no"\}\n/,
    );
    expect(running.out).to.match(/ {2}trigger t {2}fired {2}success\n {4}\{"statusCode":0/);
    await stop(running);
  });

  it('tells activations as JSON lines', async () => {
    const { running, rest } = await startReady('--log');
    await rest('PUT', 'actions/a', { exec: { kind: 'nodejs:20', code: 'function main() { return { x: 1 } }' } });
    await rest('POST', 'actions/a?blocking=true');
    await until('a second line of output', () => running.out.split('\n').length > 2);
    const line = JSON.parse(running.out.split('\n')[1] ?? '');
    expect(line).to.include({ event: 'activation', name: 'a' });
    expect(line.response.result).to.deep.equal({ x: 1 });
    await stop(running);
  });

  it('tells in JSON what would steer a terminal as escapes, which read as the same value', async () => {
    const { running, rest } = await startReady('--log');
    const code = 'function main() { return { x: "\\u202E\\u009B2Jsaid" } }';
    await rest('PUT', 'actions/a', { exec: { kind: 'nodejs:20', code } });
    await rest('POST', 'actions/a?blocking=true');
    await until('a second line of output', () => running.out.split('\n').length > 2);
    const line = running.out.split('\n')[1] ?? '';
    expect(line)
      .to.contain('\\u202e\\u009b2Jsaid')
      .and.not.match(/[\p{Cc}\p{Cf}]/u);
    expect(JSON.parse(line).response.result).to.deep.equal({ x: '\u202E\u009B2Jsaid' });
    await stop(running);
  });

  it('takes limits from a file, and none', async () => {
    const file = path.join(folder, 'limits.json');
    writeFileSync(file, '{"invocationsPerMinute":7}');
    const limitsOf = async (limits: string): Promise<unknown> => {
      const { running, rest } = await startReady('--limits', limits);
      const { text } = await rest('GET', 'limits');
      await stop(running);
      return JSON.parse(text);
    };
    expect(await limitsOf(file)).to.include({ invocationsPerMinute: 7, concurrentInvocations: 30, firesPerMinute: 60 });
    expect(await limitsOf('none')).to.include({ invocationsPerMinute: 1_000_000 });
  });

  it('ends with 1 and one line when its port is in use', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const { code, out, err } = await run('--port', `${port}`);
    server.close();
    expect([code, out]).to.deep.equal([1, '']);
    expect(err).to.match(/^Port \d+ is in use[^\n]*\n$/);
  });

  it('ends with 2 and a hint when it is asked for what it does not know', async () => {
    const { code, out, err } = await run('--fast');
    expect([code, out]).to.deep.equal([2, '']);
    expect(err).to.contain("unknown option '--fast'").and.to.contain('--help');
  });

  it('explains itself', async () => {
    const { code, out } = await run('--help');
    expect(code).to.equal(0);
    expect(out).to.contain('docs/local-host.md').and.to.contain('--limits');
  });
});
