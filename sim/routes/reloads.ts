/*
 * The simulated tenant imitates Qlik Cloud, so that `npm start` and the tests need no real tenant. This file answers
 * calls about reloads: Cascade starts, lists and cancels reloads by them.
 */

import type { App } from '../apps.ts';
import { badRequest, forbidden, ok, Refusal, type TenantAnswer } from '../http/answer.ts';
import { type ApiCall, jsonBody, param } from '../http/call.ts';
import { parseFlag } from '../http/page.ts';
import type { Routes } from '../http/router.ts';
import { OFF, parserOf, TEXT, wholeNumber } from '../http/schema.ts';
import type { Reload, ReloadRequest } from '../reloads/record.ts';
import type { ShownReload } from '../reloads/reload-store.ts';
import { pageOfReloads, viewReload } from '../reloads/reload-view.ts';
import type { Tenant } from '../tenant.ts';
import { isTenantAdmin } from '../users.ts';

const DAY_MS = 24 * 3_600_000;

/** The reloads API. */
export const reloadRoutes: Routes<ApiCall> = {
  'POST /api/v1/reloads': postReload,
  'GET /api/v1/reloads': getReloads,
  'GET /api/v1/reloads/{id}': getReload,
  'POST /api/v1/reloads/{id}/actions/cancel': cancelReload,
};

/**
 * The code for a malformed call. It is our choice: Qlik does not document which of RELOADS-001 … RELOADS-013 that is.
 */
const MALFORMED = 'RELOADS-001';
const VARIABLE = { type: 'string', maxLength: 256 };

/** Parses the body of `POST /api/v1/reloads` (facts q-reloads-post-04 … 10). It ignores unknown fields. */
const parseRequest = parserOf<ReloadRequest>(
  'The body',
  {
    type: 'object',
    required: ['appId'],
    properties: {
      appId: TEXT,
      partial: OFF,
      weight: { ...wholeNumber(1, 10), default: 1 },
      variables: {
        type: 'object',
        maxProperties: 20,
        propertyNames: VARIABLE,
        additionalProperties: VARIABLE,
        default: {},
        description: 'an object of at most 20 strings; a name may have 256 characters',
      },
      resourceType: { enum: ['api', 'reload-tasks', 'tasks', 'automate'] },
      resourceId: { type: 'string' },
    },
  },
  MALFORMED,
);

function postReload(tenant: Tenant, call: ApiCall): TenantAnswer {
  const request = parseRequest(jsonBody(call));
  const app = appToReload(tenant, call, request.appId);
  refuseQuota(tenant, app.id);
  refusePending(tenant, app.id);
  const reload = tenant.runner.start(app, request, { userId: call.user.id, type: 'external' });
  return { status: 201, body: view(tenant, call, reload) };
}

function getReloads(tenant: Tenant, call: ApiCall): TenantAnswer {
  const log = parseFlag(call, 'log') ?? false;
  const show = (reload: Reload) => view(tenant, call, reload, log);
  return ok(pageOfReloads(call, listedFor(tenant, call), tenant.switches, tenant.clock.now(), show));
}

function listedFor(tenant: Tenant, call: ApiCall): readonly ShownReload[] {
  const kept = tenant.switches.get('reloads.keep');
  const keep = kept === 'unlimited' ? Number.POSITIVE_INFINITY : kept;
  const appId = call.query.get('appId') || undefined;
  if (appId === undefined) {
    if (isTenantAdmin(call.user)) return tenant.reloads.listedOfAll(keep);
    throw badRequest('appId is missing; only a TenantAdmin may leave it out.', MALFORMED);
  }
  const app = tenant.apps.get(appId);
  // The API's description has no 404 for the list. So an unknown app is refused like an app that the caller may not
  // see.
  if (app === undefined || !tenant.access.maySee(call.user.id, app)) throw reloadForbidden();
  return tenant.reloads.listed(appId, keep);
}

function getReload(tenant: Tenant, call: ApiCall): TenantAnswer {
  const reload = visibleReload(tenant, call);
  const knownUntil = tenant.clock.now() - tenant.switches.get('reloads.recordLagMs');
  return ok(view(tenant, call, tenant.reloads.getAsKnown(reload.id, knownUntil) ?? reload));
}

function cancelReload(tenant: Tenant, call: ApiCall): TenantAnswer {
  const reload = visibleReload(tenant, call);
  const app = tenant.apps.get(reload.appId);
  if (app !== undefined && !tenant.access.mayReload(call.user.id, app)) throw reloadForbidden();
  const result = tenant.runner.cancel(reload.id);
  switch (result) {
    case 'canceled':
      return { status: 204 };
    case 'canceling':
      return { status: 202, body: { status: 'CANCELING' } };
    case 'refused': {
      const detail = `A reload in ${reload.status} cannot be canceled.`;
      throw new Refusal(409, { code: 'RELOADS-006', title: 'Conflict', detail });
    }
    default:
      return result satisfies never;
  }
}

function refuseQuota(tenant: Tenant, appId: string): void {
  const quota = tenant.switches.get('reloads.frequencyQuota');
  if (quota === 'off' || tenant.reloads.countSince(appId, tenant.clock.now() - DAY_MS) < quota) return;
  const detail = `The quota is ${quota} in 24 hours.`;
  throw new Refusal(403, { code: 'RELOADS-013', title: 'Reload frequency quota met', detail });
}

/**
 * Refuses another reload of an app while a pending one forbids it. Qlik neither queues nor merges it (fact
 * q-reloads-post-13).
 *
 * @throws Refusal 429
 */
export function refusePending(tenant: Tenant, appId: string): void {
  if (!tenant.runner.isPending(appId)) return;
  const after = tenant.switches.get('reloads.pendingRetryAfter');
  const headers = after === 'absent' ? undefined : { 'Retry-After': String(after) };
  const detail = 'A pending reload request already exists for this app.';
  throw new Refusal(429, { code: 'RELOADS-007', title: 'Too many requests', detail }, headers);
}

/** 404 in the words of a real tenant (fact q-reloads-post-12). */
function resourceNotFound(): Refusal {
  const detail = 'The resource either never existed, or may have been deleted.';
  return new Refusal(404, { code: 'RELOADS-004', title: 'Resource not found.', detail });
}

/** 403: the caller has no right to this app or reload. */
function reloadForbidden(): Refusal {
  return forbidden('Access to the app or its reloads is denied.', 'RELOADS-003');
}

/** The app, if it exists and the caller may reload it. @throws Refusal 403 or 404 */
function appToReload(tenant: Tenant, call: ApiCall, appId: string): App {
  const app = tenant.apps.get(appId);
  if (app === undefined && tenant.switches.get('reloads.unknownApp') === 404) throw resourceNotFound();
  if (app === undefined || !tenant.access.mayReload(call.user.id, app)) throw reloadForbidden();
  return app;
}

/** The reload of the route's `{id}`, if it exists and the caller may see it. @throws Refusal 403 or 404 */
function visibleReload(tenant: Tenant, call: ApiCall): Reload {
  const reload = tenant.reloads.get(param(call, 'id'));
  if (reload === undefined) throw resourceNotFound();
  const app = tenant.apps.get(reload.appId);
  const isVisible = isTenantAdmin(call.user) || (app !== undefined && tenant.access.maySee(call.user.id, app));
  if (!isVisible) throw reloadForbidden();
  return reload;
}

function view(tenant: Tenant, call: ApiCall, reload: Reload, log = false): Record<string, unknown> {
  const echo = tenant.switches.get('reloads.echo');
  return viewReload(reload, { tenantId: tenant.tenantId, origin: call.origin, echo, log });
}
