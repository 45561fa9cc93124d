import { type CompositeLink, isComposite } from '../link.ts';
import { type AppKey, appKey } from '../names.ts';
import { type AppIndex, nameOf } from './app-index.ts';
import { wantsKey } from './check-links.ts';
import { groupBy } from './group-by.ts';
import { errorAt, type Problem } from './problem.ts';
import type { PlacedLink } from './read-links.ts';

/** A composite link (one that waits for several apps), and its place in the file. */
interface PlacedComposite extends PlacedLink {
  readonly link: CompositeLink;
}

/**
 * Checks composite links. A composite link waits for several apps, and the ledger has a memory for it, by its target and
 * clause. This finds:
 *
 * - composite links that have the same memory, but want different things,
 * - the same composite link twice in one file,
 * - a composite link whose every end also sets off a plain entry of the same list.
 */
export function checkComposites(links: readonly PlacedLink[], index: AppIndex): Problem[] {
  return [...checkMemories(links, index), ...checkLists(links)];
}

/** Finds links that would share one memory by mistake. */
function checkMemories(links: readonly PlacedLink[], index: AppIndex): Problem[] {
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

/** Each composite link once, not once for each of its upstreams. */
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

/** Composite links whose every end also sets off a plain entry of the same list. */
function checkLists(links: readonly PlacedLink[]): Problem[] {
  const plain = groupBy(
    links.filter(({ link }) => !isComposite(link)),
    listKey,
  );
  return oneOfEach(links).flatMap((composite): Problem[] => {
    const { of } = composite.link.join;
    const entries = plain.get(listKey(composite)) ?? [];
    const twins = (Object.keys(of) as AppKey[]).map((app) =>
      entries.find(
        ({ link: { after, on, clause } }) =>
          appKey(after) === app && (on === 'any' || on === of[app]) && clause !== composite.link.clause,
      ),
    );
    return twins.every((twin) => twin !== undefined) ? [startsTwice(composite, twins)] : [];
  });
}

/** A text that is equal for all clauses of one entry under `reloads:`. */
const listKey = ({ place: { file, path } }: PlacedLink): string => {
  const [section, entry] = path;
  return JSON.stringify([file, section, entry]);
};

const startsTwice = ({ place }: PlacedComposite, twins: readonly PlacedLink[]): Problem =>
  errorAt(
    place,
    'STARTS_TWICE',
    'This link reloads the app twice: whichever app is the last one to end, another entry of the list reloads the app after the same end. ' +
      'Remove this link, or that entry.',
    twins.map((twin) => twin.place),
  );
