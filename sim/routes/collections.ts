/*
 * The simulated tenant imitates Qlik Cloud, so that `npm start` and the tests need no real tenant. Qlik groups apps by
 * tags and collections. This file answers calls about both, for scripts that use them; Cascade does not.
 */

import type { App } from '../apps.ts';
import { isoTime } from '../clock.ts';
import { type Collection, isIn } from '../collections.ts';
import { badRequest, found, ok, type TenantAnswer } from '../http/answer.ts';
import { type ApiCall, param } from '../http/call.ts';
import { isAsked, page } from '../http/page.ts';
import type { Routes } from '../http/router.ts';
import type { Tenant } from '../tenant.ts';
import { itemPage } from './items.ts';

const TYPES: readonly string[] = ['private', 'public', 'publicgoverned'];

/** The collections API: tags (`type=public`) and public collections (`type=publicgoverned`). */
export const collectionRoutes: Routes<ApiCall> = {
  'GET /api/v1/collections': getCollections,
  'GET /api/v1/collections/{id}': (tenant, call) => ok(viewCollection(tenant, call, askedCollection(tenant, call))),
  'GET /api/v1/collections/{id}/items': (tenant, call) =>
    itemPage(tenant, call, appsIn(tenant, askedCollection(tenant, call))),
};

function getCollections(tenant: Tenant, call: ApiCall): TenantAnswer {
  const types = parseTypes(call);
  const wanted = tenant.collections
    .all()
    .filter(({ id, name, type }) => isAsked(call, { id, name }) && (types.length === 0 || types.includes(type)));
  const createdAt = (one: Collection) => isoTime(one.createdAt);
  const body = page(call, wanted, {
    keys: { name: (one) => one.name, createdAt, updatedAt: createdAt },
    defaultSort: '-createdAt',
    tie: (one) => one.seq,
    limit: 10,
    view: (one) => viewCollection(tenant, call, one),
  });
  return ok(body);
}

/** The collection of the route's `{id}`. @throws Refusal 404 */
function askedCollection(tenant: Tenant, call: ApiCall): Collection {
  return found(tenant.collections.get(param(call, 'id')), 'collection', 'COLLECTIONS-404');
}

function appsIn(tenant: Tenant, collection: Collection): readonly App[] {
  return tenant.apps.all().filter((app) => isIn(collection, app));
}

function parseTypes(call: ApiCall): readonly string[] {
  const asked = [...call.query.getAll('type'), ...call.query.getAll('types')].flatMap((text) => text.split(','));
  const isKnown = asked.every((type) => TYPES.includes(type));
  if (!isKnown) throw badRequest(`type must be one of ${TYPES.join(', ')}.`, 'COLLECTIONS-400');
  return asked;
}

function viewCollection(tenant: Tenant, call: ApiCall, collection: Collection): Record<string, unknown> {
  const { id, name, type } = collection;
  const self = `${call.origin}/api/v1/collections/${id}`;
  return {
    id,
    name,
    type,
    tenantId: tenant.tenantId,
    creatorId: tenant.admin.id,
    itemCount: appsIn(tenant, collection).filter((app) => tenant.access.maySee(call.user.id, app)).length,
    createdAt: isoTime(collection.createdAt),
    updatedAt: isoTime(collection.createdAt),
    links: { self: { href: self }, items: { href: `${self}/items` } },
  };
}
