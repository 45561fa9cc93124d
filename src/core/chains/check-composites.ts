import { type CompositeLink, isComposite } from '../link.ts';
import { appKey } from '../names.ts';
import { type AppIndex, nameOf } from './app-index.ts';
import { wantsKey } from './check-links.ts';
import { groupBy } from './group-by.ts';
import { errorAt, type Problem } from './problem.ts';
import type { PlacedLink } from './read-links.ts';

interface PlacedComposite extends PlacedLink {
  readonly link: CompositeLink;
}

/** Composite links that share a memory and want different things, and the same composite link twice in one file. */
export function checkComposites(links: readonly PlacedLink[], index: AppIndex): Problem[] {
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
