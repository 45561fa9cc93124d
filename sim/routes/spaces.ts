import { noSuchThing, type TenantAnswer } from '../http/answer.ts';
import { type ApiCall, param } from '../http/call.ts';
import type { ApiRoute } from '../http/router.ts';
import { page, parseLimit, parseSort } from '../page.ts';
import { isoTime } from '../reloads/record.ts';
import { type Member, SPACE_TYPES, type Space } from '../spaces.ts';
import type { Tenant } from '../tenant.ts';
import { isTenantAdmin } from '../users.ts';

const ASSIGNABLE = {
  shared: ['consumer', 'dataconsumer', 'codeveloper', 'facilitator', 'producer'],
  managed: ['basicconsumer', 'consumer', 'contributor', 'dataconsumer', 'facilitator', 'operator', 'publisher'],
  data: ['dataconsumer', 'datapreview', 'facilitator', 'operator', 'producer'],
} as const;

/** The spaces API, as far as it reads. */
export function spaceRoutes(tenant: Tenant): readonly ApiRoute<ApiCall>[] {
  return [
    { name: 'GET /api/v1/spaces', handle: (call) => getSpaces(tenant, call) },
    { name: 'GET /api/v1/spaces/types', handle: () => ({ status: 200, body: { data: SPACE_TYPES } }) },
    { name: 'GET /api/v1/spaces/{id}', handle: (call) => getSpace(tenant, call) },
    { name: 'GET /api/v1/spaces/{id}/assignments', handle: (call) => getAssignments(tenant, call) },
  ];
}

function getSpaces(tenant: Tenant, call: ApiCall): TenantAnswer {
  const type = call.query.get('type');
  const name = call.query.get('name');
  const ownerId = call.query.get('ownerId');
  const wanted = allSpaces(tenant)
    .filter((space) => maySeeSpace(tenant, call, space))
    .filter(
      (space) =>
        (type === null || type.split(',').includes(space.type)) &&
        (name === null || space.name.toLowerCase().includes(name.toLowerCase())) &&
        (ownerId === null || ownerOf(tenant, space) === ownerId),
    );
  const sort = parseSort(call, ['name', 'createdAt', 'updatedAt'], { field: 'name', descending: false });
  // The id decides between equal ones: an index would change when others come or go between two pages.
  const place = (space: Space) => ({ key: `${sortKey(space, sort.field)}\0${space.id}`, seq: 0 });
  const { items, links } = page(wanted, { sort, limit: parseLimit(call, 10), place }, call);
  const data = items.map((space) => viewSpace(tenant, call, space));
  return { status: 200, body: { data, links, meta: { count: wanted.length } } };
}

function getSpace(tenant: Tenant, call: ApiCall): TenantAnswer {
  return { status: 200, body: viewSpace(tenant, call, visibleSpace(tenant, call)) };
}

function getAssignments(tenant: Tenant, call: ApiCall): TenantAnswer {
  const space = visibleSpace(tenant, call);
  const sort = { field: 'assigneeId', descending: false };
  const place = (member: Member) => ({ key: member.userId, seq: space.members.indexOf(member) });
  const { items, links } = page(space.members, { sort, limit: parseLimit(call, 10), place }, call);
  const self = `${call.origin}/api/v1/spaces/${encodeURIComponent(space.id)}`;
  const data = items.map(({ userId, roles }) => ({
    id: userId,
    type: 'user',
    assigneeId: userId,
    roles,
    spaceId: space.id,
    tenantId: tenant.tenantId,
    links: { self: { href: `${self}/assignments/${encodeURIComponent(userId)}` }, space: { href: self } },
  }));
  return { status: 200, body: { data, links, meta: { count: space.members.length } } };
}

/** Those that were made, and the shared ones without members that apps name. */
function allSpaces(tenant: Tenant): readonly Space[] {
  const made = new Map(tenant.spaces.all().map((space) => [space.id, space]));
  for (const { spaceId, createdAt, updatedAt } of tenant.apps.all()) {
    if (spaceId === undefined || made.has(spaceId)) continue;
    const open = { type: 'shared', ownerId: undefined, members: [] } as const;
    made.set(spaceId, { id: spaceId, name: `Space ${spaceId}`, ...open, createdAt, updatedAt });
  }
  return [...made.values()];
}

/** The space of the route's `{id}`, if it exists and the caller may see it. @throws Refusal 404 */
function visibleSpace(tenant: Tenant, call: ApiCall): Space {
  const space = allSpaces(tenant).find(({ id }) => id === param(call, 'id'));
  // The API's description has no 403 here: a space that one may not see is not there.
  if (space === undefined || !maySeeSpace(tenant, call, space))
    throw noSuchThing('There is no such space.', 'SPACES-404');
  return space;
}

function maySeeSpace(tenant: Tenant, call: ApiCall, space: Space): boolean {
  const isOpen = tenant.spaces.get(space.id) === undefined;
  return isOpen || isTenantAdmin(call.user) || tenant.access.rolesOf(call.user.id, space).length > 0;
}

function viewSpace(tenant: Tenant, call: ApiCall, space: Space): Record<string, unknown> {
  const self = `${call.origin}/api/v1/spaces/${encodeURIComponent(space.id)}`;
  const roles = tenant.access.rolesOf(call.user.id, space);
  const isOwner = roles.includes('owner') || isTenantAdmin(call.user);
  return {
    id: space.id,
    name: space.name,
    type: space.type,
    tenantId: tenant.tenantId,
    ownerId: ownerOf(tenant, space),
    createdAt: isoTime(space.createdAt),
    updatedAt: isoTime(space.updatedAt),
    links: { self: { href: self }, assignments: { href: `${self}/assignments` } },
    meta: {
      actions: isOwner ? ['read', 'update', 'delete'] : ['read'],
      roles: roles.filter((role) => role !== 'owner'),
      assignableRoles: ASSIGNABLE[space.type],
    },
  };
}

function ownerOf(tenant: Tenant, space: Space): string {
  return space.ownerId ?? tenant.admin.id;
}

function sortKey(space: Space, field: string): string {
  if (field === 'name') return space.name;
  return isoTime(field === 'createdAt' ? space.createdAt : space.updatedAt);
}
