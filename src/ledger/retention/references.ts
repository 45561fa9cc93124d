/*
 * Says to which others a document of the ledger (Cascade's memory) refers. A purge removes old documents, and must
 * remove none that another one still needs. A document is old if nothing has been left to do with it for the whole
 * retention (RETENTION_DAYS).
 *
 * An event is the document of one end of a reload. An order is a reload that Cascade owes. The document `started` of a
 * reload says for which order the reload was started. A definition is the compiled chains by which Cascade decided.
 */

import { definitionId, eventId, startedId } from '../../core/document-ids.ts';
import type { AppKey, ReloadId, TenantName } from '../../core/names.ts';
import { actIdParts } from '../../core/tickets/act-id.ts';
import { isReloadTicket } from '../../core/tickets/ticket.ts';
import type { OrderDocument } from '../documents/order.ts';
import type { DocumentOf } from './retention-rules.ts';

/** The documents to which one document refers, by their ids. The ledger may not have all of them. */
export interface References {
  /** While this document is not old, these documents stay. */
  readonly keeps: readonly string[];
  /** While one of these documents stays, for whatever reason, this document stays. */
  readonly staysWith: readonly string[];
  /** While this document stays, for whatever reason, these documents stay. */
  readonly holds: readonly string[];
}

const NONE: References = { keeps: [], staysWith: [], holds: [] };

/** The references of a document. Documents of the types that are not named here have no references. */
export function referencesOf(
  document: DocumentOf<'act' | 'alert' | 'definition' | 'event' | 'hint' | 'join' | 'order' | 'started' | 'ticket'>,
): References {
  switch (document.type) {
    case 'event': {
      const { tenant, reloadId, orderId, definition } = document;
      const keeps = [startedId(tenant, reloadId), ...(orderId === undefined ? [] : [orderId])];
      return { ...NONE, keeps, holds: idsOf(definition) };
    }
    case 'order':
      return referencesOfOrder(document);
    case 'started': {
      const { order, also } = document;
      return { ...NONE, staysWith: [order, ...also] };
    }
    case 'hint': {
      const { _id, tenant } = document;
      // A hint is something heard that Cascade had to check by asking Qlik. The last part of its id is a reload's id,
      // and the event that followed from the hint may have this id, too.
      const reloadId = _id.slice(`hint:${tenant}:`.length) as ReloadId;
      return { ...NONE, keeps: [eventId(tenant, reloadId), startedId(tenant, reloadId)] };
    }
    case 'definition': {
      // A large definition is stored in several parts. Only the first part is named by other documents.
      const { hash, part, parts } = document;
      const otherParts = Array.from({ length: parts - 1 }, (_, index) => definitionId(hash, index + 2));
      return { ...NONE, holds: part === 1 ? otherParts : [] };
    }
    case 'act': {
      // An act is one thing that a person did to a ticket, an order or an alert: its subject.
      const subject = actIdParts(document._id)?.subject ?? '';
      return { ...NONE, keeps: [subject], staysWith: [subject] };
    }
    case 'alert':
      // The subject may be the id of a document, such as an order.
      return { ...NONE, keeps: [document.subject] };
    case 'join':
      return { ...NONE, keeps: keptByJoin(document) };
    case 'ticket':
      // People look from the ticket at the run of the reload that failed first. The event's order stays with the event,
      // and holds what called for it: so the run up to that reload stays. A question's ticket refers to nothing.
      return { ...NONE, holds: isReloadTicket(document) ? [eventId(document.tenant, document.reloadId)] : [] };
    default:
      return document satisfies never;
  }
}

/**
 * The references of an order. Its causes are the reloads whose ends called for it, and its root is the document at the
 * start of its run. The order stays while the event of a cause stays: without the order, `cascade replay` could use the
 * order's id again for the event. It stays with the end of its own reload, too, and holds its causes and its root, so
 * that people see the run that led to an end. If the order was merged into another one, whose reload serves both, the
 * two stay together.
 */
function referencesOfOrder({ tenant, causes, root, reloadId, ends, into, definition }: OrderDocument): References {
  const causeEvents = causes.flatMap((cause) => eventsOf(tenant, cause));
  const reloads = reloadId === undefined ? ends : [reloadId, ...ends];
  const ownEnds = reloads.map((id) => eventId(tenant, id as ReloadId));
  const ownStarts = reloads.map((id) => startedId(tenant, id as ReloadId));
  const mergedInto = into === undefined ? [] : [into];
  return {
    keeps: [...causeEvents, root, ...ownEnds, ...ownStarts],
    staysWith: [...causeEvents, ...mergedInto, ...ownEnds],
    holds: [...mergedInto, ...idsOf(definition), ...causeEvents, root],
  };
}

/**
 * The id of the definition's first part, in a list; empty if there is no definition. The first part holds the others.
 */
const idsOf = (definition: string | undefined): readonly string[] =>
  definition === undefined ? [] : [definitionId(definition)];

/**
 * What the document of a composite link keeps. A composite link waits for several apps and then calls for one order.
 * The document keeps the events of the ends that it remembers. It also keeps what the orders in `open` refer to,
 * because such an order may not be stored yet.
 */
function keptByJoin({ tenant, log, baseHalves, baseEnd, fired, open }: DocumentOf<'join'>): readonly string[] {
  const ends = [...log, ...baseHalves, ...[baseEnd, fired].flatMap((end) => end ?? [])];
  const events = ends.map(({ app, reloadId }) => eventId(tenantOf(app), reloadId));
  const ofOpenOrders = open.flatMap(({ order, definition, lineage: { cause, others = [], root } }) => [
    ...[order, root, ...idsOf(definition)],
    ...[cause, ...others].flatMap((each) => eventsOf(tenant, each)),
  ]);
  return [...events, ...ofOpenOrders];
}

const tenantOf = (app: AppKey): TenantName => app.slice(0, app.indexOf('/')) as TenantName;

/**
 * The ids of the events that a cause may name. A cause is `<reload id>`, `<tenant>.<reload id>`, or `r<n>.` followed by
 * one of these. The cause of an order by hand, `m.<activation id>`, names none. A tenant may be called `r1`, so a cause
 * can be read in several ways. Each reading gives an id, and the ledger may not have a document with this id.
 */
function eventsOf(tenant: TenantName, cause: string): readonly string[] {
  const own = eventId(tenant, cause as ReloadId);
  const dot = cause.indexOf('.');
  if (dot < 0) return [own];
  const [first, rest] = [cause.slice(0, dot) as TenantName, cause.slice(dot + 1)];
  return [own, ...eventsOf(tenant, rest), ...eventsOf(first, rest)];
}
