import { expect } from 'chai';
import {
  type ChannelState,
  isGivenUp,
  type MessageClaim,
  opened,
  paused,
  takeTurn,
} from '../../../src/core/desk/channel-state.ts';
import type { ChannelName, Notice } from '../../../src/core/desk/notice.ts';
import {
  groupFor,
  halved,
  leased,
  leaseUntil,
  type OwingDocument,
  released,
  settled,
} from '../../../src/core/desk/outbox.ts';
import type { DurationMs, EpochMs } from '../../../src/core/units.ts';

const at = (ms: number) => ms as EpochMs;
const OPS = 'ops' as ChannelName;
const MAIL = 'mail' as ChannelName;

const notice = (id: string, ms: number, more: Partial<Notice> = {}): Notice => ({
  ...{ id, kind: 'failed', at: at(ms), to: [OPS], due: { [OPS]: at(ms + 30_000) } },
  ...more,
});

const owing = (id: string, notices: readonly Notice[], leases?: OwingDocument['leases']): OwingDocument => ({
  ...{ id, notices },
  ...(leases && { leases }),
});

const groups = (channel: ChannelName, documents: readonly OwingDocument[], now = 1_000_000) =>
  groupFor(channel, documents, at(now)).map(({ id, notices }) => `${id}: ${notices.map((each) => each.id).join(' ')}`);

describe('which notices go into the next message to a channel', () => {
  it('are all that it is owed: the oldest document first, each document’s in their order', () => {
    const documents = [
      owing('app:b', [notice('failed.r3', 3000), notice('recovered.r4', 4000)]),
      owing('app:a', [notice('failed.r1', 1000, { to: [MAIL] }), notice('recovered.r2', 2000)]),
      owing('app:c', [notice('failed.r9', 9000, { to: [MAIL] })]),
    ];
    expect(groups(OPS, documents)).to.deep.equal(['app:a: recovered.r2', 'app:b: failed.r3 recovered.r4']);
    expect(groups(MAIL, documents)).to.deep.equal(['app:a: failed.r1', 'app:c: failed.r9']);
  });

  it('has questions last, however old they are', () => {
    const documents = [
      owing('ticket:question:x:1', [notice('asked', 1000, { kind: 'question' })]),
      owing('app:a', [notice('failed.r9', 9000)]),
      owing('alert:x', [notice('raised.2', 2000, { kind: 'alert' })]),
    ];
    expect(groups(OPS, documents)).to.deep.equal([
      'alert:x: raised.2',
      'app:a: failed.r9',
      'ticket:question:x:1: asked',
    ]);
  });

  it('leaves out a document that another worker has leased for this channel, until the lease ends', () => {
    const documents = [owing('app:a', [notice('failed.r1', 1000, { to: [OPS, MAIL] })], { [OPS]: at(5000) })];
    expect(groups(OPS, documents, 4999)).to.deep.equal([]);
    expect(groups(MAIL, documents, 4999)).to.deep.equal(['app:a: failed.r1']);
    expect(groups(OPS, documents, 5000)).to.deep.equal(['app:a: failed.r1']);
  });

  it('is no larger than its notices may be in one message', () => {
    const alone = { most: { [OPS]: 1 } };
    const documents = [
      owing('app:a', [notice('failed.r1', 1000, { most: { [OPS]: 3 } }), notice('recovered.r2', 2000)]),
      owing('app:b', [notice('failed.r3', 3000), notice('recovered.r4', 4000)]),
      owing('app:c', [notice('failed.r5', 5000)]),
    ];
    expect(groups(OPS, documents)).to.deep.equal(['app:a: failed.r1 recovered.r2', 'app:b: failed.r3']);
    const bad = [owing('app:a', [notice('failed.r1', 1000)]), owing('app:b', [notice('failed.r3', 3000, alone)])];
    expect(groups(OPS, bad)).to.deep.equal(['app:a: failed.r1']);
    expect(groups(OPS, bad.slice(1))).to.deep.equal(['app:b: failed.r3']);
  });

  it('never has a notice without those that its document owed before', () => {
    const documents = [
      owing('app:a', [notice('failed.r1', 1000)]),
      owing('app:b', [notice('failed.r2', 2000, { most: { [OPS]: 1 } }), notice('recovered.r3', 3000)]),
      owing('app:c', [notice('failed.r4', 4000)]),
    ];
    expect(groups(OPS, documents)).to.deep.equal(['app:a: failed.r1', 'app:c: failed.r4']);
  });

  it('has at most 500 notices', () => {
    const documents = Array.from({ length: 501 }, (_, index) =>
      owing(`app:${index}`, [notice(`failed.r${index}`, index)]),
    );
    expect(groupFor(OPS, documents, at(0))).to.have.length(500);
  });
});

describe('a document that owes notices', () => {
  const both = notice('failed.r1', 1000, { to: [OPS, MAIL], due: { [OPS]: at(1), [MAIL]: at(2) }, most: { [OPS]: 4 } });

  it('is leased for a minute, for one channel', () => {
    const document = leased(owing('app:a', [both], { [MAIL]: at(7) }), OPS, leaseUntil(at(1000)));
    expect(document.leases).to.deep.equal({ ops: 61_000, mail: 7 });
  });

  it('loses the channel that took a notice, and the notice with its last channel', () => {
    const start = owing('app:a', [both, notice('recovered.r2', 2000)], { [OPS]: at(9) });
    const once = settled(start, OPS, new Set(['failed.r1']));
    expect(once).to.deep.equal({
      id: 'app:a',
      notices: [
        { id: 'failed.r1', kind: 'failed', at: 1000, to: ['mail'], due: { mail: 2 } },
        notice('recovered.r2', 2000),
      ],
    });
    expect(settled(once, MAIL, new Set(['failed.r1'])).notices.map(({ id }) => id)).to.deep.equal(['recovered.r2']);
  });

  it('keeps a notice that was not in the message', () => {
    const document = owing('app:a', [notice('failed.r1', 1000)]);
    expect(settled(document, OPS, new Set(['failed.r0'])).notices).to.have.length(1);
  });

  it('is owed later if the channel is closed, and keeps the leases of others', () => {
    const document = released(owing('app:a', [both], { [OPS]: at(9), [MAIL]: at(8) }), OPS, at(500));
    expect(document.leases).to.deep.equal({ mail: 8 });
    expect(document.notices[0]?.due).to.deep.equal({ ops: 500, mail: 2 });
    const notOwed = released(owing('app:a', [notice('x', 1, { to: [MAIL], due: { [MAIL]: at(2) } })]), OPS, at(500));
    expect(notOwed.notices[0]?.due).to.deep.equal({ mail: 2 });
  });

  it('goes in a message half as large if the channel refused its message', () => {
    const start = owing('app:a', [notice('failed.r1', 1000), notice('recovered.r2', 2000)], { [OPS]: at(9) });
    const document = halved(start, OPS, new Set(['failed.r1']), 7);
    expect(document.notices.map(({ most }) => most)).to.deep.equal([{ ops: 3 }, undefined]);
    expect(document).not.to.have.property('leases');
    expect(halved(start, OPS, new Set(['failed.r1']), 1).notices[0]?.most).to.deep.equal({ ops: 1 });
  });
});

describe('a channel', () => {
  const BUSY = { kind: 'busy', message: 'it answered 503' } as const;
  const NEWS = { isSwept: false, isQuestions: false };
  const QUESTIONS = { isSwept: false, isQuestions: true };
  const SWEPT = { isSwept: true, isQuestions: false };
  const free = (state: ChannelState, now: number, claim: MessageClaim = NEWS) => {
    const turn = takeTurn(state, claim, at(now));
    if (turn.kind === 'closed') throw new Error(`closed until ${turn.opensAt}`);
    return turn.state;
  };

  it('takes five messages in 85 seconds, one of which is for what has waited for the sweep', () => {
    let state: ChannelState = { slots: [] };
    for (const now of [1000, 2000, 3000, 4000]) state = free(state, now);
    expect(takeTurn(state, NEWS, at(85_999))).to.deep.equal({ kind: 'closed', opensAt: 86_000 });
    state = free(state, 5000, SWEPT);
    expect(state).to.deep.equal({ slots: [1000, 2000, 3000, 4000, 5000], keptAt: 5000 });
    for (const claim of [NEWS, SWEPT])
      expect(takeTurn(state, claim, at(85_999))).to.deep.equal({ kind: 'closed', opensAt: 86_000 });
    expect(free(state, 86_000)).to.deep.equal({ slots: [2000, 3000, 4000, 5000, 86_000], keptAt: 5000 });
    // Two notifiers may have stored them in another order.
    const turned = { ...state, slots: state.slots.toReversed() };
    expect(takeTurn(turned, NEWS, at(85_999))).to.deep.equal({ kind: 'closed', opensAt: 86_000 });
    // A message that the channel took uses up its slot.
    expect(opened({ ...state, failures: 1, pausedUntil: at(9) }, at(9))).to.deep.equal(state);
  });

  it('takes the messages of a sweep like others if its own slot is taken', () => {
    let state: ChannelState = { slots: [] };
    for (const now of [1000, 2000, 3000, 4000, 5000]) state = free(state, now, SWEPT);
    expect(state).to.deep.equal({ slots: [1000, 2000, 3000, 4000, 5000], keptAt: 1000 });
    // The sweep's slot, which is the oldest one, ends at 86,000. What is no sweep's waits for the next one.
    expect(takeTurn(state, NEWS, at(86_000))).to.deep.equal({ kind: 'closed', opensAt: 87_000 });
    expect(free(state, 86_000, SWEPT)).to.deep.equal({ slots: [2000, 3000, 4000, 5000, 86_000], keptAt: 86_000 });
  });

  it('takes at most three messages of questions, so that there is a slot for a failure', () => {
    let state: ChannelState = { slots: [] };
    for (const now of [1000, 2000, 3000]) state = free(state, now, QUESTIONS);
    expect(takeTurn(state, QUESTIONS, at(4000))).to.deep.equal({ kind: 'closed', opensAt: 86_000 });
    state = free(state, 4000, { ...QUESTIONS, isSwept: true });
    expect(state).to.deep.equal({ slots: [1000, 2000, 3000, 4000], keptAt: 4000 });
    state = free(state, 5000);
    // The fourth, oldest but one, must end before there are less than three of others.
    expect(takeTurn(state, QUESTIONS, at(86_000))).to.deep.equal({ kind: 'closed', opensAt: 87_000 });
    expect(free(state, 87_000, QUESTIONS).slots).to.deep.equal([3000, 4000, 5000, 87_000]);
  });

  it('takes five messages also beside a notifier of a version that keeps no slot', () => {
    const state = { slots: [1000, 2000, 3000, 4000, 5000].map(at) };
    for (const claim of [NEWS, SWEPT]) expect(takeTurn(state, claim, at(85_999)).kind).to.equal('closed');
    expect(takeTurn(state, NEWS, at(86_000))).to.deep.equal({ kind: 'closed', opensAt: 87_000 });
    expect(free(state, 86_000, SWEPT)).to.deep.equal({ slots: [2000, 3000, 4000, 5000, 86_000], keptAt: 86_000 });
  });

  it('takes nothing while it is paused', () => {
    const state = { slots: [], pausedUntil: at(9000), failures: 2 };
    expect(takeTurn(state, NEWS, at(8999))).to.deep.equal({ kind: 'closed', opensAt: 9000 });
    // It stays as often failed until it takes a message.
    expect(takeTurn(state, NEWS, at(9000))).to.deep.equal({ kind: 'free', state: { slots: [9000], failures: 2 } });
  });

  it('is paused for 15 s, then twice as long each time, up to 10 minutes', () => {
    let state: ChannelState = { slots: [] };
    const pauses = Array.from({ length: 8 }, () => {
      state = paused(state, BUSY, at(0));
      return state.pausedUntil;
    });
    expect(pauses).to.deep.equal([15_000, 30_000, 60_000, 120_000, 240_000, 480_000, 600_000, 600_000]);
    expect(paused(opened(state, at(600_000)), BUSY, at(0)).pausedUntil).to.equal(15_000);
  });

  it('is paused as long as it asks for, up to an hour', () => {
    const pause = (ms: number) => paused({ slots: [] }, { ...BUSY, retryAfter: ms as DurationMs }, at(5)).pausedUntil;
    expect([pause(90_000), pause(7_200_000)]).to.deep.equal([90_005, 3_600_005]);
  });

  it('is paused as if it asked for nothing if it asks for no time at all', () => {
    const pause = (failures: number) =>
      paused({ slots: [], failures }, { ...BUSY, retryAfter: 0 as DurationMs }, at(5)).pausedUntil;
    expect([pause(0), pause(2), pause(7)]).to.deep.equal([15_005, 60_005, 600_005]);
  });

  it('stays paused if it takes a message that was under way before the pause', () => {
    const [first, second] = [at(1_000), at(2_000)];
    const limited = { ...BUSY, retryAfter: 120_000 as DurationMs } as const;
    const both = free(free({ slots: [] }, first), second);
    const state = paused(both, limited, at(3_000));
    expect(opened(state, at(4_000))).to.equal(state);
    expect(takeTurn(opened(state, at(4_000)), NEWS, at(10_000))).to.deep.equal({ kind: 'closed', opensAt: 123_000 });
    expect(opened(state, at(123_000))).to.deep.equal({ slots: [1_000, 2_000] });
  });

  it('stays paused as long as it asked for if another message fails meanwhile', () => {
    const limited = paused({ slots: [] }, { ...BUSY, retryAfter: 120_000 as DurationMs }, at(3_000));
    expect(paused(limited, BUSY, at(4_000))).to.deep.equal({
      ...{ slots: [], failures: 2, failingSince: 3_000, answer: 'it answered 503', pausedUntil: 123_000 },
    });
  });

  it('knows since when it has taken none, and what it answered last', () => {
    const first = paused({ slots: [] }, BUSY, at(7));
    expect(first).to.include({ failingSince: 7, answer: 'it answered 503' });
    const second = paused(first, { kind: 'busy', message: 'no answer (ENOTFOUND)' }, at(15_007));
    expect(second).to.include({ failingSince: 7, answer: 'no answer (ENOTFOUND)' });
    // There is an alert about that answer, which has it.
    expect(paused(second, { kind: 'wrong' }, at(45_007)))
      .to.include({ failingSince: 7 })
      .and.not.to.have.property('answer');
    expect(opened(second, at(45_007))).to.deep.equal({ slots: [] });
  });

  it('that takes messages is not written again', () => {
    const state = { slots: [at(1_000)] };
    expect(opened(state, at(2_000))).to.equal(state);
  });

  it('is paused for 10 minutes if its address or key is wrong', () => {
    expect(paused({ slots: [] }, { kind: 'wrong' }, at(0))).to.deep.equal({
      slots: [],
      failures: 1,
      failingSince: 0,
      wrongSince: 0,
      pausedUntil: 600_000,
    });
  });

  it('is wrong since the first such answer, until it takes a message', () => {
    const first = paused({ slots: [] }, { kind: 'wrong' }, at(7));
    const later = paused(paused(first, BUSY, at(8)), { kind: 'wrong' }, at(9));
    expect(later.wrongSince).to.equal(7);
    expect(opened(later, at(600_009))).to.deep.equal({ slots: [] });
  });

  it('loses what it is owed after it has been wrong for a day, and the notice is a day old', () => {
    const state = { slots: [], wrongSince: at(1_000) };
    expect(isGivenUp(state, at(500), at(86_400_999))).to.equal(false);
    expect(isGivenUp(state, at(500), at(86_401_000))).to.equal(true);
    expect(isGivenUp(state, at(2_000), at(86_401_999))).to.equal(false);
    expect(isGivenUp({ slots: [] }, at(0), at(86_401_999))).to.equal(false);
  });
});
