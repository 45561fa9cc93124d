import type { ReloadRecord } from '../../src/clients/qlik/qlik-port.ts';
import { addMs, type DurationMs, type EpochMs, minutes } from '../../src/core/units.ts';
import type { Claim } from '../../src/ledger/claim-order.ts';
import { raiseAlert } from '../../src/ledger/raise-alert.ts';
import type { LedgerResult } from './ledger-result.ts';
import { listApp } from './look-for-own.ts';
import { callTimeout, type Run } from './run-of.ts';
import { leave } from './settle.ts';

const WINDOW = minutes(60);

/**
 * Holds an order back whose hops nobody can count, where its app was started too often in the last hour: without it a run
 * that feeds itself would never end in a tenant that does not echo (ledger.md §9).
 *
 * @returns undefined where the order may be posted.
 */
export async function guardRate({ order, oldDoubt }: Claim, run: Run): Promise<LedgerResult | undefined> {
  if (order.areHopsUnsure !== true) return undefined;
  const starts = await startsByUs(order, run);
  if (starts === undefined) {
    const reason = {
      code: 'QLIK_UNKNOWN',
      message: 'Qlik does not tell how often the app was started in the last hour',
    };
    return leave(order, 'waiting', run, { doubt: oldDoubt, reason }, addMs(run.clock(), run.times.grace));
  }
  const oldest = starts.times.reduce((least, at) => Math.min(least, at), Number.POSITIVE_INFINITY);
  if (starts.times.length < run.maxStartsPerHour) return undefined;
  const message = `The app ${order.appId} of tenant ${order.tenant} was started ${starts.times.length} times in an hour, and nothing tells whether it is its own cause. Look at its chains, or raise MAX_STARTS_PER_HOUR (${run.maxStartsPerHour}).`;
  const subject = `${order.tenant}:${order.appId}`;
  await raiseAlert(
    run.store,
    { kind: 'too-many-starts', subject, message, traceId: run.traceId, at: run.clock() },
    run.log,
  );
  const reason = { code: 'too-many-starts', message };
  return leave(order, 'waiting', run, { doubt: oldDoubt, reason }, (oldest + WINDOW - starts.aheadMs) as EpochMs);
}

interface Starts {
  /** By Qlik's clock. */
  readonly times: readonly EpochMs[];
  /** How far Qlik's clock is ahead of the store's. */
  readonly aheadMs: DurationMs;
}

/** Undefined where the tenant does not tell. */
async function startsByUs(order: Claim['order'], run: Run): Promise<Starts | undefined> {
  const listed = await listApp(order, run);
  const timeout = callTimeout(run);
  if (listed.kind === 'unavailable' || timeout === undefined) return undefined;
  const userId = await run.qlik.ownUserId(timeout);
  if (userId === undefined) return undefined;
  const now = listed.tenantNow ?? run.clock();
  const isCounted = ({ type, userId: user, createdAt }: ReloadRecord): boolean =>
    type === 'external' && user === userId && createdAt > now - WINDOW;
  return {
    times: listed.reloads.filter(isCounted).map(({ createdAt }) => createdAt),
    aheadMs: (now - run.clock()) as DurationMs,
  };
}
