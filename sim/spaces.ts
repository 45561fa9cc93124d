/*
 * The simulated tenant imitates Qlik Cloud, so that `npm start` and the tests need no real tenant. A space holds apps,
 * and says who may use them. This file keeps the spaces.
 */

import type { Clock } from './clock.ts';
import { parserOf, SPACE_OR_APP_ID } from './http/schema.ts';

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

/** The fields of a space that the control interface sets (`/_sim`, by which tests change the tenant). */
export interface SpaceSettings {
  readonly id: string;
  readonly name: string;
  readonly type: SpaceType;
  /** The user who owns the space. If it is undefined, the tenant's administrator does. */
  readonly ownerId: string | undefined;
  readonly members: readonly Member[];
}

export interface Space extends SpaceSettings {
  readonly createdAt: number;
  readonly updatedAt: number;
}

/**
 * The spaces that the control interface has made. A space that only an app names is not here. Such a space is open to
 * everybody.
 */
export class Spaces {
  readonly #clock: Clock;
  readonly #spaces = new Map<string, Space>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Adds a space. If there is one with this id, this replaces the space's settings. */
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

const parseSettings = parserOf<SpaceSettings>('A space', {
  type: 'object',
  required: ['id'],
  additionalProperties: false,
  properties: {
    id: SPACE_OR_APP_ID,
    name: { type: 'string' },
    type: { enum: SPACE_TYPES, default: 'shared' },
    ownerId: { type: 'string' },
    members: { type: 'array', default: [] },
  },
});

const parseMember = parserOf<Member>('A member', {
  type: 'object',
  required: ['userId', 'roles'],
  properties: { userId: { type: 'string' }, roles: { type: 'array', items: { enum: SPACE_ROLES } } },
});

/** Parses one space of `POST /_sim/spaces`. A field that is left out gets its default. @throws Refusal 400 */
export function parseSpace(value: unknown): SpaceSettings {
  const { name, ...space } = parseSettings(value);
  return { ...space, name: name ?? `Space ${space.id}`, members: space.members.map((member) => parseMember(member)) };
}
