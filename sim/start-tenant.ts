import { randomBytes } from 'node:crypto';
import { isPace, type Pace } from './clock.ts';
import { createTenant } from './create-tenant.ts';
import { endServer, listenOnLoopback } from './http/listen.ts';
import { createTenantServer } from './http/serve.ts';
import { savedTenant, stateOf } from './state/saved-tenant.ts';
import { readStateFile, StateFile } from './state/state-file.ts';
import type { Tenant, TenantIdentity } from './tenant.ts';

/** Ids, key and secret are drawn if they are left out. */
export interface TenantOptions {
  /** 0 = any free port; 4848 if absent. */
  readonly port?: number;
  readonly tenantId?: string;
  readonly apiKey?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
  /** How time passes: `real` (if absent), so many times as fast (above 0, at most 1,000,000), or `hand`: from 2026-11-21T07:00:00.000Z on, and only when `POST /_sim/clock` moves it. */
  readonly clock?: Pace;
  /** All chance comes from it: the same seed gives the same ids, secrets and durations. If absent, nobody can guess it. */
  readonly seed?: string;
  /** A file that keeps everything over restarts and crashes; each running tenant needs its own. If the file exists, its ids, keys and seed count, not those above. If absent, nothing is kept. */
  readonly state?: string;
  /** Whether time stands still, and nothing happens by itself, until `release`. */
  readonly isHeld?: boolean;
}

export interface SimTenant {
  readonly url: string;
  readonly tenantId: string;
  /** The API key of a `TenantAdmin`. */
  readonly apiKey: string;
  /** An OAuth client whose bot is `TenantAdmin`. */
  readonly clientId: string;
  readonly clientSecret: string;
  /** Lets time pass. First the tenant does all that became due while it was down. */
  release(): void;
  /** Ends everything at once: connections, reloads that run, deliveries under way. May be called more than once. */
  close(): Promise<void>;
}

/** Starts a simulated Qlik Cloud tenant on 127.0.0.1. Rejects with an Error whose `code` is `EADDRINUSE` if the port is taken, with a RangeError if `clock` is invalid, with a StateError that names the state file if that is broken or cannot be written. */
export async function startTenant(options: TenantOptions = {}): Promise<SimTenant> {
  const {
    port = 4848,
    clock: pace = 'real',
    seed = randomBytes(32).toString('hex'),
    state,
    isHeld,
    ...known
  } = options;
  if (!isPace(pace))
    throw new RangeError(`clock is "real", "hand" or a number above 0 and at most 1000000, not ${String(pace)}.`);
  const written = state === undefined ? undefined : await readStateFile(state);
  const saved = written && savedTenant(written);
  const keeper = state === undefined ? undefined : new StateFile(state, () => stateOf(tenant));
  const tenant: Tenant = createTenant(known, { pace, seed, saved, keeper });
  const server = createTenantServer(tenant);
  const url = await listenOnLoopback(server, port);
  await keepFirst(keeper).catch(async (error: unknown) => {
    tenant.stop();
    await endServer(server);
    throw error;
  });
  if (isHeld !== true) tenant.clock.release();
  const { tenantId, apiKey, clientId, clientSecret }: TenantIdentity = tenant;
  let closed: Promise<void> | undefined;
  const close = async () => {
    // Saved before it stops: a delivery under way must not be recorded as failed because the tenant ends.
    await keeper?.close();
    tenant.stop();
    await endServer(server);
  };
  return {
    url,
    tenantId,
    apiKey,
    clientId,
    clientSecret,
    release: () => tenant.clock.release(),
    close() {
      closed ??= close();
      return closed;
    },
  };
}

/** Writes the state file before anybody gets the keys: a crash must not take them back. */
async function keepFirst(keeper: StateFile | undefined): Promise<void> {
  keeper?.changed();
  await keeper?.settled();
}
