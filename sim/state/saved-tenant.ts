/*
 * The simulated tenant imitates Qlik Cloud, so that `npm start` and the tests need no real tenant. It can keep its
 * state in a file over restarts. This file collects the state for that file, and gives it back to a new tenant.
 */

import type { SavedApps } from '../apps.ts';
import type { Audit } from '../audits.ts';
import type { SavedChance } from '../chance.ts';
import type { SavedClock } from '../clock.ts';
import type { Collection } from '../collections.ts';
import type { Fault } from '../faults.ts';
import type { JournalEntry } from '../journal.ts';
import type { SavedRunner } from '../reloads/reload-runner.ts';
import type { ShownReload } from '../reloads/reload-store.ts';
import type { PlannedReload } from '../schedule.ts';
import type { Space } from '../spaces.ts';
import type { Tenant, TenantIdentity } from '../tenant.ts';
import type { SavedUsers } from '../users.ts';
import type { Delivery } from '../webhooks/deliveries.ts';
import type { Pending } from '../webhooks/publisher.ts';
import type { SavedWebhooks } from '../webhooks/webhooks.ts';
import type { StateParts } from './state-file.ts';

/**
 * The state of a tenant in its state file. It lacks the counts of rate limits. Of the journal, the audits and the
 * deliveries it has only the newest.
 */
export interface SavedTenant {
  readonly identity: TenantIdentity & { readonly adminId: string; readonly botId: string };
  readonly chance: SavedChance;
  readonly clock: SavedClock;
  readonly users: SavedUsers;
  readonly switches: Readonly<Record<string, unknown>>;
  readonly faults: readonly Fault[];
  readonly apps: SavedApps;
  readonly spaces: readonly Space[];
  readonly collections: readonly Collection[];
  readonly webhooks: SavedWebhooks;
  readonly schedule: readonly PlannedReload[];
  readonly runner: SavedRunner;
  /** Deliveries that are not over. */
  readonly pending: readonly Pending[];
  readonly journalLast: number;
  readonly journal: readonly JournalEntry[];
  readonly reloads: readonly ShownReload[];
  readonly audits: readonly Audit[];
  readonly deliveries: readonly Delivery[];
}

/** How many of the newest entries, audits and deliveries are kept, so that the file grows more slowly. */
const KEPT_ENTRIES = 5_000;
const KEPT_AUDITS = 2_000;
const KEPT_DELIVERIES_PER_WEBHOOK = 1_000;

type Records = 'journal' | 'reloads' | 'audits' | 'deliveries';

/** The present state of a tenant. Do not call this in the middle of a change. */
export function stateOf(tenant: Tenant): StateParts {
  const { tenantId, apiKey, clientId, clientSecret, admin, bot } = tenant;
  const journal = tenant.journal.saved(KEPT_ENTRIES);
  const fields: Omit<SavedTenant, Records> = {
    identity: { tenantId, apiKey, clientId, clientSecret, adminId: admin.id, botId: bot.id },
    clock: tenant.clock.saved(),
    users: tenant.users.saved(),
    switches: tenant.switches.all(),
    faults: tenant.faults.left(),
    apps: tenant.apps.saved(),
    spaces: tenant.spaces.all(),
    collections: tenant.collections.all(),
    webhooks: tenant.webhooks.saved(),
    schedule: tenant.schedule.saved(),
    runner: tenant.runner.saved(),
    pending: tenant.publisher.saved(),
    journalLast: journal.last,
    chance: tenant.chance.saved(),
  };
  const records: Pick<SavedTenant, Records> = {
    journal: journal.entries,
    reloads: tenant.reloads.saved(),
    audits: tenant.audits.saved(KEPT_AUDITS),
    deliveries: tenant.deliveries.saved(KEPT_DELIVERIES_PER_WEBHOOK),
  };
  return { fields: { ...fields }, records: { ...records } };
}

/**
 * Adds up changes of a state, the oldest first. The last value of a field counts, and so does the last record of a
 * reload.
 */
export function savedTenant(written: readonly StateParts[]): SavedTenant {
  const fields = Object.assign({}, ...written.map((parts) => parts.fields)) as Omit<SavedTenant, Records>;
  const all = <R extends Records>(name: R) =>
    written.flatMap(({ records }) => records[name] ?? []) as unknown as SavedTenant[R];
  const reloads = new Map(all('reloads').map((listed) => [listed.now.id, listed]));
  return {
    ...fields,
    journal: all('journal'),
    reloads: [...reloads.values()],
    audits: all('audits'),
    deliveries: all('deliveries'),
  };
}

/**
 * Gives a new tenant a saved state. `createTenant` has already made the tenant with the saved users, clock and chance.
 */
export function restoreTenant(tenant: Tenant, saved: SavedTenant): void {
  tenant.switches.merge(saved.switches);
  tenant.faults.replace(saved.faults);
  tenant.apps.restore(saved.apps);
  tenant.spaces.restore(saved.spaces);
  tenant.collections.restore(saved.collections);
  tenant.webhooks.restore(saved.webhooks);
  tenant.deliveries.restore(saved.deliveries);
  tenant.audits.restore(saved.audits);
  tenant.journal.restore({ last: saved.journalLast, entries: saved.journal });
  tenant.reloads.restore(saved.reloads);
  tenant.runner.restore(saved.runner);
  tenant.schedule.restore(saved.schedule);
  tenant.publisher.restore(saved.pending);
}
