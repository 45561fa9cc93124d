/*
 * Qlik gives times in full seconds. So a short reload may have the same times as the reload that it follows. That is
 * why the timeline and the history of a run sort by what caused what, too. A run is a first reload, and all reloads
 * that follow from it. An order is a reload that Cascade owes.
 */

import type { OrderFact } from '../../src/core/runs/facts.ts';

/**
 * Where a reload is in its run. `hops` counts the orders from the start of the run to its own, its own included; a
 * reload without an order has -1. `attempt` says which attempt of its order it is, from 1.
 */
export interface CausalPlace {
  readonly hops: number;
  readonly attempt: number;
}

/**
 * Finds where a reload is in its run.
 *
 * @param order - the reload's order; undefined if it has none, as the first reload of most runs.
 * @param reloadId - the reload. If undefined, the present attempt of the order is meant.
 */
export function causalPlace(order: OrderFact | undefined, reloadId: string | undefined): CausalPlace {
  if (order === undefined) return { hops: -1, attempt: 1 };
  const { hops, ends } = order;
  const index = ends.indexOf((reloadId ?? order.reloadId ?? '') as (typeof ends)[number]);
  return { hops, attempt: (index < 0 ? ends.length : index) + 1 };
}

/** Compares two places, for sorting: a cause comes before what it caused. */
export const byCause = (a: CausalPlace, b: CausalPlace): number => a.hops - b.hops || a.attempt - b.attempt;
