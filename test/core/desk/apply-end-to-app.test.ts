import { expect } from 'chai';
import fc from 'fast-check';
import {
  type AppState,
  appStateFrom,
  type CountedEnd,
  FRESH_APP,
  forgettable,
  withoutRecorded,
} from '../../../src/core/desk/app-state.ts';
import { applyEndToApp } from '../../../src/core/desk/apply-end-to-app.ts';
import type { ChannelName } from '../../../src/core/desk/notice.ts';
import type { AppId, ReloadId, TenantName } from '../../../src/core/names.ts';
import type { Outcome } from '../../../src/core/reload-finished.ts';
import type { EpochMs } from '../../../src/core/units.ts';

const LETTERS: Readonly<Record<string, Outcome>> = {
  S: 'succeeded',
  F: 'failed',
  C: 'canceled',
  X: 'exceeded-limit',
};

/** `F3` is a failed reload `r3` that ended at 3 s. `F3~` is one after which another attempt follows. */
function end(text: string, more: Partial<CountedEnd> = {}): CountedEnd {
  const [, letter = '', second = ''] = /^([SFCX])(\d+)~?$/.exec(text) ?? [];
  return {
    tenant: 'default' as TenantName,
    appId: 'app-1' as AppId,
    reloadId: `r${second}` as ReloadId,
    outcome: LETTERS[letter] as Outcome,
    endedAt: (Number(second) * 1000) as EpochMs,
    partial: false,
    willRetry: text.endsWith('~'),
    ...more,
  };
}

const channels = (...names: readonly string[]) => names as unknown as readonly ChannelName[];
const NOW = 1_000_000 as EpochMs;
const context = { routes: { failed: channels('ops'), recovered: channels('ops', 'team') }, now: NOW };

function stateAfter(text: string, from?: AppState): AppState {
  const ends = text.split(' ').map((each) => end(each));
  const start = from ?? FRESH_APP;
  return ends.reduce((state, each) => applyEndToApp(state, each, context).state, start);
}

const kinds = ({ notices }: AppState) => notices.map(({ kind, reloadId }) => `${kind} ${reloadId}`);

describe('what an end changes about its app', () => {
  for (const [ends, notices, failing] of [
    ['S1', [], undefined],
    ['F1', ['failed r1'], 1],
    ['X1', ['failed r1'], 1],
    ['C1', [], undefined],
    ['F1 F2 F3', ['failed r1'], 3],
    ['F1 S2', ['failed r1', 'recovered r2'], undefined],
    ['F1 S2 F3', ['failed r1', 'recovered r2', 'failed r3'], 1],
    ['F1 C2 F3', ['failed r1'], 2],
    ['F1 C2 S3', ['failed r1', 'recovered r3'], undefined],
    // People hear nothing of a failure after which another attempt follows. They hear of the last one.
    ['F1~ F2~ F3', ['failed r3'], 1],
    ['F1~ S2', [], undefined],
    ['S1 F2~ C3', [], undefined],
    // Heard in another order than they ended.
    ['S2 F1', [], undefined],
    ['F2 S1', ['failed r2'], 1],
    ['F2 F1', ['failed r2'], 1],
    // A cancel is newer, and decides nothing: the failure before it is still news.
    ['C3 F2', ['failed r2'], 1],
    ['F1~ C4 F3', ['failed r3'], 1],
    // The same end twice.
    ['F1 F1', ['failed r1'], 1],
    ['F1 S2 F1', ['failed r1', 'recovered r2'], undefined],
  ] as const) {
    it(`${ends}: ${notices.join(', ') || 'no notice'}`, () => {
      const state = stateAfter(ends);
      expect(kinds(state)).to.deep.equal(notices);
      expect(state.failing?.times).to.equal(failing);
    });
  }

  for (const [ends, notices, failing] of [
    // The version that sends notices was deployed at 3 s.
    ['F2', [], 1],
    ['F3', ['failed r3'], 1],
    ['F1 S2', [], undefined],
    ['F2 S3', ['recovered r3'], undefined],
    ['F2 F4', [], 2],
    ['F1 S2 F4', ['failed r4'], 1],
    ['F4 F2', ['failed r4'], 1],
  ] as const) {
    it(`${ends}, if nobody is to hear of ends before 3 s: ${notices.join(', ') || 'no notice'}`, () => {
      const since = { ...context, noticesSince: 3_000 as EpochMs };
      const state = ends
        .split(' ')
        .reduce((before: AppState, each) => applyEndToApp(before, end(each), since).state, FRESH_APP);
      expect(kinds(state)).to.deep.equal(notices);
      expect(state.failing?.times).to.equal(failing);
    });
  }

  it('is why the app failed last: a later failure has another error, or none, and a canceled reload changes nothing', () => {
    const [first, second] = [
      { code: 'E1', message: 'No connection.' },
      { code: 'E2', message: 'Disk full.' },
    ];
    const applied = (state: AppState, text: string, more = {}) => applyEndToApp(state, end(text, more), context).state;
    const one = applied(FRESH_APP, 'F1', { error: first });
    expect(one.failing).to.include({ error: first }).and.not.have.property('errorAt');
    expect(one.notices[0]?.streak).to.include({ error: first });
    const two = applied(one, 'F2', { error: second });
    expect(two.failing).to.include({ error: second, errorAt: 2_000 });
    expect(applied(two, 'C3').failing).to.equal(two.failing);
    expect(applied(two, 'F3').failing).not.to.have.any.keys('error', 'errorAt');
    expect(applied(two, 'S3').over[0]).to.include({ error: second, errorAt: 2_000 });
    // Heard after a later failure.
    expect(applied(applied(one, 'F3'), 'F2', { error: second }).failing).not.to.have.any.keys('error', 'errorAt');
  });

  it('is heard of if a late app has arrived, though the end is from before that: people heard that it is late', () => {
    const late = { deadline: 4_000 as EpochMs, to: channels('ops') };
    const since = { ...context, noticesSince: 3_000 as EpochMs };
    const { state } = applyEndToApp({ ...FRESH_APP, late }, end('S2'), since);
    expect(kinds(state)).to.deep.equal(['arrived r2']);
    const recovered = applyEndToApp({ ...stateAfter('F1'), notices: [], late }, end('S2'), since).state;
    expect(recovered.notices.map(({ kind, to }) => [kind, to])).to.deep.equal([['recovered', ['ops']]]);
  });

  it('is counted for every end, in whatever order they are heard', () => {
    const { counts, seen } = stateAfter('S5 F1 F2~ C3 X4 F1 S5');
    expect(counts).to.deep.equal({ succeeded: 1, failed: 2, canceled: 1, 'exceeded-limit': 1 });
    expect(seen).to.deep.equal(['r5', 'r1', 'r2', 'r3', 'r4']);
  });

  it('is how long reloads ran whose start is known', () => {
    const state = FRESH_APP;
    const first = applyEndToApp(state, end('S9', { startedAt: 6500 as EpochMs }), context).state;
    const second = applyEndToApp(first, end('F20', { startedAt: 19_000 as EpochMs }), context).state;
    const third = applyEndToApp(second, end('S30'), context).state;
    // A start after the end: the two clocks differ.
    const { seconds } = applyEndToApp(third, end('S40', { startedAt: 41_000 as EpochMs }), context).state;
    expect(seconds).to.deep.equal({ succeeded: 2.5, failed: 1, canceled: 0, 'exceeded-limit': 0 });
  });

  it('is a streak: its first failure, how many there were, and its ticket', () => {
    const streak = {
      since: 2000,
      first: 'r2',
      times: 3,
      lastFailedAt: 5000,
      ticket: 'ticket:reload:default:r2',
    };
    const state = stateAfter('S1 F2 F4 F5 S6');
    expect(state.notices[1]).to.deep.equal({
      id: 'recovered.r6',
      kind: 'recovered',
      reloadId: 'r6',
      at: 6000,
      streak,
      to: ['ops', 'team'],
      due: { ops: 1_030_000, team: 1_030_000 },
    });
    expect(state.over).to.deep.equal([{ ...streak, reloadId: 'r6', recoveredAt: 6000 }]);
    expect(state.failing).to.equal(undefined);
  });

  it('is the newest end for people, the newest decisive one, and the greatest success', () => {
    const state = stateAfter('S3 F5 S4 C7');
    expect(state.last).to.include({ reloadId: 'r7', outcome: 'canceled', endedAt: 7000 });
    expect(state.last).not.to.have.property('willRetry');
    expect(state.decided).to.deep.equal({ reloadId: 'r5', endedAt: 5000 });
    expect(state.lastSuccess).to.deep.equal({ reloadId: 'r4', endedAt: 4000 });
  });

  it('goes by the reload ids if two reloads ended in the same millisecond', () => {
    const [a, b] = [end('F1', { reloadId: 'ra' as ReloadId }), end('S1', { reloadId: 'rb' as ReloadId })];
    const inOrder = [a, b].reduce((state, each) => applyEndToApp(state, each, context).state, FRESH_APP);
    expect(kinds(inOrder)).to.deep.equal(['failed ra', 'recovered rb']);
    const turned = [b, a].reduce((state, each) => applyEndToApp(state, each, context).state, FRESH_APP);
    expect(kinds(turned)).to.deep.equal([]);
  });

  it('is decided by any end if the known one lies in the future', () => {
    const later = NOW + 300_001;
    const wrong = appStateFrom(end('S1', { reloadId: 'rx' as ReloadId, endedAt: later as EpochMs }));
    const state = applyEndToApp(wrong, end('F2'), context).state;
    expect(kinds(state)).to.deep.equal(['failed r2']);
    expect(state.last?.reloadId).to.equal('r2');
  });
});

describe('an app that nobody is to hear of', () => {
  const silent = { routes: { failed: [], recovered: [] }, now: NOW };
  it('gets no notice, but its streaks and so its tickets', () => {
    const states = ['F1', 'F2', 'S3'].map((text) => end(text));
    const state = states.reduce((now, each) => applyEndToApp(now, each, silent).state, FRESH_APP);
    expect(state.notices).to.deep.equal([]);
    expect(state.over.map(({ ticket, times }) => [ticket, times])).to.deep.equal([['ticket:reload:default:r1', 2]]);
  });
});

describe('a late app', () => {
  const late = { deadline: 10_000 as EpochMs, after: 5000 as EpochMs, to: channels('mail') };
  const from = (text: string): AppState => ({ ...stateAfter(text), late });

  it('arrives with a success after the deadline before', () => {
    const state = stateAfter('S6', from('S1'));
    expect(state.late).to.equal(undefined);
    expect(state.notices).to.deep.equal([
      { id: 'arrived.r6', kind: 'arrived', reloadId: 'r6', at: 6000, late, to: ['mail'], due: { mail: 1_030_000 } },
    ]);
  });

  it('recovers and arrives once in a channel that is to hear of both', () => {
    const { notices } = stateAfter('S8', { ...stateAfter('F7'), late: { ...late, to: channels('mail', 'ops') } });
    expect(notices.at(-1)).to.deep.include({ kind: 'recovered', to: ['ops', 'team', 'mail'] });
  });

  it('stays late after a success at that deadline or before, a failure, or a cancel', () => {
    for (const text of ['S5', 'S4', 'C9']) expect(stateAfter(text, from('S1'))).to.deep.include({ late, notices: [] });
    expect(stateAfter('F9', from('S1')).late).to.deep.equal(late);
  });

  it('arrives although a newer failure was heard before', () => {
    const state = stateAfter('S6', from('F7'));
    expect(kinds(state)).to.deep.equal(['failed r7', 'arrived r6']);
    expect(state.failing?.times).to.equal(1);
  });

  it('arrives and recovers in one notice to the channels of both', () => {
    const notice = stateAfter('S8', from('F7')).notices[1];
    expect(notice).to.deep.include({ kind: 'recovered', late, to: ['ops', 'team', 'mail'] });
  });

  it('arrives with any success if it has no deadline before', () => {
    const { after: _, ...first } = late;
    expect(stateAfter('S1', { ...stateAfter('C2'), late: first }).late).to.equal(undefined);
  });
});

describe('an app of the previous version', () => {
  it('counts its last end, and keeps failing from it without a notice', () => {
    expect(appStateFrom(end('F4'))).to.deep.include({
      counts: { succeeded: 0, failed: 1, canceled: 0, 'exceeded-limit': 0 },
      decided: { endedAt: 4000, reloadId: 'r4' },
      failing: { since: 4000, first: 'r4', times: 1, lastFailedAt: 4000, ticket: 'ticket:reload:default:r4' },
      notices: [],
    });
    expect(kinds(stateAfter('F4 F5 S6', appStateFrom(end('F4'))))).to.deep.equal(['recovered r6']);
  });

  it('has a last success if that is its last end, and nothing decided if it was canceled', () => {
    expect(appStateFrom(end('S4'))).to.deep.include({ lastSuccess: { endedAt: 4000, reloadId: 'r4' } });
    expect(appStateFrom(end('C4'))).to.not.have.any.keys('decided', 'lastSuccess', 'failing');
  });
});

describe('what an app remembers', () => {
  it('is 64 ids, and those whose events are not recorded', () => {
    const state = stateAfter(Array.from({ length: 70 }, (_, index) => `S${index + 1}`).join(' '));
    expect(forgettable(state)).to.deep.equal(['r1', 'r2', 'r3', 'r4', 'r5', 'r6']);
    const recorded = new Set(['r1', 'r3', 'r4', 'r5', 'r6', 'r70'] as ReloadId[]);
    const { seen } = withoutRecorded(state, recorded);
    expect([seen.length, seen[0], seen[1], seen.at(-1)]).to.deep.equal([65, 'r2', 'r7', 'r70']);
  });

  it('is each streak until the event of its success is recorded', () => {
    const state = stateAfter('F1 S2 F3 S4');
    expect(forgettable(state)).to.deep.equal(['r2', 'r4']);
    expect(withoutRecorded(state, new Set(['r2'] as ReloadId[])).over.map(({ first }) => first)).to.deep.equal(['r3']);
  });

  it('is 64 notices; the oldest are dropped, and it says how many', () => {
    const flapping = Array.from({ length: 66 }, (_, index) => `${index % 2 === 0 ? 'F' : 'S'}${index + 1}`);
    const ends = flapping.map((text) => end(text));
    let dropped = 0;
    let state = FRESH_APP;
    for (const each of ends) {
      const applied = applyEndToApp(state, each, context);
      state = applied.state;
      dropped += applied.dropped;
    }
    expect([state.notices.length, dropped, state.notices[0]?.id]).to.deep.equal([64, 2, 'failed.r3']);
  });
});

describe('any history of an app', () => {
  const history = fc.array(fc.constantFrom('S', 'F', 'C', 'X'), { minLength: 1, maxLength: 30 });

  it('counts the same and ends the same, doubled and in any order', () => {
    const shuffled = history.chain((letters) => {
      const ends = letters.map((letter, index) => `${letter}${index + 1}`);
      return fc.tuple(fc.constant(ends), fc.shuffledSubarray([...ends, ...ends], { minLength: ends.length * 2 }));
    });
    fc.assert(
      fc.property(shuffled, ([ends, heard]) => {
        const [inOrder, other] = [stateAfter(ends.join(' ')), stateAfter(heard.join(' '))];
        expect(other.counts).to.deep.equal(inOrder.counts);
        expect(other.lastSuccess).to.deep.equal(inOrder.lastSuccess);
        expect(other.last).to.deep.equal(inOrder.last);
        expect(other.failing === undefined).to.equal(inOrder.failing === undefined);
      }),
    );
  });

  it('tells of each failure that follows a success, and of each success that follows a failure, in turn', () => {
    fc.assert(
      fc.property(history, (letters) => {
        const state = stateAfter(letters.map((letter, index) => `${letter}${index + 1}`).join(' '));
        const decisive = letters.flatMap((letter, index) =>
          letter === 'C' ? [] : [[letter === 'S', index + 1] as const],
        );
        const expected = decisive.flatMap(([isGood, second], index) => {
          const wasGood = decisive[index - 1]?.[0] ?? true;
          return isGood === wasGood ? [] : [`${isGood ? 'recovered' : 'failed'} r${second}`];
        });
        expect(kinds(state)).to.deep.equal(expected);
      }),
    );
  });
});
