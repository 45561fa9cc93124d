import { groupBy } from '../group-by.ts';
import { type CompositeLink, isComposite, type On } from '../link.ts';
import { type AppKey, appKey } from '../names.ts';
import { type AppIndex, nameOf } from './app-index.ts';
import { overlaps, wantsKey } from './check-links.ts';
import { errorAt, type Problem } from './problem.ts';
import { PLAIN_CLAUSE, type PlacedLink } from './read-links.ts';

/** A composite link (one that waits for several apps), and its place in the file. */
interface PlacedComposite extends PlacedLink {
  readonly link: CompositeLink;
}

/**
 * Checks composite links, for `cascade check`. A composite link waits for several apps, and then reloads its target. So
 * Cascade must remember which of these apps have ended. It has one memory for each target and clause. The clause is the
 * link's name, or a hash of its rule without `within`. This function finds:
 *
 * - composite links that would share one memory, but want different things,
 * - the same composite link twice in one file,
 * - links of one file by which the same end would reload an app twice.
 */
export function checkComposites(links: readonly PlacedLink[], index: AppIndex): Problem[] {
  return [...checkMemories(links, index), ...checkDoubles(links, index)];
}

/** Finds composite links that would share one memory by mistake, and those that are twice in a file. */
function checkMemories(links: readonly PlacedLink[], index: AppIndex): Problem[] {
  // A plain link with the same name would make orders with the same ids.
  const named = new Set(links.filter(({ link }) => !isComposite(link)).map(memoryKey));
  const byMemory = groupBy(oneOfEach(links), memoryKey);
  return [...byMemory].flatMap(([key, [first, ...others]]) => {
    if (first === undefined) return [];
    const plain = named.has(key) ? links.find((each) => !isComposite(each.link) && memoryKey(each) === key) : undefined;
    return [
      ...(plain === undefined ? [] : [nameTaken(first, plain, index)]),
      ...others.flatMap((other): Problem[] => {
        if (ruleKey(other) !== ruleKey(first)) return [nameTaken(other, first, index)];
        return other.place.file === first.place.file ? [sameComposite(other, first)] : [];
      }),
    ];
  });
}

/** Each composite link once. The list has it once for each of the apps that it waits for. */
function oneOfEach(links: readonly PlacedLink[]): readonly PlacedComposite[] {
  const composites = links.flatMap(({ link, place }) => (isComposite(link) ? [{ link, place }] : []));
  return [...groupBy(composites, ({ place }) => JSON.stringify(place)).values()].flatMap(([first]) => first ?? []);
}

const memoryKey = ({ link: { target, clause } }: PlacedLink): string => `${appKey(target)} ${clause}`;

const ruleKey = ({ link }: PlacedComposite): string => {
  const { of, atLeast, within } = link.join;
  return JSON.stringify([Object.entries(of).sort(([a], [b]) => (a < b ? -1 : 1)), atLeast, within, wantsKey(link)]);
};

const sameComposite = ({ place }: PlacedComposite, first: PlacedComposite): Problem =>
  errorAt(
    place,
    'SAME_LINK',
    'This link is already in the file: same app, same apps to wait for. Remove one of the two.',
    [first.place],
  );

const nameTaken = ({ link, place }: PlacedComposite, first: PlacedLink, index: AppIndex): Problem =>
  errorAt(
    place,
    'NAME_NEEDED',
    `Two links reload ${nameOf(link.target, link.chain, index)} and cannot be told apart: they have one name, or wait for the same apps ` +
      'with another "within", variables, partial, weight, retry or timeout. Give each its own "name" for two reloads, or make them equal for one.',
    [first.place],
  );

/** Finds composite links whose ends also make another link reload the app. */
function checkDoubles(links: readonly PlacedLink[], index: AppIndex): Problem[] {
  const plain = groupBy(
    links.filter(({ link }) => !isComposite(link)),
    wishKey,
  );
  const composites = groupBy(oneOfEach(links).filter(isUnnamed), wishKey);
  return [...composites].flatMap(([key, alike]) =>
    alike.flatMap((composite): Problem[] => {
      const twins = twinsOf(composite, plain.get(key) ?? []);
      if (twins.length > 0) return [startsTwice(composite, twins, index, SAME_END)];
      const wider = alike.find((other) => isCovered(composite.link, other.link));
      return wider === undefined ? [] : [startsTwice(composite, [wider], index, SAME_ENDS)];
    }),
  );
}

/** A text that is equal for the links of one file that ask for the same reload of the same app. */
const wishKey = ({ link, place: { file } }: PlacedLink): string =>
  JSON.stringify([file, appKey(link.target), wantsKey(link)]);

/**
 * Whether the file gives the link no name. Then its clause is `j` and 16 hex digits. If a person gave the link a name,
 * two reloads after one end are on purpose.
 */
const isUnnamed = ({ link: { clause } }: PlacedComposite): boolean => /^j[0-9a-f]{16}$/.test(clause);

/**
 * The plain links (each waits for one app) that reload the composite link's target a second time; empty if there are
 * none. Such a link follows one of the composite link's apps, and some outcome counts for both. If one app is enough
 * for the composite link, one such plain link is enough, too. Otherwise each of the apps must have one, because any of
 * the apps may be the last to end.
 */
function twinsOf({ link: { join } }: PlacedComposite, plain: readonly PlacedLink[]): readonly PlacedLink[] {
  const twins = (Object.entries(join.of) as [AppKey, On][]).map(([app, on]) =>
    plain.find(({ link }) => link.clause === PLAIN_CLAUSE && appKey(link.after) === app && overlaps(link.on, on)),
  );
  const found = twins.filter((twin) => twin !== undefined);
  return join.atLeast === 1 || found.length === twins.length ? found : [];
}

/**
 * Whether the ends that are enough for the link `narrow` are also enough for `wide`: `wide` waits for the same apps or
 * more, for the same outcomes or more, and for no more apps at once. It also gives the ends as much time between them,
 * unless one end is enough. Then `wide` always fires with one of the ends with which `narrow` fires, maybe earlier.
 */
const isCovered = (narrow: CompositeLink, wide: CompositeLink): boolean =>
  narrow.clause !== wide.clause &&
  wide.join.atLeast <= narrow.join.atLeast &&
  (wide.join.atLeast === 1 || wide.join.within >= narrow.join.within) &&
  (Object.entries(narrow.join.of) as [AppKey, On][]).every(([app, on]) => covers(wide.join.of[app], on));

const covers = (wide: On | undefined, narrow: On | undefined): boolean => wide === 'any' || wide === narrow;

const SAME_END = 'another link of the file already reloads it after the same end';
const SAME_ENDS = 'the ends that set it off, or some of them, also set off another link of the file';

const startsTwice = (
  { link, place }: PlacedComposite,
  others: readonly PlacedLink[],
  index: AppIndex,
  why: string,
): Problem =>
  errorAt(
    place,
    'STARTS_TWICE',
    `This link reloads ${nameOf(link.target, link.chain, index)} twice: ${why}. Remove one of the two. ` +
      'If you want two reloads, write each link under an entry of its own, and give this one a "name".',
    others.map((other) => other.place),
  );
