/*
 * If apps follow each other in a circle, they would reload each other for ever. This file finds such circles. Then
 * `cascade check` reports them, and `cascade build` refuses the chain files.
 */

import { appKey } from '../names.ts';
import { type AppIndex, nameOf } from './app-index.ts';
import { type Cycle, findCycles, type Tangle } from './find-cycles.ts';
import { errorAt, type Place, type Problem } from './problem.ts';
import type { PlacedLink } from './read-links.ts';

/**
 * The most cycles that are reported for one group of apps that all follow each other. It can have exponentially many.
 */
const MAX_CYCLES_OF_A_GROUP = 100;
/**
 * The most apps of a cycle that a message names, and the most further places. A cycle that a person wrote is usually
 * shorter.
 */
const MAX_APPS_SHOWN = 50;

/** The links as a graph. Its nodes are the apps, numbered in the order of their keys. */
interface LinkGraph {
  readonly graph: readonly (readonly number[])[];
  /** The first link from one node to another, by `from>to`. */
  readonly linkOf: ReadonlyMap<string, PlacedLink>;
}

function graphOf(links: readonly PlacedLink[]): LinkGraph {
  const keys = [...new Set(links.flatMap(({ link }) => [appKey(link.after), appKey(link.target)]))].sort();
  const numbers = new Map(keys.map((key, number) => [key, number]));
  const linkOf = new Map<string, PlacedLink>();
  const graph: number[][] = keys.map(() => []);
  for (const placed of links) {
    const from = numbers.get(appKey(placed.link.after)) ?? 0;
    const to = numbers.get(appKey(placed.link.target)) ?? 0;
    if (linkOf.has(`${from}>${to}`)) continue;
    linkOf.set(`${from}>${to}`, placed);
    graph[from]?.push(to);
  }
  return { graph, linkOf };
}

/**
 * Finds apps that would reload each other for ever. A cycle may go through several files and through paused chains.
 * Each cycle is one problem, with the path of its apps. Of a group of apps that all follow each other, at most 100
 * cycles are reported, and one more problem says that there are others.
 */
export function checkCycles(links: readonly PlacedLink[], index: AppIndex): Problem[] {
  const graph = graphOf(links);
  return findCycles(graph.graph, MAX_CYCLES_OF_A_GROUP).flatMap((tangle) => [
    ...tangle.cycles.map((cycle) => cycleProblem(linksOfCycle(cycle, graph), index)),
    ...(tangle.isCut ? [cutProblem(tangle, graph)] : []),
  ]);
}

function linksOfCycle(cycle: Cycle, { linkOf }: LinkGraph): PlacedLink[] {
  return cycle.flatMap((from, position) => linkOf.get(`${from}>${cycle[(position + 1) % cycle.length]}`) ?? []);
}

function cycleProblem(links: readonly PlacedLink[], index: AppIndex): Problem {
  const [first = NOWHERE, ...others] = links.map(({ place }) => place);
  const path = pathOf(links, index);
  const message =
    links.length === 1
      ? `An app that reloads after itself never stops: ${path}. Remove this link.`
      : `These apps would reload each other for ever: ${path}. Remove one of the links.`;
  return errorAt(first, 'CYCLE', message, others.slice(0, MAX_APPS_SHOWN));
}

const NOWHERE: Place = { file: '', path: [] };

function pathOf(links: readonly PlacedLink[], index: AppIndex): string {
  const names = links.map(({ link }) => nameOf(link.after, link.chain, index));
  const more = names.length - MAX_APPS_SHOWN;
  return [...names.slice(0, MAX_APPS_SHOWN), ...(more > 0 ? [`… ${more} more …`] : []), names[0]].join(' → ');
}

function cutProblem({ nodes, cycles }: Tangle, graph: LinkGraph): Problem {
  const [first] = linksOfCycle(cycles[0] ?? [], graph);
  const message = `${nodes.length} apps here all follow each other in more than ${MAX_CYCLES_OF_A_GROUP} cycles; ${MAX_CYCLES_OF_A_GROUP} are listed.`;
  return errorAt(first?.place ?? NOWHERE, 'CYCLE', message);
}
