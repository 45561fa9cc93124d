import { mayMove, ORDER_STATES } from '../../src/core/order-state.ts';

/** Every allowed change of an order's state, as `from → to`. */
export const ORDER_ARROWS: readonly string[] = ORDER_STATES.flatMap((from) =>
  ORDER_STATES.filter((to) =>
    (['reload', 'settling', 'person'] as const).some((actor) => mayMove(actor, from, to)),
  ).map((to) => `${from} → ${to}`),
);
