import { execFileSync } from 'node:child_process';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { until } from '../../support/until.ts';
import { asMap } from './support/body.ts';
import { isRunning } from './support/process-is-running.ts';
import { useGate } from './support/use-gate.ts';
import { useHost } from './support/use-host.ts';

/**
 * A zip with `index.js` (`exports.main`, `exports.other`) deflated and `lib/deep.js` stored, made with Python's
 * zipfile.
 */
const ZIP =
  'UEsDBBQAAAAIAAAAIQBOOU7lWwAAAHEAAAAIAAAAaW5kZXguanNNzEEKgCAURdF5q3gzFULnRu2l6EdGpX0NomjvkTRoerhcOoLnFPXSuhU1pE' +
  'LdQF4Y2C8W4nRBlOiJggXTtjsmKbSZXWde1FMUCreqCvo+Po3E/1EGi8Q75fABUEsDBBQAAAAAAAAAIQCRCcN9GwAAABsAAAALAAAAbGliL2Rl' +
  'ZXAuanNtb2R1bGUuZXhwb3J0cyA9ICdzdG9yZWQnOwpQSwECFAMUAAAACAAAACEATjlO5VsAAABxAAAACAAAAAAAAAAAAAAAgAEAAAAAaW5kZX' +
  'guanNQSwECFAMUAAAAAAAAACEAkQnDfRsAAAAbAAAACwAAAAAAAAAAAAAAgAGBAAAAbGliL2RlZXAuanNQSwUGAAAAAAIAAgBvAAAAxQAAAAAA';

/**
 * A tar.gz of the same kind, made with Python's tarfile. It has a `package.json` that names `start.js`, a path of over
 * 100 letters, and `mod.js`.
 */
const TAR_GNU =
  'H4sIAAAAAAACA+3W32qDMByGYS9FPInCSKK1BgRHL8CbcGssrtW4qFAovffFsa20G3iyuD9+z0GVnBSMr/lR1haP+2In6VOnGscKbiRx/Ho1bq' +
  '+cR6vL/bge8pVZcrkzg6HrC+26zkKdvLqoGi/1xsfQm5fAOzuwHJS9b7y9/5jqP0rEdf9crOMI/c9BHlul+46OX4HMD7J7/1RqVafEPBVyt5Wy' +
  'TbV8HiotfULZoXpg49qP/ZTmRSXBOUC439Y/ZZtcNbu8avYW+/+i+0v/PLntX6zN+Z+jf+t+RdHI8F/v//T8H1/3HwnBY5z/c6jVdjhI+jYGZK' +
  'Q0xz6qWNT+W/8AT/f/af7nUYj+55z/y4/pv0lDzNcAAAAAAAAAAAAAf94LFmzWQQAoAAA=';
const TAR_PAX =
  'H4sIAAAAAAACA+3XXUuFMBwG8F33KcQbFWJuahMEo8su+worZ1nHl6aCcDjfvRnV4ZyC00Wuwud34cYQBtse95eGnbx7kveKPvZtQxbBDJEkr6' +
  '1x3DIWxfv+PM5ZLGLiMGLB2A9Sm+nJOm3dWlaNm7nzMgzmELg7AutBw/eNX26OU/mPRHqYf5YKFiH/Nqipa/XQ0/krkPtBfulvS93WmWdWxTsv' +
  'lOoyrZ7HSivfo+Gmug3nsV97lOagesEuQHB/LP80vLqR07WShdLL5f+L3O/zz9Pj+z/iF8SZkP/F8SR2Ojk85H8i2mcIpGU2tv10/Z8c5j9KU/' +
  'M67n8L6rYYN4q+lQG5V5prH6lY1f4vWvt/7///U/3PBEf+bdb/5Uf132Qc9TUAAAAAAAAAAADAv/cCCFBCKwAoAAA=';

describe('containers', () => {
  // A test can move the host's wall clock on.
  let lateMs = 0;
  const host = useHost({}, { now: () => Date.now() + lateMs });
  const gate = useGate();
  const small = useHost({}, { poolMemoryMb: 768 });
  const COUNTER = 'let calls = 0; function main() { return { calls: ++calls, pid: process.pid } }';
  const result = async (name: string, payload: object = {}) => {
    const { json } = await host.invoke(name, payload);
    // A container is free again once its record is stored.
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
    await until('the end of the process', () => !isRunning(Number(pid)));
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
    await until('a stopped process', () => state().startsWith('T'));
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
      await until('the end of the process', () => !isRunning(pid));
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

  for (const [kind, code] of [
    ['GNU', TAR_GNU],
    ['POSIX', TAR_PAX],
  ] as const) {
    it(`unpacks a tar.gz of ${kind}'s kind, and takes main from the file that it names`, async () => {
      const put = (main: object) =>
        host.rest('PUT', 'actions/t/tarred?overwrite=true', { exec: { kind: 'nodejs:20', code, ...main } });
      expect((await put({})).json.exec).to.include({ binary: true });
      expect(await result('tarred')).to.deep.equal({ from: 'tar', deep: 'far' });
      await put({ main: 'mod.fn' });
      expect(await result('tarred')).to.deep.equal({ fn: 1 });
    });
  }

  it('says in the record which Node it was, whatever the kind says', async () => {
    await host.action('which', 'function main() { return { node: process.versions.node } }');
    const { json } = await host.invoke('which');
    const annotations = asMap(json.annotations);
    expect(annotations).to.include({ kind: 'nodejs:20', node: json.response.result['node'] });
  });

  it('lets actions wait when all memory of the pool is given away, and takes it from idle containers', async () => {
    await small.action('idle', COUNTER);
    await small.invoke('idle');
    await small.action('big', gate.code(), {}, { limits: { memory: 512 } });
    const calls = [await small.rest('POST', 'actions/t/big', {}), await small.rest('POST', 'actions/t/big', {})];
    const records = await gate.openWhile(() => Promise.all(calls.map(({ json }) => small.record(json.activationId))));
    expect(records.map(({ response }) => response.success)).to.deep.equal([true, true]);
    // One began after the other had ended.
    const [first, second] = [...records].sort((a, b) => a.start - b.start);
    expect(second?.start).to.be.at.least(first?.end ?? Number.POSITIVE_INFINITY);
  });

  it('says so when a zip is none, or a gzip holds no tar, or a part of one', async () => {
    const text = gzipSync(Buffer.alloc(2_000, 'This is no tar. '));
    const part = gzipSync(gunzipSync(Buffer.from(TAR_GNU, 'base64')).subarray(0, 512));
    const error = 'Initialization has failed due to: There was an error uncompressing the action archive.';
    for (const code of ['UEsDBAAA', text.toString('base64'), part.toString('base64')]) {
      await host.rest('PUT', 'actions/t/noarchive?overwrite=true', { exec: { kind: 'nodejs:20', code } });
      expect(await result('noarchive')).to.deep.equal({ error });
    }
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
