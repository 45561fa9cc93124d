import { definitionId, eventId, startedId } from '../../core/document-ids.ts';
import type { AppKey, ReloadId, TenantName } from '../../core/names.ts';
import { actIdParts } from '../../core/tickets/act-id.ts';
import type { OrderDocument } from '../documents/order.ts';
import type { DocumentOf } from './retention-rules.ts';

/**
 * Which documents keep each other in the ledger. A document is old if it has been final for the whole retention; old
 * documents are removed unless another one keeps them. The lists are of document ids. The ledger may not have all of
 * them.
 */
export interface References {
  /** While this document is not old, these documents stay. */
  readonly keeps: readonly string[];
  /** While one of these documents stays, for any reason, this document stays. */
  readonly staysWith: readonly string[];
  /** While this document stays, for any reason, these documents stay. */
  readonly holds: readonly string[];
}

const NONE: References = { keeps: [], staysWith: [], holds: [] };

/** The references of a document. Documents of all other types keep nothing and are kept by nothing. */
export function referencesOf(
  document: DocumentOf<'act' | 'alert' | 'definition' | 'event' | 'hint' | 'join' | 'order' | 'started'>,
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
      const told = _id.slice(`hint:${tenant}:`.length) as ReloadId;
      return { ...NONE, keeps: [eventId(tenant, told), startedId(tenant, told)] };
    }
    case 'definition': {
      const { hash, part, parts } = document;
      const others = Array.from({ length: parts - 1 }, (_, index) => definitionId(hash, index + 2));
      return { ...NONE, holds: part === 1 ? others : [] };
    }
    case 'act': {
      const subject = actIdParts(document._id)?.subject ?? '';
      return { ...NONE, keeps: [subject], staysWith: [subject] };
    }
    case 'alert':
      return { ...NONE, keeps: [document.subject] };
    case 'join':
      return { ...NONE, keeps: keptByJoin(document) };
    default:
      return document satisfies never;
  }
}

/**
 * The references of an order. The order stays while the event of a cause stays: without the order, a replay of the event
 * would use the order's id again. A merged order and the order it merged into stay together.
 */
function referencesOfOrder({ tenant, causes, root, reloadId, ends, into, definition }: OrderDocument): References {
  const calledFor = causes.flatMap((cause) => eventsOf(tenant, cause));
  const reloads = reloadId === undefined ? ends : [reloadId, ...ends];
  const own = reloads.flatMap((id) => [eventId(tenant, id as ReloadId), startedId(tenant, id as ReloadId)]);
  const target = into === undefined ? [] : [into];
  return {
    keeps: [...calledFor, root, ...own],
    staysWith: [...calledFor, ...target],
    holds: [...target, ...idsOf(definition)],
  };
}

/** The id of the definition's first part. The first part holds the other parts. */
const idsOf = (definition: string | undefined): readonly string[] =>
  definition === undefined ? [] : [definitionId(definition)];

/** What a composite link keeps: the events of all ends that it remembers, and whatever its open orders refer to. */
function keptByJoin({ tenant, log, baseHalves, baseEnd, fired, open }: DocumentOf<'join'>): readonly string[] {
  const keys = [...log, ...baseHalves, ...[baseEnd, fired].flatMap((key) => key ?? [])];
  const ends = keys.map(({ app, reloadId }) => eventId(tenantOf(app), reloadId));
  const orders = open.flatMap(({ order, definition, lineage: { cause, others = [], root } }) => [
    ...[order, root, ...idsOf(definition)],
    ...[cause, ...others].flatMap((each) => eventsOf(tenant, each)),
  ]);
  return [...ends, ...orders];
}

const tenantOf = (app: AppKey): TenantName => app.slice(0, app.indexOf('/')) as TenantName;

/**
 * The ids of the events that a cause may name. A cause is `<reload id>`, `<tenant>.<reload id>`, or `r<n>.` followed by
 * one of these. A tenant may be called `r1`, so a cause can be read in several ways. Each reading gives an id.
 */
function eventsOf(tenant: TenantName, cause: string): readonly string[] {
  const own = eventId(tenant, cause as ReloadId);
  const dot = cause.indexOf('.');
  if (dot < 0) return [own];
  const [first, rest] = [cause.slice(0, dot) as TenantName, cause.slice(dot + 1)];
  return [own, ...eventsOf(tenant, rest), ...eventsOf(first, rest)];
}
