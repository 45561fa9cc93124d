import { expect } from 'chai';
import { type Figure, isReached } from '../../bench/figure.ts';
import { tableOf } from '../../bench/report.ts';

describe('a figure', () => {
  const cases: readonly (readonly [what: string, figure: Partial<Figure>, reached: boolean])[] = [
    ['has no bar', { ours: 7 }, true],
    ['is exactly as much as it may be', { ours: 4, bar: { atMost: 4 } }, true],
    ['is more than it may be', { ours: 4.01, bar: { atMost: 4 } }, false],
    ['is exactly as much as it must be', { ours: 4, bar: { atLeast: 4 } }, true],
    ['is less than it must be', { ours: 3.99, bar: { atLeast: 4 } }, false],
    ['has a ratio that counts instead of ours', { ours: 100, ratio: 3, bar: { atMost: 4 } }, true],
    ['is no number at all', { ours: Number.NaN, bar: { atMost: 4 } }, false],
  ];
  for (const [what, figure, reached] of cases) {
    it(`${reached ? 'reaches' : 'does not reach'} its bar where it ${what}`, () => {
      expect(isReached({ name: 'a', ours: 0, unit: '', ...figure })).to.equal(reached);
    });
  }
});

describe('the table of figures', () => {
  it('shows ours beside the peer’s, the ratio, the bar and whether it is reached', () => {
    const table = tableOf([
      {
        name: 'faster',
        ours: 88.26,
        unit: 'ms',
        peer: { name: 'a loop', value: 1_059 },
        ratio: 12,
        bar: { atLeast: 8 },
      },
      { name: 'a weight', ours: 151.2, unit: 'kB', bar: { atMost: 150 } },
      { name: 'for reading', ours: 4.754, unit: 's' },
    ]);
    expect(table.split('\n')).to.deep.equal([
      '                ours    beside          ratio    bar',
      'faster       88.3 ms  1,059 ms  a loop     12    ≥ 8  ok',
      'a weight      151 kB                           ≤ 150  short',
      'for reading   4.75 s',
    ]);
  });
});
