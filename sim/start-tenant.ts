import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isPace, type Pace } from './clock.ts';
import { createTenantServer } from './http/serve.ts';
import { createTenant, type TenantIdentity } from './tenant.ts';

/** What is left out of ids, key and secret is drawn. */
export interface TenantOptions {
  /** 0 = any free port; 4848 if absent. */
  readonly port?: number;
  readonly tenantId?: string;
  readonly apiKey?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
  /** How time passes: `real` (if absent), so many times as fast (above 0, at most 1,000,000), or `hand`: only when `POST /_sim/clock` moves it, from 2026-11-21T07:00:00.000Z on. */
  readonly clock?: Pace;
  /** Everything is drawn from it; the same seed gives the same. If absent, nobody can guess it. */
  readonly seed?: string;
}

export interface SimTenant {
  readonly url: string;
  readonly tenantId: string;
  /** Of a user that is `TenantAdmin`. */
  readonly apiKey: string;
  /** An OAuth client whose bot is `TenantAdmin`. */
  readonly clientId: string;
  readonly clientSecret: string;
  /** Ends everything at once: connections, reloads that run, deliveries under way. May be called more than once. */
  close(): Promise<void>;
}

/** Starts a simulated Qlik Cloud tenant on 127.0.0.1. Rejects with an Error whose `code` is `EADDRINUSE` if the port is taken, with a RangeError for a clock that is none. */
export async function startTenant(options: TenantOptions = {}): Promise<SimTenant> {
  const { port = 4848, clock: pace = 'real', seed = randomBytes(32).toString('hex'), ...known } = options;
  if (!isPace(pace))
    throw new RangeError(`clock is "real", "hand" or a number above 0 and at most 1000000, not ${String(pace)}.`);
  const tenant = createTenant(known, { pace, seed });
  const server = createTenantServer(tenant);
  await listen(server, port);
  const { tenantId, apiKey, clientId, clientSecret }: TenantIdentity = tenant;
  let closed: Promise<void> | undefined;
  const close = () => {
    tenant.stop();
    return new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tenantId,
    apiKey,
    clientId,
    clientSecret,
    close() {
      closed ??= close();
      return closed;
    },
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}
