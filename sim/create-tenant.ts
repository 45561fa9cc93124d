/*
 * The simulated tenant imitates Qlik Cloud, so that `npm start` and the tests need no real tenant. This file puts a
 * tenant together from its parts: users, apps, reloads, webhooks and a clock. It opens no port: start-tenant.ts does.
 */

import { setMaxListeners } from 'node:events';
import { ApiAccess } from './access.ts';
import { Apps } from './apps.ts';
import { Audits } from './audits.ts';
import { Chance } from './chance.ts';
import { type Clock, type Pace, startClock } from './clock.ts';
import { Collections } from './collections.ts';
import { Faults } from './faults.ts';
import { Journal } from './journal.ts';
import { Outside } from './outside.ts';
import { RateLimit } from './rate-limit.ts';
import { announce, announceAttempt } from './reloads/announce.ts';
import { performPlanned } from './reloads/perform-planned.ts';
import { ReloadRunner } from './reloads/reload-runner.ts';
import { ReloadStore } from './reloads/reload-store.ts';
import { ReloadSchedule } from './schedule.ts';
import { Spaces } from './spaces.ts';
import { restoreTenant, type SavedTenant } from './state/saved-tenant.ts';
import type { Keeper } from './state/state-file.ts';
import { Switches } from './switches.ts';
import type { Tenant, TenantIdentity } from './tenant.ts';
import { Users } from './users.ts';
import { Deliveries } from './webhooks/deliveries.ts';
import { Publisher } from './webhooks/publisher.ts';
import type { SenderPorts } from './webhooks/sender.ts';
import { Webhooks } from './webhooks/webhooks.ts';

/** How a tenant is made. */
export interface TenantSettings {
  readonly pace: Pace;
  /** All random values of the tenant are drawn from this text. */
  readonly seed: string;
  /** A saved state with which the tenant continues. If it is given, `seed` and the known identity do not count. */
  readonly saved?: SavedTenant | undefined;
  /** Writes the state to a file after each change; without it nothing is kept. */
  readonly keeper?: Keeper | undefined;
}

/**
 * Makes a tenant, with an administrator who has an API key, and with an OAuth client. It draws the ids and secrets that
 * `known` does not have. Time stands still in the tenant until somebody calls `clock.release`.
 */
export function createTenant(known: Partial<TenantIdentity>, settings: TenantSettings): Tenant {
  const { pace, seed, saved, keeper } = settings;
  const chance = new Chance(saved?.chance.seed ?? seed, saved?.chance.position);
  const switches = new Switches();
  // Exchanges with other servers, such as the webhook's, take real time, whatever the pace of the tenant's clock is.
  const wall = startClock('real');
  const outside = new Outside(wall, pace === 'hand', () => switches.get('clock.patienceMs'));
  const changed = () => keeper?.changed();
  const quiet = () => outside.quiet();
  const clock = startClock(pace, { quiet, served: changed, from: saved?.clock, isHeld: true });
  const ending = new AbortController();
  setMaxListeners(0, ending.signal); // no limit: each delivery that is being sent adds a listener
  const people = createPeople(known, clock, chance, saved);
  const journal = new Journal(clock, wall, changed);
  const faults = new Faults();
  const apps = new Apps(clock, chance);
  const spaces = new Spaces(clock);
  const access = new ApiAccess(spaces, switches, people.admin.id);
  const collections = new Collections(clock, chance);
  const audits = new Audits(clock, chance);
  const store = new ReloadStore();
  const webhooks = new Webhooks(clock, chance, switches);
  const deliveries = new Deliveries(clock);
  const parts = { clock, chance, switches, journal, webhooks, deliveries };
  const sender: SenderPorts = { ...parts, outside, signal: ending.signal };
  const publisher = new Publisher({ ...sender, faults, apps, access, audits, keeper });
  const { tenantId, admin } = people;
  const announcePorts = { chance, tenantId, defaultOwnerId: admin.id, switches, journal, publisher };
  const runner = new ReloadRunner({
    clock,
    chance,
    switches,
    apps,
    store,
    changed: (reload, app) => announce(announcePorts, reload, app),
    repeated: (reload, app) => announceAttempt(announcePorts, reload, app, clock.now()),
  });
  const stop = () => {
    clock.close();
    wall.close();
    ending.abort();
  };
  const schedule = new ReloadSchedule(clock, (planned) => performPlanned(tenant, planned));
  const others = { faults, apps, spaces, access, collections, audits, runner, schedule, keeper, sender, publisher };
  const tenant: Tenant = { ...people, ...parts, ...others, reloads: store, rate: new RateLimit(), stop };
  if (saved !== undefined) restoreTenant(tenant, saved);
  return tenant;
}

type People = TenantIdentity & Pick<Tenant, 'users' | 'admin' | 'bot'>;

function createPeople(
  known: Partial<TenantIdentity>,
  clock: Clock,
  chance: Chance,
  saved: SavedTenant | undefined,
): People {
  const users = new Users(clock, chance);
  if (saved !== undefined) return restorePeople(users, saved);
  const { tenantId = chance.tenantId(), clientId = chance.hexId(), clientSecret = chance.secret() } = known;
  const roles = ['TenantAdmin'];
  const person = users.add({ name: 'Tenant administrator', subject: `sim|${chance.hexId()}`, roles }, known.apiKey);
  const bot = users.add({ name: clientId, subject: `qlikbot\\${clientId}`, roles });
  return { tenantId, clientId, clientSecret, apiKey: person.apiKey, users, admin: person.user, bot: bot.user };
}

function restorePeople(users: Users, { identity, users: known }: SavedTenant): People {
  users.restore(known);
  const { adminId, botId, ...own } = identity;
  const admin = users.find('id', adminId);
  const bot = users.find('id', botId);
  if (admin === undefined || bot === undefined) throw new Error('The state has no administrator or no bot.');
  return { ...own, users, admin, bot };
}
