/*
 * The simulated tenant imitates Qlik Cloud, so that `npm start` and the tests need no real tenant. Some things happen
 * in Qlik without a call of the API, such as a scheduled reload. This file does such a thing when it is due.
 */

import type { App } from '../apps.ts';
import type { PlannedReload } from '../schedule.ts';
import type { Tenant } from '../tenant.ts';
import type { Reload, ReloadType } from './record.ts';
import { appReloadFinished } from './reload-events.ts';

/**
 * Does something that was planned, when it is due. A planned reload is left out if the app has a reload that forbids
 * another one.
 */
export function performPlanned(tenant: Tenant, planned: PlannedReload): void {
  switch (planned.kind) {
    case 'reload': {
      const { app, type } = planned;
      if (!tenant.runner.isPending(app.id)) startByHand(tenant, tenant.apps.get(app.id) ?? app, type);
      return;
    }
    case 'editor-load-end': {
      const { app, reloadId, userId, succeeded, durationMs } = planned;
      const { chance, tenantId, clock, publisher } = tenant;
      const attempt = { reloadId, partial: false, succeeded, durationMs };
      const context = { chance, tenantId, ownerId: userId, userId, time: clock.now() };
      publisher.publish(appReloadFinished(attempt, app, context));
      return;
    }
    default:
      planned satisfies never;
  }
}

/**
 * Starts a reload as a person or a schedule does, without a call of the API. The reload's user is the app's owner, or
 * the tenant's administrator if the app has none.
 */
export function startByHand(tenant: Tenant, app: App, type: ReloadType): Reload {
  const nothing = { resourceType: undefined, resourceId: undefined };
  const request = { appId: app.id, partial: false, weight: 1, variables: {}, ...nothing };
  return tenant.runner.start(app, request, { userId: app.ownerId ?? tenant.admin.id, type });
}
