import { hrefTo, type Route } from '../routes.ts';
import type { RunFilter } from './run-grid.ts';

/** What of all runs is in the URL. */
export interface RunsAddress {
  readonly as: 'list' | 'grid';
  readonly filter: RunFilter;
  /** The most runs that the list shows. */
  readonly limit: number;
}

/** So many runs does the list show at first, and so many more with each step. */
export const LIST_STEP = 100;

/** Reads `#/runs?as=grid&only=failed&show=<n>`. What it does not understand counts as absent. */
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

/** Reads `#/runs/<id>?as=timeline`. */
export const readRunTab = ({ query }: Pick<Route, 'query'>): RunTab =>
  RUN_TABS.find((each) => each === query.get('as')) ?? 'tree';

/** The URL of one run. @param root - the id of its root's document. */
export const hrefToRun = (root: string, tab: RunTab = 'tree'): string =>
  hrefTo('runs', [root], tab === 'tree' ? {} : { as: tab });
