import { expect } from 'chai';
import fc from 'fast-check';
import { applyEnd, EMPTY_JOIN, type JoinMemory, joinWait } from '../../../src/core/joins/apply-end.ts';
import { compareEnds, type Firing, type JoinEnd } from '../../../src/core/joins/fold-ends.ts';
import type { JoinRule } from '../../../src/core/link.ts';
import type { AppKey, ReloadId } from '../../../src/core/names.ts';
import type { DurationMs, EpochMs } from '../../../src/core/units.ts';
import { inOrder, meaningOf } from './reference-fold.ts';

const HISTORIES = 10_000;

/** Few apps and few instants, so that ends of one app, of one millisecond and at a window's edge are frequent. */
const history = fc
  .array(
    fc.record({
      app: fc.constantFrom('one/a', 'one/b', 'one/c', 'two/a'),
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

const halfIds = (halves: readonly JoinEnd[]): readonly string[] => halves.map((half) => `${half.app} ${half.reloadId}`);

function applyAll(ends: readonly JoinEnd[], each: JoinRule, onEnd: (firings: readonly Firing[]) => void): JoinMemory {
  let memory: JoinMemory = EMPTY_JOIN;
  for (const end of ends) {
    const applied = applyEnd(memory, end, each);
    memory = applied.memory ?? memory;
    onEnd(applied.firings);
  }
  return memory;
}

describe('a composite link against the reference, over 10,000 histories', () => {
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
            expect(isCovered || fired.some((each) => each.closing === closing), 'a firing was missed').to.equal(true);
          }
          expect(halfIds(joinWait(memory, each).halves)).to.deep.equal(halfIds(meaning.halves));
          for (const end of ends) expect(applyEnd(memory, end, each).memory).to.equal(undefined);
        },
      ),
      { numRuns: HISTORIES },
    );
  });
});
