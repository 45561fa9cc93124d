import { type AppStanding, appStandings } from '../../src/core/graph/app-standing.ts';
import type { ChainGraph, GraphApp } from '../../src/core/graph/chain-graph.ts';
import {
  DRAWING_SIZES,
  type Drawing,
  type DrawingSizes,
  layOutGraph,
} from '../../src/core/graph/layout/lay-out-graph.ts';
import type { EpochMs } from '../../src/core/units.ts';
import type { PageDocuments } from './documents.ts';
import { MARKS, type MarkState } from './mark.ts';

/** An app as the view Now shows it. */
export interface NowLine extends Omit<AppStanding, 'standing'> {
  readonly app: GraphApp;
  readonly state: MarkState;
}

/** How each app of the graph stands, by its number. */
export function nowLines(graph: ChainGraph, documents: Pick<PageDocuments, 'of'>, now: EpochMs): readonly NowLine[] {
  const known = {
    states: documents.of('app'),
    orders: documents.of('order').values(),
    joins: documents.of('join'),
  };
  return appStandings(graph, known, now).flatMap(({ standing, ...more }, number) => {
    const app = graph.apps[number];
    return app === undefined ? [] : [{ app, state: standing, ...more }];
  });
}

/** `Sales report, failed 07:06, waits for 0`. @param timeOf - how a person reads an instant. */
export function nameOfLine({ app, state, at, waitsFor }: NowLine, timeOf: (at: EpochMs) => string): string {
  const since = at === undefined ? '' : ` ${timeOf(at)}`;
  return `${app.label}, ${MARKS[state].word}${since}, waits for ${waitsFor}`;
}

/** A drawing of some apps of the graph. `apps` and `edges` are what the drawing's nodes and edges stand for, by number. */
export interface AppsDrawing extends Drawing {
  readonly apps: readonly number[];
  readonly drawnEdges: readonly number[];
  readonly chains: readonly string[];
}

/** Draws some apps of the graph, with the links between them. @param numbers - the apps' numbers. */
export function drawApps(
  graph: ChainGraph,
  numbers: ReadonlySet<number>,
  sizes: DrawingSizes = DRAWING_SIZES,
): AppsDrawing {
  const apps = [...numbers];
  const placeOf = new Map(apps.map((number, place) => [number, place]));
  const chains = [...new Set(apps.map((number) => graph.apps[number]?.home ?? ''))];
  const groupOf = new Map(chains.map((chain, group) => [chain, group]));
  const drawnEdges = graph.edges.flatMap(({ from, to }, edge) => (numbers.has(from) && numbers.has(to) ? [edge] : []));
  const drawing = layOutGraph(
    {
      groups: apps.map((number) => groupOf.get(graph.apps[number]?.home ?? '') ?? 0),
      edges: drawnEdges.map((edge) => ({
        from: placeOf.get(graph.edges[edge]?.from ?? -1) ?? 0,
        to: placeOf.get(graph.edges[edge]?.to ?? -1) ?? 0,
      })),
    },
    sizes,
  );
  return { ...drawing, apps, drawnEdges, chains };
}
