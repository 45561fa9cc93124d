/*
 * A ticket is one streak of failures of an app, or a question of a Stack Exchange site, for people to look after. An
 * act is one thing that a person did to a ticket. This file reads both from the ledger (Cascade's memory in CouchDB),
 * for `cascade tickets` and `cascade ticket`.
 */

import type { CouchPort } from '../../src/clients/couchdb/couchdb-port.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import { ticketId } from '../../src/core/document-ids.ts';
import type { ReloadId } from '../../src/core/names.ts';
import type { Act } from '../../src/core/tickets/act.ts';
import type { AnyTicket } from '../../src/core/tickets/ticket.ts';
import { readAct } from '../../src/ledger/documents/act.ts';
import { readAnyTicket } from '../../src/ledger/documents/question.ts';
import type { LedgerContext } from '../ledger/ledger-command.ts';
import { type Documents, readDocuments } from '../ledger/read-documents.ts';
import { counted } from '../terminal.ts';

/** Tickets, acts, and sentences about documents that were not read. */
export interface ReadTickets {
  readonly tickets: readonly AnyTicket[];
  readonly acts: readonly Act[];
  readonly missing: readonly string[];
}

/**
 * Reads the tickets of apps that fail and of questions, and their acts, at most 50,000 of each. A malformed document is
 * left out, and counted in `missing`.
 *
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function readTickets(store: Pick<CouchPort, 'range'>): Promise<ReadTickets> {
  const tickets = await readDocuments(store, 'ticket:', readAnyTicket);
  const acts = await readDocuments(store, 'act:ticket:', readAct);
  return {
    tickets: tickets.found,
    acts: acts.found,
    missing: [...missing(tickets, 'ticket'), ...missing(acts, 'act')],
  };
}

/**
 * Reads one ticket and its acts.
 *
 * @param text - the ticket's id, or the id of the reload that failed first. For a reload's id, the tenants of the chain
 *   files are tried.
 * @throws CascadeError PARAMETERS_INVALID if there is no such ticket, or several tenants have one; LEDGER_MALFORMED if
 *   the ticket is malformed; STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function readOneTicket(
  { store, chains }: Pick<LedgerContext, 'store' | 'chains'>,
  text: string,
): Promise<{ readonly ticket: AnyTicket } & Pick<ReadTickets, 'acts' | 'missing'>> {
  const tenants = new Set(Object.values(chains?.apps ?? {}).map(({ tenant }) => tenant));
  const ids = text.startsWith('ticket:') ? [text] : [...tenants].map((tenant) => ticketId(tenant, text as ReloadId));
  const [found, another] = (await store.many(ids)).filter((document) => document !== undefined);
  if (found === undefined || another !== undefined) {
    throw new CascadeError(
      'PARAMETERS_INVALID',
      found === undefined
        ? `There is no ticket "${text}": cascade tickets --all lists them.`
        : `Several tenants have a ticket "${text}": give the whole id, ticket:reload:<tenant>:<reload id>.`,
    );
  }
  const ticket = readAnyTicket(found);
  const acts = await readDocuments(store, `act:${ticket._id}:`, readAct);
  return { ticket, acts: acts.found, missing: missing(acts, 'act') };
}

function missing({ malformed, isCut }: Documents<unknown>, noun: string): readonly string[] {
  return [
    ...(malformed.length > 0
      ? [`${counted(malformed.length, noun)} cannot be read, and left out: cascade runs --problems says why.`]
      : []),
    ...(isCut ? [`There are more ${noun}s than were read.`] : []),
  ];
}
