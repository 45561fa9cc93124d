/*
 * The view Runs has its state in the URL, so that each state has an address: which runs it shows, as a list or a grid,
 * or one run in one of three forms. This file reads and writes these URLs. A run is a first reload, and all reloads
 * that follow from it.
 */

import { hrefTo, type Route } from '../routes.ts';
import type { RunFilter } from './run-grid.ts';

/** What the URL of all runs says. */
export interface RunsAddress {
  readonly as: 'list' | 'grid';
  readonly filter: RunFilter;
  /** The most runs that the list shows. */
  readonly limit: number;
}

/** How many runs the list shows at first, and how many more with each click on "Show older runs". */
export const LIST_STEP = 100;

/**
 * Reads the URL of all runs: `#/runs?as=grid&only=failed&show=200`. What this function does not understand counts as
 * absent.
 */
export function readRunsAddress({ query }: Pick<Route, 'query'>): RunsAddress {
  return {
    as: query.get('as') === 'grid' ? 'grid' : 'list',
    filter: query.get('only') === 'failed' ? 'failed' : 'all',
    limit: Math.max(LIST_STEP, Number(query.get('show')) || 0),
  };
}

/** The URL that `readRunsAddress` reads as this address. */
export const hrefToRuns = ({ as, filter, limit }: RunsAddress): string =>
  hrefTo('runs', [], {
    ...(as === 'grid' && { as }),
    ...(filter === 'failed' && { only: filter }),
    ...(limit > LIST_STEP && { show: String(limit) }),
  });

/** The ways in which one run is shown. */
export const RUN_TABS = ['tree', 'timeline', 'history'] as const;
export type RunTab = (typeof RUN_TABS)[number];

/** Reads in which form the URL shows a run: `#/runs/<id>?as=timeline`. */
export const readRunTab = ({ query }: Pick<Route, 'query'>): RunTab =>
  RUN_TABS.find((each) => each === query.get('as')) ?? 'tree';

/**
 * The URL of one run.
 *
 * @param root - the id of the document with which the run began: the end of a reload, or an order by hand.
 */
export const hrefToRun = (root: string, tab: RunTab = 'tree'): string =>
  hrefTo('runs', [root], tab === 'tree' ? {} : { as: tab });
