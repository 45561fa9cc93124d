import { setTimeout as pause } from 'node:timers/promises';
import type { BenchHost } from './start-bench-host.ts';
import type { BenchStore } from './start-bench-store.ts';
import type { BenchTenant } from './start-bench-tenant.ts';

interface Swept {
  readonly host: BenchHost;
  readonly store: BenchStore;
  readonly tenant: BenchTenant;
}

const SWEEP_PATIENCE_MS = 130_000;
const POLL_MS = 200;
/** If nothing moves for this long, no activation of the sweep is running any more. */
const QUIET_MS = 1_000;
/** The longest time that the next sweep waits for the work that the last one set off. */
const BETWEEN_MS = 5_000;

interface ActivationRecord {
  readonly end?: number;
  readonly activationId?: string;
  readonly response?: { readonly success: boolean; readonly result: unknown };
}

/** Invokes `cascade/sweep` as a cron job would, and waits for its end. @throws Error if it fails. */
export async function sweep({ host }: Pick<Swept, 'host'>): Promise<void> {
  const { status, json } = await host.rest('POST', `actions/${host.packageName}/sweep?blocking=true`, {});
  const record = status === 202 ? await recordOf(host, (json as ActivationRecord).activationId ?? '') : json;
  const { response } = record as ActivationRecord;
  if (response?.success !== true)
    throw new Error(`The sweep answered ${status}: ${JSON.stringify(json).slice(0, 1_000)}`);
}

async function recordOf(host: BenchHost, activationId: string): Promise<unknown> {
  for (let waitedMs = 0; waitedMs < SWEEP_PATIENCE_MS; waitedMs += POLL_MS) {
    const { status, json } = await host.rest('GET', `activations/${activationId}`);
    if (status === 200 && ((json as ActivationRecord).end ?? 0) > 0) return json;
    await pause(POLL_MS);
  }
  throw new Error(`The sweep ${activationId} has not ended within ${SWEEP_PATIENCE_MS} ms.`);
}

/** The result of sweeping. */
export interface Silence {
  /** How many sweeps there were. The last one wrote nothing. */
  readonly sweeps: number;
  /** How many documents are still due: 0 if the ledger is silent. */
  readonly due: number;
}

/**
 * Sweeps until nothing is due and a sweep has written nothing.
 *
 * @param limitMs - gives up after that time, and returns how many documents are still due.
 */
export async function sweepUntilSilent(rig: Swept, limitMs: number): Promise<Silence> {
  const until = performance.now() + limitMs;
  for (let sweeps = 1; ; sweeps += 1) {
    const before = await quiet(rig, Math.min(until, performance.now() + BETWEEN_MS));
    await sweep(rig);
    const after = await quiet(rig, Math.min(until, performance.now() + BETWEEN_MS));
    const due = await rig.store.reader.due();
    const isSilent = due === 0 && before !== undefined && before === after;
    if (isSilent || performance.now() > until) return { sweeps, due };
  }
}

/**
 * Waits until neither the ledger nor the tenant has moved for a while, so that no activation is running any more.
 *
 * @param until - the time of `performance.now()` at which it stops waiting.
 * @returns the ledger's sequence; undefined if it was never quiet.
 */
export async function quiet(
  { store, tenant }: Pick<Swept, 'store' | 'tenant'>,
  until: number,
): Promise<string | undefined> {
  let [last, since] = ['', performance.now()];
  for (;;) {
    const sequence = await store.reader.sequence();
    const { last: entry } = (await (await tenant.call('GET', `/_sim/journal?after=${MANY}`)).json()) as {
      last: number;
    };
    const present = `${sequence} ${entry}`;
    const now = performance.now();
    if (present !== last) [last, since] = [present, now];
    if (now - since >= QUIET_MS) return sequence;
    if (now > until) return undefined;
    await pause(POLL_MS);
  }
}

/** A number after the end of any journal. The answer then has only the journal's last number. */
const MANY = 999_999_999;
