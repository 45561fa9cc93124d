import { randomBytes } from 'node:crypto';
import { isPace, type Pace } from './clock.ts';
import { createTenant } from './create-tenant.ts';
import { endServer, listenOnLoopback } from './http/listen.ts';
import { createTenantServer } from './http/serve.ts';
import { savedTenant, stateOf } from './state/saved-tenant.ts';
import { readStateFile, StateFile } from './state/state-file.ts';
import type { Tenant, TenantIdentity } from './tenant.ts';

/** The options of a tenant. Ids, key and secret are drawn if they are left out. */
export interface TenantOptions {
  /** 0 = any free port; default 4848. */
  readonly port?: number;
  readonly tenantId?: string;
  readonly apiKey?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
  /**
   * How time passes. `real` (the default): as on this machine. A number above 0, at most 1,000,000: that many times as
   * fast. `hand`: it begins at 2026-11-21T07:00:00.000Z, and passes only when `POST /_sim/clock` moves it.
   */
  readonly clock?: Pace;
  /**
   * All random values are drawn from this text: the same seed gives the same ids, secrets and durations. Default: a
   * random text.
   */
  readonly seed?: string;
  /**
   * The path of a file that keeps the tenant's state over restarts and crashes. Each running tenant needs a file of its
   * own. If the file exists, its ids, keys and seed count, and those of the other options do not. Without this option
   * nothing is kept.
   */
  readonly state?: string;
  /** True: time stands still, and nothing happens by itself, until somebody calls `release`. */
  readonly isHeld?: boolean;
}

export interface SimTenant {
  readonly url: string;
  readonly tenantId: string;
  /** The API key of a `TenantAdmin`. */
  readonly apiKey: string;
  /** The id and the secret of an OAuth client. Its user (bot) is `TenantAdmin`, too. */
  readonly clientId: string;
  readonly clientSecret: string;
  /**
   * Lets time pass, if `isHeld` was given. At pace `real`, the tenant first does all that became due while it was not
   * running.
   */
  release(): void;
  /**
   * Saves the state, if there is a state file. Then it ends the tenant, with its connections, running reloads and
   * deliveries. It can be called more than once.
   */
  close(): Promise<void>;
}

/**
 * Starts a simulated Qlik Cloud tenant on 127.0.0.1. `npm start`, `npm run tenant` and tests use it, so that they need
 * no real one.
 *
 * @throws Error with the `code` `EADDRINUSE` if the port is in use; RangeError if `clock` is invalid; StateError, which
 *   names the state file, if the file is broken or cannot be written.
 */
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
    // The state is saved before the tenant stops. Otherwise a delivery that is being sent would be saved as failed.
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

/** Writes the state file before anybody gets the tenant's keys. After a crash, the keys are then still the same. */
async function keepFirst(keeper: StateFile | undefined): Promise<void> {
  keeper?.changed();
  await keeper?.settled();
}
