/*
 * Qlik's instants are full seconds. So a reload that took no second has the same instants as the one that called for it, and
 * time alone does not say which of them was first. What they are in their run does.
 */

import type { OrderFact } from '../../src/core/runs/facts.ts';

/** Where in its run a reload is: how many orders after the run's root, and which attempt of its order it is. */
export interface CausalPlace {
  readonly hops: number;
  readonly attempt: number;
}

/**
 * Where in its run a reload is.
 *
 * @param order - undefined if no order called for it. Then it is the root.
 * @param reloadId - of the reload; undefined for the order's present attempt.
 */
export function causalPlace(order: OrderFact | undefined, reloadId: string | undefined): CausalPlace {
  if (order === undefined) return { hops: -1, attempt: 1 };
  const { hops, ends } = order;
  const index = ends.indexOf((reloadId ?? order.reloadId ?? '') as (typeof ends)[number]);
  return { hops, attempt: (index < 0 ? ends.length : index) + 1 };
}

/** Sorts causes before what they caused. */
export const byCause = (a: CausalPlace, b: CausalPlace): number => a.hops - b.hops || a.attempt - b.attempt;
