import { badRequest, type TenantAnswer } from '../http/answer.ts';
import { jsonBody, jsonObject, type TenantCall } from '../http/call.ts';
import type { ApiRoute } from '../http/router.ts';
import { parseSpace } from '../spaces.ts';
import type { Tenant } from '../tenant.ts';

/** The part of the control interface that is about who may do what: users and spaces. */
export function peopleControlRoutes(tenant: Tenant): readonly ApiRoute<TenantCall>[] {
  return [
    { name: 'POST /_sim/users', handle: (call) => postUser(tenant, call) },
    { name: 'GET /_sim/spaces', handle: () => ({ status: 200, body: { data: tenant.spaces.all() } }) },
    { name: 'POST /_sim/spaces', handle: (call) => postSpaces(tenant, call) },
  ];
}

function postUser(tenant: Tenant, call: TenantCall): TenantAnswer {
  const { name, roles = [], disabled = false } = jsonObject(call);
  if (typeof name !== 'string' || name === '') throw badRequest('name must be a string.');
  if (!Array.isArray(roles)) throw badRequest('roles must be an array of strings.');
  if (typeof disabled !== 'boolean') throw badRequest('disabled must be a boolean.');
  const user = { name, subject: `sim|${name}`, roles: roles.map(String), isDisabled: disabled };
  const made = tenant.users.add(user);
  const { isDisabled: _, ...shown } = made.user;
  return { status: 201, body: { ...shown, apiKey: made.apiKey } };
}

function postSpaces(tenant: Tenant, call: TenantCall): TenantAnswer {
  const body = jsonBody(call);
  const settings = (Array.isArray(body) ? body : [body]).map((space: unknown) => parseSpace(space));
  return { status: 201, body: { data: settings.map((space) => tenant.spaces.put(space)) } };
}
