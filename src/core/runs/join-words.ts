/*
 * Says to people what a composite link waits for, in `cascade why` and on the dashboard. A composite link waits until
 * several apps, its upstreams, have ended close enough together (`within`), and then reloads one app. An end that
 * counts and waits for the other apps is a half.
 */

import { EMPTY_JOIN, type JoinMemory, joinWait } from '../joins/apply-end.ts';
import { foldEnds, type JoinEnd } from '../joins/fold-ends.ts';
import type { CompositeLink, JoinRule } from '../link.ts';
import { type AppKey, type AppRef, appOfKey } from '../names.ts';
import { addMs, type DurationMs, days, type EpochMs } from '../units.ts';
import type { LabelOf } from './facts.ts';
import { outcomeWords } from './skip-words.ts';
import { shortInstantText } from './time-words.ts';

/** A link that waits for several apps, with what it remembers. */
export interface JoinFact {
  readonly link: CompositeLink;
  /** Absent if no end of its apps was stored. */
  readonly memory?: JoinMemory;
}

/** One app that a link waits for, and its end that counts, if there is one. */
export interface JoinHalf {
  readonly app: AppRef;
  /** The instant of the app's end that counts now; absent if no end of the app counts. */
  readonly endedAt?: EpochMs;
  readonly reloadId?: string;
  /** Until when that end counts, by Qlik's clock. */
  readonly countsUntil?: EpochMs;
  /** The app's newest known end, if no end counts. */
  readonly lastEnd?: JoinEnd;
}

/**
 * Finds for each app of a link its end that counts now. An end that is too old does not count. There is one exception:
 * if a deployment changed the link's rule, the ends that were there may be enough by the new rule. They count until the
 * next end comes, with which the link fires.
 */
export function joinHalves({ link, memory }: JoinFact, now: EpochMs): readonly JoinHalf[] {
  const { of, within } = link.join;
  const { halves, enough = [] } = joinWait(memory ?? EMPTY_JOIN, link.join);
  return (Object.keys(of) as AppKey[]).map((key): JoinHalf => {
    const app = appOfKey(key);
    const half = [...enough, ...halves].find((each) => each.app === key);
    const countsUntil = half && addMs(half.endedAt, within);
    if (half !== undefined && countsUntil !== undefined && (enough.includes(half) || countsUntil >= now)) {
      return { app, endedAt: half.endedAt, reloadId: half.reloadId, countsUntil };
    }
    const lastEnd = memory?.log.findLast((end) => end.app === key);
    return { app, ...(lastEnd !== undefined && { lastEnd }) };
  });
}

/** Describes in sentences what a link waits for: what is ready and until when it counts, and what is missing. */
export function joinWords(fact: JoinFact, labelOf: LabelOf, now: EpochMs): string {
  const { chain, join, paused } = fact.link;
  const halves = joinHalves(fact, now);
  const all = halves.map(({ app }) => labelOf(app)).join(', ');
  if (paused) return `Chain ${chain}, in which it waits for ${all}, is paused (enabled: false).`;
  const ready = halves.filter(({ countsUntil }) => countsUntil !== undefined);
  const needed = join.atLeast - ready.length;
  const count = join.atLeast === halves.length ? `all of ${all}` : `${join.atLeast} of ${all}`;
  const missing = halves.filter(({ countsUntil }) => countsUntil === undefined);
  const still = missing.map((half) => `${labelOf(half.app)}${lastWords(half, fact.link, now)}`).join(', ');
  const waits = `In chain ${chain} it waits for ${count}.`;
  // If the ends at hand are enough, a deployment has changed the link's rule: otherwise the last of them would have set
  // the link off.
  if (needed <= 0) return `${waits} ${enoughWords(ready.map(({ app }) => labelOf(app)))}`;
  return [
    waits,
    ...ready.map((half) => readyWords(half, labelOf, now)),
    `Missing: ${needed === missing.length ? '' : `${needed} of `}${still}.`,
  ].join(' ');
}

const enoughWords = (labels: readonly string[]): string =>
  `Ready since before the link was changed: ${labels.join(', ')}. That is enough now: the next end of one of its apps sets the reload off.`;

const readyWords = ({ app, endedAt, countsUntil }: JoinHalf, labelOf: LabelOf, now: EpochMs): string =>
  endedAt === undefined || countsUntil === undefined
    ? ''
    : `${labelOf(app)} is ready since ${shortInstantText(endedAt, now)}, and counts until ${shortInstantText(countsUntil, now)}.`;

/** Why the newest end of a missing app does not count. */
function lastWords({ lastEnd }: JoinHalf, { join }: CompositeLink, now: EpochMs): string {
  if (lastEnd === undefined) return '';
  const { app, outcome, endedAt, usedBy, isCovered } = lastEnd;
  const ended = `${outcomeWords(outcome)} at ${shortInstantText(endedAt, now)}`;
  if (isCovered === true) return ` (${ended}, which was heard of only after a later end had set off a reload)`;
  if (usedBy !== undefined) return ` (${ended}, which has set off a reload already)`;
  const isCounted = foldEnds([], [lastEnd], { ...join, atLeast: Number.POSITIVE_INFINITY })
    .fates.values()
    .next();
  if (isCounted.value === 'not-matched') return ` (${ended}, and the link waits for ${join.of[app]})`;
  const until = addMs(endedAt, join.within);
  if (lastEnd.isCovered !== true && lastEnd.isSpent === true) {
    return ` (${ended}, and the reload was left out, because the chain was paused)`;
  }
  return until < now
    ? ` (${ended}, which no longer counts since ${shortInstantText(until, now)})`
    : ` (${ended}, which has set off a reload already)`;
}

/** For this long after an end has stopped counting, people are shown that it set nothing off. */
const SHOWN_FOR: DurationMs = days(1);

/**
 * The ends that stopped counting during the last day, before enough other apps had ended; the oldest first. Ends that
 * the link used or did not need are left out.
 */
export function expiredHalves(memory: JoinMemory, rule: JoinRule, now: EpochMs): readonly JoinEnd[] {
  const { halves, fates } = foldEnds(memory.baseHalves, memory.log, rule);
  // A half that has left the log may expire by an end that is still there.
  const known = [...memory.baseHalves, ...memory.log];
  const expired = known.filter(({ app, reloadId }) => fates.get(`${app} ${reloadId}`) === 'expired');
  return [...expired, ...halves]
    .filter(({ endedAt, usedBy, isSpare }) => {
      if (usedBy !== undefined || isSpare === true) return false;
      const until = addMs(endedAt, rule.within);
      return until < now && until >= now - SHOWN_FOR;
    })
    .sort((a, b) => a.endedAt - b.endedAt);
}
