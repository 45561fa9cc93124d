import { expect } from 'chai';
import fc from 'fast-check';
import { applyEnd, EMPTY_JOIN, type JoinMemory, joinWait } from '../../../src/core/joins/apply-end.ts';
import { compareEnds, type Firing, type JoinEnd } from '../../../src/core/joins/fold-ends.ts';
import type { JoinRule } from '../../../src/core/link.ts';
import type { AppKey, ReloadId } from '../../../src/core/names.ts';
import type { DurationMs, EpochMs } from '../../../src/core/units.ts';
import { inOrder, meaningOf } from './reference-fold.ts';

const HISTORIES = 10_000;

const APPS = ['one/a', 'one/b', 'one/c', 'two/a'] as const;

/** Few apps and few instants, so that ends of one app, of one millisecond and at a window's edge are frequent. */
const history = fc
  .array(
    fc.record({
      app: fc.constantFrom(...APPS),
      endedAt: fc.integer({ min: 0, max: 40 }),
      outcome: fc.constantFrom('succeeded' as const, 'failed' as const),
    }),
    { maxLength: 50 },
  )
  .map((ends) =>
    ends.map(
      ({ app, endedAt, outcome }, index): JoinEnd => ({
        app: app as AppKey,
        reloadId: `r${String(index % 25).padStart(2, '0')}${app === 'two/a' ? '' : app}` as ReloadId,
        endedAt: endedAt as EpochMs,
        outcome,
      }),
    ),
  )
  // A reload ends once.
  .map((ends) => [...new Map(ends.map((end) => [`${end.app} ${end.reloadId}`, end])).values()]);

const on = fc.constantFrom('succeeded' as const, 'succeeded' as const, 'failed' as const, 'any' as const);

const rule = fc.record({
  // One of the apps is no upstream any more in some histories.
  of: fc.oneof(
    fc.record({ 'one/a': on, 'one/b': on, 'one/c': on, 'two/a': on }),
    fc.record({ 'one/a': on, 'one/b': on, 'one/c': on }),
  ),
  atLeast: fc.integer({ min: 1, max: 4 }),
  within: fc.integer({ min: 1, max: 30 }).map((within) => within as DurationMs),
});

/** The history in any order, some of its ends arrived twice. */
const anyOrder = (ends: JoinEnd[]) =>
  fc
    .tuple(fc.shuffledSubarray(ends, { minLength: ends.length }), fc.array(fc.nat(), { maxLength: 20 }))
    .map(([shuffled, again]) => {
      const arrived = [...shuffled];
      for (const at of again) {
        const end = ends[at % Math.max(ends.length, 1)];
        if (end !== undefined) arrived.splice(at % (arrived.length + 1), 0, end);
      }
      return arrived;
    });

const ids = ({ closing, halves }: Firing): string =>
  `${closing.app} ${closing.reloadId}: ${halves.map((half) => `${half.app} ${half.reloadId}`).join(', ')}`;

const isSameRule = (a: JoinRule, b: JoinRule): boolean =>
  a.atLeast === b.atLeast && a.within === b.within && APPS.every((app) => a.of[app as AppKey] === b.of[app as AppKey]);

const halfIds = (halves: readonly JoinEnd[]): readonly string[] => halves.map((half) => `${half.app} ${half.reloadId}`);

function applyAll(
  ends: readonly JoinEnd[],
  each: JoinRule,
  onEnd: (firings: readonly Firing[]) => void,
  from: JoinMemory = EMPTY_JOIN,
): JoinMemory {
  let memory = from;
  for (const end of ends) {
    const applied = applyEnd(memory, end, each);
    memory = applied.memory ?? memory;
    onEnd(applied.firings);
  }
  return memory;
}

describe('a composite link against the reference, over 10,000 histories', () => {
  it('told in order, with pauses in which each firing is left out: the other firings are the same', () => {
    let [paused, left] = [0, 0];
    fc.assert(
      fc.property(history, rule, fc.infiniteStream(fc.boolean()), (ends, each, pauses) => {
        const told = inOrder(ends).map((end) => ({ end, isPaused: pauses.next().value as boolean }));
        let memory: JoinMemory = EMPTY_JOIN;
        const firings: string[] = [];
        for (const { end, isPaused } of told) {
          const applied = applyEnd(memory, end, each, isPaused);
          memory = applied.memory ?? memory;
          firings.push(...applied.firings.map(ids));
        }
        const isLeftOut = ({ closing }: Firing): boolean =>
          told.some(({ end, isPaused }) => isPaused && end.app === closing.app && end.reloadId === closing.reloadId);
        const all = meaningOf(ends, each).firings;
        expect(firings).to.deep.equal(all.filter((firing) => !isLeftOut(firing)).map(ids));
        paused += all.filter(isLeftOut).length;
        left += firings.length;
      }),
      { numRuns: HISTORIES },
    );
    expect(Math.min(paused, left)).to.be.greaterThan(HISTORIES / 10);
  });

  it('ends that arrive in order are exactly the meaning', () => {
    fc.assert(
      fc.property(history, rule, (ends, each) => {
        const firings: Firing[] = [];
        const memory = applyAll(inOrder(ends), each, (more) => firings.push(...more));
        const meaning = meaningOf(ends, each);
        expect(firings.map(ids)).to.deep.equal(meaning.firings.map(ids));
        expect(halfIds(joinWait(memory, each).halves)).to.deep.equal(halfIds(meaning.halves));
      }),
      { numRuns: HISTORIES },
    );
  });

  it('ends that arrive in any order and twice: it fires for what is newer than it fired for, and remembers the same', () => {
    fc.assert(
      fc.property(
        history.chain((ends) => fc.record({ ends: fc.constant(ends), arrived: anyOrder(ends), each: rule })),
        ({ ends, arrived, each }) => {
          const known: JoinEnd[] = [];
          const fired: Firing[] = [];
          let at = 0;
          const memory = applyAll(arrived, each, (more) => {
            const end = arrived[at++];
            if (end !== undefined && !known.includes(end)) known.push(end);
            const last = fired.at(-1)?.closing;
            const expected = meaningOf(known, each).firings.filter(
              ({ closing }) => last === undefined || compareEnds(closing, last) > 0,
            );
            expect(more.map(ids)).to.deep.equal(expected.map(ids));
            fired.push(...more);
          });
          const meaning = meaningOf(ends, each);
          const newest = fired.at(-1)?.closing;
          for (const { closing } of meaning.firings) {
            const isCovered = newest !== undefined && compareEnds(closing, newest) < 0;
            expect(
              isCovered || fired.some((each) => compareEnds(each.closing, closing) === 0),
              'a firing was missed',
            ).to.equal(true);
          }
          expect(halfIds(joinWait(memory, each).halves)).to.deep.equal(halfIds(meaning.halves));
          for (const end of ends) expect(applyEnd(memory, end, each).memory).to.equal(undefined);
        },
      ),
      { numRuns: HISTORIES },
    );
  });

  it('the rule changes between two ends: what it used before counts no more, and the rest has the meaning of the new rule', () => {
    fc.assert(
      fc.property(history, fc.nat(50), rule, rule, (all, at, before, after) => {
        const ends = inOrder(all);
        const first = ends.slice(0, at);
        const rest = ends.slice(at);
        const firings: Firing[] = [];
        const memory = applyAll(first, before, (more) => firings.push(...more));
        applyAll(rest, after, (more) => firings.push(...more), memory);
        const old = meaningOf(first, before).firings;
        const spent = isSameRule(before, after) ? new Set<JoinEnd>() : new Set(old.flatMap(({ halves }) => halves));
        const last = old.at(-1)?.closing;
        const next = meaningOf(ends, after, spent).firings.filter(
          ({ closing }) => last === undefined || compareEnds(closing, last) > 0,
        );
        expect(firings.map(ids)).to.deep.equal([...old, ...(rest.length === 0 ? [] : next)].map(ids));
      }),
      { numRuns: HISTORIES },
    );
  });

  it('the rule changes, in any order of arrival: no end is used by a firing of either rule', () => {
    fc.assert(
      fc.property(
        history.chain((ends) => fc.record({ arrived: anyOrder(ends), at: fc.nat(70), before: rule, after: rule })),
        ({ arrived, at, before, after }) => {
          fc.pre(!isSameRule(before, after));
          const used = new Set<string>();
          const memory = applyAll(arrived.slice(0, at), before, (more) => {
            for (const { halves } of more) for (const id of halfIds(halves)) used.add(id);
          });
          const last = applyAll(
            arrived.slice(at),
            after,
            (more) => {
              for (const { halves } of more) for (const id of halfIds(halves)) expect([...used]).not.to.include(id);
            },
            memory,
          );
          for (const end of arrived) expect(applyEnd(last, end, after).memory).to.equal(undefined);
        },
      ),
      { numRuns: HISTORIES },
    );
  });

  it('over many days, with ends up to a day late (500 histories): what left the log is as if it were there', () => {
    const HOUR = 3_600_000;
    const days = fc
      .array(
        fc.record({
          app: fc.constantFrom('one/a', 'one/b', 'one/c'),
          hour: fc.integer({ min: 0, max: 200 }),
          late: fc.integer({ min: 0, max: 23 }),
          outcome: fc.constantFrom('succeeded' as const, 'succeeded' as const, 'failed' as const),
        }),
        { minLength: 20, maxLength: 50 },
      )
      .map((ends) =>
        ends
          .map(({ app, hour, late, outcome }, index) => {
            const end = {
              app: app as AppKey,
              reloadId: `r${index}` as ReloadId,
              endedAt: (hour * HOUR) as EpochMs,
              outcome,
            };
            return { end, arrives: hour + late };
          })
          .sort((a, b) => a.arrives - b.arrives)
          .map(({ end }): JoinEnd => end),
      );
    const hours = rule.map((each) => ({ ...each, within: (each.within * HOUR) as DurationMs }));
    let trimmed = 0;
    fc.assert(
      fc.property(days, hours, (arrived, each) => {
        const known: JoinEnd[] = [];
        let last: JoinEnd | undefined;
        let memory: JoinMemory = EMPTY_JOIN;
        for (const end of arrived) {
          const applied = applyEnd(memory, end, each);
          memory = applied.memory ?? memory;
          known.push(end);
          const expected = meaningOf(known, each).firings.filter(
            ({ closing }) => last === undefined || compareEnds(closing, last) > 0,
          );
          expect(applied.firings.map(ids)).to.deep.equal(expected.map(ids));
          last = expected.at(-1)?.closing ?? last;
        }
        if (memory.baseEnd !== undefined) trimmed += 1;
        expect(halfIds(joinWait(memory, each).halves)).to.deep.equal(halfIds(meaningOf(arrived, each).halves));
      }),
      { numRuns: 500 },
    );
    expect(trimmed).to.be.greaterThan(400);
  });
});
