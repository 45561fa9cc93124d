import { isReloadTicket } from '../../../src/core/tickets/ticket.ts';
import { historyOf } from '../../model/run-history.ts';
import { hrefTo } from '../../routes.ts';
import { Instant } from '../../ui/instant.tsx';
import { Mark } from '../../ui/mark.tsx';
import { Sentence } from '../../ui/sentence.tsx';
import type { RunProps } from './run-props.ts';

/**
 * Shows what happened in a run, one thing after another: what Qlik, Cascade and people did. A run is a first reload,
 * and all reloads that follow from it. It is one of the three forms in which the view Runs shows a run.
 */
export function RunHistory({ run, ledger, now }: RunProps) {
  const facts = { tickets: [...ledger.of('ticket').values()].filter(isReloadTicket), acts: ledger.of('act').values() };
  return (
    <>
      <ol class="history">
        {historyOf(run, facts, ledger.labelOf).map(({ id, at, what, state, error, notes = [], ticket, event }) => (
          <li key={id}>
            <Instant at={at} now={now} /> {state !== undefined && <Mark state={state} />} {what}
            {ticket !== undefined && (
              <>
                {' '}
                (<a href={hrefTo('tickets', [ticket])}>its ticket</a>)
              </>
            )}
            {event !== undefined && (
              <>
                {' '}
                (<a href={hrefTo('inbox', [event])}>in the inbox</a>)
              </>
            )}
            {error !== undefined && <p class="error">{error}</p>}
            {notes.map((note) => (
              <p key={note} class="aside">
                <Sentence text={note} now={now} labelOf={ledger.labelOf} />
              </p>
            ))}
          </li>
        ))}
      </ol>
      <p class="aside">
        When a reload was queued, began and ended is by Qlik’s clock. All else is by CouchDB’s clock, or by that of a
        person’s device. So things that were close to each other may stand in another order.
      </p>
    </>
  );
}
