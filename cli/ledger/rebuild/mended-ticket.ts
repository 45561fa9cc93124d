import type { StoredDocument } from '../../../src/clients/couchdb/couchdb-port.ts';
import { withoutDue } from '../../../src/core/tickets/raise-ticket.ts';
import type { Ticket } from '../../../src/core/tickets/ticket.ts';
import { readTicket, type TicketDocument } from '../../../src/ledger/documents/ticket.ts';
import { readable } from '../read-documents.ts';

/**
 * Repairs a malformed ticket: fields that can be read stay, and the others become as in `fresh`. A field that Cascade
 * does not know stays, too.
 *
 * @param found - the ticket as it is stored.
 * @param fresh - the ticket as it would be, if it were made now.
 * @returns undefined if `found` is of another schema or type. A newer Cascade may have written it, so it is left alone.
 */
export function mendedTicket(found: StoredDocument, fresh: Ticket): TicketDocument | undefined {
  if (found['schema'] !== 1 || found['type'] !== 'ticket') return undefined;
  const base = found['dueAt'] === undefined ? withoutDue(fresh) : fresh;
  let mended: StoredDocument = { ...base, _rev: found._rev, schema: 1, type: 'ticket' };
  for (const [name, value] of Object.entries(found)) {
    const tried = { ...mended, [name]: value };
    if (readable(tried, readTicket) !== undefined) mended = tried;
  }
  const { tenant, appId } = fresh;
  const ticket = readable({ ...mended, tenant, appId }, readTicket);
  // Nobody needs the log of an app that has recovered.
  return ticket?.recoveredAt === undefined ? ticket : withoutDue(ticket);
}
