import { mayMove, type OrderState } from '../order-state.ts';

/** Whether a person may call an order off, or why not. */
export type Cancellation = { readonly kind: 'may' } | { readonly kind: 'refused'; readonly why: string };

/** Decides whether a person may call off an order in this state. */
export const mayCancel = (state: OrderState): Cancellation =>
  mayMove('person', state, 'called-off') ? { kind: 'may' } : { kind: 'refused', why: refusalOf(state) };

function refusalOf(state: OrderState): string {
  switch (state) {
    case 'claimed':
      return 'it is being started right now: try again in a moment';
    case 'unknown':
      return 'Qlik may have accepted it already: Cascade finds out within some minutes, then try again, or cancel the reload in Qlik';
    case 'posted':
      return 'its reload is in Qlik already: cancel it there';
    case 'merged':
      return 'another order’s reload does for it: cancel that one';
    case 'ended':
      return 'its reload has ended';
    case 'gave-up':
      return 'it was given up already';
    case 'called-off':
      return 'it is called off already';
    case 'planned':
    case 'parked':
    case 'waiting':
      return 'it may be called off';
    default:
      return state satisfies never;
  }
}
