import type { Clock } from './clock.ts';

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
