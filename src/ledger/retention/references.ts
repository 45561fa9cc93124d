import { eventId, startedId } from '../../core/document-ids.ts';
import type { AppKey, ReloadId, TenantName } from '../../core/names.ts';
import type { OrderDocument } from '../documents/order.ts';
import type { DocumentOf } from './retention-rules.ts';

/** What a document has to do with others. Ids that the ledger does not have may be among them. */
export interface References {
  /** Documents that it keeps until it is old itself. */
  readonly keeps: readonly string[];
  /** Documents with which it stays, however old it is. */
  readonly staysWith: readonly string[];
  /** Documents that stay with it, however old they are. */
  readonly holds: readonly string[];
}

const NONE: References = { keeps: [], staysWith: [], holds: [] };

/** The references of a document. Of a type that is not listed: none that matter. */
export function referencesOf(
  document: DocumentOf<'alert' | 'event' | 'hint' | 'join' | 'order' | 'started'>,
): References {
  switch (document.type) {
    case 'event': {
      const { tenant, reloadId, orderId } = document;
      return { ...NONE, keeps: [startedId(tenant, reloadId), ...(orderId === undefined ? [] : [orderId])] };
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
    case 'alert':
      return { ...NONE, keeps: [document.subject] };
    case 'join':
      return { ...NONE, keeps: keptByJoin(document) };
    default:
      return document satisfies never;
  }
}

/** An event's orders stay with it: else a replay could give one of their ids again. A merged order and its target stay together. */
function referencesOfOrder({ tenant, causes, root, reloadId, ends, into }: OrderDocument): References {
  const calledFor = causes.flatMap((cause) => eventsOf(tenant, cause));
  const reloads = reloadId === undefined ? ends : [reloadId, ...ends];
  const own = reloads.flatMap((id) => [eventId(tenant, id as ReloadId), startedId(tenant, id as ReloadId)]);
  const target = into === undefined ? [] : [into];
  return { keeps: [...calledFor, root, ...own], staysWith: [...calledFor, ...target], holds: target };
}

function keptByJoin({ tenant, log, baseHalves, baseEnd, fired, open }: DocumentOf<'join'>): readonly string[] {
  const keys = [...log, ...baseHalves, ...[baseEnd, fired].flatMap((key) => key ?? [])];
  const ends = keys.map(({ app, reloadId }) => eventId(tenantOf(app), reloadId));
  const orders = open.flatMap(({ order, lineage: { cause, others = [], root } }) => [
    ...[order, root],
    ...[cause, ...others].flatMap((each) => eventsOf(tenant, each)),
  ]);
  return [...ends, ...orders];
}

const tenantOf = (app: AppKey): TenantName => app.slice(0, app.indexOf('/')) as TenantName;

/**
 * The events that a cause may name: `<reload id>`, `<tenant>.<reload id>`, or `r<n>.` and either. A tenant may be called
 * `r1`, so each reading counts.
 */
function eventsOf(tenant: TenantName, cause: string): readonly string[] {
  const own = eventId(tenant, cause as ReloadId);
  const dot = cause.indexOf('.');
  if (dot < 0) return [own];
  const [first, rest] = [cause.slice(0, dot) as TenantName, cause.slice(dot + 1)];
  return [own, ...eventsOf(tenant, rest), ...eventsOf(first, rest)];
}
