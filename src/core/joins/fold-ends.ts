/*
 * The rules of composite links. A composite link waits for several apps, its upstreams, and then reloads one app, its
 * target. This file decides from a list of ends (reloads of the upstreams that ended) when the link fires, and what
 * became of each end. It stores nothing: apply-end.ts has the memory of a link.
 *
 * An end counts if its app is an upstream, it has the outcome for which the link waits, and it is not spent. It is
 * spent if the link used or covered it before a deployment changed the link's rule. A half is an end that counts and
 * waits for the ends of other apps.
 */

import type { JoinRule } from '../link.ts';
import type { AppKey, ReloadId } from '../names.ts';
import { isMatch } from '../plan-orders.ts';
import type { Outcome } from '../reload-finished.ts';
import { addMs, type EpochMs } from '../units.ts';

/**
 * The end of a reload of an upstream, as a composite link remembers it. When enough upstreams have ended, the link
 * fires: it calls for one order, a reload that Cascade owes. This is a firing.
 */
export interface JoinEnd {
  readonly app: AppKey;
  readonly reloadId: ReloadId;
  /** By Qlik's clock. */
  readonly endedAt: EpochMs;
  readonly outcome: Outcome;
  /**
   * True if the end came so late that it started nothing: the link has already called for the order of the firing to
   * which it belongs by its own time, or of a newer firing.
   */
  readonly isCovered?: true;
  /** If a firing used this end: the end that completed the firing. */
  readonly usedBy?: Closing;
  /**
   * True if the end was used or covered before a deployment changed the link's rule, or was used while the link was
   * paused. Such an end never counts again.
   */
  readonly isSpent?: true;
  /**
   * True if the link had fired at most `within` before this end, and needed no end of this app. For example, two of
   * three apps were enough. Or the end came while the link was paused. Then it is no problem if it waits in vain.
   */
  readonly isSpare?: true;
}

/** Names the end that completed a firing. */
export type Closing = Pick<JoinEnd, 'app' | 'reloadId'>;

/** The fields by which ends are sorted. */
export type EndKey = Pick<JoinEnd, 'app' | 'reloadId' | 'endedAt'>;

/** What became of an end. */
export type EndFate =
  /** The end is a half: it waits for the ends of other apps. */
  | 'waits'
  /** The end was a half, and the link fired with it. Also an end that is spent (`isSpent`). */
  | 'used'
  /** The end was a half. Then its app ended again, with an outcome for which the link waits. */
  | 'superseded'
  /** The end was a half. Then its app ended again, with an outcome for which the link does not wait. */
  | 'withdrawn'
  /** The end was a half. Then another end came that was more than `within` later. */
  | 'expired'
  /**
   * The end does not count. Its outcome is not the one for which the link waits, or its app is no upstream any more.
   */
  | 'not-matched';

/** A firing: enough upstreams have ended, close enough together, so the link calls for one order. */
export interface Firing<End extends JoinEnd = JoinEnd> {
  /** The last of these ends, which completed the firing. Its reload id becomes part of the order's id. */
  readonly closing: End;
  /** One end for each app that took part, oldest first; the last one is `closing`. */
  readonly halves: readonly End[];
}

/** What follows from a list of ends. */
export interface Folded<End extends JoinEnd = JoinEnd> {
  /** The ends that still wait for others, sorted. */
  readonly halves: readonly End[];
  /** Every firing, sorted by `closing`. */
  readonly firings: readonly Firing<End>[];
  /** What became of each end, by `endId`: of all `ends`, and of those `halves` that still count. */
  readonly fates: ReadonlyMap<string, EndFate>;
}

/** A text that names an end. It contains the app, because two tenants may have reloads with the same id. */
export const endId = ({ app, reloadId }: Pick<JoinEnd, 'app' | 'reloadId'>): string => `${app} ${reloadId}`;

/**
 * Sorts ends by time. Ends of the same millisecond are sorted by reload id, then by app. So the result does not depend
 * on the sequence in which the ends were heard.
 */
export const compareEnds = (a: EndKey, b: EndKey): number =>
  a.endedAt - b.endedAt || compareTexts(a.reloadId, b.reloadId) || compareTexts(a.app, b.app);

const compareTexts = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/**
 * Says which firings follow from `ends`. This function defines the meaning of a composite link (docs/chains.md).
 *
 * At first it drops halves that do not count by the present rule: a deployment may have changed it. Then, for each end:
 *
 * 1. All halves go that are more than `within` older than this end.
 * 2. If the end's app has a half, that half goes.
 * 3. If the end counts, it becomes its app's half.
 * 4. If the end counts and `atLeast` apps have a half, the link fires. The firing uses all halves, so no half is left.
 *
 * @param halves - the halves that earlier ends left, in any order; at most one for each app.
 * @param ends - sorted by `compareEnds`, all later than `halves`.
 */
export function foldEnds<End extends JoinEnd>(
  halves: readonly End[],
  ends: readonly End[],
  { of, atLeast, within }: JoinRule,
): Folded<End> {
  const matches = ({ app, outcome }: End): boolean => of[app] !== undefined && isMatch(of[app], outcome);
  const counts = (end: End): boolean => end.isSpent !== true && matches(end);
  const waiting = new Map(
    halves
      .filter(counts)
      .sort(compareEnds)
      .map((half) => [half.app, half]),
  );
  const fates = new Map<string, EndFate>([...waiting.values()].map((half) => [endId(half), 'waits']));
  const firings: Firing<End>[] = [];
  const drop = (half: End | undefined, fate: EndFate): void => {
    if (half === undefined) return;
    waiting.delete(half.app);
    fates.set(endId(half), fate);
  };
  for (const end of ends) {
    // First of all: if an app ends again after its half had expired, the half is `expired` and not `superseded`.
    for (const half of waiting.values()) if (addMs(half.endedAt, within) < end.endedAt) drop(half, 'expired');
    drop(waiting.get(end.app), matches(end) ? 'superseded' : 'withdrawn');
    const fate = matches(end) ? 'waits' : 'not-matched';
    fates.set(endId(end), end.isSpent === true ? 'used' : fate);
    if (counts(end)) waiting.set(end.app, end);
    if (!counts(end) || waiting.size < atLeast) continue;
    const used = [...waiting.values()];
    for (const half of used) drop(half, 'used');
    firings.push({ closing: end, halves: used });
  }
  return { halves: [...waiting.values()], firings, fates };
}
