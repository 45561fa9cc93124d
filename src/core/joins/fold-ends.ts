import type { JoinRule } from '../link.ts';
import type { AppKey, ReloadId } from '../names.ts';
import { isMatch } from '../plan-orders.ts';
import type { Outcome } from '../reload-finished.ts';
import { addMs, type EpochMs } from '../units.ts';

/** The end of an upstream's reload, as a composite link remembers it. */
export interface JoinEnd {
  readonly app: AppKey;
  readonly reloadId: ReloadId;
  /** By Qlik's clock. */
  readonly endedAt: EpochMs;
  readonly outcome: Outcome;
  /** True if all that it completed, when it arrived, was covered by a firing that had already begun. */
  readonly isCovered?: true;
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
export interface Firing<End extends JoinEnd = JoinEnd> {
  /** The end that completed it; its reload id becomes part of the order's id. */
  readonly closing: End;
  /** The ends it took, the closing one last, in the order of their keys. */
  readonly halves: readonly End[];
}

/** What a list of ends comes to. */
export interface Folded<End extends JoinEnd = JoinEnd> {
  /** The ends that still wait for others, in the order of their keys. */
  readonly halves: readonly End[];
  /** Every firing, in the order of the closing ends. */
  readonly firings: readonly Firing<End>[];
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
 * An end that counts becomes its app's half, in place of an older one. An end that does not count takes its app's half
 * away. A half that is older than the window goes. If enough halves are left, the link fires and all halves are used up.
 * An app that is no longer an upstream of the link counts for nothing, so that a rule may change between two ends.
 *
 * @param halves - what was left of the ends before; at most one for each app.
 * @param ends - in the order of `compareEnds`, all later than `halves`.
 */
export function foldEnds<End extends JoinEnd>(
  halves: readonly End[],
  ends: readonly End[],
  { of, atLeast, within }: JoinRule,
): Folded<End> {
  const counts = ({ app, outcome }: End): boolean => of[app] !== undefined && isMatch(of[app], outcome);
  const waiting = new Map(halves.filter(counts).map((half) => [half.app, half]));
  const fates = new Map<string, EndFate>([...waiting.values()].map((half) => [endId(half), 'waits']));
  const firings: Firing<End>[] = [];
  const leave = (half: End | undefined, fate: EndFate): void => {
    if (half === undefined) return;
    waiting.delete(half.app);
    fates.set(endId(half), fate);
  };
  for (const end of ends) {
    leave(waiting.get(end.app), counts(end) ? 'superseded' : 'withdrawn');
    fates.set(endId(end), counts(end) ? 'waits' : 'not-matched');
    if (counts(end)) waiting.set(end.app, end);
    for (const half of waiting.values()) if (addMs(half.endedAt, within) < end.endedAt) leave(half, 'expired');
    if (!counts(end) || waiting.size < atLeast) continue;
    const used = [...waiting.values()];
    for (const half of used) leave(half, 'used');
    firings.push({ closing: end, halves: used });
  }
  return { halves: [...waiting.values()], firings, fates };
}
