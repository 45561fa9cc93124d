import { isComposite, type Link, type On } from '../link.ts';
import { appKey } from '../names.ts';
import { type AppIndex, nameOf } from './app-index.ts';
import { groupBy } from './group-by.ts';
import { errorAt, type Problem } from './problem.ts';
import type { PlacedLink } from './read-links.ts';

/** What makes two links ask for the same reload; Qlik takes weight 1 when none is said. */
export function wantsKey({ body: { partial, variables, weight } }: Pick<Link, 'body'>): string {
  const sorted = Object.entries(variables ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([partial === true, sorted, weight ?? 1]);
}

const overlaps = (a: On, b: On): boolean => a === b || a === 'any' || b === 'any';

/** The part that links share when the same end gives them the same order id. */
const orderKey = ({ target, after, clause }: Link): string => `${appKey(target)} ${appKey(after)} ${clause}`;

interface Seen extends PlacedLink {
  readonly bodyKey: string;
}

/** Of the plain links: the same link twice, links that only their names could tell apart, and links that another one always forestalls. */
export function checkLinks(links: readonly PlacedLink[], index: AppIndex): Problem[] {
  const byOrder = groupBy(
    links
      .filter(({ link }) => !isComposite(link))
      .map((placed): Seen => ({ ...placed, bodyKey: wantsKey(placed.link) })),
    ({ link }) => orderKey(link),
  );
  return [...byOrder.values()].flatMap((alike) => (alike.length === 1 ? [] : checkAlike(alike, index)));
}

function checkAlike(alike: readonly Seen[], index: AppIndex): Problem[] {
  const firstInFile = new Map<string, Seen>();
  const firstOn = new Map<On, Seen>();
  const remember = <K>(map: Map<K, Seen>, key: K, seen: Seen): Seen => {
    const first = map.get(key) ?? seen;
    map.set(key, first);
    return first;
  };
  for (const seen of alike) remember(firstInFile, inFile(seen, seen.link.on), seen);
  return alike.flatMap((seen) => {
    remember(firstOn, seen.link.on, seen);
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
    `This link never sets anything off: the same app already reloads after any end, also when it ${link.on}. Remove one of the two.`,
    [wider.place],
  );

const nameNeeded = ({ link, place }: Seen, other: Seen, index: AppIndex): Problem =>
  errorAt(
    place,
    'NAME_NEEDED',
    `Two links reload ${nameOf(link.target, link.chain, index)} after the same end of ${nameOf(link.after, link.chain, index)} with ` +
      'different variables, partial or weight: one reload cannot be both. Give each its own "name" for two reloads, or make them equal for one.',
    [other.place],
  );
