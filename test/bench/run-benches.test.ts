import { expect } from 'chai';
import type { Bench } from '../../bench/bench.ts';
import type { Figure } from '../../bench/figure.ts';
import { runBenches } from '../../bench/run-benches.ts';
import type { Servers } from '../../bench/servers.ts';

const benchOf = (name: string, figures: readonly Figure[]) => ({
  name,
  about: `measures ${name}`,
  run: async () => figures,
});

const FINE: Figure = { name: 'fine', ours: 3, unit: 'ms', bar: { atMost: 4 } };
const SHORT: Figure = { name: 'short', ours: 5, unit: 'ms', bar: { atMost: 4 } };
const BENCHES = [benchOf('quick', [FINE]), benchOf('slow', [FINE, SHORT])];
const STORE = ['--store', 'http://boss:sesame@127.0.0.1:5984'] as const;
const HOST = ['--openwhisk', 'http://127.0.0.1:3233', '--auth', 'uuid:sesame'] as const;
/** Which servers the benchmark was run on. */
const given: Servers[] = [];
const taking: Bench = {
  ...benchOf('taking', [FINE]),
  servers: { store: true, openwhisk: 'it kills the host' },
  run: async (_say, servers) => {
    given.push(servers);
    return [FINE];
  },
};

const run = (...args: readonly string[]) => runOf(BENCHES, args);

async function runOf(benches: readonly Bench[], args: readonly string[]) {
  const [written, errors]: [string[], string[]] = [[], []];
  const code = await runBenches(args, {
    benches,
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

  it('runs on a store that is given where the benchmark takes it', async () => {
    given.length = 0;
    expect((await runOf([taking], ['taking', ...STORE])).code).to.equal(0);
    expect(given).to.deep.equal([{ store: 'http://boss:sesame@127.0.0.1:5984' }]);
  });

  it('takes a server that the benchmark does not take for misuse, and says why', async () => {
    const refused = await runOf([taking], ['taking', ...STORE, ...HOST]);
    expect([refused.code, refused.errors]).to.deep.equal([2, ['taking does not take --openwhisk: it kills the host.']]);
    expect(refused.written).to.deep.equal([]);
    expect((await run('quick', ...STORE)).errors).to.deep.equal(['quick does not take --store: it uses no ledger.']);
  });

  it('leaves those out of all that do not take the server, and says so', async () => {
    given.length = 0;
    const { code, written } = await runOf([...BENCHES, taking], ['all', ...STORE]);
    expect([code, given.length]).to.deep.equal([0, 1]);
    expect(written.slice(0, 2)).to.deep.equal([
      'Left out: quick does not take --store: it uses no ledger.',
      'Left out: slow does not take --store: it uses no ledger.',
    ]);
  });

  it('takes a server without a benchmark, and half an option, for misuse', async () => {
    expect((await run(...STORE)).code).to.equal(2);
    const half = await run('quick', '--auth', 'uuid:sesame');
    expect([half.code, half.written]).to.deep.equal([2, []]);
    expect(half.errors[0]).to.contain('--openwhisk and --auth go together').and.not.contain('sesame');
  });

  it('says in its help what can be given, and which benchmarks take it', async () => {
    const { code, written } = await runOf([...BENCHES, taking], ['--help']);
    expect(code).to.equal(0);
    expect(written.join('\n'))
      .to.match(/--store URL .*5984: taking\n/)
      .and.contain('--openwhisk URL --auth KEY');
  });

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
