/*
 * The simulated tenant imitates Qlik Cloud, so that `npm start` and the tests need no real tenant. This file names its
 * parts, on which the routes work.
 */

import type { ApiAccess } from './access.ts';
import type { Apps } from './apps.ts';
import type { Audits } from './audits.ts';
import type { Chance } from './chance.ts';
import type { Clock } from './clock.ts';
import type { Collections } from './collections.ts';
import type { Faults } from './faults.ts';
import type { Journal } from './journal.ts';
import type { RateLimit } from './rate-limit.ts';
import type { ReloadRunner } from './reloads/reload-runner.ts';
import type { ReloadStore } from './reloads/reload-store.ts';
import type { ReloadSchedule } from './schedule.ts';
import type { Spaces } from './spaces.ts';
import type { Keeper } from './state/state-file.ts';
import type { Switches } from './switches.ts';
import type { User, Users } from './users.ts';
import type { Deliveries } from './webhooks/deliveries.ts';
import type { Publisher } from './webhooks/publisher.ts';
import type { SenderPorts } from './webhooks/sender.ts';
import type { Webhooks } from './webhooks/webhooks.ts';

/** The ids and secrets of a tenant. */
export interface TenantIdentity {
  readonly tenantId: string;
  readonly apiKey: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** The parts of a tenant, without its HTTP server. */
export interface Tenant extends TenantIdentity {
  /** The user of the API key, and the user (bot) of the OAuth client. Both are `TenantAdmin`. */
  readonly admin: User;
  readonly bot: User;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly users: Users;
  readonly switches: Switches;
  readonly faults: Faults;
  readonly journal: Journal;
  readonly apps: Apps;
  readonly spaces: Spaces;
  readonly access: ApiAccess;
  readonly collections: Collections;
  readonly audits: Audits;
  readonly reloads: ReloadStore;
  readonly runner: ReloadRunner;
  readonly schedule: ReloadSchedule;
  /** Keeps the state over restarts. If it is undefined, nothing is kept. */
  readonly keeper: Keeper | undefined;
  readonly rate: RateLimit;
  readonly webhooks: Webhooks;
  readonly deliveries: Deliveries;
  readonly sender: SenderPorts;
  readonly publisher: Publisher;
  /** Stops everything that waits or runs. */
  stop(): void;
}
