/*
 * The simulated tenant imitates Qlik Cloud, so that `npm start` and the tests need no real tenant. This file answers
 * calls about apps, and about the logs of their reloads.
 */

import type { App } from '../apps.ts';
import { isoTime } from '../clock.ts';
import { forbidden, found, ok, type TenantAnswer } from '../http/answer.ts';
import { type ApiCall, param } from '../http/call.ts';
import type { Routes } from '../http/router.ts';
import type { Reload } from '../reloads/record.ts';
import { reloadLog } from '../reloads/reload-view.ts';
import type { Tenant } from '../tenant.ts';

/** How many logs of an app's reloads the engine keeps. */
const LOGS_KEPT = 10;

/** The apps API: apps, and the logs of their reloads. */
export const appRoutes: Routes<ApiCall> = {
  'GET /api/v1/apps/{id}': getApp,
  'GET /api/v1/apps/{id}/reloads/logs': getLogs,
  'GET /api/v1/apps/{id}/reloads/logs/{reloadId}': getLog,
};

function getApp(tenant: Tenant, call: ApiCall): TenantAnswer {
  const app = visibleApp(tenant, call);
  const privileges = tenant.access.mayReload(call.user.id, app) ? ['read', 'update', 'delete', 'reload'] : ['read'];
  const { id, name, spaceId, usage, ownerId = tenant.admin.id } = app;
  const attributes = {
    id,
    name,
    ownerId,
    spaceId,
    createdDate: isoTime(app.createdAt),
    modifiedDate: isoTime(app.updatedAt),
    lastReloadTime: isoTime(app.lastReloadAt),
    published: false,
    usage,
  };
  return ok({ attributes, privileges, create: [] });
}

function getLogs(tenant: Tenant, call: ApiCall): TenantAnswer {
  const data = loggedReloads(tenant, call).map(({ id, status, startedAt, endedAt = 0 }) => ({
    reloadId: id,
    duration: endedAt - (startedAt ?? endedAt),
    endTime: isoTime(endedAt),
    success: status === 'SUCCEEDED',
    links: { log: `${call.origin}${call.path}/${id}` },
  }));
  return ok({ data });
}

function getLog(tenant: Tenant, call: ApiCall): TenantAnswer {
  const reload = loggedReloads(tenant, call).find(({ id }) => id === param(call, 'reloadId'));
  return { status: 200, text: reloadLog(found(reload, 'log', 'APPS-404')) };
}

/** The last reloads of the route's app that have ended, the newest first. @throws Refusal 403 or 404 */
function loggedReloads(tenant: Tenant, call: ApiCall): readonly Reload[] {
  const { id } = visibleApp(tenant, call);
  const last = tenant.reloads.listed(id, LOGS_KEPT).map(({ now }) => now);
  return last.filter(({ endedAt }) => endedAt !== undefined).reverse();
}

/** The app of the route's `{id}`, if it exists and the caller may see it. @throws Refusal 403 or 404 */
function visibleApp(tenant: Tenant, call: ApiCall): App {
  const app = found(tenant.apps.get(param(call, 'id')), 'app', 'APPS-404');
  if (!tenant.access.maySee(call.user.id, app)) {
    throw forbidden('The app is in the personal space of somebody else, or in a space without you.', 'APPS-403');
  }
  return app;
}
