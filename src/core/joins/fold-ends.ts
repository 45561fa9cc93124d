import type { AppKey, ReloadId } from '../names.ts';
import { addMs, type DurationMs, type EpochMs } from '../units.ts';

/** When a composite link fires: enough of its upstreams ended as they should, close enough together. */
export interface JoinRule {
  /** How many upstreams must have ended, from 1; of `all` the number of upstreams. */
  readonly atLeast: number;
  /** How far apart the first and the last of these ends may be; ends that are exactly so far apart still count. */
  readonly within: DurationMs;
}

/** The end of an upstream's reload, as a composite link remembers it. */
export interface JoinEnd {
  readonly app: AppKey;
  readonly reloadId: ReloadId;
  /** By Qlik's clock. */
  readonly endedAt: EpochMs;
  /** Whether this end counts for the link, by the `on` of its upstream. */
  readonly matches: boolean;
}

/** What orders ends: the instant, then the ids. */
export type EndKey = Pick<JoinEnd, 'app' | 'reloadId' | 'endedAt'>;

/**
 * What became of an end:
 * `waits` it is a half, and the link waits for others · `used` it is one of the halves of a firing · `superseded` a later
 * end of the same app took its place · `withdrawn` a later end of the same app did not match · `expired` the window
 * closed · `not-matched` it does not count for the link.
 */
export type EndFate = 'waits' | 'used' | 'superseded' | 'withdrawn' | 'expired' | 'not-matched';

/** A link's upstreams have all ended: it fires once. */
export interface Firing {
  /** The end that completed it; its reload id becomes part of the order's id. */
  readonly closing: JoinEnd;
  /** The ends it took, the closing one last, in the order of their keys. */
  readonly halves: readonly JoinEnd[];
}

/** What a list of ends comes to. */
export interface Folded {
  /** The ends that still wait for others, in the order of their keys. */
  readonly halves: readonly JoinEnd[];
  /** Every firing, in the order of the closing ends. */
  readonly firings: readonly Firing[];
  /** What became of each end that was folded or was a half before, by `endId`. */
  readonly fates: ReadonlyMap<string, EndFate>;
}

/** Names an end: reload ids of two tenants may be equal. */
export const endId = ({ app, reloadId }: Pick<JoinEnd, 'app' | 'reloadId'>): string => `${app} ${reloadId}`;

/** Orders ends by when they ended; ends of one millisecond by their reload id, then by their app. */
export const compareEnds = (a: EndKey, b: EndKey): number =>
  a.endedAt - b.endedAt || compareTexts(a.reloadId, b.reloadId) || compareTexts(a.app, b.app);

const compareTexts = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/**
 * The meaning of a composite link (docs/chains.md): goes through `ends` in their order and says which firings follow.
 *
 * An end that matches becomes its app's half, in place of an older one. An end that does not match takes its app's half
 * away. A half that is older than the window goes. If enough halves are left, the link fires and all halves are used up.
 *
 * @param halves - what was left of the ends before; at most one for each app.
 * @param ends - in the order of `compareEnds`, all later than `halves`.
 */
export function foldEnds(halves: readonly JoinEnd[], ends: readonly JoinEnd[], rule: JoinRule): Folded {
  const waiting = new Map(halves.map((half) => [half.app, half]));
  const fates = new Map<string, EndFate>(halves.map((half) => [endId(half), 'waits']));
  const firings: Firing[] = [];
  for (const end of ends) {
    const before = waiting.get(end.app);
    if (before !== undefined) fates.set(endId(before), end.matches ? 'superseded' : 'withdrawn');
    waiting.delete(end.app);
    if (end.matches) waiting.set(end.app, end);
    fates.set(endId(end), end.matches ? 'waits' : 'not-matched');
    for (const half of waiting.values()) {
      if (addMs(half.endedAt, rule.within) >= end.endedAt) continue;
      waiting.delete(half.app);
      fates.set(endId(half), 'expired');
    }
    if (!end.matches || waiting.size < rule.atLeast) continue;
    const used = [...waiting.values()];
    for (const half of used) fates.set(endId(half), 'used');
    firings.push({ closing: end, halves: used });
    waiting.clear();
  }
  return { halves: [...waiting.values()], firings, fates };
}
