import { createHash } from 'node:crypto';
import type { ApiCall } from '../http/call.ts';
import type { ApiRoute } from '../http/router.ts';
import type { Tenant } from '../tenant.ts';

/** Who the caller is. */
export function userRoutes(tenant: Tenant): readonly ApiRoute<ApiCall>[] {
  return [{ name: 'GET /api/v1/users/me', handle: (call) => ({ status: 200, body: me(tenant, call) }) }];
}

function me(tenant: Tenant, call: ApiCall): Record<string, unknown> {
  const { id, name, subject, roles } = call.user;
  return {
    id,
    name,
    subject,
    tenantId: tenant.tenantId,
    status: 'active',
    assignedRoles: roles.map((role) => ({ id: idOf(role), name: role, type: 'default', level: 'admin' })),
    links: { self: { href: `${call.origin}/api/v1/users/${id}` } },
  };
}

/** A role has the same id in every tenant here: nobody refers to it. */
function idOf(role: string): string {
  return createHash('sha256').update(role).digest('hex').slice(0, 24);
}
