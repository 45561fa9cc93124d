import { expect } from 'chai';
import type { OrderId } from '../../../src/core/names.ts';
import { ORDER_STATES, type OrderState } from '../../../src/core/order-state.ts';
import { mayCancel } from '../../../src/core/runs/may-cancel.ts';
import { stateWords } from '../../../src/core/runs/order-words.ts';
import { durationText, instantText, parseDuration, shortInstantText } from '../../../src/core/runs/time-words.ts';
import { at, ordered } from './some-facts.ts';

describe('times in words', () => {
  it('tells instants in UTC, the date only where it is another day', () => {
    expect(instantText(at('01:02:03'))).to.equal('2026-11-22 01:02:03Z');
    expect(shortInstantText(at('01:02:03'), at('23:59'))).to.equal('01:02:03Z');
    expect(shortInstantText(at('01:02:03'), (at('01:00') + 86_400_000) as never)).to.equal('2026-11-22 01:02:03Z');
  });

  for (const [ms, text] of [
    [-5, '0 s'],
    [999, '0 s'],
    [59_999, '59 s'],
    [60_000, '1 min'],
    [125_000, '2 min 5 s'],
    [3_600_000, '1 h'],
    [3_780_000, '1 h 3 min'],
    [187_200_000, '2 d 4 h'],
  ] as const) {
    it(`calls ${ms} ms ${text}`, () => expect(durationText(ms)).to.equal(text));
  }

  for (const [text, ms] of [
    ['90s', 90_000],
    ['30m', 1_800_000],
    ['24h', 86_400_000],
    ['7d', 604_800_000],
    ['7', undefined],
    ['h', undefined],
    ['-1h', undefined],
    ['1w', undefined],
    ['1h30m', undefined],
  ] as const) {
    it(`takes "${text}" for ${ms ?? 'nothing'}`, () => expect(parseDuration(text)).to.equal(ms));
  }
});

describe('the state of an order in words', () => {
  const now = at('02:00');
  const reason = { code: 'QUOTA', message: 'The app’s quota is used up.' };
  const words: Readonly<Record<OrderState, string>> = {
    planned: 'is owed and not taken yet; the sweep takes it at 02:05:00Z',
    claimed: 'is being started; if its worker stops, the sweep takes it at 02:05:00Z',
    unknown: 'may have been started: Qlik gave no clear answer; Cascade looks at 02:05:00Z',
    parked:
      'waits until its app is free: another reload is pending; Cascade looks again at 02:05:00Z at the latest, and earlier if the app is free',
    waiting: 'waits: The app’s quota is used up; Cascade asks again at 02:05:00Z',
    posted: 'runs in Qlik or is queued there since 01:30:00Z',
    ended: 'failed',
    merged: 'was merged into order:default:t:s:r0',
    'gave-up': 'was given up: The app’s quota is used up',
    'called-off': 'was called off by a person',
  };
  for (const state of ORDER_STATES) {
    it(`says of one that is ${state}: it ${words[state]}`, () => {
      const order = ordered('t', 'r1', '01:00', {
        state,
        reason,
        outcome: 'failed',
        into: 'order:default:t:s:r0' as OrderId,
        postedAt: at('01:30'),
        dueAt: at('02:05'),
      });
      expect(stateWords(order, now)).to.equal(words[state]);
    });
  }

  it('says for how long one is due that nobody takes', () => {
    expect(stateWords(ordered('t', 'r1', '01:00', { dueAt: at('01:48') }), now)).to.equal(
      'is owed and not taken yet; the sweep takes it, within 5 minutes: due for 12 min',
    );
    const reason = { code: 'RETRY', message: 'Attempt 1 of 3 failed' };
    expect(stateWords(ordered('t', 'r1', '01:00', { state: 'waiting', reason, dueAt: at('01:48') }), now)).to.equal(
      'waits for its next attempt (Attempt 1 of 3 failed); Cascade starts it in the next sweep, within 5 minutes: due for 12 min',
    );
  });

  it('says what an order waits for between two attempts, and that its last one ran too long', () => {
    const reason = { code: 'RETRY', message: 'Attempt 1 of 3 failed' };
    const waiting = ordered('t', 'r1', '01:00', { state: 'waiting', reason, try: 2, dueAt: at('02:05') });
    expect(stateWords(waiting, now)).to.equal(
      'waits for its next attempt (Attempt 1 of 3 failed); Cascade starts it at 02:05:00Z',
    );
    const ended = { state: 'ended', outcome: 'canceled', reason: { code: 'TIMED_OUT', message: 'x' } } as const;
    expect(stateWords(ordered('t', 'r1', '01:00', ended), now)).to.equal(
      'ran longer than its timeout, and Cascade canceled it',
    );
  });

  it('lets no control character of others through to a terminal', () => {
    const message = 'a\u001b[31mb\nc.\n';
    const order = ordered('t', 'r1', '01:00', { state: 'gave-up', reason: { code: 'x', message } });
    expect(stateWords(order, now)).to.equal('was given up: a\\u001b[31mb ⏎ c');
  });
});

describe('calling an order off', () => {
  it('is possible while it is planned, parked or waiting, and only then', () => {
    expect(ORDER_STATES.filter((state) => mayCancel(state).kind === 'may')).to.deep.equal([
      'planned',
      'parked',
      'waiting',
    ]);
  });

  it('says what to do instead', () => {
    expect(mayCancel('posted')).to.deep.equal({
      kind: 'refused',
      why: 'its reload is in Qlik already: cancel it there',
    });
    expect(mayCancel('claimed')).to.deep.equal({
      kind: 'refused',
      why: 'it is being started right now: try again in a moment',
    });
  });
});
