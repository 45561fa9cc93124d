import { badRequest } from './http/answer.ts';
import { asObject } from './http/call.ts';
import { type Member, SPACE_ROLES, SPACE_TYPES, type SpaceRole, type SpaceSettings } from './spaces.ts';

const FIELDS = ['id', 'name', 'type', 'ownerId', 'members'];

/** What `POST /_sim/spaces` says of one space, checked, with the defaults of what it leaves out. @throws Refusal 400 */
export function parseSpace(value: unknown): SpaceSettings {
  const space = asObject(value, 'A space');
  const unknown = Object.keys(space).find((field) => !FIELDS.includes(field));
  if (unknown !== undefined) throw badRequest(`A space has no field "${unknown}". It has: ${FIELDS.join(', ')}.`);
  const { id, name = `Space ${String(id)}`, ownerId, members = [] } = space;
  if (typeof id !== 'string' || !/^[^/\s]+$/.test(id))
    throw badRequest('id must be a string without spaces and slashes.');
  if (typeof name !== 'string') throw badRequest('name must be a string.');
  if (ownerId !== undefined && typeof ownerId !== 'string') throw badRequest('ownerId must be a string.');
  const type = SPACE_TYPES.find((known) => known === (space['type'] ?? 'shared'));
  if (type === undefined) throw badRequest(`type must be one of ${SPACE_TYPES.join(', ')}.`);
  if (!Array.isArray(members)) throw badRequest('members must be an array.');
  return { id, name, type, ownerId, members: members.map((member: unknown) => parseMember(member)) };
}

function parseMember(value: unknown): Member {
  const { userId, roles } = asObject(value, 'A member');
  if (typeof userId !== 'string' || !Array.isArray(roles)) throw badRequest('A member has userId and roles.');
  return { userId, roles: roles.map((role: unknown) => parseRole(role)) };
}

function parseRole(value: unknown): SpaceRole {
  const role = SPACE_ROLES.find((known) => known === value);
  if (role === undefined) throw badRequest(`roles are ${SPACE_ROLES.join(', ')}, not ${JSON.stringify(value)}.`);
  return role;
}
