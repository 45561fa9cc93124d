import type { App } from '../apps.ts';
import { type Collection, type CollectionType, isIn } from '../collections.ts';
import { badRequest, noSuchThing, type TenantAnswer } from '../http/answer.ts';
import { type ApiCall, param } from '../http/call.ts';
import type { ApiRoute } from '../http/router.ts';
import { page, parseFlag, parseLimit, parseSort, type Sort } from '../page.ts';
import { isoTime } from '../reloads/record.ts';
import type { Tenant } from '../tenant.ts';

const MAX_IDS = 100;

/** The items of apps: what the hub lists. */
export function itemRoutes(tenant: Tenant): readonly ApiRoute<ApiCall>[] {
  return [
    { name: 'GET /api/v1/items', handle: (call) => getItems(tenant, call) },
    { name: 'GET /api/v1/items/{id}', handle: (call) => getItem(tenant, call) },
  ];
}

function getItems(tenant: Tenant, call: ApiCall): TenantAnswer {
  const wanted = wantedApps(tenant, call).filter((app) => tenant.access.maySee(call.user.id, app));
  return { status: 200, body: itemPage(tenant, call, wanted) };
}

function getItem(tenant: Tenant, call: ApiCall): TenantAnswer {
  const app = tenant.apps.all().find((one) => one.itemId === param(call, 'id'));
  if (app === undefined || !tenant.access.maySee(call.user.id, app)) {
    throw noSuchThing('There is no such item.', 'ITEMS-404');
  }
  return { status: 200, body: viewItem(tenant, app, call) };
}

/** One page of the items of `apps`, in the order that the query asks for. @throws Refusal 400 */
export function itemPage(tenant: Tenant, call: ApiCall, apps: readonly App[]): Record<string, unknown> {
  const oldestFirst: Sort = { field: 'createdAt', descending: false };
  const sort = parseSort(call, ['name', 'createdAt', 'updatedAt'], oldestFirst);
  // The id decides between equal ones: an index would change when others come or go between two pages.
  const place = (app: App) => ({ key: `${sortKey(app, sort.field)}\0${app.id}`, seq: 0 });
  const { items, links } = page(apps, { sort, limit: parseLimit(call, 20), place }, call);
  parseFlag(call, 'noActions');
  return { data: items.map((app) => viewItem(tenant, app, call)), links };
}

function wantedApps(tenant: Tenant, call: ApiCall): readonly App[] {
  const { query } = call;
  const type = query.get('resourceType');
  const ids = parseIds(call);
  const collection = wantedCollection(tenant, query.get('collectionId'));
  const found = ids === undefined ? tenant.apps.all() : ids.flatMap((id) => tenant.apps.get(id) ?? []);
  if (collection === 'unknown' || (type !== null && !type.split(',').includes('app'))) return [];
  return found.filter(
    (app) =>
      (collection === undefined || isIn(collection, app)) &&
      isAsked(query.get('id'), app.itemId) &&
      isAsked(query.get('spaceId'), app.spaceId ?? 'personal') &&
      isAsked(query.get('ownerId'), app.ownerId ?? tenant.admin.id) &&
      hasText(query.get('name'), app.name) &&
      hasText(query.get('query'), app.name),
  );
}

/** `resourceId` or `resourceIds`, which need `resourceType` (q-items-apps-spaces-03). */
function parseIds({ query }: ApiCall): readonly string[] | undefined {
  const one = query.get('resourceId');
  const many = query.get('resourceIds');
  if (one === null && many === null) return undefined;
  if (query.get('resourceType') === null) throw badRequest('resourceId needs resourceType.', 'ITEMS-400');
  const ids = one === null ? [...new Set(many?.split(','))] : [one];
  if (ids.length > MAX_IDS) throw badRequest(`resourceIds may have ${MAX_IDS} ids.`, 'ITEMS-400');
  return ids;
}

function wantedCollection(tenant: Tenant, id: string | null): Collection | 'unknown' | undefined {
  return id === null ? undefined : (tenant.collections.get(id) ?? 'unknown');
}

function isAsked(asked: string | null, value: string): boolean {
  return asked === null || asked === value;
}

function hasText(asked: string | null, value: string): boolean {
  return asked === null || value.toLowerCase().includes(asked.toLowerCase());
}

function sortKey(app: App, field: string): string {
  if (field === 'name') return app.name;
  return isoTime(field === 'createdAt' ? app.createdAt : app.updatedAt);
}

function viewItem(tenant: Tenant, app: App, call: ApiCall): Record<string, unknown> {
  const ownerId = app.ownerId ?? tenant.admin.id;
  const space = app.spaceId === undefined ? {} : { spaceId: app.spaceId };
  const named = (type: CollectionType, names: readonly string[]) =>
    names.map((name) => tenant.collections.named(type, name)).map(({ id, name }) => ({ id, name }));
  const tags = named('public', app.tags);
  const collections = named('publicgoverned', app.collections);
  const actions = actionsOf(tenant, app, call);
  return {
    id: app.itemId,
    name: app.name,
    resourceId: app.id,
    resourceType: 'app',
    tenantId: tenant.tenantId,
    ownerId,
    creatorId: ownerId,
    ...space,
    createdAt: isoTime(app.createdAt),
    updatedAt: isoTime(app.updatedAt),
    resourceCreatedAt: isoTime(app.createdAt),
    resourceUpdatedAt: isoTime(app.updatedAt),
    ...(app.lastReloadAt === undefined ? {} : { resourceReloadEndTime: isoTime(app.lastReloadAt) }),
    resourceAttributes: { id: app.id, name: app.name, ...space },
    resourceCustomAttributes: null,
    meta: { tags, collections, actions, isFavorited: false },
    actions,
    collectionIds: [...tags, ...collections].map(({ id }) => id),
    isFavorited: false,
    links: { self: { href: `${call.origin}/api/v1/items/${app.itemId}` } },
  };
}

/** What the caller may do with it; asked for fewer, the tenant works less. */
function actionsOf(tenant: Tenant, app: App, call: ApiCall): readonly string[] {
  if (call.query.get('noActions') === 'true') return [];
  return tenant.access.mayReload(call.user.id, app) ? ['read', 'update', 'reload'] : ['read'];
}
