import type { HappenedReload } from './demo.ts';

const textOf = ({ app, outcome, after }: HappenedReload): string =>
  `${app} ${outcome}${after === null ? '' : ` after ${after}`}`;

/**
 * What differs between the reloads that had to happen and those that did, in words; empty where they are exactly the same,
 * in any order, each as often.
 */
export function compareReloads(wanted: readonly HappenedReload[], had: readonly HappenedReload[]): readonly string[] {
  const extra = had.map(textOf);
  const missing: string[] = [];
  for (const text of wanted.map(textOf)) {
    const index = extra.indexOf(text);
    if (index < 0) missing.push(text);
    else extra.splice(index, 1);
  }
  return [...missing.map((text) => `Missing: ${text}`), ...extra.map((text) => `Not listed: ${text}`)];
}
