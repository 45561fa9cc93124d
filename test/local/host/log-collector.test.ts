import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import { LogCollector } from '../../../local/host/containers/log-collector.ts';

const SENTINEL = 'XXX_THE_END_OF_A_WHISK_ACTIVATION_XXX\n';

/** A collector whose waits take no time. `onWait` runs instead, and then the promise has not settled in time. */
function collector(onWait: (stdout: PassThrough, waits: number) => void) {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const waited: number[] = [];
  const logs = new LogCollector(stdout, stderr, Date.now, async (_promise, limitMs) => {
    waited.push(limitMs);
    onWait(stdout, waited.length);
    await new Promise(setImmediate);
    return undefined;
  });
  return { stdout, stderr, waited, logs };
}

describe('the log of an activation whose end is not marked', () => {
  it('is cut after 20 waits of a second, though the action goes on printing', async () => {
    const { logs, waited } = collector((stdout, waits) => stdout.write(`line ${waits}\n`));
    const { isWhole } = await logs.cut(1_000_000);
    expect(isWhole).to.equal(false);
    expect(waited).to.deep.equal(Array(20).fill(1000));
  });

  it('is cut after the first second in which nothing came', async () => {
    const { logs, waited } = collector((stdout, waits) => waits === 1 && stdout.write('one line\n'));
    const { lines, isWhole } = await logs.cut(1_000_000);
    expect(isWhole).to.equal(false);
    expect(lines.map((line) => line.replace(/^\S+ /, ''))).to.deep.equal(['one line']);
    expect(waited).to.deep.equal([1000, 1000]);
  });

  it('is whole without a wait if both ends are marked', async () => {
    const { logs, stdout, stderr, waited } = collector(() => {});
    stdout.write(`done\n${SENTINEL}`);
    stderr.write(SENTINEL);
    await new Promise(setImmediate);
    expect((await logs.cut(1_000_000)).isWhole).to.equal(true);
    expect(waited).to.deep.equal([]);
  });
});
