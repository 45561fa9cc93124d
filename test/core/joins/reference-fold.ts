import type { Firing, JoinEnd } from '../../../src/core/joins/fold-ends.ts';
import type { JoinRule } from '../../../src/core/link.ts';

/** The meaning of a composite link, by a look at the whole history and not by steps through it. */
export interface Meaning {
  readonly firings: readonly Firing[];
  readonly halves: readonly JoinEnd[];
}

const keyText = ({ endedAt, reloadId, app }: JoinEnd): string =>
  `${String(endedAt).padStart(16, '0')} ${reloadId} ${app}`;

/** Ends in the order in which they count. */
export const inOrder = (ends: readonly JoinEnd[]): readonly JoinEnd[] =>
  [...ends].sort((a, b) => (keyText(a) < keyText(b) ? -1 : 1));

/**
 * The reference of the property tests. It is independent of `foldEnds`. For each end it looks at the apps' last ends
 * since the last firing.
 *
 * @param spent - ends that an earlier rule used. They do not count any more, and neither do earlier ends of the same
 *   app.
 */
export function meaningOf(
  history: readonly JoinEnd[],
  { of, atLeast, within }: JoinRule,
  spent: ReadonlySet<JoinEnd> = new Set(),
): Meaning {
  const ends = inOrder(history);
  const firings: Firing[] = [];
  let since = 0;
  const counts = (end: JoinEnd): boolean => {
    const { app, outcome } = end;
    const on = spent.has(end) ? undefined : of[app];
    return on === 'any' || (on !== undefined && on === (outcome === 'exceeded-limit' ? 'failed' : outcome));
  };
  const halvesAt = (index: number): readonly JoinEnd[] => {
    const now = ends[index];
    if (now === undefined) return [];
    const seen = ends.slice(since, index + 1);
    return seen.filter(
      (end, position) =>
        counts(end) &&
        now.endedAt - end.endedAt <= within &&
        !seen.slice(position + 1).some((later) => later.app === end.app),
    );
  };
  for (const [index, closing] of ends.entries()) {
    const halves = halvesAt(index);
    if (!counts(closing) || halves.length < atLeast) continue;
    firings.push({ closing, halves });
    since = index + 1;
  }
  return { firings, halves: halvesAt(ends.length - 1) };
}
