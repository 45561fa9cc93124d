/*
 * The local host imitates OpenWhisk without Docker, so that `npm start` and the tests can run Cascade's actions on a
 * laptop. This file starts the host.
 */

import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { closeServer, listen } from '../listen.ts';
import { type ActivationRecord, ActivationStore, type TriggerRecord } from './activations.ts';
import { AlarmFeeds } from './alarms/alarm-feeds.ts';
import { systemEntities } from './alarms/system-entities.ts';
import { buildProxy } from './containers/container.ts';
import { ContainerPool } from './containers/pool.ts';
import { isLoopbackHost } from './doors.ts';
import { EntityStore } from './entities/store.ts';
import { DEFAULT_HOST_LIMITS, type HostLimits } from './limits.ts';
import { serveHost } from './server.ts';
import { Throttle } from './throttle.ts';

export type { ActivationRecord, TriggerRecord } from './activations.ts';
export { DEFAULT_HOST_LIMITS, type HostLimits, RAISED_LIMITS } from './limits.ts';

export interface HostOptions {
  /** 0 = any free port; 3233 unless said otherwise. */
  readonly port?: number;
  /** The address to listen on; 127.0.0.1 unless said otherwise. */
  readonly listen?: string;
  /** Origins of web pages that may use the REST API (`http://localhost:8080`). By default no page may. */
  readonly allowOrigins?: readonly string[];
  /** OpenWhisk's defaults unless said otherwise. */
  readonly limits?: HostLimits;
  /** The namespace's key, `uuid:key`; default: a new random key at each start. */
  readonly auth?: string;
  /** `guest` unless said otherwise. */
  readonly namespace?: string;
  /** Called when the record of an activation (one run of an action) is stored; no longer once `close` was called. */
  readonly onActivation?: (record: ActivationRecord) => void;
  /** Called with a record each time a trigger with an active rule is fired. */
  readonly onFire?: (record: TriggerRecord) => void;
}

/** Settings that tests replace, so that they need not wait for real time to pass. */
export interface HostInternals {
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Calls `work` after `delayMs`. The returned function cancels that. Alarms use it. */
  readonly later: (work: () => void, delayMs: number) => () => void;
  /** The most megabytes that the memory limits of all containers may add up to. */
  readonly poolMemoryMb: number;
  /**
   * How long a blocking call or a web call waits for its activation (the run of its action). After that the host
   * answers 202.
   */
  readonly waitCeilingMs: number;
}

export interface LocalHost {
  readonly url: string;
  readonly auth: string;
  readonly namespace: string;
  close(): Promise<void>;
}

const LOOPBACK = '127.0.0.1';
const nothing = (): void => {};

/** The default of `later`. A waiting alarm alone does not keep the process alive. */
const timeout: HostInternals['later'] = (work, delayMs) => {
  const timer = setTimeout(work, delayMs).unref();
  return () => clearTimeout(timer);
};

const DEFAULTS: Required<Omit<HostOptions, 'auth'>> & HostInternals = {
  port: 3233,
  listen: LOOPBACK,
  allowOrigins: [],
  limits: DEFAULT_HOST_LIMITS,
  namespace: 'guest',
  onActivation: nothing,
  onFire: nothing,
  now: Date.now,
  later: timeout,
  // 32 GB. This is a sum of limits, not of used memory: most actions use a tenth of their limit.
  poolMemoryMb: 32_768,
  waitCeilingMs: 60_000,
};

/**
 * Starts the local host. `npm start`, `npm run host`, tests and benchmarks call this. The host runs the code of each
 * action in a child process.
 *
 * @throws CascadeError `PORT_IN_USE`; Node's own error if the host cannot listen on the address for another reason.
 */
export async function startHost(options: HostOptions = {}, internals: Partial<HostInternals> = {}): Promise<LocalHost> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'cascade-host-'));
  try {
    return await startIn(folder, { ...DEFAULTS, auth: newKey(), ...options, ...internals });
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function startIn(folder: string, settings: Required<HostOptions> & HostInternals): Promise<LocalHost> {
  const { listen: address, auth, namespace, allowOrigins, now, waitCeilingMs } = settings;
  const proxyFile = buildProxy(folder);
  const server = http.createServer();
  const port = await listen(server, settings.port, address, 'host');
  // No `await` between here and `serveHost`: a request that comes in between would get no answer.
  const url = urlOf(address, port);
  const pool = new ContainerPool({ folder, proxyFile, apiHost: url, now, memoryMb: settings.poolMemoryMb });
  let isClosing = false;
  const activations = new ActivationStore((record) => {
    // When the host ends, it cuts activations short. Nobody needs their records.
    if (isClosing) return;
    if ('end' in record) settings.onActivation(record);
    else settings.onFire(record);
  });
  const throttle = new Throttle(settings.limits, now);
  const entities = new EntityStore(systemEntities(() => alarms, now()));
  const doors = { isLoopback: isLoopbackHost(address), allowOrigins };
  const running = { url, auth, namespace, doors, entities, activations, pool, throttle, now, waitCeilingMs };
  const alarms = new AlarmFeeds(running, settings.later);
  serveHost(server, running);
  const close = async (): Promise<void> => {
    isClosing = true;
    alarms.close();
    await closeServer(server);
    await pool.close();
    await rm(folder, { recursive: true, force: true });
  };
  return { url, auth, namespace, close };
}

const newKey = (): string => `${randomUUID()}:${randomBytes(32).toString('hex')}`;

/** The URL of the host. If the host listens on all addresses, its URL is that of loopback. */
function urlOf(address: string, port: number): string {
  const name = ['0.0.0.0', '::'].includes(address) ? LOOPBACK : address;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}
