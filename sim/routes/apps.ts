import { type App, mayReload, maySee } from '../apps.ts';
import { type Answer, badRequest, forbidden, notFound } from '../http/answer.ts';
import { type ApiCall, param } from '../http/call.ts';
import type { Route } from '../http/router.ts';
import { page, parseLimit } from '../page.ts';
import type { Tenant } from '../tenant.ts';

/** What the tenant tells of apps, their items and their spaces. */
export function appRoutes(tenant: Tenant): readonly Route<ApiCall>[] {
  return [
    { name: 'GET /api/v1/apps/{id}', handle: (call) => getApp(tenant, call) },
    { name: 'GET /api/v1/items', handle: (call) => getItems(tenant, call) },
    { name: 'GET /api/v1/spaces/{id}', handle: (call) => getSpace(tenant, call) },
  ];
}

function getApp(tenant: Tenant, call: ApiCall): Answer {
  const app = tenant.apps.get(param(call, 'id'));
  if (app === undefined) throw notFound('There is no such app.', 'APPS-404');
  if (!maySee(call.user.id, app)) throw forbidden('The app is in the personal space of somebody else.', 'APPS-403');
  const privileges = mayReload(call.user.id, app) ? ['read', 'update', 'delete', 'reload'] : ['read'];
  const attributes = {
    id: app.id,
    name: app.name,
    ownerId: ownerOf(tenant, app),
    ...spaceOf(app),
    createdDate: isoTime(app.createdAt),
    modifiedDate: isoTime(app.updatedAt),
    ...(app.lastReloadAt === undefined ? {} : { lastReloadTime: isoTime(app.lastReloadAt) }),
    published: false,
    usage: 'ANALYTICS',
  };
  return { status: 200, body: { attributes, privileges, create: [] } };
}

function getItems(tenant: Tenant, call: ApiCall): Answer {
  const type = call.query.get('resourceType');
  const one = call.query.get('resourceId');
  const many = call.query.get('resourceIds');
  if (type === null && (one !== null || many !== null)) throw badRequest('resourceId needs resourceType.', 'ITEMS-400');
  const ids = one === null ? many?.split(',') : [one];
  const found = ids === undefined ? tenant.apps.all() : ids.flatMap((id) => tenant.apps.get(id) ?? []);
  const apps = type === null || type === 'app' ? found.filter((app) => maySee(call.user.id, app)) : [];
  const sort = { field: 'name', descending: false };
  const places = new Map(apps.map((app, index) => [app, { key: app.name, seq: index }]));
  const place = (app: App) => places.get(app) ?? { key: app.name, seq: 0 };
  const { items, links } = page(apps, { sort, limit: parseLimit(call, 20), place }, call);
  return { status: 200, body: { data: items.map((app) => item(tenant, app, call)), links } };
}

function item(tenant: Tenant, app: App, call: ApiCall): Record<string, unknown> {
  const ownerId = ownerOf(tenant, app);
  return {
    id: app.itemId,
    name: app.name,
    resourceId: app.id,
    resourceType: 'app',
    tenantId: tenant.tenantId,
    ownerId,
    creatorId: ownerId,
    ...spaceOf(app),
    createdAt: isoTime(app.createdAt),
    updatedAt: isoTime(app.updatedAt),
    resourceCreatedAt: isoTime(app.createdAt),
    resourceUpdatedAt: isoTime(app.updatedAt),
    resourceAttributes: { id: app.id, name: app.name, ...spaceOf(app) },
    resourceCustomAttributes: null,
    meta: { tags: [], collections: [], actions: [], isFavorited: false },
    actions: [],
    collectionIds: [],
    isFavorited: false,
    links: { self: { href: `${call.origin}/api/v1/items/${app.itemId}` } },
  };
}

/** A space exists when an app is in it; all of them are shared spaces. */
function getSpace(tenant: Tenant, call: ApiCall): Answer {
  const id = param(call, 'id');
  if (!tenant.apps.all().some((app) => app.spaceId === id)) throw notFound('There is no such space.', 'SPACES-404');
  const self = `${call.origin}/api/v1/spaces/${id}`;
  const meta = {
    actions: ['read', 'update', 'delete'],
    roles: [],
    assignableRoles: ['consumer', 'producer', 'facilitator'],
  };
  const links = { self: { href: self }, assignments: { href: `${self}/assignments` } };
  const body = {
    id,
    name: `Space ${id}`,
    type: 'shared',
    tenantId: tenant.tenantId,
    ownerId: tenant.admin.id,
    links,
    meta,
  };
  return { status: 200, body };
}

function ownerOf(tenant: Tenant, app: App): string {
  return app.ownerId ?? tenant.admin.id;
}

function spaceOf(app: App): { spaceId?: string } {
  return app.spaceId === undefined ? {} : { spaceId: app.spaceId };
}

function isoTime(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
