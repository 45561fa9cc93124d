/*
 * If a person mistypes a name, the message asks "Did you mean …?". This file finds the name that is meant.
 */

/** The most candidates that are compared. Each comparison takes time, and large deployments have thousands of names. */
const CANDIDATES_LOOKED_AT = 1_000;

/** By how many changes `a` becomes `b`: a letter is inserted, deleted, replaced, or swapped with the next one. */
function distance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = at(last, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swap =
        a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? at(beforeLast, j - 2) + 1 : Number.POSITIVE_INFINITY;
      row.push(Math.min(replace, swap, at(last, j) + 1, at(row, j - 1) + 1));
    }
    beforeLast = last;
    last = row;
  }
  return at(last, b.length);
}

const at = (row: readonly number[], index: number): number => row[index] ?? Number.POSITIVE_INFINITY;

/**
 * The candidate that `text` most likely means; undefined if none is near. A candidate is near if at most a third of the
 * letters of `text` differ. One letter may differ even in a short text, and no more than 21 in a long one. Small and
 * capital letters are the same. If several candidates are equally near, the first one is returned. Only the first 1,000
 * are compared.
 */
export function nearestName(text: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let allowed = Math.max(1, Math.floor(Math.min(text.length, 64) / 3));
  let looked = 0;
  for (const candidate of candidates) {
    if (looked++ === CANDIDATES_LOOKED_AT) break;
    if (Math.abs(candidate.length - text.length) > allowed) continue;
    const far = distance(text.toLowerCase(), candidate.toLowerCase());
    if (far > allowed) continue;
    best = candidate;
    allowed = far - 1;
  }
  return best;
}

/** ` Did you mean "…"?`, or nothing if no candidate is near. */
export function didYouMean(text: string, candidates: Iterable<string>): string {
  const near = nearestName(text, candidates);
  return near === undefined ? '' : ` Did you mean "${near}"?`;
}
