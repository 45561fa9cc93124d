/*
 * An order is a reload that Cascade owes, usually because of an event, which is a reload that ended. The order names
 * its causes by short texts: the reload's id, with a prefix for another tenant (`<tenant>.`) or for a replay (`r1.`).
 * This file finds the events that they mean, so that commands and the dashboard can show why an order exists.
 */

import { eventId } from '../document-ids.ts';
import type { ReloadId, TenantName } from '../names.ts';
import type { EventFact, OrderFact } from './facts.ts';

/**
 * The prefix of a cause in an order that `cascade replay` made: `r1.` for the first replay of the event, `r2.` for the
 * second.
 */
const REPLAY = /^r\d+\.(?=.)/;

/**
 * Makes the function that finds the event that caused an order. If the order has several causes, the function returns
 * the first event that is among `events`.
 *
 * @param events - the events among which it looks.
 * @returns a function that returns undefined if a person asked for the order, or if its event is not in `events`.
 */
export function causeFinder(events: readonly EventFact[]): (order: OrderFact) => EventFact | undefined {
  const ofTenant = new Map(events.map((event) => [`${event.tenant}/${event.reloadId}`, event]));
  const ofAny = new Map(events.map((event) => [`${event.tenant}.${event.reloadId}`, event]));
  return ({ tenant, causes }) =>
    causes
      // First the whole cause: a tenant may be called `r1`.
      .flatMap((cause) => [cause, cause.replace(REPLAY, '')])
      .map((cause) => ofTenant.get(`${tenant}/${cause}`) ?? ofAny.get(cause))
      .find((event) => event !== undefined);
}

/**
 * The ids of all events that an order's causes may mean, for whoever reads these events. A cause `a.b` may mean two
 * events: of the reload `b` in the tenant `a`, or of the reload `a.b` in the order's own tenant.
 */
export const causeIds = ({ tenant, causes }: Pick<OrderFact, 'tenant' | 'causes'>): readonly string[] =>
  causes
    .map((cause) => cause.replace(REPLAY, ''))
    .flatMap((cause) => {
      const [, other = '', reloadId = ''] = /^([a-z0-9][a-z0-9-]*)\.(.+)$/.exec(cause) ?? [];
      const own = eventId(tenant, cause as ReloadId);
      return other === '' ? [own] : [own, eventId(other as TenantName, reloadId as ReloadId)];
    });

/** Whether `cascade replay` made the order. */
export const isReplay = ({ causes }: OrderFact): boolean => causes.some((cause) => REPLAY.test(cause));

/** Whether a person asked for the order with `wsk action invoke`. Then its cause is `m.<activation id>`. */
export const isByHand = ({ causes }: OrderFact): boolean => causes.some((cause) => cause.startsWith('m.'));
