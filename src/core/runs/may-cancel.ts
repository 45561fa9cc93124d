import { mayMove, type OrderState } from '../order-state.ts';

/** Whether a person may call off an order (a reload that Cascade owes), or why not. */
export type Cancellation = { readonly kind: 'may' } | { readonly kind: 'refused'; readonly why: string };

type Refused = Exclude<OrderState, 'planned' | 'parked' | 'waiting'>;

const WHY_NOT: Readonly<Record<Refused, string>> = {
  claimed: 'it is being started right now: try again in a moment',
  unknown:
    'Qlik may have accepted it already: Cascade finds out within some minutes, then try again, or cancel the reload in Qlik',
  posted: 'its reload is in Qlik already: cancel it there',
  merged: 'another order’s reload does for it: cancel that one',
  ended: 'its reload has ended',
  'gave-up': 'it was given up already',
  'called-off': 'it is called off already',
};

/**
 * Decides whether a person may call off an order in this state: only while the order waits. `cascade cancel` asks this,
 * and the dashboard, which otherwise says why not.
 */
export const mayCancel = (state: OrderState): Cancellation =>
  mayMove('person', state, 'called-off') ? { kind: 'may' } : { kind: 'refused', why: WHY_NOT[state as Refused] };
