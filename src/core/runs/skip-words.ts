import type { Outcome } from '../reload-finished.ts';
import type { Skip } from '../skip.ts';
import type { LabelOf } from './facts.ts';
import { instantText } from './time-words.ts';

const VERBS: Readonly<Record<Outcome, string>> = {
  succeeded: 'succeeded',
  failed: 'failed',
  canceled: 'was canceled',
  'exceeded-limit': 'exceeded a limit',
};

/** An outcome as a verb. */
export const outcomeWords = (outcome: Outcome): string => VERBS[outcome];

/**
 * Says to people why an end (a reload that ended) did not set a link off, in commands and on the dashboard. The text is
 * the rest of a sentence that begins with that end:
 * `Sales extract failed at 02:14:05Z, but the link in chain sales is on succeeded`.
 *
 * @param when - `now` if the link was looked up now; `then` if it was looked up when the app ended.
 */
export function skipWords(skip: Skip, labelOf: LabelOf, when: 'then' | 'now' = 'then'): string {
  switch (skip.reason) {
    case 'no-link':
      return 'and nothing follows it';
    case 'will-retry':
      return `in attempt ${skip.attempt} of ${skip.attempts}, and what follows it waits for the next attempt`;
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
    case 'needs-ledger':
      return `but chain ${skip.chain} waits for several apps, which needs a ledger: set COUCHDB_URL and deploy again`;
    case 'waits-for':
      return `and chain ${skip.chain} ${when === 'now' ? 'waits' : 'waited'} for ${skip.missing.map(labelOf).join(', ')}, until ${instantText(skip.closesAt)}`;
    case 'superseded':
      return `but a later end of the app had taken its place in chain ${skip.chain}`;
    case 'withdrawn':
      return `but a later reload of the app had ended otherwise, so that it no longer counts in chain ${skip.chain}`;
    case 'expired':
      return `but the time in which chain ${skip.chain} waits for several apps was over`;
    case 'covered':
      return `but what it completes in chain ${skip.chain} lies before a reload that had already been called for`;
    case 'too-late':
      return `but chain ${skip.chain} remembers only later ends`;
    case 'too-many-hops':
      return `but that would be hop ${skip.hops} of its run, more than MAX_HOPS allows`;
    default:
      return skip satisfies never;
  }
}

/**
 * Says the same of the app that was not reloaded, as the rest of a line that begins with that app:
 * `Night report: not reloaded: the link in chain nightly follows only a success`.
 */
export function notReloadedWords(skip: Skip, labelOf: LabelOf): string {
  const why =
    skip.reason === 'outcome-not-matched'
      ? `the link in chain ${skip.chain} follows only a ${skip.on === 'failed' ? 'failure' : 'success'}`
      : skipWords(skip, labelOf).replace(/^(and|but) /, '');
  return 'target' in skip && skip.reason !== 'waits-for' ? `not reloaded: ${why}` : why;
}
