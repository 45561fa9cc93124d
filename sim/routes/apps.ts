import type { App } from '../apps.ts';
import { forbiddenScope, noSuchThing, type TenantAnswer } from '../http/answer.ts';
import { type ApiCall, param } from '../http/call.ts';
import type { ApiRoute } from '../http/router.ts';
import { hasEnded, isoTime, type Reload } from '../reloads/record.ts';
import { reloadLog } from '../reloads/reload-view.ts';
import type { Tenant } from '../tenant.ts';

/** How many reloads of an app the engine remembers. */
const LOGS_KEPT = 10;

/** What the tenant tells of apps. */
export function appRoutes(tenant: Tenant): readonly ApiRoute<ApiCall>[] {
  return [
    { name: 'GET /api/v1/apps/{id}', handle: (call) => getApp(tenant, call) },
    { name: 'GET /api/v1/apps/{id}/reloads/logs', handle: (call) => getLogs(tenant, call) },
    { name: 'GET /api/v1/apps/{id}/reloads/logs/{reloadId}', handle: (call) => getLog(tenant, call) },
  ];
}

function getApp(tenant: Tenant, call: ApiCall): TenantAnswer {
  const app = visibleApp(tenant, call);
  const privileges = tenant.access.mayReload(call.user.id, app) ? ['read', 'update', 'delete', 'reload'] : ['read'];
  const attributes = {
    id: app.id,
    name: app.name,
    ownerId: app.ownerId ?? tenant.admin.id,
    ...(app.spaceId === undefined ? {} : { spaceId: app.spaceId }),
    createdDate: isoTime(app.createdAt),
    modifiedDate: isoTime(app.updatedAt),
    ...(app.lastReloadAt === undefined ? {} : { lastReloadTime: isoTime(app.lastReloadAt) }),
    published: false,
    usage: app.usage,
  };
  return { status: 200, body: { attributes, privileges, create: [] } };
}

/** The newest logs first. */
function getLogs(tenant: Tenant, call: ApiCall): TenantAnswer {
  const data = loggedReloads(tenant, visibleApp(tenant, call)).map((reload) => ({
    reloadId: reload.id,
    duration: (reload.endedAt ?? 0) - (reload.startedAt ?? reload.endedAt ?? 0),
    endTime: isoTime(reload.endedAt ?? 0),
    success: reload.status === 'SUCCEEDED',
    links: { log: `${call.origin}${call.path}/${reload.id}` },
  }));
  return { status: 200, body: { data } };
}

function getLog(tenant: Tenant, call: ApiCall): TenantAnswer {
  const reloadId = param(call, 'reloadId');
  const reload = loggedReloads(tenant, visibleApp(tenant, call)).find(({ id }) => id === reloadId);
  if (reload === undefined) throw noSuchThing('There is no log of such a reload.', 'APPS-404');
  return { status: 200, text: reloadLog(reload) };
}

function loggedReloads(tenant: Tenant, app: App): readonly Reload[] {
  const ended = tenant.reloads.listed(app.id, LOGS_KEPT).flatMap(({ now }) => (hasEnded(now) ? [now] : []));
  return ended.reverse();
}

/** @throws Refusal 403 or 404 */
function visibleApp(tenant: Tenant, call: ApiCall): App {
  const app = tenant.apps.get(param(call, 'id'));
  if (app === undefined) throw noSuchThing('There is no such app.', 'APPS-404');
  if (!tenant.access.maySee(call.user.id, app)) {
    throw forbiddenScope('The app is in the personal space of somebody else, or in a space without you.', 'APPS-403');
  }
  return app;
}
