import type { Run } from '../../src/core/runs/group-runs.ts';

/**
 * Finds a run (a first reload, and all reloads that follow from it) by the id of its root, or of an event (a reload
 * that ended) or an order (a reload that Cascade owes) in it. The page of one run uses it, because messages link to the
 * end that they are about.
 */
export const runWith = (id: string, runs: readonly Run[]): Run | undefined =>
  runs.find(({ root }) => root === id) ??
  runs.find(({ events, orders }) => [...events, ...orders].some(({ _id }) => _id === id));
