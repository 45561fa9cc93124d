import { expect } from 'chai';
import { instantsIn } from '../../dashboard/model/instants-in.ts';
import type { EpochMs } from '../../src/core/units.ts';

const NOW = Date.parse('2026-12-02T07:42:00Z') as EpochMs;

describe('the instants in a sentence', () => {
  it('are found with a date and without one', () => {
    expect(instantsIn('It ended at 2026-12-01 02:14:05Z, and waits since 02:00:24Z.', NOW)).to.deep.equal([
      'It ended at ',
      Date.parse('2026-12-01T02:14:05Z'),
      ', and waits since ',
      Date.parse('2026-12-02T02:00:24Z'),
      '.',
    ]);
    expect(instantsIn('02:00:24Z', NOW)).to.deep.equal([Date.parse('2026-12-02T02:00:24Z')]);
  });

  it('are not made of other texts', () => {
    for (const text of ['', 'nothing', '12:00', '2026-12-01', '99:99:99Z']) {
      expect(instantsIn(text, NOW)).to.deep.equal(text === '' ? [] : [text]);
    }
  });
});
