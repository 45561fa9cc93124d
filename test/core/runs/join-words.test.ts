import { expect } from 'chai';
import { applyEnd, EMPTY_JOIN, type JoinMemory } from '../../../src/core/joins/apply-end.ts';
import type { CompositeLink, JoinRule } from '../../../src/core/link.ts';
import type { AppKey, ReloadId } from '../../../src/core/names.ts';
import { expiredHalves, joinHalves, joinWords } from '../../../src/core/runs/join-words.ts';
import type { DurationMs } from '../../../src/core/units.ts';
import { at, labelOf } from './some-facts.ts';

const HOUR = 3_600_000;
const LINK = {
  ...{
    chain: 'nightly',
    after: { tenant: 'default', appId: 'a' },
    on: 'succeeded',
    clause: 'j1',
    body: {},
    paused: false,
  },
  target: { tenant: 'default', appId: 'report' },
  join: {
    of: { 'default/a': 'succeeded', 'default/b': 'succeeded', 'default/c': 'succeeded' },
    ...{ atLeast: 3, within: (6 * HOUR) as DurationMs },
  },
} as unknown as CompositeLink;

/** `a 01:00`, `b 01:30 failed`. */
const remembering = (...ends: readonly string[]): JoinMemory => rememberingBy(LINK.join, ...ends);

function rememberingBy(rule: JoinRule, ...ends: readonly string[]): JoinMemory {
  return ends.reduce((memory: JoinMemory, end, index) => {
    const [app, time = '', outcome = 'succeeded'] = end.split(' ');
    const each = {
      ...{ app: `default/${app}` as AppKey, reloadId: `r${index}` as ReloadId, endedAt: at(time) },
      outcome: outcome as 'succeeded' | 'failed',
    };
    return applyEnd(memory, each, rule).memory ?? memory;
  }, EMPTY_JOIN);
}
const words = (now: string, ...ends: readonly string[]): string =>
  joinWords({ link: LINK, memory: remembering(...ends) }, labelOf, at(now));

describe('what a link that waits for several apps has, in words', () => {
  it('says which are ready, since when and until when, and which are missing', () => {
    expect(words('02:00', 'a 01:00', 'b 01:30')).to.equal(
      'In chain nightly it waits for all of a, b, c. a is ready since 01:00:00Z, and counts until 07:00:00Z. ' +
        'b is ready since 01:30:00Z, and counts until 07:30:00Z. Missing: c.',
    );
  });
  it('says that nothing of it was heard of', () => {
    expect(joinWords({ link: LINK }, labelOf, at('02:00'))).to.equal(
      'In chain nightly it waits for all of a, b, c. Missing: a, b, c.',
    );
  });
  it('says why the newest end of a missing app does not count: another outcome, its time, or that it was used', () => {
    expect(words('08:00', 'a 01:00', 'b 07:00 failed')).to.equal(
      'In chain nightly it waits for all of a, b, c. Missing: a (succeeded at 01:00:00Z, which no longer counts since 07:00:00Z), ' +
        'b (failed at 07:00:00Z, and the link waits for succeeded), c.',
    );
    expect(words('02:00', 'a 01:00', 'b 01:10', 'c 01:20')).to.contain(
      'Missing: a (succeeded at 01:00:00Z, which has set off a reload already), b',
    );
  });
  it('does not say of an end that came late and was covered that it set off a reload', () => {
    const two = { ...LINK, join: { ...LINK.join, atLeast: 2 } };
    const memory = rememberingBy(two.join, 'a 01:00', 'c 01:40', 'b 01:30');
    expect(joinWords({ link: two, memory }, labelOf, at('02:00'))).to.contain(
      'b (succeeded at 01:30:00Z, which was heard of only after a later end had set off a reload)',
    );
  });
  it('counts an end until the last millisecond of its time', () => {
    expect(words('07:00', 'a 01:00')).to.contain('a is ready since');
    expect(words('07:01', 'a 01:00')).to.contain('Missing: a (succeeded at 01:00:00Z, which no longer counts');
  });
  it('says how many of the missing apps it needs, if not all', () => {
    const link = { ...LINK, join: { ...LINK.join, atLeast: 2 } };
    expect(joinWords({ link, memory: remembering('a 01:00') }, labelOf, at('02:00'))).to.equal(
      'In chain nightly it waits for 2 of a, b, c. a is ready since 01:00:00Z, and counts until 07:00:00Z. Missing: 1 of b, c.',
    );
  });
  it('does not take for ready what was used under an older rule, whatever the time', () => {
    const memory = rememberingBy({ ...LINK.join, atLeast: 2 }, 'a 01:00', 'b 01:10');
    const said = 'succeeded at 01:00:00Z, which has set off a reload already';
    expect(joinWords({ link: LINK, memory }, labelOf, at('02:00'))).to.equal(
      `In chain nightly it waits for all of a, b, c. Missing: a (${said}), b (${said.replace('01:00', '01:10')}), c.`,
    );
    expect(joinWords({ link: LINK, memory }, labelOf, at('09:00'))).to.contain(`a (${said})`);
  });
  it('says that a reload was left out while the chain was paused', () => {
    const spent = { ...remembering('a 01:00').log[0], isSpent: true, isSpare: true };
    const memory = { ...remembering('a 01:00'), log: [spent] } as ReturnType<typeof remembering>;
    expect(joinWords({ link: LINK, memory }, labelOf, at('02:00'))).to.contain(
      'Missing: a (succeeded at 01:00:00Z, and the reload was left out, because the chain was paused), b',
    );
  });
  it('says that the next end sets the reload off, if what waited under an older rule is enough now', () => {
    const link = { ...LINK, join: { ...LINK.join, atLeast: 2 } };
    const memory = remembering('a 01:00', 'b 01:10');
    const said =
      'In chain nightly it waits for 2 of a, b, c. Ready since before the link was changed: a, b. That is enough now: the next end of one of its apps sets the reload off.';
    expect(joinWords({ link, memory }, labelOf, at('02:00'))).to.equal(said);
    expect(joinWords({ link, memory }, labelOf, at('09:00'))).to.equal(said);
    expect(joinHalves({ link, memory }, at('02:00')).map(({ reloadId }) => reloadId)).to.deep.equal([
      'r0',
      'r1',
      undefined,
    ]);
  });
  it('says that the chain is paused', () => {
    expect(joinWords({ link: { ...LINK, paused: true } }, labelOf, at('02:00'))).to.equal(
      'Chain nightly, in which it waits for a, b, c, is paused (enabled: false).',
    );
  });
});

describe('ends that waited in vain', () => {
  const expired = (now: string, ...ends: readonly string[]): readonly string[] =>
    expiredHalves(remembering(...ends), LINK.join, at(now)).map(({ app }) => app);
  it('are those whose time was over during the last day, by a later end or by now', () => {
    expect(expired('08:00', 'a 01:00', 'b 07:30')).to.deep.equal(['default/a']);
    expect(expired('14:00', 'a 01:00', 'b 07:30')).to.deep.equal(['default/a', 'default/b']);
    expect(expired('06:00', 'a 01:00')).to.deep.equal([]);
  });
  it('are not those that were used, that failed, or whose time was over more than a day ago', () => {
    expect(expired('10:00', 'a 01:00', 'b 01:10', 'c 01:20')).to.deep.equal([]);
    expect(expired('10:00', 'a 01:00 failed')).to.deep.equal([]);
    const tomorrow = (at('07:00') + 24 * HOUR + 1) as ReturnType<typeof at>;
    expect(expiredHalves(remembering('a 01:00'), LINK.join, tomorrow)).to.deep.equal([]);
    const justNow = (at('07:00') + 24 * HOUR) as ReturnType<typeof at>;
    expect(expiredHalves(remembering('a 01:00'), LINK.join, justNow)).to.have.length(1);
  });
  it('are listed for the whole day, also if their app ends again in the next night, a little later than in the last', () => {
    const NIGHT = 24 * HOUR + 5 * 60_000;
    const nightly = { ...LINK.join, within: (12 * HOUR) as DurationMs };
    const first = { app: 'default/a' as AppKey, reloadId: 'r0' as ReloadId, endedAt: at('01:00') };
    const second = { ...first, reloadId: 'r1' as ReloadId, endedAt: (at('01:00') + NIGHT) as ReturnType<typeof at> };
    const memory = [first, second].reduce(
      (before: JoinMemory, end) =>
        applyEnd(before, { ...end, outcome: 'succeeded' as const }, nightly).memory ?? before,
      EMPTY_JOIN,
    );
    const expiredAt = (time: string, more: number) =>
      expiredHalves(memory, nightly, (at(time) + 24 * HOUR + more) as ReturnType<typeof at>).map(
        ({ reloadId }) => reloadId,
      );
    // It expired at 13:00. The morning after is within the day that follows.
    expect(expiredAt('08:00', 0)).to.deep.equal(['r0']);
    expect(expiredAt('13:00', 0)).to.deep.equal(['r0']);
    expect(expiredAt('13:00', 1)).to.deep.equal([]);
  });
  it('are listed until 128 more ends have come, if the apps of the link end more often than the log can hold', () => {
    // b waits from 01:00 on. It expires with the end of a at 07:05, and is the first that the log lets go.
    const b = { app: 'default/b' as AppKey, reloadId: 'b' as ReloadId, endedAt: at('01:00') };
    const everyFiveMinutes = Array.from({ length: 201 }, (_, index) => ({
      ...{ app: 'default/a' as AppKey, reloadId: `a${index}` as ReloadId },
      endedAt: (at('01:05') + index * 300_000) as ReturnType<typeof at>,
    }));
    let memory: JoinMemory = EMPTY_JOIN;
    const listed = [b, ...everyFiveMinutes].map((end) => {
      memory = applyEnd(memory, { ...end, outcome: 'succeeded' as const }, LINK.join).memory ?? memory;
      return expiredHalves(memory, LINK.join, end.endedAt).map(({ reloadId }) => reloadId);
    });
    // From 07:05, the 74th end, until 17:40, the 201st one.
    const expected = [...Array(73).fill([]), ...Array(128).fill(['b']), []];
    expect(listed).to.deep.equal(expected);
  });
  it('are not those that the link did not need: it fired without their app, in the time before them', () => {
    const two = { ...LINK.join, atLeast: 2 };
    const expiredOf = (...ends: readonly string[]) =>
      expiredHalves(rememberingBy(two, ...ends), two, at('18:00')).map(({ app, reloadId }) => `${app} ${reloadId}`);
    expect(expiredOf('a 01:00', 'b 01:10', 'c 01:20')).to.deep.equal([]);
    expect(expiredOf('a 01:00', 'b 01:10', 'c 07:10')).to.deep.equal([]);
    expect(expiredOf('a 01:00', 'b 01:10', 'c 07:11')).to.deep.equal(['default/c r2']);
    expect(expiredOf('c 01:20', 'a 01:00', 'b 01:10')).to.deep.equal([]);
    // The link used an earlier end of the app: what is new since then is in no reload.
    expect(expiredOf('a 01:00', 'b 01:10', 'a 01:20')).to.deep.equal(['default/a r2']);
    expect(expiredOf('c 01:00', 'b 07:30')).to.deep.equal(['default/c r0', 'default/b r1']);
  });
  it('are still not those after the log has let go of the firing before them', () => {
    const two = { ...LINK.join, atLeast: 2 };
    const nextDay = { app: 'default/a' as AppKey, reloadId: 'r9' as ReloadId, outcome: 'succeeded' as const };
    const before = rememberingBy(two, 'a 01:00', 'b 01:10', 'c 05:00');
    const endedAt = (at('10:00') + 24 * HOUR) as ReturnType<typeof at>;
    const { memory } = applyEnd(before, { ...nextDay, endedAt }, two);
    expect(memory?.log.map(({ reloadId }) => reloadId)).to.deep.equal(['r2', 'r9']);
    expect(expiredHalves(memory ?? before, two, endedAt)).to.deep.equal([]);
  });
  it('are not those that a firing used, though a late end has set them free again', () => {
    const two: JoinRule = { ...LINK.join, of: { 'default/a': 'succeeded', 'default/b': 'succeeded' }, atLeast: 2 };
    const memory = rememberingBy(two, 'a 01:00', 'b 01:40', 'b 01:30');
    expect(expiredHalves(memory, two, at('10:00'))).to.deep.equal([]);
  });
});
