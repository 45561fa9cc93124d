/*
 * The dashboard draws the deployed chains. This file makes a graph of them: apps are the nodes, and links (this app
 * follows that app) are the edges. The drawing, its filter and the words about each app use this graph.
 */

import { homeChains } from '../chains/home-chains.ts';
import { joinId } from '../document-ids.ts';
import { groupBy } from '../group-by.ts';
import { type ChainApp, type CompiledChains, type CompositeLink, isComposite, type Link } from '../link.ts';
import { type AppKey, appKey, appOfKey, type ChainName } from '../names.ts';

/** A node of the graph: an app that has a link. */
export interface GraphApp extends ChainApp {
  readonly key: AppKey;
  /** The chain with which it is drawn, although it may be in several: see `homeChains`. */
  readonly home: string;
  /** The chains with a link from or to the app, by name. */
  readonly chains: readonly ChainName[];
  /** True if all these links are of paused chains. */
  readonly isPaused: boolean;
}

/** All links from one app to another. */
export interface GraphEdge {
  /** The number of the upstream app. */
  readonly from: number;
  /** The number of the app that follows. */
  readonly to: number;
  readonly links: readonly Link[];
}

/** A link that waits for several apps. */
export interface GraphComposite {
  /** The id of the document in the ledger (Cascade's memory) that has what the link remembers. */
  readonly id: string;
  /** If several chains have the same link, one that is not paused, if there is one. */
  readonly link: CompositeLink;
  /** The number of the app that it reloads. */
  readonly target: number;
}

/** The deployed chains as a graph. An app's number is its place in `apps`. */
export interface ChainGraph {
  /** By home chain, then by name. */
  readonly apps: readonly GraphApp[];
  readonly numberOf: ReadonlyMap<AppKey, number>;
  /** By their numbers. */
  readonly edges: readonly GraphEdge[];
  /** The composite links, by the number of their target. */
  readonly composites: ReadonlyMap<number, readonly GraphComposite[]>;
}

/** Makes the graph of the compiled chains. Its apps and edges do not depend on the order of the apps in `compiled`. */
export function chainGraph(compiled: CompiledChains): ChainGraph {
  const links = Object.values(compiled.links).flat();
  const apps = graphApps(compiled, links);
  const numberOf = new Map(apps.map(({ key }, number) => [key, number]));
  const numberIn = (key: AppKey): number => numberOf.get(key) ?? 0;
  const byPair = groupBy(links, ({ after, target }) => `${appKey(after)} ${appKey(target)}`);
  const edges = [...byPair.values()].flatMap((same) =>
    same.slice(0, 1).map(({ after, target }) => ({
      from: numberIn(appKey(after)),
      to: numberIn(appKey(target)),
      links: same,
    })),
  );
  return {
    apps,
    numberOf,
    edges: edges.sort((a, b) => a.from - b.from || a.to - b.to),
    composites: groupBy(compositesOf(links, numberIn), ({ target }) => target),
  };
}

function graphApps(compiled: CompiledChains, links: readonly Link[]): readonly GraphApp[] {
  const linksOfApps = links.flatMap((link) =>
    [...new Set([appKey(link.after), appKey(link.target)])].map((key) => ({ key, link })),
  );
  const homeOf = homeChains(compiled);
  return [...groupBy(linksOfApps, ({ key }) => key)]
    .map(([key, own]): GraphApp => {
      const app = appOfKey(key);
      const chains = [...new Set(own.map(({ link }) => link.chain))].sort();
      return {
        ...(compiled.apps[key] ?? { ...app, label: app.appId, names: [] }),
        key,
        home: homeOf(key),
        chains,
        isPaused: own.every(({ link }) => link.paused),
      };
    })
    .sort((a, b) => compare(a.home, b.home) || compare(nameOf(a), nameOf(b)) || compare(a.key, b.key));
}

const nameOf = ({ names, label }: ChainApp): string => names[0] ?? label;

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

function compositesOf(links: readonly Link[], numberIn: (key: AppKey) => number): readonly GraphComposite[] {
  // If several chains have the same link, the last one stays in the map: one that is not paused, if there is one.
  const pausedFirst = links.filter(isComposite).sort((a, b) => Number(b.paused) - Number(a.paused));
  const byId = new Map(pausedFirst.map((link) => [joinId(link), link]));
  return [...byId]
    .sort(([a], [b]) => compare(a, b))
    .map(([id, link]) => ({ id, link, target: numberIn(appKey(link.target)) }));
}
