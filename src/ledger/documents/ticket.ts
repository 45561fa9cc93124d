import { ticketId } from '../../core/document-ids.ts';
import type { Ticket } from '../../core/tickets/ticket.ts';
import { isReloadId } from '../../core/webhook/event-fields.ts';
import {
  isAppId,
  isCountFrom,
  isInstant,
  isListOf,
  isName,
  isReason,
  isString,
  isTextLike,
  maybe,
  readerOf,
} from '../document-reader.ts';
import type { StoredAs } from '../stored-as.ts';

/**
 * `ticket:reload:<tenant>:<reloadId of the first failure>`: a ticket for people about an app that fails. It stands for
 * a streak: the failures of the app until its next success. A failure after which Cascade starts the reload again does
 * not count. The action `storer` creates the ticket. `cascade ticket` and the dashboard show it. An act is a document
 * of one thing that a person did to the ticket.
 *
 * Invariant: there is one ticket for each streak. `times` and `lastFailedAt` only grow, and `recoveredAt` and `log` are
 * set once. What people do to it is in its acts.
 */
export interface TicketDocument extends Ticket, StoredAs<'ticket'> {}

/** Reads the ticket of an app's failures. @throws CascadeError LEDGER_MALFORMED. */
export const readTicket = readerOf<TicketDocument>(
  'ticket',
  {
    tenant: isName,
    appId: isAppId,
    chains: isListOf(isName),
    reloadId: (value) => typeof value === 'string' && isReloadId(value),
    failedAt: isInstant,
    lastFailedAt: isInstant,
    times: isCountFrom(1),
    error: maybe(isReason),
    errorAt: maybe(isInstant),
    log: maybe(isString),
    dueAt: maybe(isInstant),
    recoveredAt: maybe(isInstant),
    waiting: isListOf(isTextLike(/^[^/]+\/[^/]+$/)),
  },
  ({ _id, tenant, reloadId }) => _id === ticketId(tenant, reloadId),
);
