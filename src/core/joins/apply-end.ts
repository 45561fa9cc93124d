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
 * What a composite link remembers of the ends of its upstreams. Plain JSON: it is stored in `join:` documents.
 *
 * Ends may arrive late, so the link keeps a log of them: with each new end, `foldEnds` goes through the log again. The log is
 * bounded. Of the ends that left it, only those that were still halves are kept: the base.
 */
export interface JoinMemory<End extends JoinEnd = JoinEnd> {
  /** The halves that the ends before the log left: ends that count and wait for other apps. */
  readonly baseHalves: readonly End[];
  /** The newest end before the log; absent if no end has left the log yet. Any end that is not newer comes too late. */
  readonly baseEnd?: EndKey;
  /** The ends since then, sorted by `compareEnds`. */
  readonly log: readonly End[];
  /** The newest end that completed a firing. Only a firing that a later end completes is carried out. */
  readonly fired?: EndKey;
  /** The rule by which the last end was applied; absent if there was none. */
  readonly rule?: JoinRule;
}

/** The memory of a link that has heard of nothing yet. */
export const EMPTY_JOIN: JoinMemory<never> = { baseHalves: [], log: [] };

/** The longest log. Each end in it has about 150 bytes, and 250 once it is used. */
const MAX_LOG_ENDS = 128;

/** An end that is older than the newest one by this much, or by the link's `within` if that is longer, comes too late. */
const LATEST_ARRIVAL: DurationMs = days(1);

/** What became of an end when it arrived. */
export type AppliedFate =
  | EndFate
  /** It came late and belongs to a firing up to `fired`. Nothing starts, because that firing or a later one was carried out. */
  | 'covered'
  /** It is older than the log. */
  | 'too-late';

/** What one end changes. */
export interface Applied<End extends JoinEnd = JoinEnd> {
  /** The new memory. Absent if nothing changes: the end was applied before, or it comes too late. */
  readonly memory?: JoinMemory<End>;
  /** The firings to carry out now, oldest first; mostly none or one. An end that comes late may complete several. */
  readonly firings: readonly Firing<End>[];
  readonly fate: AppliedFate;
  /** The end that completed the firing in which this end is used; absent if it is used in none. */
  readonly usedBy?: Closing;
}

/**
 * Applies one end to what a composite link remembers.
 *
 * Ends may arrive in any order and twice. The same end again changes nothing. An end that comes late counts at its own time,
 * but what a link has called for is never taken back. If the rule has changed, an end that was used before is not used again.
 */
export function applyEnd<End extends JoinEnd>(before: JoinMemory<End>, end: End, rule: JoinRule): Applied<End> {
  const memory = underRule(before, rule);
  const { baseHalves, baseEnd, fired } = memory;
  if (baseEnd !== undefined && compareEnds(end, baseEnd) <= 0) return { firings: [], fate: 'too-late' };
  const isSame = (each: JoinEnd): boolean => endId(each) === endId(end);
  const known = memory.log.find(isSame);
  // An end that comes late changes what followed from the later ones. So the whole log is folded again.
  const log = known === undefined ? [...memory.log, end].sort(compareEnds) : memory.log;
  const folded = foldEnds(baseHalves, log, rule);
  const firing = folded.firings.find(({ halves }) => halves.some(isSame));
  const fate = folded.fates.get(endId(end)) ?? 'not-matched';
  const closing = known?.usedBy ?? (firing && closingOf(firing));
  const own = fate === 'used' && closing !== undefined && { usedBy: closing };
  if (known !== undefined) return { firings: [], fate: known.isCovered === true ? 'covered' : fate, ...own };
  // A firing up to `fired` was carried out, or a later one covers it.
  const isNew = ({ closing }: Firing<End>): boolean => fired === undefined || compareEnds(closing, fired) > 0;
  const firings = folded.firings.filter(isNew);
  const newest = firings.at(-1)?.closing ?? fired;
  const isCovered = firing !== undefined && !isNew(firing);
  const marked = log.map((each) => (isCovered && isSame(each) ? { ...each, isCovered } : markUsed(each, firings)));
  const halves = baseHalves.map((half) => markUsed(half, firings));
  const next = { ...memory, rule, baseHalves: halves, log: markSpare(marked, folded, rule) };
  return {
    memory: trim({ ...next, ...(newest !== undefined && { fired: keyOf(newest) }) }, rule),
    firings,
    fate: isCovered ? 'covered' : fate,
    ...own,
  };
}

const closingOf = ({ closing: { app, reloadId } }: Firing): Closing => ({ app, reloadId });

/** The end, with `usedBy` if one of these firings used it. */
function markUsed<End extends JoinEnd>(end: End, firings: readonly Firing<End>[]): End {
  const firing = firings.find(({ halves }) => halves.some((half) => endId(half) === endId(end)));
  return firing === undefined ? end : { ...end, usedBy: closingOf(firing) };
}

/** Marks halves that the link did not need: it had fired without their app a short time before. Two of three were enough. */
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
 * What a link remembers, ready for a rule. If the rule has changed, ends that were used or covered become spent: the new rule
 * could otherwise fire for them once more. If it has not changed, no end becomes spent, because a late end may still change
 * which ends the link uses.
 */
function underRule<End extends JoinEnd>(memory: JoinMemory<End>, rule: JoinRule): JoinMemory<End> {
  if (memory.rule === undefined || isSameRule(memory.rule, rule)) return memory;
  const spend = (end: End): End =>
    end.usedBy === undefined && end.isCovered !== true ? end : { ...end, isSpent: true as const };
  return { ...memory, baseHalves: memory.baseHalves.map(spend), log: memory.log.map(spend) };
}

function isSameRule(a: JoinRule, b: JoinRule): boolean {
  const apps = Object.keys(a.of) as AppKey[];
  const isSameOf = apps.length === Object.keys(b.of).length && apps.every((app) => a.of[app] === b.of[app]);
  return isSameOf && a.atLeast === b.atLeast && a.within === b.within;
}

const keyOf = ({ app, reloadId, endedAt }: EndKey): EndKey => ({ app, reloadId, endedAt });

/** Moves the oldest ends of the log into the base: those that are too many, and those that are too old. */
function trim<End extends JoinEnd>(memory: JoinMemory<End>, rule: JoinRule): JoinMemory<End> {
  const { log } = memory;
  const newest = log.at(-1)?.endedAt ?? 0;
  const keepFrom = (newest - Math.max(LATEST_ARRIVAL, rule.within)) as EpochMs;
  const count = Math.max(log.length - MAX_LOG_ENDS, log.filter(({ endedAt }) => endedAt < keepFrom).length);
  const last = log[count - 1];
  if (last === undefined) return memory;
  const { halves } = foldEnds(memory.baseHalves, log.slice(0, count), rule);
  return { ...memory, baseHalves: halves, baseEnd: keyOf(last), log: log.slice(count) };
}

/** What a composite link waits for, for people. */
export interface JoinWait<End extends JoinEnd = JoinEnd> {
  /** The ends that are there, oldest first. */
  readonly halves: readonly End[];
  /** The upstreams of which an end is missing. */
  readonly missing: readonly AppKey[];
  /** Ends that are enough by a changed rule, and were not by the one before: the next end sets the link off. Mostly absent. */
  readonly enough?: readonly End[];
  /** When the oldest of `halves` expires, by Qlik's clock; absent if there is none. */
  readonly closesAt?: EpochMs;
}

/** What a composite link waited for after its newest end. Time has passed since, so a half may have expired: see `closesAt`. */
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
