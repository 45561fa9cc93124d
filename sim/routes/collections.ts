import { type Collection, isIn } from '../collections.ts';
import { badRequest, noSuchThing, type TenantAnswer } from '../http/answer.ts';
import { type ApiCall, param } from '../http/call.ts';
import type { ApiRoute } from '../http/router.ts';
import { page, parseLimit, parseSort, type Sort } from '../page.ts';
import { isoTime } from '../reloads/record.ts';
import type { Tenant } from '../tenant.ts';
import { itemPage } from './items.ts';

const TYPES: readonly string[] = ['private', 'public', 'publicgoverned'];

/** Tags (`type=public`) and public collections (`type=publicgoverned`). */
export function collectionRoutes(tenant: Tenant): readonly ApiRoute<ApiCall>[] {
  return [
    { name: 'GET /api/v1/collections', handle: (call) => getCollections(tenant, call) },
    { name: 'GET /api/v1/collections/{id}', handle: (call) => getCollection(tenant, call) },
    { name: 'GET /api/v1/collections/{id}/items', handle: (call) => getCollectionItems(tenant, call) },
  ];
}

function getCollections(tenant: Tenant, call: ApiCall): TenantAnswer {
  const types = parseTypes(call);
  const name = call.query.get('name');
  const id = call.query.get('id');
  const wanted = tenant.collections
    .all()
    .filter((one) => (name === null || one.name === name) && (id === null || one.id === id))
    .filter((one) => types.length === 0 || types.includes(one.type));
  const newestFirst: Sort = { field: 'createdAt', descending: true };
  const sort = parseSort(call, ['name', 'createdAt', 'updatedAt'], newestFirst);
  const place = (one: Collection) => ({ key: sort.field === 'name' ? one.name : isoTime(one.createdAt), seq: one.seq });
  const { items, links } = page(wanted, { sort, limit: parseLimit(call, 10), place }, call);
  return { status: 200, body: { data: items.map((one) => viewCollection(tenant, call, one)), links } };
}

function getCollection(tenant: Tenant, call: ApiCall): TenantAnswer {
  return { status: 200, body: viewCollection(tenant, call, collectionOf(tenant, call)) };
}

function getCollectionItems(tenant: Tenant, call: ApiCall): TenantAnswer {
  const apps = appsIn(tenant, call, collectionOf(tenant, call));
  return { status: 200, body: itemPage(tenant, call, apps) };
}

/** @throws Refusal 404 */
function collectionOf(tenant: Tenant, call: ApiCall): Collection {
  const collection = tenant.collections.get(param(call, 'id'));
  if (collection === undefined) throw noSuchThing('There is no such collection.', 'COLLECTIONS-404');
  return collection;
}

function appsIn(tenant: Tenant, call: ApiCall, collection: Collection) {
  return tenant.apps.all().filter((app) => isIn(collection, app) && tenant.access.maySee(call.user.id, app));
}

function parseTypes(call: ApiCall): readonly string[] {
  const asked = [...call.query.getAll('type'), ...call.query.getAll('types')].flatMap((text) => text.split(','));
  const unknown = asked.find((type) => !TYPES.includes(type));
  if (unknown !== undefined) throw badRequest(`type must be one of ${TYPES.join(', ')}.`, 'COLLECTIONS-400');
  return asked;
}

function viewCollection(tenant: Tenant, call: ApiCall, collection: Collection): Record<string, unknown> {
  const self = `${call.origin}/api/v1/collections/${collection.id}`;
  return {
    id: collection.id,
    name: collection.name,
    type: collection.type,
    tenantId: tenant.tenantId,
    creatorId: tenant.admin.id,
    itemCount: appsIn(tenant, call, collection).length,
    createdAt: isoTime(collection.createdAt),
    updatedAt: isoTime(collection.createdAt),
    links: { self: { href: self }, items: { href: `${self}/items` } },
  };
}
