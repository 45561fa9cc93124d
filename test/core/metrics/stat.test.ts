import { expect } from 'chai';
import { type CountedActivation, countActivations, freshStat, MOST_COUNTED } from '../../../src/core/metrics/stat.ts';
import type { EpochMs } from '../../../src/core/units.ts';

const at = (ms: number): EpochMs => ms as EpochMs;
const ran = (activationId: string, start: number, more: Partial<CountedActivation> = {}): CountedActivation => ({
  ...{ activationId, start: at(start), status: 'success', durationMs: 60 },
  ...more,
});

describe('what is counted of an action', () => {
  it('is each activation by status, its duration, and after a cold start its init time', () => {
    const { invocations, duration, init } = countActivations(
      freshStat(at(0)),
      [
        ran('a', 1, { durationMs: 50, initMs: 51 }),
        ran('b', 2, { durationMs: 51, status: 'application_error' }),
        ran('c', 3, { durationMs: 300_001, status: 'developer_error' }),
      ],
      at(0),
    );
    expect(invocations).to.deep.equal({ success: 1, application_error: 1, developer_error: 1, internal_error: 0 });
    expect(duration).to.deep.equal({ counts: [1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], sumMs: 300_102 });
    expect(init).to.deep.equal({ counts: [0, 1, 0, 0, 0, 0, 0, 0, 0], sumMs: 51 });
  });

  it('is nothing more if the same list is counted again', () => {
    const list = [ran('a', 5), ran('b', 5), ran('c', 6)];
    const once = countActivations(freshStat(at(0)), list, at(5));
    expect(once.counted).to.deep.equal({ a: 5, b: 5, c: 6 });
    expect(countActivations(once, list, at(5))).to.deep.equal(once);
  });

  it('is one activation if a list has it twice', () => {
    expect(countActivations(freshStat(at(0)), [ran('a', 5), ran('a', 5)], at(0)).invocations.success).to.equal(1);
  });

  it('is also an activation of the same millisecond that is listed later', () => {
    const first = countActivations(freshStat(at(0)), [ran('a', 5)], at(5));
    const second = countActivations(first, [ran('a', 5), ran('b', 5)], at(5));
    expect(second.invocations.success).to.equal(2);
  });

  it('forgets ids before upTo, and counts no activation from before it', () => {
    const first = countActivations(freshStat(at(0)), [ran('a', 5), ran('b', 9)], at(6));
    expect(first).to.deep.include({ upTo: 6, counted: { b: 9 } });
    expect(countActivations(first, [ran('a', 5), ran('z', 5)], at(6)).invocations.success).to.equal(2);
  });

  it('never moves upTo back', () => {
    const first = countActivations(freshStat(at(10)), [], at(20));
    expect(countActivations(first, [], at(15)).upTo).to.equal(20);
  });

  it('moves upTo on rather than keep more than 10,000 ids, and still counts none twice', () => {
    const list = Array.from({ length: MOST_COUNTED + 5 }, (_, n) => ran(`n${n}`, 100 + n));
    const first = countActivations(freshStat(at(0)), list, at(0));
    expect(first.upTo).to.equal(105);
    expect(Object.keys(first.counted)).to.have.length(10_000);
    expect(countActivations(first, list, at(0)).invocations.success).to.equal(10_005);
  });
});
