import { expect } from 'chai';
import { applyEnd, EMPTY_JOIN, type JoinMemory, joinWait } from '../../../src/core/joins/apply-end.ts';
import type { JoinEnd } from '../../../src/core/joins/fold-ends.ts';
import type { JoinRule, On } from '../../../src/core/link.ts';
import type { AppKey, ReloadId } from '../../../src/core/names.ts';
import type { DurationMs, EpochMs } from '../../../src/core/units.ts';

const HOUR = 3_600_000;
/** At least `count` of the apps A, B and C. */
const allOf = (count: number, withinHours: number, on: On = 'succeeded'): JoinRule => ({
  of: { 'default/A': on, 'default/B': on, 'default/C': on },
  atLeast: count,
  within: (withinHours * HOUR) as DurationMs,
});

/** `A1 01:00` is reload 1 of app A, which succeeded at 01:00; with `!` behind the name it failed. */
function endAt(text: string): JoinEnd {
  const [, app = '', id = '', failed = '', hours = '', minutes = '', millis = ''] =
    /^([A-Z])(\d+)(!?) (\d\d):(\d\d)(?::00\.(\d{3}))?$/.exec(text) ?? [];
  return {
    app: `default/${app}` as AppKey,
    reloadId: `${app}${id}` as ReloadId,
    endedAt: (Number(hours) * HOUR + Number(minutes) * 60_000 + Number(millis)) as EpochMs,
    outcome: failed === '!' ? 'failed' : 'succeeded',
  };
}

interface Arrived {
  readonly memory: JoinMemory;
  /** Each firing as `closing: halves`. */
  readonly firings: readonly string[];
  /** The result of each end. */
  readonly fates: readonly string[];
}

/** Applies ends one after another. */
function applyAll(rule: JoinRule, ends: readonly JoinEnd[], from: JoinMemory = EMPTY_JOIN): Arrived {
  let memory = from;
  const firings: string[] = [];
  const fates: string[] = [];
  for (const end of ends) {
    const applied = applyEnd(memory, end, rule);
    fates.push(applied.memory === undefined ? `${applied.fate}, as before` : applied.fate);
    memory = applied.memory ?? memory;
    firings.push(
      ...applied.firings.map(({ closing, halves }) => `${closing.reloadId}: ${halves.map((half) => half.reloadId)}`),
    );
  }
  return { memory, firings, fates };
}

const arrive = (rule: JoinRule, ...texts: string[]): Arrived =>
  applyAll(
    rule,
    texts.map((text) => endAt(text)),
  );

// test/actions/resolver/composite-rules.test.ts has the rules T1 to T14.
describe('a composite link and the ends of its upstreams', () => {
  it('fires for two ends of the same millisecond, closing with the greater reload id, in whichever order', () => {
    expect(arrive(allOf(2, 6), 'A1 01:00', 'B1 01:00').firings).to.deep.equal(['B1: A1,B1']);
    expect(arrive(allOf(2, 6), 'B1 01:00', 'A1 01:00').firings).to.deep.equal(['B1: A1,B1']);
  });

  it('keeps ends of two tenants apart though their reload ids are equal', () => {
    const here: JoinEnd = {
      app: 'one/A' as AppKey,
      reloadId: 'r' as ReloadId,
      endedAt: 1 as EpochMs,
      outcome: 'succeeded',
    };
    const there: JoinEnd = { ...here, app: 'two/A' as AppKey };
    const rule: JoinRule = { ...allOf(2, 6), of: { 'one/A': 'succeeded', 'two/A': 'succeeded' } };
    expect(applyAll(rule, [there, here]).firings).to.deep.equal(['r: r,r']);
  });

  it('says which halves wait, and when the first no longer counts', () => {
    const { memory } = arrive(allOf(3, 6), 'A1 01:00', 'B1 01:30');
    const wait = joinWait(memory, allOf(3, 6));
    expect(wait.halves.map(({ reloadId }) => reloadId)).to.deep.equal(['A1', 'B1']);
    expect(wait.missing).to.deep.equal(['default/C']);
    expect(wait.closesAt).to.equal(7 * HOUR);
    expect(joinWait(EMPTY_JOIN, allOf(3, 6))).to.deep.equal({
      halves: [],
      missing: ['default/A', 'default/B', 'default/C'],
    });
  });
});

describe('a composite link whose document lists its oldest halves in another order', () => {
  const memory: JoinMemory = { ...EMPTY_JOIN, baseHalves: [endAt('B1 01:30'), endAt('A1 01:00')] };
  it('fires with the oldest first all the same, and waits as long as the oldest counts', () => {
    expect(applyAll(allOf(3, 6), [endAt('C1 02:00')], memory).firings).to.deep.equal(['C1: A1,B1,C1']);
    expect(joinWait(memory, allOf(3, 6)).closesAt).to.equal(7 * HOUR);
  });
});

describe('a composite link whose rule changes between two ends', () => {
  const { memory } = arrive(allOf(3, 6), 'A1 01:00', 'B1! 01:10');
  const changed = (of: JoinRule['of'], atLeast: number): JoinRule => ({ ...allOf(2, 6), of, atLeast });
  it('no longer counts an app that is no upstream any more', () => {
    const rule = changed({ 'default/B': 'succeeded', 'default/C': 'succeeded' }, 2);
    expect(applyAll(rule, [endAt('C1 02:00')], memory).firings).to.deep.equal([]);
  });
  it('counts the ends that it knows by their new "on"', () => {
    const rule = changed({ 'default/A': 'succeeded', 'default/B': 'failed', 'default/C': 'succeeded' }, 3);
    expect(applyAll(rule, [endAt('C1 02:00')], memory).firings).to.deep.equal(['C1: A1,B1,C1']);
  });

  const fired = arrive(allOf(2, 6), 'A1 01:00', 'B1 01:30').memory;
  it('counts no end once more that a firing took: not for more apps', () => {
    const { firings, fates } = applyAll(allOf(3, 6), ['C1 02:00', 'A2 03:00', 'B2 03:30'].map(endAt), fired);
    expect(firings).to.deep.equal(['B2: C1,A2,B2']);
    expect(fates).to.deep.equal(['waits', 'waits', 'used']);
  });
  it('nor for other apps, nor for a longer window', () => {
    const rule = changed({ 'default/A': 'succeeded', 'default/C': 'succeeded' }, 2);
    expect(applyAll(rule, ['C1 02:00', 'A2 03:00'].map(endAt), fired).firings).to.deep.equal(['A2: C1,A2']);
    const apart = arrive(allOf(2, 1), 'A1 01:00', 'B1 03:00', 'A2 03:30').memory;
    expect(applyAll(allOf(2, 6), [endAt('B2 04:00')], apart).firings).to.deep.equal([]);
  });
  it('nor if the old rule comes back', () => {
    const between = applyAll(allOf(3, 6), [endAt('C1 02:00')], fired).memory;
    expect(applyAll(allOf(2, 6), [endAt('A2 03:00')], between).firings).to.deep.equal(['A2: C1,A2']);
    const again = applyAll(allOf(2, 6), [endAt('B9! 01:20')], between);
    expect([again.firings, again.fates]).to.deep.equal([[], ['not-matched']]);
    expect(applyAll(allOf(2, 6), [endAt('B2 03:00')], again.memory).firings).to.deep.equal(['B2: C1,B2']);
  });
  it('nor what a firing took and a late end set free again (T8), nor what was covered', () => {
    const late = arrive(allOf(2, 6), 'A1 01:00', 'B2 01:40', 'B1 01:30').memory;
    expect(joinWait(late, allOf(2, 6)).halves.map(({ reloadId }) => reloadId)).to.deep.equal(['B2']);
    expect(joinWait(late, allOf(2, 5)).halves).to.deep.equal([]);
    expect(applyAll(allOf(2, 5), [endAt('A2 02:00')], late).firings).to.deep.equal([]);
    const covered = arrive(allOf(2, 6), 'A1 01:00', 'C1 01:40', 'B1 01:30');
    expect(covered.fates).to.deep.equal(['waits', 'used', 'covered']);
    expect(joinWait(covered.memory, allOf(2, 5)).halves).to.deep.equal([]);
    expect(applyAll(allOf(2, 5), [endAt('B1 01:30')], covered.memory).fates).to.deep.equal(['covered, as before']);
  });
  it('nor a half that the log has let go', () => {
    const { memory: base } = applyAll(allOf(2, 6), [
      endAt('C1 00:00'),
      ...Array.from({ length: 128 }, (_, n) => ({
        ...endAt('C1! 00:01'),
        app: 'default/X' as AppKey,
        reloadId: `X${n}` as ReloadId,
      })),
    ]);
    expect(base.baseHalves.map(({ reloadId }) => reloadId)).to.deep.equal(['C1']);
    const used = applyAll(allOf(2, 6), [endAt('A1 01:00')], base);
    expect(used.firings).to.deep.equal(['A1: C1,A1']);
    expect(joinWait(used.memory, allOf(3, 6)).halves).to.deep.equal([]);
  });
  it('lets what was taken stand for its app: an older half of that app does not come back', () => {
    const { memory: old } = arrive(allOf(2, 6), 'A1 01:00', 'A2 02:00', 'B1 02:30');
    expect(joinWait(old, allOf(3, 6)).halves).to.deep.equal([]);
  });
  it('knows by which end an end was used, after the change, too', () => {
    const known = applyEnd(fired, endAt('A1 01:00'), allOf(3, 6));
    expect(known).to.deep.equal({ firings: [], fate: 'used', usedBy: { app: 'default/B', reloadId: 'B1' } });
  });
  describe('in a memory of an older version, which did not mark what a firing used', () => {
    const unmarked = ({ usedBy: _, ...end }: JoinEnd): JoinEnd => end;
    const older = ({ log, baseHalves, ...memory }: JoinMemory): JoinMemory => ({
      ...memory,
      log: log.map(unmarked),
      baseHalves: baseHalves.map(unmarked),
    });

    it('counts no used end once more: not for more apps, nor for a longer window', () => {
      expect(applyAll(allOf(3, 6), [endAt('C1 02:00')], older(fired)).firings).to.deep.equal([]);
      expect(applyAll(allOf(2, 12), [endAt('C1 02:00')], older(fired)).firings).to.deep.equal([]);
      expect(joinWait(older(fired), allOf(3, 6)).halves).to.deep.equal([]);
    });
    it('nor after a further firing, whose ends are marked', () => {
      const more = applyAll(allOf(2, 6), ['A2 02:00', 'C1 02:30'].map(endAt), older(fired)).memory;
      expect(applyAll(allOf(3, 6), [endAt('C2 03:00')], more).firings).to.deep.equal([]);
    });
    it('nor if the rule is changed and changed back', () => {
      const between = applyAll(allOf(3, 6), [endAt('C1 02:00')], older(fired)).memory;
      expect(applyAll(allOf(2, 6), [endAt('C2 02:30')], between).firings).to.deep.equal([]);
      expect(applyAll(allOf(2, 6), [endAt('B2 03:00')], between).firings).to.deep.equal(['B2: C1,B2']);
    });
    it('still counts a half that no firing used', () => {
      const half = arrive(allOf(2, 6), 'A1 01:00', 'B1 01:30', 'A2 02:00').memory;
      expect(applyAll(allOf(2, 12), [endAt('C1 03:00')], older(half)).firings).to.deep.equal(['C1: A2,C1']);
    });
    it('knows by which end an end was used', () => {
      const known = applyEnd(older(fired), endAt('A1 01:00'), allOf(3, 6));
      expect(known).to.deep.equal({ firings: [], fate: 'used', usedBy: { app: 'default/B', reloadId: 'B1' } });
    });
  });
  it('counts no end once more that was used and has left the log before the change', () => {
    const strangers = Array.from({ length: 128 }, (_, n) => ({
      ...endAt('X1 01:31'),
      reloadId: `X${n}` as ReloadId,
    }));
    const { memory: trimmed } = applyAll(allOf(2, 6), strangers, fired);
    expect([trimmed.log.length, trimmed.baseHalves]).to.deep.equal([128, []]);
    expect(applyAll(allOf(3, 6), [endAt('C1 02:00')], trimmed).firings).to.deep.equal([]);
    expect(applyAll(allOf(2, 12), [endAt('C1 02:00')], trimmed).firings).to.deep.equal([]);
    expect(applyAll(allOf(3, 6), [endAt('A1 01:00')], trimmed).fates).to.deep.equal(['too-late, as before']);
  });
  it('does not take another order of the same apps for a change', () => {
    const { of, ...rest } = allOf(2, 6);
    const turned = { ...rest, of: Object.fromEntries(Object.entries(of).reverse()) };
    const late = arrive(allOf(2, 6), 'A1 01:00', 'B2 01:40', 'B1 01:30').memory;
    expect(applyAll(turned, [endAt('A2 02:00')], late).firings).to.deep.equal(['A2: B2,A2']);
  });
});

describe('the log of a composite link', () => {
  const manyOfA = (count: number): JoinEnd[] =>
    Array.from({ length: count }, (_, index) => ({
      ...endAt('A1 00:00'),
      reloadId: `A${String(index).padStart(3, '0')}` as ReloadId,
      endedAt: (1_000 + index) as EpochMs,
    }));

  it('keeps 128 ends, and what was left of the others', () => {
    const { memory } = applyAll(allOf(2, 6), manyOfA(129));
    expect(memory.log).to.have.length(128);
    expect(memory.baseEnd?.reloadId).to.equal('A000');
    expect(memory.baseHalves.map(({ reloadId }) => reloadId)).to.deep.equal(['A000']);
    expect(applyAll(allOf(2, 6), manyOfA(128)).memory.log).to.have.length(128);
    expect(applyAll(allOf(2, 6), manyOfA(128)).memory.baseEnd).to.equal(undefined);
  });

  it('answers too late for an end that is not newer than what it has let go', () => {
    const { memory } = applyAll(allOf(2, 6), manyOfA(129));
    const late: JoinEnd = { ...endAt('B1 00:00'), endedAt: 1_000 as EpochMs };
    expect(applyAll(allOf(2, 6), [late], memory).fates).to.deep.equal(['used']);
    expect(applyAll(allOf(2, 6), [{ ...late, reloadId: 'A' as ReloadId }], memory).fates).to.deep.equal([
      'too-late, as before',
    ]);
    expect(applyAll(allOf(2, 6), manyOfA(1), memory).fates).to.deep.equal(['too-late, as before']);
  });

  it('lets go what no longer counts for more than a day', () => {
    const later = (text: string, hours: number, millis: number): JoinEnd => {
      const end = endAt(text);
      return { ...end, endedAt: (end.endedAt + hours * HOUR + millis) as EpochMs };
    };
    const keptOf = (within: number, newest: JoinEnd): readonly string[] =>
      applyAll(allOf(2, within), [endAt('A1 01:00'), newest]).memory.log.map(({ reloadId }) => reloadId);
    expect(keptOf(6, later('C1 01:00', 30, 0))).to.deep.equal(['A1', 'C1']);
    expect(keptOf(6, later('C1 01:00', 30, 1))).to.deep.equal(['C1']);
    expect(keptOf(25, later('C1 01:00', 49, 0))).to.deep.equal(['A1', 'C1']);
    expect(keptOf(25, later('C1 01:00', 49, 1))).to.deep.equal(['C1']);
  });

  it('takes a half for expired, and not for superseded, if its app ends again after its time', () => {
    const fateOfA1 = (...texts: string[]): string =>
      applyEnd(arrive(allOf(2, 6), ...texts).memory, endAt('A1 01:00'), allOf(2, 6)).fate;
    expect(fateOfA1('A1 01:00', 'A2 07:00')).to.equal('superseded');
    expect(fateOfA1('A1 01:00', 'A2 07:00:00.001')).to.equal('expired');
    expect(fateOfA1('A1 01:00', 'A2! 07:00')).to.equal('withdrawn');
    expect(fateOfA1('A1 01:00', 'A2! 07:00:00.001')).to.equal('expired');
  });

  it('a half that the log has let go still pairs if the window is open', () => {
    const { memory } = applyAll(allOf(2, 6), manyOfA(200));
    const { firings } = applyAll(allOf(2, 6), [{ ...endAt('B1 00:00'), endedAt: 2_000 as EpochMs }], memory);
    expect(firings).to.deep.equal(['B1: A199,B1']);
  });
});
