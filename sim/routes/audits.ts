import type { Audit } from '../audits.ts';
import { badRequest, noSuchThing, type TenantAnswer } from '../http/answer.ts';
import { type ApiCall, param } from '../http/call.ts';
import type { ApiRoute } from '../http/router.ts';
import { page, parseLimit, parseSort, type Sort } from '../page.ts';
import { isoTime } from '../reloads/record.ts';
import type { Tenant } from '../tenant.ts';
import { isTenantAdmin } from '../users.ts';
import { APP_RELOAD_FINISHED, RELOAD_FINISHED_TYPE } from '../webhooks/event.ts';

const NEWEST_FIRST: Sort = { field: 'eventTime', descending: true };
const INSTANT = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/;

/** What happened, in an envelope of its own (q-audits-01 … 04). */
export function auditRoutes(tenant: Tenant): readonly ApiRoute<ApiCall>[] {
  const list = (data: readonly string[]) => (call: ApiCall) => ({
    status: 200,
    body: { data, links: { self: { href: `${call.origin}${call.path}` } } },
  });
  return [
    { name: 'GET /api/v1/audits', handle: (call) => getAudits(tenant, call) },
    { name: 'GET /api/v1/audits/sources', handle: list(['com.qlik/engine', 'com.qlik/reloads']) },
    { name: 'GET /api/v1/audits/types', handle: list([APP_RELOAD_FINISHED, RELOAD_FINISHED_TYPE]) },
    { name: 'GET /api/v1/audits/{id}', handle: (call) => getAudit(tenant, call) },
  ];
}

function getAudits(tenant: Tenant, call: ApiCall): TenantAnswer {
  const { query } = call;
  const isAsked = (name: string, value: string) => query.get(name) === null || query.get(name) === value;
  const isInTime = parseEventTime(query.get('eventTime'));
  const wanted = visible(tenant, call).filter(
    ({ id, event }) =>
      isAsked('eventType', event.type) &&
      isAsked('source', event.source) &&
      isAsked('userId', event.userId) &&
      isAsked('id', id) &&
      isInTime(event.time),
  );
  const sort = parseSort(call, ['eventTime', 'eventType', 'source', 'userId'], NEWEST_FIRST);
  const place = (audit: Audit) => ({ key: sortKey(audit, sort.field), seq: audit.seq });
  const { items, links } = page(wanted, { sort, limit: parseLimit(call, 10), place }, call);
  return { status: 200, body: { data: items.map((audit) => viewAudit(call, audit)), links } };
}

function getAudit(tenant: Tenant, call: ApiCall): TenantAnswer {
  const audit = visible(tenant, call).find(({ id }) => id === param(call, 'id'));
  if (audit === undefined) throw noSuchThing('There is no such event, or it is older than 90 days.', 'AUDITS-404');
  return { status: 200, body: viewAudit(call, audit) };
}

/** A TenantAdmin sees all, others what they did themselves. */
function visible(tenant: Tenant, call: ApiCall): readonly Audit[] {
  const all = tenant.audits.all();
  return isTenantAdmin(call.user) ? all : all.filter(({ event }) => event.userId === call.user.id);
}

/** `A/B`: from A to B; a single instant: exactly then. @throws Refusal 400 */
function parseEventTime(text: string | null): (epochMs: number) => boolean {
  if (text === null) return () => true;
  const instants = text.split('/');
  const [from = Number.NaN, to = from] = instants.map((each) => (INSTANT.test(each) ? Date.parse(each) : Number.NaN));
  if (instants.length > 2 || Number.isNaN(from) || Number.isNaN(to)) {
    throw badRequest('eventTime must be one or two ISO 8601 instants: A/B.', 'AUDITS-400');
  }
  return (epochMs) => from <= epochMs && epochMs <= to;
}

function sortKey({ event }: Audit, field: string): string {
  switch (field) {
    case 'eventType':
      return event.type;
    case 'source':
      return event.source;
    case 'userId':
      return event.userId;
    default:
      return isoTime(event.time);
  }
}

function viewAudit(call: ApiCall, { id, event }: Audit): Record<string, unknown> {
  return {
    id,
    eventId: event.id,
    eventTime: isoTime(event.time),
    eventType: event.type,
    eventTypeVersion: '1.0.0',
    source: event.source,
    contentType: 'application/json',
    tenantId: event.tenantId,
    userId: event.userId,
    extensions: {
      ownerId: event.ownerId,
      ...(event.spaceId === undefined ? {} : { spaceId: event.spaceId }),
      topLevelResourceId: event.appId,
    },
    data: event.data,
    links: { self: { href: `${call.origin}/api/v1/audits/${id}` } },
  };
}
