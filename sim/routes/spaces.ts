/*
 * The simulated tenant imitates Qlik Cloud, so that `npm start` and the tests need no real tenant. A space holds apps,
 * and says who may use them. This file answers calls about spaces, for scripts that read them; Cascade does not.
 */

import { isoTime } from '../clock.ts';
import { notFound, ok, type TenantAnswer } from '../http/answer.ts';
import { type ApiCall, param } from '../http/call.ts';
import { hasAskedText, isAsked, page } from '../http/page.ts';
import type { Routes } from '../http/router.ts';
import { SPACE_TYPES, type Space } from '../spaces.ts';
import type { Tenant } from '../tenant.ts';
import { isTenantAdmin } from '../users.ts';

/** The roles that somebody can get in a space, for each type of space. */
const ASSIGNABLE = {
  shared: ['consumer', 'dataconsumer', 'codeveloper', 'facilitator', 'producer'],
  managed: ['basicconsumer', 'consumer', 'contributor', 'dataconsumer', 'facilitator', 'operator', 'publisher'],
  data: ['dataconsumer', 'datapreview', 'facilitator', 'operator', 'producer'],
} as const;

/** The part of the spaces API that only reads spaces. */
export const spaceRoutes: Routes<ApiCall> = {
  'GET /api/v1/spaces': getSpaces,
  'GET /api/v1/spaces/types': () => ok({ data: SPACE_TYPES }),
  'GET /api/v1/spaces/{id}': (tenant, call) => ok(viewSpace(tenant, call, visibleSpace(tenant, call))),
  'GET /api/v1/spaces/{id}/assignments': getAssignments,
};

function getSpaces(tenant: Tenant, call: ApiCall): TenantAnswer {
  const types = call.query.get('type')?.split(',');
  const wanted = allSpaces(tenant).filter(
    (space) =>
      maySeeSpace(tenant, call, space) &&
      (types === undefined || types.includes(space.type)) &&
      hasAskedText(call, 'name', space.name) &&
      isAsked(call, { ownerId: ownerOf(tenant, space) }),
  );
  const body = page(call, wanted, {
    keys: {
      name: (space) => space.name,
      createdAt: (space) => isoTime(space.createdAt),
      updatedAt: (space) => isoTime(space.updatedAt),
    },
    defaultSort: 'name',
    tie: (space) => space.id,
    limit: 10,
    view: (space) => viewSpace(tenant, call, space),
  });
  return ok({ ...body, meta: { count: wanted.length } });
}

function getAssignments(tenant: Tenant, call: ApiCall): TenantAnswer {
  const space = visibleSpace(tenant, call);
  const self = selfOf(call, space);
  const body = page(call, space.members, {
    keys: { assigneeId: ({ userId }) => userId },
    order: { field: 'assigneeId', descending: false },
    tie: (member) => space.members.indexOf(member),
    limit: 10,
    view: ({ userId, roles }) => ({
      id: userId,
      type: 'user',
      assigneeId: userId,
      roles,
      spaceId: space.id,
      tenantId: tenant.tenantId,
      links: { self: { href: `${self}/assignments/${encodeURIComponent(userId)}` }, space: { href: self } },
    }),
  });
  return ok({ ...body, meta: { count: space.members.length } });
}

/**
 * All spaces of the tenant. The control interface (`/_sim`, by which tests change the tenant) has made some. The others
 * exist only because an app names them: they are shared, have no members, and are open to everybody.
 */
function allSpaces(tenant: Tenant): readonly Space[] {
  const spaces = new Map(tenant.spaces.all().map((space) => [space.id, space]));
  for (const { spaceId, createdAt, updatedAt } of tenant.apps.all()) {
    if (spaceId === undefined || spaces.has(spaceId)) continue;
    const open = { type: 'shared', ownerId: undefined, members: [] } as const;
    spaces.set(spaceId, { id: spaceId, name: `Space ${spaceId}`, ...open, createdAt, updatedAt });
  }
  return [...spaces.values()];
}

/** The space of the route's `{id}`, if it exists and the caller may see it. @throws Refusal 404 */
function visibleSpace(tenant: Tenant, call: ApiCall): Space {
  const space = allSpaces(tenant).find(({ id }) => id === param(call, 'id'));
  // The API's description has no 403 here. So the caller does not learn whether a hidden space exists.
  if (space === undefined || !maySeeSpace(tenant, call, space)) throw notFound('There is no such space.', 'SPACES-404');
  return space;
}

function maySeeSpace(tenant: Tenant, call: ApiCall, space: Space): boolean {
  const isOpen = tenant.spaces.get(space.id) === undefined;
  return isOpen || isTenantAdmin(call.user) || tenant.access.rolesOf(call.user.id, space).length > 0;
}

function viewSpace(tenant: Tenant, call: ApiCall, space: Space): Record<string, unknown> {
  const { id, name, type } = space;
  const self = selfOf(call, space);
  const roles = tenant.access.rolesOf(call.user.id, space);
  const isOwner = roles.includes('owner') || isTenantAdmin(call.user);
  return {
    id,
    name,
    type,
    tenantId: tenant.tenantId,
    ownerId: ownerOf(tenant, space),
    createdAt: isoTime(space.createdAt),
    updatedAt: isoTime(space.updatedAt),
    links: { self: { href: self }, assignments: { href: `${self}/assignments` } },
    meta: {
      actions: isOwner ? ['read', 'update', 'delete'] : ['read'],
      roles: roles.filter((role) => role !== 'owner'),
      assignableRoles: ASSIGNABLE[type],
    },
  };
}

function ownerOf(tenant: Tenant, space: Space): string {
  return space.ownerId ?? tenant.admin.id;
}

function selfOf(call: ApiCall, { id }: Space): string {
  return `${call.origin}/api/v1/spaces/${encodeURIComponent(id)}`;
}
