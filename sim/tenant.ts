import { setMaxListeners } from 'node:events';
import { type App, Apps, maySee } from './apps.ts';
import { type Clock, startClock } from './clock.ts';
import { Faults } from './faults.ts';
import { newHexId, newSecret, newTenantId } from './ids.ts';
import { Journal } from './journal.ts';
import { RateLimit } from './reloads/rate-limit.ts';
import { hasEnded, type Reload } from './reloads/record.ts';
import { appReloadFinished, reloadFinished } from './reloads/reload-events.ts';
import { ReloadRunner } from './reloads/reload-runner.ts';
import { ReloadStore } from './reloads/reload-store.ts';
import { Switches } from './switches.ts';
import { type User, Users } from './users.ts';
import { Deliveries } from './webhooks/deliveries.ts';
import { APP_RELOAD_FINISHED, RELOAD_FINISHED } from './webhooks/event.ts';
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
  const users = new Users(clock);
  const clientId = known.clientId ?? newHexId();
  const admin = users.add(
    { name: 'Tenant administrator', subject: `sim|${newHexId()}`, roles: ['TenantAdmin'] },
    known.apiKey,
  );
  const bot = users.add({ name: clientId, subject: `qlikbot\\${clientId}`, roles: ['TenantAdmin'] });
  const identity: TenantIdentity = {
    tenantId: known.tenantId ?? newTenantId(),
    apiKey: admin.apiKey,
    clientId,
    clientSecret: known.clientSecret ?? newSecret(),
  };
  const switches = new Switches();
  const journal = new Journal(clock);
  const faults = new Faults();
  const apps = new Apps(clock);
  const reloads = new ReloadStore();
  const webhooks = new Webhooks(clock, switches);
  const deliveries = new Deliveries(clock);
  const ending = new AbortController();
  setMaxListeners(0, ending.signal); // one listener for each delivery under way, however many there are
  const sender: SenderPorts = { clock, switches, journal, webhooks, deliveries, signal: ending.signal };
  const publisher = new Publisher({
    ...sender,
    faults,
    mayOwnerSee: (webhook, event) => mayIdSee(webhook.ownerId ?? webhook.createdByUserId, apps.get(event.appId)),
  });
  const changed = (reload: Reload, planned: App) => {
    const app = apps.get(planned.id) ?? planned;
    journalReload(journal, reload, app);
    if (hasEnded(reload)) publishEnd(reload, app);
  };
  const publishEnd = (reload: Reload, app: App) => {
    const { id: reloadId, userId, partial, startedAt, status, endedAt = clock.now() } = reload;
    const context = { tenantId: identity.tenantId, ownerId: app.ownerId ?? admin.user.id, userId, time: endedAt };
    if (startedAt !== undefined) {
      const attempt = { reloadId, partial, succeeded: status === 'SUCCEEDED', durationMs: endedAt - startedAt };
      publisher.publish(APP_RELOAD_FINISHED, () => appReloadFinished(attempt, app, context));
    }
    publisher.publish(RELOAD_FINISHED, () => reloadFinished(reload, app, switches.get('reloads.echo'), context));
  };
  return {
    ...identity,
    admin: admin.user,
    bot: bot.user,
    clock,
    users,
    switches,
    faults,
    journal,
    apps,
    reloads,
    runner: new ReloadRunner({ clock, switches, apps, store: reloads, changed }),
    reloadRate: new RateLimit(),
    webhooks,
    deliveries,
    sender,
    publisher,
    stop() {
      clock.close();
      ending.abort();
    },
  };
}

function journalReload(journal: Journal, reload: Reload, app: App): void {
  const { id, appId, status, type, resourceId } = reload;
  journal.add('reload', { id, appId, appName: app.name, status, type, resourceId });
}

function mayIdSee(userId: string, app: App | undefined): boolean {
  return app !== undefined && maySee({ id: userId, name: '', subject: '', roles: [] }, app);
}
