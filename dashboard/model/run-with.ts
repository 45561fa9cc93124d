import type { Run } from '../../src/core/runs/group-runs.ts';

/** The run that has an event (a reload that ended) or an order (a reload that Cascade owes) with this id, or this root. */
export const runWith = (id: string, runs: readonly Run[]): Run | undefined =>
  runs.find(({ root }) => root === id) ??
  runs.find(({ events, orders }) => [...events, ...orders].some(({ _id }) => _id === id));
