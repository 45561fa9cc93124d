/*
 * A composite link waits for several apps, its upstreams. When enough of them have ended, close enough together, it
 * fires: it calls for one order, a reload that Cascade owes. An end that counts and waits for those of the other apps
 * is a half. fold-ends.ts has these rules.
 *
 * Webhooks come late, twice, or in another order than the ends. So the link must remember ends, and this file says how.
 * The memory is plain JSON: Cascade stores it in a document for each link.
 */

import type { JoinRule } from '../link.ts';
import type { AppKey } from '../names.ts';
import { addMs, type DurationMs, days, type EpochMs } from '../units.ts';
import {
  type Closing,
  compareEnds,
  type EndFate,
  type EndKey,
  endId,
  type Firing,
  type Folded,
  foldEnds,
  type JoinEnd,
} from './fold-ends.ts';

/**
 * The memory of a composite link. It keeps a log of ends. With each new end, `foldEnds` goes through the whole log
 * again, because the end may be late. The log is bounded: the oldest ends leave it. Of these, only the halves are kept.
 * They are the base.
 */
export interface JoinMemory<End extends JoinEnd = JoinEnd> {
  /** The base: the halves among the ends that have left the log. */
  readonly baseHalves: readonly End[];
  /**
   * The newest end that has left the log; absent if none has. An end that arrives now and is not newer than this one
   * comes too late.
   */
  readonly baseEnd?: EndKey;
  /** The ends after `baseEnd`, sorted by `compareEnds`. */
  readonly log: readonly End[];
  /**
   * The end that completed the newest firing for which the link called for an order. If an older end completes a firing
   * now, the link calls for nothing: its reload would come after a newer one.
   */
  readonly fired?: EndKey;
  /** The link's rule when it last got an end; absent if it never got one. */
  readonly rule?: JoinRule;
}

/** The memory of a link that has got no end yet. */
export const EMPTY_JOIN: JoinMemory<never> = { baseHalves: [], log: [] };

/**
 * The most ends in a log. An end has about 150 bytes, and about 250 once a firing used it. So a document stays below
 * about 32 kB.
 */
const MAX_LOG_ENDS = 128;

/**
 * An end leaves the log when the newest end is later by the link's `within` and this time. Other ends hardly arrive
 * that late. Until then, people are shown that the end waited in vain (`expiredHalves`).
 */
const KEPT_AFTER_WINDOW: DurationMs = days(1);

/** The fate of an end when it arrived. */
export type AppliedFate =
  | EndFate
  /** The end came late. By its own time it belongs to a firing that is not newer than `fired`, so it starts nothing. */
  | 'covered'
  /** The end is not newer than `baseEnd`. */
  | 'too-late';

/** The result of applying one end. */
export interface Applied<End extends JoinEnd = JoinEnd> {
  /** The new memory. Absent if nothing changes: the memory has this end already, or the end comes too late. */
  readonly memory?: JoinMemory<End>;
  /**
   * The firings for which the link calls for orders now, oldest first. Usually there is none or one. An end that comes
   * late may complete several.
   */
  readonly firings: readonly Firing<End>[];
  readonly fate: AppliedFate;
  /** If a firing used this end: the end that completed that firing. */
  readonly usedBy?: Closing;
}

/**
 * Applies one end to the memory of a composite link. The resolver asks it for each end of an upstream.
 *
 * Ends may arrive in any order and twice. If the same end arrives again, nothing changes. An end that comes late counts
 * at its own time, but an order that the link has called for is not taken back. If a deployment has changed the rule,
 * no end is used a second time.
 *
 * @param isPaused - whether the chain file says `enabled: false`. Then the link remembers the end, and a firing uses up
 *   its ends, but calls for no order.
 */
export function applyEnd<End extends JoinEnd>(
  before: JoinMemory<End>,
  end: End,
  rule: JoinRule,
  isPaused = false,
): Applied<End> {
  const memory = underRule(before, rule);
  const { baseEnd, log } = memory;
  if (baseEnd !== undefined && compareEnds(end, baseEnd) <= 0) return { firings: [], fate: 'too-late' };
  const known = log.find((each) => endId(each) === endId(end));
  if (known !== undefined) return recall(memory, known, rule);
  return isPaused ? takeInPaused(memory, end, rule) : takeIn(memory, end, rule);
}

/** Says once more what became of an end that the log has already. Nothing changes. */
function recall<End extends JoinEnd>(memory: JoinMemory<End>, known: End, rule: JoinRule): Applied<End> {
  const folded = foldEnds(memory.baseHalves, memory.log, rule);
  const { fate, usedBy } = fateIn(folded, known);
  return { firings: [], fate: known.isCovered === true ? 'covered' : fate, ...(usedBy && { usedBy }) };
}

/** Puts a new end into the log, and says which firings follow from it. */
function takeIn<End extends JoinEnd>(memory: JoinMemory<End>, end: End, rule: JoinRule): Applied<End> {
  const { fired } = memory;
  const log = [...memory.log, end].sort(compareEnds);
  // `foldEnds` goes through the whole log again, because a late end may change what follows from the ends after it.
  const folded = foldEnds(memory.baseHalves, log, rule);
  // If a firing is not newer than `fired`, the link has called for its order before, or for that of a newer one.
  const isNew = ({ closing }: Firing<End>): boolean => fired === undefined || compareEnds(closing, fired) > 0;
  const firings = folded.firings.filter(isNew);
  const newest = firings.at(-1)?.closing ?? fired;
  const firing = firingWith(end, folded.firings);
  const isCovered = firing !== undefined && !isNew(firing);
  const marked = log.map((each) => {
    if (isCovered && endId(each) === endId(end)) return { ...each, isCovered };
    return markUsed(each, firings);
  });
  const next = {
    ...memory,
    rule,
    baseHalves: memory.baseHalves.map((half) => markUsed(half, firings)),
    log: markSpare(marked, folded, rule),
    ...(newest !== undefined && { fired: keyOf(newest) }),
  };
  const { fate, usedBy } = fateIn(folded, end);
  return { memory: trim(next, rule), firings, fate: isCovered ? 'covered' : fate, ...(usedBy && { usedBy }) };
}

/**
 * Puts a new end into the log of a paused link. What would have fired is spent, so that it calls for nothing later. If
 * the end waits in vain, it is no problem.
 */
function takeInPaused<End extends JoinEnd>(memory: JoinMemory<End>, end: End, rule: JoinRule): Applied<End> {
  const { memory: taken = memory, firings, ...applied } = takeIn(memory, { ...end, isSpare: true }, rule);
  const spend = (each: End): End => {
    if (firingWith(each, firings) === undefined) return each;
    const { usedBy: _, ...unused } = each;
    return { ...unused, isSpent: true } as End;
  };
  const { fired: _, ...others } = taken;
  const next = {
    ...others,
    ...(memory.fired !== undefined && { fired: memory.fired }),
    baseHalves: taken.baseHalves.map(spend),
    log: taken.log.map(spend),
  };
  return { ...applied, memory: next, firings: [] };
}

/**
 * The fate of an end. `usedBy` names the firing that used the end: the one noted in the end, else the one in `firings`.
 */
function fateIn<End extends JoinEnd>(
  { fates, firings }: Folded<End>,
  end: End,
): { readonly fate: EndFate; readonly usedBy?: Closing | undefined } {
  const fate = fates.get(endId(end)) ?? 'not-matched';
  if (fate !== 'used') return { fate };
  const firing = firingWith(end, firings);
  return { fate, usedBy: end.usedBy ?? (firing && closingOf(firing)) };
}

/** The firing that used an end; undefined if none of these did. */
const firingWith = <End extends JoinEnd>(end: End, firings: readonly Firing<End>[]): Firing<End> | undefined =>
  firings.find(({ halves }) => halves.some((half) => endId(half) === endId(end)));

const closingOf = ({ closing: { app, reloadId } }: Firing): Closing => ({ app, reloadId });

/** The end, marked with the one of these firings that used it. */
function markUsed<End extends JoinEnd>(end: End, firings: readonly Firing<End>[]): End {
  const firing = firingWith(end, firings);
  return firing === undefined ? end : { ...end, usedBy: closingOf(firing) };
}

/**
 * Marks the spare halves. A half is spare if the link fired at most `within` before it, without an end of its app. For
 * example, two of three apps were enough, and the third one ended a little later.
 */
function markSpare<End extends JoinEnd>(
  log: readonly End[],
  { fates, firings }: Folded<End>,
  { within }: JoinRule,
): readonly End[] {
  const wasNotNeeded = (end: End): boolean =>
    firings.some(
      ({ closing, halves }) =>
        compareEnds(closing, end) < 0 &&
        end.endedAt <= addMs(closing.endedAt, within) &&
        halves.every(({ app }) => app !== end.app),
    );
  return log.map((end) =>
    fates.get(endId(end)) === 'waits' && end.isSpare !== true && wasNotNeeded(end)
      ? { ...end, isSpare: true as const }
      : end,
  );
}

/**
 * The memory as the rule `rule` may use it. If a deployment has changed the rule, all ends that were used or covered
 * become spent, because otherwise the new rule could fire for them once more. If the rule is the same, no end becomes
 * spent, because a late end may still change which ends a firing uses.
 *
 * An earlier version of Cascade did not mark the ends that a firing used. So this function also works out which ends
 * the old rule has used.
 */
function underRule<End extends JoinEnd>(memory: JoinMemory<End>, rule: JoinRule): JoinMemory<End> {
  const { rule: old, fired } = memory;
  if (old === undefined || isSameRule(old, rule)) return memory;
  const isDone = ({ closing }: Firing<End>): boolean => fired !== undefined && compareEnds(closing, fired) <= 0;
  const done = foldEnds(memory.baseHalves, memory.log, old).firings.filter(isDone);
  const spend = (end: End): End => {
    const known = end.usedBy === undefined ? markUsed(end, done) : end;
    return known.usedBy === undefined && known.isCovered !== true ? known : { ...known, isSpent: true as const };
  };
  return { ...memory, baseHalves: memory.baseHalves.map(spend), log: memory.log.map(spend) };
}

function isSameRule(a: JoinRule, b: JoinRule): boolean {
  const apps = Object.keys(a.of) as AppKey[];
  const isSameOf = apps.length === Object.keys(b.of).length && apps.every((app) => a.of[app] === b.of[app]);
  return isSameOf && a.atLeast === b.atLeast && a.within === b.within;
}

const keyOf = ({ app, reloadId, endedAt }: EndKey): EndKey => ({ app, reloadId, endedAt });

/**
 * Takes the oldest ends out of the log: those above `MAX_LOG_ENDS`, and those that are too old. Their halves become the
 * base.
 */
function trim<End extends JoinEnd>(memory: JoinMemory<End>, rule: JoinRule): JoinMemory<End> {
  const { log } = memory;
  const newest = log.at(-1)?.endedAt ?? 0;
  const keepFrom = (newest - rule.within - KEPT_AFTER_WINDOW) as EpochMs;
  const count = Math.max(log.length - MAX_LOG_ENDS, log.filter(({ endedAt }) => endedAt < keepFrom).length);
  const last = log[count - 1];
  if (last === undefined) return memory;
  const { halves } = foldEnds(memory.baseHalves, log.slice(0, count), rule);
  return { ...memory, baseHalves: halves, baseEnd: keyOf(last), log: log.slice(count) };
}

/** What a composite link waits for, as it is shown to people. */
export interface JoinWait<End extends JoinEnd = JoinEnd> {
  /** The halves: the ends that wait for the missing ones, oldest first. */
  readonly halves: readonly End[];
  /** The upstreams of which no end counts now. */
  readonly missing: readonly AppKey[];
  /**
   * The ends at hand, if they are enough already. That happens only if a deployment changed the rule: the link then
   * fires when the next end arrives. Usually absent.
   */
  readonly enough?: readonly End[];
  /** When the oldest half expires, by Qlik's clock; absent if there is no half. */
  readonly closesAt?: EpochMs;
}

/**
 * Says what a composite link waits for, as of its newest end. Since then a half may have expired. So the caller has to
 * compare `closesAt` with the clock.
 */
export function joinWait<End extends JoinEnd>(memory: JoinMemory<End>, rule: JoinRule): JoinWait<End> {
  const { baseHalves, log, fired } = underRule(memory, rule);
  const { halves, firings } = foldEnds(baseHalves, log, rule);
  const oldest = halves[0];
  const owed = firings.findLast(({ closing }) => fired === undefined || compareEnds(closing, fired) > 0);
  const missing = (Object.keys(rule.of) as AppKey[]).filter((app) => halves.every((half) => half.app !== app));
  return {
    halves,
    missing,
    ...(owed !== undefined && { enough: owed.halves }),
    ...(oldest !== undefined && { closesAt: addMs(oldest.endedAt, rule.within) }),
  };
}
