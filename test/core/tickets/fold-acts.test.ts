import { expect } from 'chai';
import fc from 'fast-check';
import { ACT_KINDS, type Act } from '../../../src/core/tickets/act.ts';
import { actId, actIdParts } from '../../../src/core/tickets/act-id.ts';
import { foldActs } from '../../../src/core/tickets/fold-acts.ts';
import { nextActAt } from '../../../src/core/tickets/next-act-at.ts';
import type { EpochMs } from '../../../src/core/units.ts';

const TICKET = 'ticket:reload:default:r1';
const at = (ms: number) => ms as EpochMs;

/** An act of this time, whose id ends with this. */
const act = (ms: number, kind: Act['kind'], value?: unknown, end = 'aaaaaa'): Act =>
  ({ _id: actId({ subject: TICKET, at: at(ms) }, end), by: 'ann', at: ms, kind, value }) as Act;

const folded = (acts: readonly Act[], recoveredAt?: number) => {
  const { history: _, ...rest } = foldActs(
    { _id: TICKET, ...(recoveredAt !== undefined && { recoveredAt: at(recoveredAt) }) },
    acts,
  );
  return rest;
};

const OPEN = { state: 'open', tags: [], minutes: 0 };

describe('the acts of a ticket', () => {
  it('leave it open, nobody’s and without tags if there are none; recovered once its app is', () => {
    expect(folded([])).to.deep.equal(OPEN);
    expect(folded([], 5)).to.deep.equal({ ...OPEN, state: 'recovered' });
  });

  it('say whose it is, last of all', () => {
    expect(folded([act(2, 'own', 'bob'), act(1, 'own', 'ann')])).to.deep.equal({ ...OPEN, owner: 'bob' });
    expect(folded([act(1, 'own', 'ann'), act(2, 'own', null)])).to.deep.equal(OPEN);
  });

  it('add tags and remove them', () => {
    const acts = [
      act(1, 'tag', 'b'),
      act(2, 'tag', 'a'),
      act(3, 'tag', 'c'),
      act(4, 'untag', 'b'),
      act(5, 'untag', 'x'),
    ];
    expect(folded(acts).tags).to.deep.equal(['a', 'c']);
    expect(folded([...acts, act(6, 'tag', 'b')]).tags).to.deep.equal(['a', 'b', 'c']);
  });

  it('reject it with a reason, answer it with minutes, and reopen it', () => {
    const reject = act(1, 'reject', 'not ours');
    expect(folded([reject])).to.deep.equal({ ...OPEN, state: 'rejected', reason: 'not ours' });
    const answers = [act(2, 'answer', 30), act(4, 'answer', 12)];
    expect(folded([reject, ...answers])).to.deep.equal({ ...OPEN, state: 'answered', minutes: 42 });
    expect(folded([reject, ...answers, act(5, 'reopen')])).to.deep.equal({ ...OPEN, minutes: 42 });
    expect(folded([reject, act(2, 'note', 'hm')]).state).to.equal('rejected');
  });

  it('outlast a recovery: only a reopening before it gives way to it', () => {
    expect(folded([act(1, 'reject', 'x')], 5).state).to.equal('rejected');
    expect(folded([act(9, 'answer', 1)], 5).state).to.equal('answered');
    expect(folded([act(1, 'reject', 'x'), act(2, 'reopen')], 5).state).to.equal('recovered');
    expect(folded([act(6, 'reopen')], 5).state).to.equal('open');
  });

  it('dismiss it until it is reopened', () => {
    expect(folded([act(3, 'dismiss')])).to.deep.equal({ ...OPEN, dismissedAt: 3 });
    expect(folded([act(3, 'dismiss'), act(4, 'reopen')])).to.deep.equal(OPEN);
    expect(folded([act(3, 'dismiss'), act(2, 'reopen')])).to.deep.equal({ ...OPEN, dismissedAt: 3 });
  });

  it('are settled by their ids if two have the same time', () => {
    const acts = [act(1, 'own', 'ann', 'zzzzzz'), act(1, 'own', 'bob', 'aaaaaa')];
    expect(folded(acts).owner).to.equal('ann');
    expect(folded([...acts].reverse()).owner).to.equal('ann');
  });

  it('of other subjects do not count, even if one begins like it', () => {
    const other = { ...act(1, 'own', 'ann'), _id: `act:${TICKET}0:000000001:aaaaaa` };
    expect(folded([other])).to.deep.equal(OPEN);
    expect(foldActs({ _id: TICKET }, [other]).history).to.deep.equal([]);
  });

  it('are listed oldest first, each once', () => {
    const [one, two, three] = [act(1, 'note', 'a'), act(2, 'note', 'b'), act(35, 'note', 'c')];
    expect(foldActs({ _id: TICKET }, [three, one, two, one]).history).to.deep.equal([one, two, three]);
  });

  it('have the time in their ids, in 9 places', () => {
    expect(act(1_795_316_220_000, 'reopen')._id).to.equal('act:ticket:reload:default:r1:0mwr8x940:aaaaaa');
    expect(actIdParts('act:ticket:reload:default:r1:0mwr8x940:a1b2c3')).to.deep.equal({
      subject: TICKET,
      at: 1_795_316_220_000,
    });
    for (const id of ['act:x:0mwr8x94:a1b2c3', 'act::0mwr8x940:a1b2c3', 'act:x:0mwr8x940:A1b2c3', 'ticket:x']) {
      expect(actIdParts(id), id).to.equal(undefined);
    }
  });

  it('come after those that their author has seen, even if another clock is ahead', () => {
    expect(nextActAt(at(7), [])).to.equal(7);
    expect(nextActAt(at(7), [act(3, 'reopen'), act(5, 'reopen')])).to.equal(7);
    expect(nextActAt(at(7), [act(9, 'reopen'), act(5, 'reopen')])).to.equal(10);
    // The last instant that 9 places can say.
    expect(nextActAt(at(7), [act(101_559_956_668_415, 'reopen')])).to.equal(101_559_956_668_415);
  });

  it('give two replicas the same state, in whatever order each got them, and twice or once', () => {
    const value = fc.constantFrom('a', 'b', 'c');
    const anAct = fc
      .record({
        // Few times, so that many are equal.
        ms: fc.integer({ min: 0, max: 5 }),
        kind: fc.constantFrom(...ACT_KINDS),
        value,
        minutes: fc.nat(9),
        by: value,
        end: fc.stringMatching(/^[a-c]{6}$/),
      })
      .map(({ ms, kind, value: text, minutes, by, end }) => {
        const given = { own: text === 'c' ? null : text, answer: minutes, reopen: undefined, dismiss: undefined };
        return { ...act(ms, kind, kind in given ? given[kind as keyof typeof given] : text, end), by };
      });
    const acts = fc.uniqueArray(anAct, { selector: ({ _id }) => _id, maxLength: 12 });
    const replicas = acts.chain((all) =>
      fc.tuple(
        fc.constant(all),
        fc.shuffledSubarray(all, { minLength: all.length }),
        fc.array(fc.constantFrom(...(all.length === 0 ? [act(0, 'reopen')] : all)), { maxLength: 4 }),
        fc.option(fc.integer({ min: 0, max: 5 }), { nil: undefined }),
      ),
    );
    fc.assert(
      fc.property(replicas, ([all, shuffled, again, recoveredAt]) => {
        const subject = { _id: TICKET, ...(recoveredAt !== undefined && { recoveredAt: at(recoveredAt) }) };
        const twice = all.length === 0 ? shuffled : [...shuffled, ...again];
        expect(foldActs(subject, twice)).to.deep.equal(foldActs(subject, all));
      }),
      { numRuns: 500 },
    );
  });
});
