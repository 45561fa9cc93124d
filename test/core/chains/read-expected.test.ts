import { expect } from 'chai';
import type { AppEntry, ChainContent, ChainFile, ExpectedEntry } from '../../../src/core/chains/chain-file.ts';
import { compileChains } from '../../support/compile-chains.ts';

const X = 'b4a3cf85-0000-4000-8000-000000000001';
const Y = 'b4a3cf85-0000-4000-8000-000000000002';

const file = (chain: string, expected?: ExpectedEntry, more: Partial<ChainContent> = {}): ChainFile => {
  const x: AppEntry = { id: X, ...(expected !== undefined && { expected }) };
  const content = { chain, apps: { x, y: { id: Y } }, reloads: [{ app: 'y', after: 'x' }], ...more };
  return { file: `${chain}.yaml`, content };
};

const expectedOf = (...files: ChainFile[]) => compileChains(files).compiled?.apps[`default/${X}` as never]?.expected;
const problemsOf = (...files: ChainFile[]) => compileChains(files).problems.map(({ code, message }) => [code, message]);

const ZONE = 'Europe/Stockholm';

describe('when an app is expected', () => {
  it('is not there if no chain file says so', () => {
    expect(compileChains([file('a')]).compiled?.apps[`default/${X}` as never]).not.to.have.property('expected');
    expect(expectedOf(file('a', { by: '07:00', zone: ZONE }, {}))).to.not.equal(undefined);
  });

  for (const [entry, cron] of [
    [{ by: '07:00' }, '0 7 * * *'],
    [{ by: '23:05', days: 'mon-fri' }, '5 23 * * 1,2,3,4,5'],
    [{ by: '00:00', days: 'sun' }, '0 0 * * 0'],
    [{ by: '06:30', days: 'fri-mon' }, '30 6 * * 0,1,5,6'],
    [{ by: '06:30', days: 'mon,wed, sat-sun' }, '30 6 * * 0,1,3,6'],
    [{ by: '06:30', days: 'mon-sun,tue' }, '30 6 * * 0,1,2,3,4,5,6'],
    [{ cron: '0 7 1 * mon#1' }, '0 7 1 * mon#1'],
  ] as const) {
    it(`is a cron expression: ${JSON.stringify(entry)}`, () =>
      expect(expectedOf(file('a', { ...entry, zone: ZONE }))).to.deep.equal({ cron, zone: ZONE }));
  }

  it('has a grace only if the file says so', () =>
    expect(expectedOf(file('a', { by: '07:00', zone: ZONE, grace: '10m' }))).to.deep.equal({
      ...{ cron: '0 7 * * *', zone: ZONE, grace: 600_000 },
    }));

  it('does not count in a chain that is not enabled', () => {
    const paused = file('b', { by: '08:00', zone: ZONE }, { enabled: false });
    expect(expectedOf(paused)).to.equal(undefined);
    expect(expectedOf(file('a', { by: '07:00', zone: ZONE }), paused)?.cron).to.equal('0 7 * * *');
  });

  it('may be said by two files, if both say the same', () => {
    const seven = { by: '07:00', zone: ZONE };
    expect(expectedOf(file('a', seven), file('b', { cron: '0 7 * * *', zone: ZONE }))?.cron).to.equal('0 7 * * *');
    expect(problemsOf(file('a', seven), file('b', { by: '08:00', zone: ZONE }))).to.deep.equal([
      ['EXPECTED_TWICE', '"b/x" and "a/x" are one app, and their "expected" differ. Write it in one of the two files.'],
    ]);
  });

  for (const [entry, code, message] of [
    [
      { by: '07:00', zone: 'Europe/Nowhere' },
      'BAD_SCHEDULE',
      '"expected" of "a/x": there is no time zone "Europe/Nowhere". Names are like Europe/Stockholm.',
    ],
    [{ cron: '0 7 31 4 *', zone: ZONE }, 'BAD_SCHEDULE', '"expected" of "a/x": "0 7 31 4 *" never comes.'],
    [
      { cron: '*/20 * * * *', zone: ZONE },
      'BAD_SCHEDULE',
      '"expected" of "a/x": "*/20 * * * *" has deadlines less than 30 minutes apart.',
    ],
    [
      { by: '07:00', zone: ZONE, grace: '25h' },
      'OUT_OF_BOUNDS',
      '"grace" of "a/x" is longer than a day, the most it can be.',
    ],
  ] as const) {
    it(`is refused: ${JSON.stringify(entry)}`, () =>
      expect(problemsOf(file('a', entry))).to.deep.equal([[code, message]]));
  }

  it('is refused if it is no cron expression', () => {
    const [[code, message] = []] = problemsOf(file('a', { cron: '0 7 * * 9', zone: ZONE }));
    expect(code).to.equal('BAD_SCHEDULE');
    expect(message).to.match(/^"expected" of "a\/x": "0 7 \* \* 9" is no cron expression: /);
  });

  it('may be each half hour, with a grace of a day', () => {
    const often = { cron: '*/30 * * * *', zone: ZONE, grace: '1d' };
    expect(expectedOf(file('a', often))).to.deep.equal({ cron: '*/30 * * * *', zone: ZONE, grace: 86_400_000 });
  });
});
