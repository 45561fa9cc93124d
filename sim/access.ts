/*
 * The simulated tenant imitates Qlik Cloud, so that `npm start` and the tests need no real tenant. This file decides
 * which apps a caller may see and reload, because Cascade has to cope with missing rights.
 */

import type { App } from './apps.ts';
import type { Space, SpaceRole, Spaces } from './spaces.ts';
import type { Switches } from './switches.ts';

/** The roles of a shared space that may reload its apps (fact q-items-apps-spaces-10). */
const SHARED_ROLES = ['owner', 'facilitator', 'producer', 'codeveloper'];

/** Decides which apps a user may see, and which a user may reload. */
export class ApiAccess {
  readonly #spaces: Spaces;
  readonly #switches: Switches;
  readonly #adminId: string;

  /** @param adminId - the user who owns each space that has no other owner. */
  constructor(spaces: Spaces, switches: Switches, adminId: string) {
    this.#spaces = spaces;
    this.#switches = switches;
    this.#adminId = adminId;
  }

  /**
   * Whether a user may see an app. Only its owner sees an app in a personal space (fact q-items-apps-spaces-11); if the
   * app has no owner, everybody counts as the owner. If the control interface (`/_sim`, by which tests change the
   * tenant) has made the space, the space's owner and members see the app. Everybody sees an app in any other space.
   */
  maySee(userId: string, app: App): boolean {
    if (app.spaceId === undefined) return app.ownerId === undefined || app.ownerId === userId;
    const space = this.#spaces.get(app.spaceId);
    return space === undefined || this.rolesOf(userId, space).length > 0;
  }

  /** Whether a user has the privilege `reload` on an app. */
  mayReload(userId: string, app: App): boolean {
    if (!app.mayReload || !this.maySee(userId, app)) return false;
    const space = app.spaceId === undefined ? undefined : this.#spaces.get(app.spaceId);
    if (space === undefined) return true;
    return this.rolesOf(userId, space).some((role) => this.#rolesThatReload(space).includes(role));
  }

  /** The roles of a user in a space. */
  rolesOf(userId: string, space: Space): readonly (SpaceRole | 'owner')[] {
    const owner = (space.ownerId ?? this.#adminId) === userId ? (['owner'] as const) : [];
    const member = space.members.filter((each) => each.userId === userId).flatMap((each) => each.roles);
    return [...owner, ...member];
  }

  #rolesThatReload(space: Space): readonly string[] {
    switch (space.type) {
      case 'shared':
        return SHARED_ROLES;
      case 'managed':
        return this.#switches.get('spaces.managedReloadRoles');
      case 'data':
        return [];
      default:
        return space.type satisfies never;
    }
  }
}
