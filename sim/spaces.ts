import type { Clock } from './clock.ts';
import { badRequest } from './http/answer.ts';
import { asObject } from './http/call.ts';

export const SPACE_TYPES = ['shared', 'managed', 'data'] as const;
export type SpaceType = (typeof SPACE_TYPES)[number];

/** The roles that a member of a space can have, in the API's words. */
export const SPACE_ROLES = [
  'consumer',
  'contributor',
  'dataconsumer',
  'datapreview',
  'facilitator',
  'operator',
  'producer',
  'publisher',
  'basicconsumer',
  'codeveloper',
] as const;
export type SpaceRole = (typeof SPACE_ROLES)[number];

export interface Member {
  readonly userId: string;
  readonly roles: readonly SpaceRole[];
}

/** What the control interface says of a space. */
export interface SpaceSettings {
  readonly id: string;
  readonly name: string;
  readonly type: SpaceType;
  /** undefined: the tenant's administrator. */
  readonly ownerId: string | undefined;
  readonly members: readonly Member[];
}

export interface Space extends SpaceSettings {
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** The spaces of the tenant that have members; one that only an app names has none, and is open to everybody. */
export class Spaces {
  readonly #clock: Clock;
  readonly #spaces = new Map<string, Space>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Adds a space, or replaces the settings of the one with that id. */
  put(settings: SpaceSettings): Space {
    const now = this.#clock.now();
    const space = { ...settings, createdAt: this.#spaces.get(settings.id)?.createdAt ?? now, updatedAt: now };
    this.#spaces.set(space.id, space);
    return space;
  }

  get(id: string): Space | undefined {
    return this.#spaces.get(id);
  }

  all(): readonly Space[] {
    return [...this.#spaces.values()];
  }

  restore(spaces: readonly Space[]): void {
    for (const space of spaces) this.#spaces.set(space.id, space);
  }
}

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
