/*
 * The simulated tenant imitates Qlik Cloud, so that `npm start` and the tests need no real tenant. Items are how Qlik's
 * hub lists apps. This file answers calls about items, for scripts that look for apps there; Cascade does not.
 */

import type { App } from '../apps.ts';
import { isoTime } from '../clock.ts';
import { type CollectionType, isIn } from '../collections.ts';
import { badRequest, notFound, ok, type TenantAnswer } from '../http/answer.ts';
import { type ApiCall, param } from '../http/call.ts';
import { hasAskedText, isAsked, page, parseFlag } from '../http/page.ts';
import type { Routes } from '../http/router.ts';
import type { Tenant } from '../tenant.ts';

/** The most ids that one call may ask for. */
const MAX_IDS = 100;

/** The items API. The items are what Qlik's hub lists. Here these are only apps. */
export const itemRoutes: Routes<ApiCall> = {
  'GET /api/v1/items': getItems,
  'GET /api/v1/items/{id}': getItem,
};

function getItems(tenant: Tenant, call: ApiCall): TenantAnswer {
  return itemPage(tenant, call, wantedApps(tenant, call));
}

function getItem(tenant: Tenant, call: ApiCall): TenantAnswer {
  const app = tenant.apps.all().find((one) => one.itemId === param(call, 'id'));
  if (app === undefined || !tenant.access.maySee(call.user.id, app)) {
    throw notFound('There is no such item.', 'ITEMS-404');
  }
  return ok(viewItem(tenant, app, call));
}

/** Makes a page of items: one for each of `apps` that the caller may see. @throws Refusal 400 */
export function itemPage(tenant: Tenant, call: ApiCall, apps: readonly App[]): TenantAnswer {
  parseFlag(call, 'noActions');
  const visible = apps.filter((app) => tenant.access.maySee(call.user.id, app));
  const body = page(call, visible, {
    keys: {
      name: (app) => app.name,
      createdAt: (app) => isoTime(app.createdAt),
      updatedAt: (app) => isoTime(app.updatedAt),
    },
    defaultSort: 'createdAt',
    tie: (app) => app.id,
    limit: 20,
    view: (app) => viewItem(tenant, app, call),
  });
  return ok(body);
}

function wantedApps(tenant: Tenant, call: ApiCall): readonly App[] {
  const { query } = call;
  const ids = parseIds(call);
  const types = query.get('resourceType')?.split(',') ?? ['app'];
  const collectionId = query.get('collectionId');
  const collection = tenant.collections.get(collectionId ?? '');
  if (!types.includes('app') || (collectionId !== null && collection === undefined)) return [];
  const found = ids === undefined ? tenant.apps.all() : ids.flatMap((id) => tenant.apps.get(id) ?? []);
  return found.filter(
    (app) =>
      (collection === undefined || isIn(collection, app)) &&
      isAsked(call, {
        id: app.itemId,
        spaceId: app.spaceId ?? 'personal',
        ownerId: app.ownerId ?? tenant.admin.id,
      }) &&
      hasAskedText(call, 'name', app.name) &&
      hasAskedText(call, 'query', app.name),
  );
}

/** The ids in `resourceId` or `resourceIds`. The query then needs `resourceType`, too (fact q-items-apps-spaces-03). */
function parseIds({ query }: ApiCall): readonly string[] | undefined {
  const one = query.get('resourceId');
  const many = query.get('resourceIds');
  if (one === null && many === null) return undefined;
  if (query.get('resourceType') === null) throw badRequest('resourceId needs resourceType.', 'ITEMS-400');
  const ids = one === null ? [...new Set(many?.split(','))] : [one];
  if (ids.length > MAX_IDS) throw badRequest(`resourceIds may have ${MAX_IDS} ids.`, 'ITEMS-400');
  return ids;
}

function viewItem(tenant: Tenant, app: App, call: ApiCall): Record<string, unknown> {
  const { id: resourceId, itemId: id, name, spaceId, ownerId = tenant.admin.id } = app;
  const named = (type: CollectionType, names: readonly string[]) =>
    names.map((name) => tenant.collections.named(type, name)).map(({ id, name }) => ({ id, name }));
  const tags = named('public', app.tags);
  const collections = named('publicgoverned', app.collections);
  const actions = actionsOf(tenant, app, call);
  const createdAt = isoTime(app.createdAt);
  const updatedAt = isoTime(app.updatedAt);
  return {
    id,
    name,
    resourceId,
    resourceType: 'app',
    tenantId: tenant.tenantId,
    ownerId,
    creatorId: ownerId,
    spaceId,
    createdAt,
    updatedAt,
    resourceCreatedAt: createdAt,
    resourceUpdatedAt: updatedAt,
    resourceReloadEndTime: isoTime(app.lastReloadAt),
    resourceAttributes: { id: resourceId, name, spaceId },
    resourceCustomAttributes: null,
    meta: { tags, collections, actions, isFavorited: false },
    actions,
    collectionIds: [...tags, ...collections].map((each) => each.id),
    isFavorited: false,
    links: { self: { href: `${call.origin}/api/v1/items/${id}` } },
  };
}

/** What the caller may do with an app. If the query has `noActions=true`, the list is empty. */
function actionsOf(tenant: Tenant, app: App, call: ApiCall): readonly string[] {
  if (call.query.get('noActions') === 'true') return [];
  return tenant.access.mayReload(call.user.id, app) ? ['read', 'update', 'reload'] : ['read'];
}
