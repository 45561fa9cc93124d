import { setMaxListeners } from 'node:events';
import { Access } from './access.ts';
import { Apps } from './apps.ts';
import { Audits } from './audits.ts';
import { type Clock, startClock } from './clock.ts';
import { Collections } from './collections.ts';
import { Faults } from './faults.ts';
import { newHexId, newSecret, newTenantId } from './ids.ts';
import { Journal } from './journal.ts';
import { announce } from './reloads/announce.ts';
import { RateLimit } from './reloads/rate-limit.ts';
import { ReloadRunner } from './reloads/reload-runner.ts';
import { ReloadStore } from './reloads/reload-store.ts';
import { Spaces } from './spaces.ts';
import { Switches } from './switches.ts';
import { type User, Users } from './users.ts';
import { Deliveries } from './webhooks/deliveries.ts';
import { Publisher } from './webhooks/publisher.ts';
import type { SenderPorts } from './webhooks/sender.ts';
import { Webhooks } from './webhooks/webhooks.ts';

/** Who and what a tenant is. */
export interface TenantIdentity {
  readonly tenantId: string;
  readonly apiKey: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** A tenant without its wire: all that the routes work on. */
export interface Tenant extends TenantIdentity {
  /** The user of the API key, and the bot of the OAuth client; both are `TenantAdmin`. */
  readonly admin: User;
  readonly bot: User;
  readonly clock: Clock;
  readonly users: Users;
  readonly switches: Switches;
  readonly faults: Faults;
  readonly journal: Journal;
  readonly apps: Apps;
  readonly spaces: Spaces;
  readonly access: Access;
  readonly collections: Collections;
  readonly audits: Audits;
  readonly reloads: ReloadStore;
  readonly runner: ReloadRunner;
  readonly reloadRate: RateLimit;
  readonly webhooks: Webhooks;
  readonly deliveries: Deliveries;
  readonly sender: SenderPorts;
  readonly publisher: Publisher;
  /** Stops everything that waits or is under way. */
  stop(): void;
}

/** Makes a tenant with one user with an API key and one OAuth client; what `known` leaves out is random. */
export function createTenant(known: Partial<TenantIdentity>, now?: () => number): Tenant {
  const clock = startClock(now);
  const ending = new AbortController();
  setMaxListeners(0, ending.signal); // one listener for each delivery under way, however many there are
  const people = createPeople(known, clock);
  const switches = new Switches();
  const journal = new Journal(clock);
  const faults = new Faults();
  const apps = new Apps(clock);
  const spaces = new Spaces(clock);
  const access = new Access(spaces, switches, people.admin.id);
  const collections = new Collections(clock);
  const audits = new Audits(clock);
  const store = new ReloadStore();
  const webhooks = new Webhooks(clock, switches);
  const deliveries = new Deliveries(clock);
  const sender: SenderPorts = { clock, switches, journal, webhooks, deliveries, signal: ending.signal };
  const publisher = new Publisher({ ...sender, faults, apps, access, audits });
  const announcing = { tenantId: people.tenantId, defaultOwnerId: people.admin.id, switches, journal, publisher };
  const runner = new ReloadRunner({
    clock,
    switches,
    apps,
    store,
    changed: (...news) => announce(announcing, ...news),
  });
  const parts = { clock, switches, faults, journal, apps, runner, webhooks, deliveries, sender, publisher };
  const stop = () => {
    clock.close();
    ending.abort();
  };
  const things = { spaces, access, collections, audits };
  return { ...people, ...parts, ...things, reloads: store, reloadRate: new RateLimit(), stop };
}

function createPeople(known: Partial<TenantIdentity>, clock: Clock) {
  const users = new Users(clock);
  const { tenantId = newTenantId(), clientId = newHexId(), clientSecret = newSecret() } = known;
  const roles = ['TenantAdmin'];
  const person = users.add({ name: 'Tenant administrator', subject: `sim|${newHexId()}`, roles }, known.apiKey);
  const bot = users.add({ name: clientId, subject: `qlikbot\\${clientId}`, roles });
  return { tenantId, clientId, clientSecret, apiKey: person.apiKey, users, admin: person.user, bot: bot.user };
}
