import { badRequest, Refusal, type TenantAnswer } from '../http/answer.ts';
import { type ApiCall, jsonBody } from '../http/call.ts';
import type { ApiRoute } from '../http/router.ts';
import { parseFlag } from '../page.ts';
import { isPending } from '../reloads/is-pending.ts';
import { parseReloadRequest } from '../reloads/parse-reload-request.ts';
import type { Reload } from '../reloads/record.ts';
import { listReloads, viewReload } from '../reloads/reload-view.ts';
import type { Tenant } from '../tenant.ts';
import { isTenantAdmin } from '../users.ts';
import { appToReload, reloadForbidden, visibleReload } from './find.ts';

const DAY_MS = 24 * 3_600_000;

/** The reloads API. */
export function reloadRoutes(tenant: Tenant): readonly ApiRoute<ApiCall>[] {
  return [
    { name: 'POST /api/v1/reloads', handle: (call) => postReload(tenant, call) },
    { name: 'GET /api/v1/reloads', handle: (call) => getReloads(tenant, call) },
    { name: 'GET /api/v1/reloads/{id}', handle: (call) => getReload(tenant, call) },
    { name: 'POST /api/v1/reloads/{id}/actions/cancel', handle: (call) => cancelReload(tenant, call) },
  ];
}

function postReload(tenant: Tenant, call: ApiCall): TenantAnswer {
  const request = parseReloadRequest(jsonBody(call));
  const app = appToReload(tenant, call, request.appId);
  refuseQuota(tenant, app.id);
  refusePending(tenant, app.id);
  const reload = tenant.runner.start(app, request, { userId: call.user.id, type: 'external' });
  return { status: 201, body: view(tenant, call, reload) };
}

function getReloads(tenant: Tenant, call: ApiCall): TenantAnswer {
  const log = parseFlag(call, 'log') ?? false;
  const keep = tenant.switches.get('reloads.keep');
  const kept = keep === 'unlimited' ? Number.POSITIVE_INFINITY : keep;
  const listed = listedFor(tenant, call, kept);
  const { items, links } = listReloads(listed, call, tenant.switches, tenant.clock.now());
  return { status: 200, body: { data: items.map((reload) => view(tenant, call, reload, log)), links } };
}

function listedFor(tenant: Tenant, call: ApiCall, keep: number) {
  const appId = call.query.get('appId');
  if (appId === null || appId === '') {
    if (!isTenantAdmin(call.user))
      throw badRequest('appId is missing; only a TenantAdmin may leave it out.', 'RELOADS-001');
    return tenant.reloads.listedOfAll(keep);
  }
  const app = tenant.apps.get(appId);
  // The API's description has no 404 for the list: an app that is not there is one that nobody may see.
  if (app === undefined || !tenant.access.maySee(call.user.id, app)) throw reloadForbidden();
  return tenant.reloads.listed(appId, keep);
}

function getReload(tenant: Tenant, call: ApiCall): TenantAnswer {
  const reload = visibleReload(tenant, call);
  const knownUntil = tenant.clock.now() - tenant.switches.get('reloads.recordLagMs');
  return { status: 200, body: view(tenant, call, tenant.reloads.getAsKnown(reload.id, knownUntil) ?? reload) };
}

function cancelReload(tenant: Tenant, call: ApiCall): TenantAnswer {
  const reload = visibleReload(tenant, call);
  const app = tenant.apps.get(reload.appId);
  if (app !== undefined && !tenant.access.mayReload(call.user.id, app)) throw reloadForbidden();
  const result = tenant.runner.cancel(reload);
  switch (result) {
    case 'canceled':
      return { status: 204 };
    case 'canceling':
      return { status: 202, body: { status: 'CANCELING' } };
    case 'refused':
      throw new Refusal(409, {
        code: 'RELOADS-006',
        title: 'Conflict',
        detail: `A reload in ${reload.status} cannot be canceled.`,
      });
    default:
      return result satisfies never;
  }
}

function refuseQuota(tenant: Tenant, appId: string): void {
  const quota = tenant.switches.get('reloads.frequencyQuota');
  if (quota === 'off' || tenant.reloads.countSince(appId, tenant.clock.now() - DAY_MS) < quota) return;
  throw new Refusal(403, {
    code: 'RELOADS-013',
    title: 'Reload frequency quota met',
    detail: `The quota is ${quota} in 24 hours.`,
  });
}

/** One reload of an app at a time: a second one is refused, neither queued nor merged (q-reloads-post-13). */
export function refusePending(tenant: Tenant, appId: string): void {
  if (!isPending(tenant, appId)) return;
  const after = tenant.switches.get('reloads.pendingRetryAfter');
  const headers = after === 'absent' ? undefined : { 'Retry-After': String(after) };
  const detail = 'A pending reload request already exists for this app.';
  throw new Refusal(429, { code: 'RELOADS-007', title: 'Too many requests', detail }, headers);
}

function view(tenant: Tenant, call: ApiCall, reload: Reload, log = false): Record<string, unknown> {
  const echo = tenant.switches.get('reloads.echo');
  return viewReload(reload, { tenantId: tenant.tenantId, origin: call.origin, echo, log });
}
