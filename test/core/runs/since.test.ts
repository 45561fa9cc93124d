import { expect } from 'chai';
import { parseSince, sinceText, sinceWhen } from '../../../src/core/runs/since.ts';
import type { DurationMs, EpochMs } from '../../../src/core/units.ts';

/** 27 November 2026, 22:00 UTC. */
const AT = 1_795_816_800_000;

describe('since when', () => {
  for (const [text, at] of [
    ['2026-11-27T22:00', AT],
    ['2026-11-27 22:00', AT],
    ['2026-11-27T22:00:00', AT],
    ['2026-11-27 22:00:00Z', AT],
    ['2026-11-27t22:00z', AT],
    ['2026-11-27T23:00+01:00', AT],
    ['2026-11-27T17:00-05:00', AT],
    ['2026-11-27T22:00:59', AT + 59_000],
    ['2026-11-27', AT - 22 * 3_600_000],
    ['2028-02-29', 1_835_395_200_000],
  ] as const) {
    it(`takes ${text} for an instant, of UTC unless a zone is said`, () => {
      expect(parseSince(text)).to.deep.equal({ at });
    });
  }

  for (const text of [
    '2026-02-30',
    '2027-02-29',
    '2026-13-01',
    '2026-11-27T25:00',
    '2026-11-27T22',
    '27.11.2026',
    'now',
    '',
  ]) {
    it(`takes "${text}" for nothing`, () => expect(parseSince(text)).to.equal(undefined));
  }

  it('takes a length of time for so long ago', () => {
    expect(parseSince('24h')).to.equal(86_400_000);
    expect(sinceWhen(86_400_000 as DurationMs, AT as EpochMs)).to.equal(AT - 86_400_000);
    expect(sinceWhen((AT * 2) as DurationMs, AT as EpochMs)).to.equal(0);
    expect(sinceWhen({ at: 7 as EpochMs }, AT as EpochMs)).to.equal(7);
  });

  it('is refused in the future', () => {
    expect(() => sinceWhen({ at: (AT + 1) as EpochMs }, AT as EpochMs)).to.throw('in the future');
    expect(sinceWhen({ at: AT as EpochMs }, AT as EpochMs)).to.equal(AT);
  });

  it('is said in words', () => {
    expect(sinceText(86_400_000 as DurationMs)).to.equal('of the last 1 d');
    expect(sinceText({ at: AT as EpochMs })).to.equal('since 2026-11-27 22:00:00Z');
  });
});
