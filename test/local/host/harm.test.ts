import { expect } from 'chai';
import { until } from '../../support/until.ts';
import { isRunning } from './support/process-is-running.ts';
import { useGate } from './support/use-gate.ts';
import { useHost } from './support/use-host.ts';

const MEGABYTE = 1_048_576;
const CRASHED = 'The action did not produce a valid response and exited unexpectedly.';
const EXHAUSTED = 'The action exhausted its memory and was aborted.';
/** More memory than the default, as a process keeps the output that the host has not read yet. */
const FLOOD = { logs: 1, memory: 512 };
/** The line without its first word. The first word of each line is the time, and these tests drop it. */
const TRUNCATED = 'were truncated because the total bytes size exceeds the limit of 1048576 bytes.';

describe('whatever an action does harms that activation only', () => {
  const host = useHost();
  const gate = useGate();
  let neighbour = '';

  // Another activation is running all the time, and must end well.
  beforeEach(async () => {
    await host.action('neighbour', gate.code());
    neighbour = (await host.rest('POST', 'actions/t/neighbour', {})).json.activationId;
    await host.action('after', 'function main() { return { well: true } }');
  });
  afterEach(async () => {
    const { response } = await gate.openWhile(() => host.record(neighbour));
    expect(response.status).to.equal('success');
    expect((await host.invoke('after')).json.response.result).to.deep.equal({ well: true });
  });

  /** Runs `code` once as an action of its own, and returns how that ended. */
  const run = async (code: string, limits: object = {}) => {
    await host.action('harm', code, {}, { limits: { timeout: 60_000, memory: 256, logs: 10, ...limits } });
    const { status, json } = await host.invoke('harm');
    const { logs } = await host.record(json.activationId);
    const { status: ended, result } = json.response;
    return {
      status,
      ended,
      result,
      lines: logs.map((line) => line.replace(/^\S+ /, '')),
      annotations: json.annotations,
    };
  };
  const failed = (error: string) => ({ status: 502, ended: 'action developer error', result: { error } });

  const HEAP = 'const all = []; for (;;) { all.push(new Array(100000).fill(all.length)); await null }';
  const NATIVE = 'const all = []; for (;;) { all.push(Buffer.alloc(10e6, 1)); await new Promise(setImmediate) }';
  for (const [what, code] of [
    ['too much of its heap', `async function main() { ${HEAP} }`],
    ['too much native memory', `async function main() { ${NATIVE} }`],
    ['too much memory, and gives it back at once', 'function main() { Buffer.alloc(3e8, 1); return {} }'],
    ['too much memory while it is loaded', 'const all = Buffer.alloc(3e8, 1); function main() { return {} }'],
    [
      'too much memory in a process that it starts',
      `function main() {
        const code = ${JSON.stringify(`(async () => { ${NATIVE} })()`)};
        require('child_process').spawn(process.execPath, ['-e', code]);
        return new Promise(() => {});
      }`,
    ],
    [
      'too much memory in a process that it starts detached',
      `function main() {
        const code = 'const all = Buffer.alloc(6e8, 1); setInterval(() => all, 1000)';
        require('child_process').spawn(process.execPath, ['-e', code], { detached: true, stdio: 'ignore' }).unref();
        return new Promise(() => {});
      }`,
    ],
  ] as const) {
    it(`uses ${what}`, async function () {
      if (process.platform !== 'linux') this.skip();
      expect(await run(code, { memory: 128 })).to.deep.include(failed(EXHAUSTED));
    });
  }

  it('may use what memory it has', async () => {
    const { ended } = await run('function main() { return { ok: Buffer.alloc(300e6, 1).length } }', { memory: 512 });
    expect(ended).to.equal('success');
  });

  // A busy machine starts and loads an action in less than this second.
  it('loops for ever', async () => {
    const error = 'The action exceeded its time limits of 1000 milliseconds.';
    expect(await run('function main() { for (;;); }', { timeout: 1_000 })).to.deep.include(failed(error));
  });

  for (const [what, code] of [
    ['exits', 'function main() { process.exit(0) }'],
    ['aborts', 'function main() { process.abort() }'],
    [
      'leaves a rejection unhandled',
      'function main() { Promise.reject(new Error("x")); return new Promise(() => {}) }',
    ],
    ['throws in a timer', 'function main() { setTimeout(() => { throw 1 }); return new Promise(() => {}) }'],
    [
      'overflows its stack in a timer',
      'const f = () => f(); function main() { setTimeout(f); return new Promise(() => {}) }',
    ],
    ['kills its process group', 'function main() { process.kill(0, "SIGKILL"); return new Promise(() => {}) }'],
    [
      'closes the connection that it was called on',
      'function main() { for (let fd = 3; fd < 64; fd++) try { require("fs").closeSync(fd) } catch {} process.exit() }',
    ],
  ] as const) {
    it(what, async () => {
      expect(await run(code)).to.deep.include(failed(CRASHED));
    });
  }

  it('writes lines by the megabyte', async () => {
    const code =
      'function main() { const line = "x".repeat(99); for (let i = 0; i < 3e5; i++) console.log(line); return {} }';
    const { ended, lines } = await run(code, FLOOD);
    expect(ended).to.equal('success');
    expect(lines.at(-1)).to.equal(TRUNCATED);
    expect(lines.length).to.be.within(5_000, 11_000);
  });

  it('writes empty lines without end', async () => {
    const code =
      'function main() { const all = "\\n".repeat(1e6); for (let i = 0; i < 20; i++) process.stdout.write(all); return {} }';
    const { ended, lines } = await run(code, FLOOD);
    expect(ended).to.equal('success');
    expect(lines.length).to.be.below(50_000);
  });

  it('writes one line without end', async () => {
    const code = `function main() {
      const part = 'x'.repeat(${MEGABYTE});
      for (let i = 0; i < 100; i++) { process.stdout.write(part); process.stderr.write(part); }
      return { ok: true };
    }`;
    const { result, lines } = await run(code, FLOOD);
    expect(result).to.deep.equal({ ok: true });
    expect(lines.join('').length).to.be.below(2 * MEGABYTE);
  });

  it('writes to its descriptors directly', async () => {
    const { result, lines } = await run(`function main() {
      const fs = require('fs');
      fs.writeSync(1, 'one\\n');
      fs.writeSync(2, 'two\\n');
      try { fs.writeSync(3, 'three\\n') } catch {}
      return { ok: true };
    }`);
    expect(result).to.deep.equal({ ok: true });
    expect(lines).to.deep.equal(['one']);
  });

  it('closes its output', async () => {
    await run('function main() { require("fs").closeSync(1); require("fs").closeSync(2); return { ok: true } }');
    // The next activation has its line, whichever container runs it.
    const { lines } = await run('function main() { console.log("line"); return {} }');
    expect(lines).to.deep.equal(['line']);
  });

  it('ends its output in the runtime’s own words', async () => {
    const sentinel = 'XXX_THE_END_OF_A_WHISK_ACTIVATION_XXX';
    const code = `let calls = 0;
    function main() {
      console.log('line ' + ++calls);
      if (calls === 1) { console.log('${sentinel}'); console.error('${sentinel}'); console.log('late'); }
      return { calls };
    }`;
    await run(code);
    // The next activation has its own lines and no others, whichever container runs it.
    const { json } = await host.invoke('harm');
    const { logs } = await host.record(json.activationId);
    expect(logs.map((line) => line.replace(/^\S+ /, ''))).to.deep.equal([`line ${json.response.result['calls']}`]);
  });

  for (const [what, options] of [
    ['shares its output', "{ stdio: 'inherit' }"],
    ['is detached', "{ detached: true, stdio: 'ignore' }"],
    ['is detached and shares its output', "{ detached: true, stdio: 'inherit' }"],
  ] as const) {
    it(`starts a process that ${what} and outlives main, but not the container`, async function () {
      if (process.platform !== 'linux') this.skip();
      const { result } = await run(`function main() {
        const child = require('child_process').spawn('sleep', ['1000'], ${options});
        child.unref();
        return { pid: child.pid };
      }`);
      const pid = Number(result['pid']);
      expect(isRunning(pid)).to.equal(true);
      // A new revision ends the containers of the old one.
      await host.action('harm', 'function main() { process.exit() }');
      await until('the end of the process', () => !isRunning(pid));
    });
  }
});
