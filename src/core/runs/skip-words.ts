import type { Outcome } from '../reload-finished.ts';
import type { Skip } from '../skip.ts';

/** `succeeded`, `was canceled`: an outcome as a verb. */
export function outcomeWords(outcome: Outcome): string {
  switch (outcome) {
    case 'succeeded':
    case 'failed':
      return outcome;
    case 'canceled':
      return 'was canceled';
    case 'exceeded-limit':
      return 'exceeded a limit';
    default:
      return outcome satisfies never;
  }
}

/**
 * Why an end did not set a link off, as the rest of a sentence that begins with that end.
 *
 * @param when - `now` where the link was looked at just now, not when the app ended.
 */
export function skipWords(skip: Skip, when: 'then' | 'now' = 'then'): string {
  switch (skip.reason) {
    case 'no-link':
      return 'and nothing follows it';
    case 'other-tenant':
      return `but in another tenant (${skip.heardFrom}) than the ledger means by "${skip.tenant}": nothing followed it`;
    case 'outcome-not-matched':
      return `but the link in chain ${skip.chain} is on ${skip.on}`;
    case 'already-ordered':
      return `and the order was there already: ${skip.order}`;
    case 'not-stored':
      return `but CouchDB refuses the order ${skip.order}: see the alert not-stored in cascade runs --problems`;
    case 'paused':
      return `but chain ${skip.chain} ${when === 'now' ? 'is' : 'was'} paused (enabled: false)`;
    case 'too-many-hops':
      return `but that would be hop ${skip.hops} of its run, more than MAX_HOPS allows`;
    default:
      return skip satisfies never;
  }
}
