import type { JoinRule } from '../link.ts';
import type { AppKey } from '../names.ts';
import { addMs, type DurationMs, days, type EpochMs } from '../units.ts';
import { compareEnds, type EndFate, type EndKey, endId, type Firing, foldEnds, type JoinEnd } from './fold-ends.ts';

/** What a composite link remembers between the ends of its upstreams. Plain JSON: it is stored in `join:` documents. */
export interface JoinMemory<End extends JoinEnd = JoinEnd> {
  /** The halves that were left after the ends that the log no longer holds. */
  readonly baseHalves: readonly End[];
  /** The newest end that the log no longer holds; an end that is not newer comes too late. */
  readonly baseEnd?: EndKey;
  /** The ends since then, in the order of `compareEnds`. */
  readonly log: readonly End[];
  /** The newest end that closed a firing. */
  readonly fired?: EndKey;
}

/** The memory of a link that has heard of nothing yet. */
export const EMPTY_JOIN: JoinMemory<never> = { baseHalves: [], log: [] };

/** The longest log. Each end in it has about 150 bytes. */
const MAX_LOG_ENDS = 128;

/** An end may arrive so much later than a newer one and still count at its own time, if the window is not longer. */
const LATEST_ARRIVAL: DurationMs = days(1);

/** What an end comes to. `covered`: what it completes lies before a firing that has already begun, which does for it. */
export type AppliedFate = EndFate | 'covered' | 'too-late';

/** What an end changes. */
export interface Applied<End extends JoinEnd = JoinEnd> {
  /** Absent if the end changes nothing: it was applied before, or the log no longer reaches back to it. */
  readonly memory?: JoinMemory<End>;
  /** Firings that begin with this end, oldest first; mostly none or one. */
  readonly firings: readonly Firing<End>[];
  readonly fate: AppliedFate;
  /** The firing that used the end; absent if none did. */
  readonly firing?: Firing<End>;
}

/**
 * Applies one more end to what a composite link remembers.
 *
 * Pure and idempotent: the same end again changes nothing. Ends may arrive in any order: no firing is missed, and one that
 * has begun is never taken back.
 */
export function applyEnd<End extends JoinEnd>(memory: JoinMemory<End>, end: End, rule: JoinRule): Applied<End> {
  const { baseHalves, baseEnd, fired } = memory;
  if (baseEnd !== undefined && compareEnds(end, baseEnd) <= 0) return { firings: [], fate: 'too-late' };
  const isSame = (each: JoinEnd): boolean => endId(each) === endId(end);
  const known = memory.log.find(isSame);
  const log = known === undefined ? [...memory.log, end].sort(compareEnds) : memory.log;
  const folded = foldEnds(baseHalves, log, rule);
  const firing = folded.firings.find(({ halves }) => halves.some(isSame));
  const fate = folded.fates.get(endId(end)) ?? 'not-matched';
  const own = firing !== undefined && { firing };
  if (known !== undefined) return { firings: [], fate: known.isCovered === true ? 'covered' : fate, ...own };
  const isNew = ({ closing }: Firing<End>): boolean => fired === undefined || compareEnds(closing, fired) > 0;
  const firings = folded.firings.filter(isNew);
  const newest = firings.at(-1)?.closing ?? fired;
  const isCovered = firing !== undefined && !isNew(firing);
  const marked = isCovered ? log.map((each) => (isSame(each) ? { ...each, isCovered } : each)) : log;
  return {
    memory: trim({ ...memory, log: marked, ...(newest !== undefined && { fired: keyOf(newest) }) }, rule),
    firings,
    fate: isCovered ? 'covered' : fate,
    ...own,
  };
}

const keyOf = ({ app, reloadId, endedAt }: EndKey): EndKey => ({ app, reloadId, endedAt });

/** Folds the oldest ends of a log into its base: those over the limit, and those that no late end may precede any more. */
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

/** What a composite link waits for. */
export interface JoinWait<End extends JoinEnd = JoinEnd> {
  /** The ends that count now, oldest first. */
  readonly halves: readonly End[];
  /** The upstreams that have no half. */
  readonly missing: readonly AppKey[];
  /** When the oldest of them no longer counts, by Qlik's clock; absent if there is none. */
  readonly closesAt?: EpochMs;
}

/** What a composite link holds, for people: its halves may have expired since the newest end. */
export function joinWait<End extends JoinEnd>({ baseHalves, log }: JoinMemory<End>, rule: JoinRule): JoinWait<End> {
  const { halves } = foldEnds(baseHalves, log, rule);
  const oldest = halves[0];
  const missing = (Object.keys(rule.of) as AppKey[]).filter((app) => halves.every((half) => half.app !== app));
  return { halves, missing, ...(oldest !== undefined && { closesAt: addMs(oldest.endedAt, rule.within) }) };
}
