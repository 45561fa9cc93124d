/*
 * The simulated tenant imitates Qlik Cloud, so that `npm start` and the tests need no real tenant. Qlik keeps an audit
 * record of each event. This file answers calls about these records, for scripts that read them; Cascade does not.
 */

import type { Audit } from '../audits.ts';
import { isoTime } from '../clock.ts';
import { badRequest, found, ok, type TenantAnswer } from '../http/answer.ts';
import { type ApiCall, param } from '../http/call.ts';
import { isAsked, page } from '../http/page.ts';
import type { Routes } from '../http/router.ts';
import type { Tenant } from '../tenant.ts';
import { isTenantAdmin } from '../users.ts';
import { APP_RELOAD_FINISHED, RELOAD_FINISHED_TYPE } from '../webhooks/event.ts';

// A day, or an instant: `2026-11-21`, `2026-11-21T07:00:00.000Z`.
const INSTANT = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/;

/** The audits API: the events of the tenant, in an envelope that only this API has (facts q-audits-01 … 04). */
export const auditRoutes: Routes<ApiCall> = {
  'GET /api/v1/audits': getAudits,
  'GET /api/v1/audits/sources': (_, call) => listNames(call, ['com.qlik/engine', 'com.qlik/reloads']),
  'GET /api/v1/audits/types': (_, call) => listNames(call, [APP_RELOAD_FINISHED, RELOAD_FINISHED_TYPE]),
  'GET /api/v1/audits/{id}': getAudit,
};

function listNames(call: ApiCall, data: readonly string[]): TenantAnswer {
  return ok({ data, links: { self: { href: `${call.origin}${call.path}` } } });
}

function getAudits(tenant: Tenant, call: ApiCall): TenantAnswer {
  const isInTime = parseEventTime(call.query.get('eventTime'));
  const wanted = visibleAudits(tenant, call).filter(({ id, event: { type: eventType, source, userId, time } }) => {
    return isAsked(call, { eventType, source, userId, id }) && isInTime(time);
  });
  const body = page(call, wanted, {
    keys: {
      eventTime: ({ event }) => isoTime(event.time),
      eventType: ({ event }) => event.type,
      source: ({ event }) => event.source,
      userId: ({ event }) => event.userId,
    },
    defaultSort: '-eventTime',
    tie: ({ seq }) => seq,
    limit: 10,
    view: (audit) => viewAudit(call, audit),
  });
  return ok(body);
}

function getAudit(tenant: Tenant, call: ApiCall): TenantAnswer {
  const audit = visibleAudits(tenant, call).find(({ id }) => id === param(call, 'id'));
  return ok(viewAudit(call, found(audit, 'event in the last 90 days', 'AUDITS-404')));
}

/** The events that the caller may see. A TenantAdmin sees all events, others only those that they caused. */
function visibleAudits(tenant: Tenant, call: ApiCall): readonly Audit[] {
  const all = tenant.audits.all();
  return isTenantAdmin(call.user) ? all : all.filter(({ event }) => event.userId === call.user.id);
}

/** Parses `eventTime`: `A/B` means from A to B, and a single time means exactly that time. @throws Refusal 400 */
function parseEventTime(text: string | null): (epochMs: number) => boolean {
  if (text === null) return () => true;
  const instants = text.split('/');
  const [from = Number.NaN, to = from] = instants.map((each) => (INSTANT.test(each) ? Date.parse(each) : Number.NaN));
  if (instants.length > 2 || Number.isNaN(from) || Number.isNaN(to)) {
    throw badRequest('eventTime must be one or two ISO 8601 instants: A/B.', 'AUDITS-400');
  }
  return (epochMs) => from <= epochMs && epochMs <= to;
}

function viewAudit(call: ApiCall, { id, event }: Audit): Record<string, unknown> {
  const { ownerId, spaceId } = event;
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
    extensions: { ownerId, spaceId, topLevelResourceId: event.appId },
    data: event.data,
    links: { self: { href: `${call.origin}/api/v1/audits/${id}` } },
  };
}
