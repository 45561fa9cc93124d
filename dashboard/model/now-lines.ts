/*
 * The view Now shows the deployed chains as a graph, with how each app stands. This file finds how the apps stand, from
 * the documents on the device. It also draws the apps that the filter leaves. An app's number is its place in the
 * graph's list of apps.
 */

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

/** An app, and how it stands now: `state` is one word for it, such as `failed`. */
export interface NowLine extends Omit<AppStanding, 'standing'> {
  readonly app: GraphApp;
  readonly state: MarkState;
}

/** How each app of the graph stands, in the order of the apps' numbers. */
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

type TimeOf = (at: EpochMs) => string;

/**
 * How an app stands, as the graph has room for it: `failed 07:06`, or `attempt 2 of 3 at 07:05`.
 *
 * @param timeOf - makes the text of an instant.
 */
export function standingText({ state, at, attempt }: NowLine, timeOf: TimeOf): string {
  if (state === 'retrying' && attempt !== undefined)
    return attempt.at === undefined ? attempt.words : `${attempt.words} at ${timeOf(attempt.at)}`;
  return `${MARKS[state].word}${at === undefined ? '' : ` ${timeOf(at)}`}`;
}

/** The name that a screen reader reads for an app: `Sales report, failed 07:06, waits for 0`. */
export function nameOfLine(line: NowLine, timeOf: TimeOf): string {
  const failure = line.state === 'retrying' ? ', after a failure' : '';
  return `${line.app.label}, ${standingText(line, timeOf)}${failure}, waits for ${line.waitsFor}`;
}

/**
 * A drawing of some apps of the graph. It says what each node, edge and band of the drawing stands for, by their places
 * in these lists.
 */
export interface AppsDrawing extends Drawing {
  /** For each node: the number of its app. */
  readonly apps: readonly number[];
  /** For each edge: its place in the graph's list of edges. */
  readonly drawnEdges: readonly number[];
  /** For each band: the name of its chain. */
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
  const bandOf = new Map(chains.map((chain, band) => [chain, band]));
  const drawnEdges = graph.edges.flatMap(({ from, to }, edge) => (numbers.has(from) && numbers.has(to) ? [edge] : []));
  const drawing = layOutGraph(
    {
      bands: apps.map((number) => bandOf.get(graph.apps[number]?.home ?? '') ?? 0),
      edges: drawnEdges.map((edge) => ({
        from: placeOf.get(graph.edges[edge]?.from ?? -1) ?? 0,
        to: placeOf.get(graph.edges[edge]?.to ?? -1) ?? 0,
      })),
    },
    sizes,
  );
  return { ...drawing, apps, drawnEdges, chains };
}
