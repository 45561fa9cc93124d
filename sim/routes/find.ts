import type { App } from '../apps.ts';
import { Refusal } from '../http/answer.ts';
import type { ApiCall } from '../http/call.ts';
import type { Reload } from '../reloads/record.ts';
import type { Tenant } from '../tenant.ts';
import { isTenantAdmin } from '../users.ts';

/** 404 in the words seen on a real tenant (q-reloads-post-12). */
export function resourceNotFound(): Refusal {
  const detail = 'The resource either never existed, or may have been deleted.';
  return new Refusal(404, { code: 'RELOADS-004', title: 'Resource not found.', detail });
}

/** 403 of the reloads API: no right to this app or reload. */
export function reloadForbidden(): Refusal {
  return new Refusal(403, {
    code: 'RELOADS-003',
    title: 'Forbidden',
    detail: 'Access to the app or its reloads is denied.',
  });
}

/** The app, if it exists and the caller may reload it. @throws Refusal 403 or 404 */
export function appToReload(tenant: Tenant, call: ApiCall, appId: string): App {
  const app = tenant.apps.get(appId);
  if (app === undefined)
    throw tenant.switches.get('reloads.unknownApp') === 404 ? resourceNotFound() : reloadForbidden();
  if (!tenant.access.mayReload(call.user.id, app)) throw reloadForbidden();
  return app;
}

/** The reload of the route's `{id}`, if it exists and the caller may see it. @throws Refusal 403 or 404 */
export function visibleReload(tenant: Tenant, call: ApiCall): Reload {
  const reload = tenant.reloads.get(call.params['id'] ?? '');
  if (reload === undefined) throw resourceNotFound();
  const app = tenant.apps.get(reload.appId);
  const isVisible = isTenantAdmin(call.user) || (app !== undefined && tenant.access.maySee(call.user.id, app));
  if (!isVisible) throw reloadForbidden();
  return reload;
}
