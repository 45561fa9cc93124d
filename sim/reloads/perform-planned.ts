import type { App } from '../apps.ts';
import type { PlannedReload } from '../schedule.ts';
import type { Tenant } from '../tenant.ts';
import { APP_RELOAD_FINISHED } from '../webhooks/event.ts';
import { isPending } from './is-pending.ts';
import type { Reload, ReloadType } from './record.ts';
import { appReloadFinished } from './reload-events.ts';

/** Does what was planned, now that it is due: an app that has a pending reload gets no second one. */
export function performPlanned(tenant: Tenant, planned: PlannedReload): void {
  switch (planned.kind) {
    case 'reload': {
      const { app, type } = planned;
      if (!isPending(tenant, app.id)) startByHand(tenant, tenant.apps.get(app.id) ?? app, type);
      return;
    }
    case 'editor-load-end':
      endEditorLoad(tenant, planned);
      return;
    default:
      planned satisfies never;
  }
}

/** A reload that a person or a schedule starts, without a request by an API key. */
export function startByHand(tenant: Tenant, app: App, type: ReloadType): Reload {
  const nothing = { resourceType: undefined, resourceId: undefined };
  const request = { appId: app.id, partial: false, weight: 1, variables: {}, ...nothing };
  return tenant.runner.start(app, request, { userId: app.ownerId ?? tenant.admin.id, type });
}

function endEditorLoad(tenant: Tenant, load: PlannedReload & { readonly kind: 'editor-load-end' }): void {
  const { app, reloadId, userId, succeeded, durationMs } = load;
  const { chance, tenantId } = tenant;
  const attempt = { reloadId, partial: false, succeeded, durationMs };
  const context = { chance, tenantId, ownerId: userId, userId, time: tenant.clock.now() };
  tenant.publisher.publish(APP_RELOAD_FINISHED, () => appReloadFinished(attempt, app, context));
}
