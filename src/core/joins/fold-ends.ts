import type { JoinRule } from '../link.ts';
import type { AppKey, ReloadId } from '../names.ts';
import { isMatch } from '../plan-orders.ts';
import type { Outcome } from '../reload-finished.ts';
import { addMs, type EpochMs } from '../units.ts';

/**
 * The end of a reload of an upstream, as a composite link remembers it. A composite link waits for several apps, its upstreams,
 * and then reloads its target once.
 */
export interface JoinEnd {
  readonly app: AppKey;
  readonly reloadId: ReloadId;
  /** By Qlik's clock. */
  readonly endedAt: EpochMs;
  readonly outcome: Outcome;
  /** True if the end came so late that it started nothing: it belongs to a firing up to the newest one carried out before. */
  readonly isCovered?: true;
  /** If a firing that was carried out used this end: the end that completed the firing. */
  readonly usedBy?: Closing;
  /** True if it was used or covered before a deployment changed the link's rule. It never counts again. */
  readonly isSpent?: true;
  /** True if the link had fired without its app at most `within` before. So it is no problem if the end waits in vain. */
  readonly isSpare?: true;
}

/** Names the end that completed a firing. */
export type Closing = Pick<JoinEnd, 'app' | 'reloadId'>;

/** The fields by which ends are sorted. */
export type EndKey = Pick<JoinEnd, 'app' | 'reloadId' | 'endedAt'>;

/** What became of an end. A *half* is an end that counts and waits for the ends of other apps. */
export type EndFate =
  /** It is a half. */
  | 'waits'
  /** It was a half, and the link fired, maybe by an earlier rule. */
  | 'used'
  /** It was a half, until a later end of the same app took its place. */
  | 'superseded'
  /** It was a half, until a later end of the same app did not count. */
  | 'withdrawn'
  /** It was a half, until it was older than the link's `within`. */
  | 'expired'
  /** It does not count: it does not have the outcome for which the link waits, or its app is no upstream any more. */
  | 'not-matched';

/** Enough upstreams have ended, close enough together: the link calls for one order. */
export interface Firing<End extends JoinEnd = JoinEnd> {
  /** The end that made them enough. Its reload id becomes part of the order's id. */
  readonly closing: End;
  /** One end for each app that took part, sorted; the last one is `closing`. */
  readonly halves: readonly End[];
}

/** What follows from a list of ends. */
export interface Folded<End extends JoinEnd = JoinEnd> {
  /** The ends that still wait for others, sorted. */
  readonly halves: readonly End[];
  /** Every firing, sorted by `closing`. */
  readonly firings: readonly Firing<End>[];
  /** What became of each end, by `endId`: of those in the list, and of the halves from before that still count. */
  readonly fates: ReadonlyMap<string, EndFate>;
}

/** A text that names an end. It has the app, because two tenants may have reloads with the same id. */
export const endId = ({ app, reloadId }: Pick<JoinEnd, 'app' | 'reloadId'>): string => `${app} ${reloadId}`;

/** Sorts ends by time. If two ended in the same millisecond, it sorts by reload id, then by app: the same way everywhere. */
export const compareEnds = (a: EndKey, b: EndKey): number =>
  a.endedAt - b.endedAt || compareTexts(a.reloadId, b.reloadId) || compareTexts(a.app, b.app);

const compareTexts = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/**
 * Says which firings follow from `ends`: this is what a composite link means (docs/chains.md). For each end, in this order:
 *
 * 1. If its app has a half from before, that half goes.
 * 2. If the end counts, it becomes its app's half. It counts if it has the outcome for which the link waits, and is not spent.
 * 3. The halves that are more than `within` older than this end go.
 * 4. If the end counts and `atLeast` apps have a half, the link fires. Then all halves are used, and none is left.
 *
 * A deployment may have changed the rule since the halves before. So a half that no longer counts goes first of all.
 *
 * @param halves - what was left of earlier ends; at most one for each app.
 * @param ends - sorted by `compareEnds`, all later than `halves`.
 */
export function foldEnds<End extends JoinEnd>(
  halves: readonly End[],
  ends: readonly End[],
  { of, atLeast, within }: JoinRule,
): Folded<End> {
  const matches = ({ app, outcome }: End): boolean => of[app] !== undefined && isMatch(of[app], outcome);
  const counts = (end: End): boolean => end.isSpent !== true && matches(end);
  const waiting = new Map(halves.filter(counts).map((half) => [half.app, half]));
  const fates = new Map<string, EndFate>([...waiting.values()].map((half) => [endId(half), 'waits']));
  const firings: Firing<End>[] = [];
  const drop = (half: End | undefined, fate: EndFate): void => {
    if (half === undefined) return;
    waiting.delete(half.app);
    fates.set(endId(half), fate);
  };
  for (const end of ends) {
    drop(waiting.get(end.app), matches(end) ? 'superseded' : 'withdrawn');
    const fate = matches(end) ? 'waits' : 'not-matched';
    fates.set(endId(end), end.isSpent === true ? 'used' : fate);
    if (counts(end)) waiting.set(end.app, end);
    for (const half of waiting.values()) if (addMs(half.endedAt, within) < end.endedAt) drop(half, 'expired');
    if (!counts(end) || waiting.size < atLeast) continue;
    const used = [...waiting.values()];
    for (const half of used) drop(half, 'used');
    firings.push({ closing: end, halves: used });
  }
  return { halves: [...waiting.values()], firings, fates };
}
