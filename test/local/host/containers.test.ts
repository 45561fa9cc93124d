import { execFileSync } from 'node:child_process';
import { expect } from 'chai';
import { until } from './support/until.ts';
import { useGate } from './support/use-gate.ts';
import { useHost } from './support/use-host.ts';

/** A zip with `index.js` (`exports.main`, `exports.other`) deflated and `lib/deep.js` stored, made with Python's zipfile. */
const ZIP =
  'UEsDBBQAAAAIAAAAIQBOOU7lWwAAAHEAAAAIAAAAaW5kZXguanNNzEEKgCAURdF5q3gzFULnRu2l6EdGpX0NomjvkTRoerhcOoLnFPXSuhU1pE' +
  'LdQF4Y2C8W4nRBlOiJggXTtjsmKbSZXWde1FMUCreqCvo+Po3E/1EGi8Q75fABUEsDBBQAAAAAAAAAIQCRCcN9GwAAABsAAAALAAAAbGliL2Rl' +
  'ZXAuanNtb2R1bGUuZXhwb3J0cyA9ICdzdG9yZWQnOwpQSwECFAMUAAAACAAAACEATjlO5VsAAABxAAAACAAAAAAAAAAAAAAAgAEAAAAAaW5kZX' +
  'guanNQSwECFAMUAAAAAAAAACEAkQnDfRsAAAAbAAAACwAAAAAAAAAAAAAAgAGBAAAAbGliL2RlZXAuanNQSwUGAAAAAAIAAgBvAAAAxQAAAAAA';

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('containers', () => {
  // The wall clock of the host, which a test can move on.
  let lateMs = 0;
  const host = useHost({}, { now: () => Date.now() + lateMs });
  const gate = useGate();
  const COUNTER = 'let calls = 0; function main() { return { calls: ++calls, pid: process.pid } }';
  const result = async (name: string, payload: object = {}) => {
    const { json } = await host.invoke(name, payload);
    // A container is free again when the record with its logs is stored.
    await host.record(json.activationId);
    return json.response.result;
  };

  it('uses a warm container again', async () => {
    await host.action('counter', COUNTER);
    const [first, second] = [await result('counter'), await result('counter')];
    expect([first['calls'], second['calls']]).to.deep.equal([1, 2]);
    expect(second['pid']).to.equal(first['pid']);
  });

  it('never runs a new version in an old container', async () => {
    await host.action('renewed', COUNTER);
    const { pid } = await result('renewed');
    await host.rest('PUT', 'actions/t/renewed?overwrite=true', {});
    const next = await result('renewed');
    expect(next['calls']).to.equal(1);
    expect(next['pid']).not.to.equal(pid);
    await until(() => !isRunning(Number(pid)));
  });

  it('runs one activation at a time in a container, and several containers side by side', async () => {
    await host.action('waits', gate.code().replace('resolve({})', 'resolve({ pid: process.pid })'));
    const calls = await Promise.all(Array.from({ length: 4 }, () => host.rest('POST', 'actions/t/waits', {})));
    const records = await gate.openWhile(() => Promise.all(calls.map(({ json }) => host.record(json.activationId))));
    expect(new Set(records.map(({ response }) => response.result['pid'])).size).to.equal(4);
  });

  it('freezes an idle container and thaws it for the next call', async function () {
    if (process.platform === 'win32') this.skip();
    await host.action('frozen', COUNTER);
    const { pid } = await result('frozen');
    lateMs += 11_000;
    const state = (): string => execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
    await until(() => state().startsWith('T'));
    expect(await result('frozen')).to.deep.equal({ calls: 2, pid });
  });

  it('takes main from the scope of the code and from its exports', async () => {
    for (const code of [
      'const main = async () => ({ ok: 1 })',
      'exports.main = () => ({ ok: 1 })',
      'module.exports = { main: () => ({ ok: 1 }) }',
      '"use strict";\nmodule.exports.main = main;\nasync function main() { return { ok: 1 } } // the end',
    ]) {
      await host.action('ways', code);
      expect(await result('ways'), code).to.deep.equal({ ok: 1 });
    }
  });

  it('takes another function when main names it', async () => {
    const exec = { kind: 'nodejs:20', code: 'exports.other = () => ({ other: 1 })', main: 'other' };
    await host.rest('PUT', 'actions/t/other', { exec });
    expect(await result('other')).to.deep.equal({ other: 1 });
  });

  it("gives the code Node's own modules, and import()", async () => {
    const code =
      'async function main() { const { sep } = await import("node:path"); return { sep, eol: require("os").EOL } }';
    await host.action('modules', code);
    expect(await result('modules')).to.deep.equal({ sep: '/', eol: '\n' });
  });

  it('ends with an action whatever it has started', async function () {
    if (process.platform === 'win32') this.skip();
    const spawning = `function main({ end }) {
      console.log(require('child_process').spawn('sleep', ['1000'], { stdio: 'inherit' }).pid);
      return end ? process.exit() : new Promise(() => {});
    }`;
    await host.action('spawns', spawning, {}, { limits: { timeout: 500 } });
    for (const end of [false, true]) {
      const { json } = await host.invoke('spawns', { end });
      const [line = ''] = (await host.record(json.activationId)).logs;
      const pid = Number(line.split(' ')[1]);
      expect(pid).to.be.above(1);
      await until(() => !isRunning(pid));
    }
  });

  it('unpacks a zip and requires it', async () => {
    const { json } = await host.rest('PUT', 'actions/t/zipped', { exec: { kind: 'nodejs:20', code: ZIP } });
    expect(json.exec).to.include({ binary: true });
    expect(await result('zipped')).to.deep.equal({ from: 'zip', deep: 'stored' });
    await host.rest('PUT', 'actions/t/zipped?overwrite=true', {
      exec: { kind: 'nodejs:20', code: ZIP, main: 'other' },
    });
    expect(await result('zipped')).to.deep.equal({ other: true });
  });

  it('says so when a zip is none', async () => {
    await host.rest('PUT', 'actions/t/nozip', { exec: { kind: 'nodejs:20', code: 'UEsDBAAA' } });
    const error = 'Initialization has failed due to: There was an error uncompressing the action archive.';
    expect(await result('nozip')).to.deep.equal({ error });
  });

  it('gives results that JSON cannot hold as OpenWhisk does', async () => {
    await host.action('odd', 'function main() { const o = {}; o.o = o; return o }');
    expect(await result('odd')).to.deep.equal({ error: 'Internal error.' });
    await host.action('odd', 'function main() { return { f() {}, u: undefined, n: NaN, d: new Date(0) } }');
    expect(await result('odd')).to.deep.equal({ n: null, d: '1970-01-01T00:00:00.000Z' });
  });

  it('goes on after an action has left its output in disorder', async () => {
    await host.action(
      'mute',
      'function main() { console.log = process.stdout.write = () => true; return { mute: true } }',
    );
    expect(await result('mute')).to.deep.equal({ mute: true });
    expect(await result('mute')).to.deep.equal({ mute: true });
  });
});
