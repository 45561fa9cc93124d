import { expect } from 'chai';
import type { Figure } from '../../bench/figure.ts';
import { runBenches } from '../../bench/run-benches.ts';

const benchOf = (name: string, figures: readonly Figure[]) => ({
  name,
  about: `measures ${name}`,
  run: async () => figures,
});

const FINE: Figure = { name: 'fine', ours: 3, unit: 'ms', bar: { atMost: 4 } };
const SHORT: Figure = { name: 'short', ours: 5, unit: 'ms', bar: { atMost: 4 } };
const BENCHES = [benchOf('quick', [FINE]), benchOf('slow', [FINE, SHORT])];

async function run(...args: readonly string[]) {
  const [written, errors]: [string[], string[]] = [[], []];
  const code = await runBenches(args, {
    benches: BENCHES,
    write: (line) => written.push(line),
    writeError: (line) => errors.push(line),
    machineFacts: () => 'a machine',
  });
  return { code, written, errors };
}

describe('npm run bench', () => {
  it('lists the benchmarks when none is named', async () => {
    const { code, written } = await run();
    expect(code).to.equal(0);
    expect(written.join('\n')).to.contain(
      '  quick  measures quick\n  slow   measures slow\n  all    every one of them',
    );
  });

  it('ends with 0 where every bar is reached, and says on which machine', async () => {
    const { code, written } = await run('quick');
    expect(code).to.equal(0);
    expect(written).to.include('a machine');
  });

  it('ends with 1 where a bar is not reached', async () => {
    expect((await run('slow')).code).to.equal(1);
    expect((await run('all')).code).to.equal(1);
  });

  for (const args of [['unknown'], ['quick', 'slow'], ['--fast']]) {
    it(`takes "${args.join(' ')}" for misuse`, async () => {
      const { code, written, errors } = await run(...args);
      expect(code).to.equal(2);
      expect(written).to.deep.equal([]);
      expect(errors[0]).to.contain(`There is no benchmark "${args.join(' ')}".`);
    });
  }

  it('writes the figures as JSON in the last line', async () => {
    const { written } = await run('slow', '--json');
    expect(JSON.parse(written.at(-1) ?? '')).to.deep.equal({
      bench: 'slow',
      ok: false,
      figures: [
        { name: 'fine', ours: 3, unit: 'ms', bar: { atMost: 4 }, ok: true },
        { name: 'short', ours: 5, unit: 'ms', bar: { atMost: 4 }, ok: false },
      ],
    });
  });

  it('writes all figures in the last line when all were run', async () => {
    const { written } = await run('--json', 'all');
    const { bench, ok, figures } = JSON.parse(written.at(-1) ?? '');
    expect({ bench, ok }).to.deep.equal({ bench: 'all', ok: false });
    expect(figures.map(({ name }: Figure) => name)).to.deep.equal(['quick: fine', 'slow: fine', 'slow: short']);
  });
});
