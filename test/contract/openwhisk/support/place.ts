import type { LocalHost } from '../../../../local/host/start-host.ts';
import { send } from '../../../local/host/support/send.ts';
import { until } from '../../../support/until.ts';
import { givenTarget } from '../../support/target.ts';

/** The host under test. Beside this, the tests know only what the host says of itself. */
export interface Place {
  readonly url: string;
  /** The namespace's key, `uuid:key`. */
  readonly auth: string;
  /** How long a blocking or web call waits before it answers 202. */
  readonly waitCeilingMs: number;
  /** Resolves when a new minute of the host's clock has begun. */
  nextMinute(): Promise<void>;
  /** The host's time, in epoch milliseconds. */
  now(): number;
  /** Ends a local host. A host that the environment names goes on. */
  close(): Promise<void>;
}

/**
 * `roomy`: limits as high as possible. `default`: OpenWhisk's own limits, and a wait ceiling that a test can wait for.
 */
export type Profile = 'roomy' | 'default';

const WAIT_CEILING_MS = 60_000;
const LOWERED_CEILING_MS = 1_500;
const MINUTE_MS = 60_000;

/**
 * Whether the environment names a host. Tests of what such a host does not offer are skipped; on a local host they
 * fail.
 */
export const isGiven = (): boolean => givenTarget('OPENWHISK_APIHOST') !== undefined;

/**
 * Gives the host that `OPENWHISK_APIHOST` and `OPENWHISK_AUTH` name. Without them it starts a local one, which the
 * caller closes.
 */
export function findPlace(profile: Profile): Promise<Place> {
  return isGiven() ? givenPlace() : localPlace(profile);
}

async function givenPlace(): Promise<Place> {
  const { OPENWHISK_APIHOST: name = '', OPENWHISK_AUTH: auth, CONTRACT_WAIT_CEILING_MS: ceiling } = process.env;
  if (!auth) throw new Error('OPENWHISK_AUTH is missing: the key of the namespace to test in, uuid:key.');
  const url = (/^https?:/.test(name) ? name : `https://${name}`).replace(/\/+$/, '');
  const nextMinute = async (): Promise<void> => {
    const begun = Math.floor((await timeAt(url)) / MINUTE_MS);
    // The minute must be a second old, as the clocks of a host's parts may differ a little.
    const hasBegun = async () => Math.floor(((await timeAt(url)) - 1_000) / MINUTE_MS) > begun;
    await until('a new minute on the host', hasBegun, 70_000, 250);
  };
  return {
    url,
    auth,
    waitCeilingMs: Number(ceiling) || WAIT_CEILING_MS,
    nextMinute,
    now: Date.now,
    close: async () => {},
  };
}

/**
 * The host's time in epoch milliseconds. It comes from the `date` header, in whole seconds, or from this machine's
 * clock if there is none.
 */
async function timeAt(url: string): Promise<number> {
  const { headers } = await send(url);
  return Date.parse(headers.date ?? '') || Date.now();
}

async function localPlace(profile: Profile): Promise<Place> {
  // Loaded only here, as runs against another host do not need it.
  const { RAISED_LIMITS, startHost } = await import('../../../../local/host/start-host.ts');
  if (profile === 'roomy') {
    const host = await startHost({ port: 0, limits: RAISED_LIMITS });
    return { ...placeOf(host), waitCeilingMs: WAIT_CEILING_MS };
  }
  // The clock stands still until a test waits for the next minute. So no minute ends in the middle of a count.
  let now = Date.now();
  const host = await startHost({ port: 0 }, { now: () => now, waitCeilingMs: LOWERED_CEILING_MS });
  const nextMinute = async (): Promise<void> => {
    now += MINUTE_MS;
  };
  return { ...placeOf(host), waitCeilingMs: LOWERED_CEILING_MS, nextMinute, now: () => now };
}

const placeOf = (host: LocalHost) => ({
  url: host.url,
  auth: host.auth,
  nextMinute: async (): Promise<void> => {},
  now: Date.now,
  close: () => host.close(),
});
