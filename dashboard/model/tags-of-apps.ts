import { type AppKey, appKey } from '../../src/core/names.ts';
import { listTickets } from '../../src/core/tickets/list-tickets.ts';
import { isReloadTicket } from '../../src/core/tickets/ticket.ts';
import type { PageDocuments } from './documents.ts';

/**
 * Finds the tags that people gave to each app's open ticket (a streak of its failures, for people). The filter of the
 * view Now uses them: `tag:urgent` leaves the apps with this tag.
 */
export function tagsOfApps(documents: Pick<PageDocuments, 'of'>): ReadonlyMap<AppKey, readonly string[]> {
  const ofReloads = [...documents.of('ticket').values()].filter(isReloadTicket);
  const tickets = listTickets(ofReloads, [...documents.of('act').values()], {});
  const tags = new Map<AppKey, readonly string[]>();
  for (const ticket of tickets) {
    const key = appKey(ticket);
    tags.set(key, [...(tags.get(key) ?? []), ...ticket.acts.tags]);
  }
  return tags;
}
