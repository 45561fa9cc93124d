/*
 * A link in a chain file says that one app follows another. This file finds links that repeat each other or contradict
 * each other, for `cascade check`. A plain link waits for one app; links that wait for several have a check of their
 * own.
 */

import { groupBy } from '../group-by.ts';
import { isComposite, type Link, type On } from '../link.ts';
import { appKey } from '../names.ts';
import { policyKey } from '../policy.ts';
import { type AppIndex, nameOf } from './app-index.ts';
import { errorAt, type Problem } from './problem.ts';
import type { PlacedLink } from './read-links.ts';

/** A text that is equal for links that ask for the same reload. Qlik's default weight is 1. */
export function wantsKey({ body: { partial, variables, weight }, policy }: Pick<Link, 'body' | 'policy'>): string {
  const sorted = Object.entries(variables ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([partial === true, sorted, weight ?? 1, policyKey(policy)]);
}

/** Whether there is an outcome that sets off a link on `a` and a link on `b`. */
export const overlaps = (a: On, b: On): boolean => a === b || a === 'any' || b === 'any';

/** A text that is equal for links whose orders (the reloads that they call for) have the same id after the same end. */
const orderKey = ({ target, after, clause }: Link): string => `${appKey(target)} ${appKey(after)} ${clause}`;

interface Seen extends PlacedLink {
  readonly bodyKey: string;
}

/**
 * Checks the plain links. It finds repeated links, links that need names because they ask for different reloads, and
 * links that never start anything because another link always does.
 */
export function checkLinks(links: readonly PlacedLink[], index: AppIndex): Problem[] {
  const byOrder = groupBy(
    links
      .filter(({ link }) => !isComposite(link))
      .map((placed): Seen => ({ ...placed, bodyKey: wantsKey(placed.link) })),
    ({ link }) => orderKey(link),
  );
  return [...byOrder.values()].flatMap((alike) => (alike.length === 1 ? [] : checkAlike(alike, index)));
}

/** Checks links that have the same `orderKey`: one id can stand for one reload only. */
function checkAlike(alike: readonly Seen[], index: AppIndex): Problem[] {
  // In each file, the first link with the same `on` that asks for the same reload.
  const firstInFile = new Map<string, Seen>();
  // In all files, the first link with the same `on`.
  const firstOn = new Map<On, Seen>();
  // In reverse, so that the first of several equal links remains in the map.
  for (const seen of alike.toReversed()) firstInFile.set(inFile(seen, seen.link.on), seen);
  return alike.flatMap((seen) => {
    if (!firstOn.has(seen.link.on)) firstOn.set(seen.link.on, seen);
    const twin = firstInFile.get(inFile(seen, seen.link.on));
    if (twin !== undefined && twin !== seen) return [sameLink(seen, twin)];
    const wider = seen.link.on === 'any' ? undefined : firstInFile.get(inFile(seen, 'any'));
    if (wider !== undefined) return [unreachable(seen, wider)];
    const other = [...firstOn.values()].find((first) => isConflict(first, seen));
    return other === undefined ? [] : [nameNeeded(seen, other, index)];
  });
}

const inFile = ({ place, bodyKey: body }: Seen, on: On): string => `${place.file} ${on} ${body}`;

const isConflict = (a: Seen, b: Seen): boolean => a.bodyKey !== b.bodyKey && overlaps(a.link.on, b.link.on);

const sameLink = ({ place }: Seen, twin: Seen): Problem =>
  errorAt(
    place,
    'SAME_LINK',
    'This link is already in the file: same app, same "after", same "on". Remove one of the two.',
    [twin.place],
  );

const unreachable = ({ link, place }: Seen, wider: Seen): Problem =>
  errorAt(
    place,
    'UNREACHABLE_LINK',
    `This link never starts anything: the same app already reloads after any end, also when it ${link.on}. Remove one of the two.`,
    [wider.place],
  );

const nameNeeded = ({ link, place }: Seen, other: Seen, index: AppIndex): Problem =>
  errorAt(
    place,
    'NAME_NEEDED',
    `Two links reload ${nameOf(link.target, link.chain, index)} after the same end of ${nameOf(link.after, link.chain, index)} with ` +
      'different variables, partial, weight, retry or timeout: one reload cannot be both. Give each its own "name" for two reloads, or make them equal for one.',
    [other.place],
  );
