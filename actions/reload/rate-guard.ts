import type { EndedAnswer, ReloadRecord } from '../../src/clients/qlik/qlik-port.ts';
import { addMs, type DurationMs, type EpochMs, minutes } from '../../src/core/units.ts';
import type { Claim } from '../../src/ledger/claim-order.ts';
import { raiseAlert } from '../../src/ledger/raise-alert.ts';
import { tellStuck } from './leave-unknown.ts';
import type { LedgerResult } from './ledger-result.ts';
import { NO_TIME } from './list-doubt.ts';
import { callTimeout, type Run } from './run-of.ts';
import { leave } from './settle.ts';

const WINDOW = minutes(60);

/**
 * Holds an order back whose hops nobody can count, where its app was started too often in the last hour: without it a run
 * that feeds itself would never end in a tenant that does not echo (ledger.md §9).
 *
 * An app whose list Qlik refuses is left to the POST: refused too, it is given up; and a run cannot feed itself there
 * unseen, as a POST in doubt is never repeated where the list does not tell.
 *
 * @returns undefined where the order may be posted.
 */
export async function guardRate(claim: Claim, run: Run): Promise<LedgerResult | undefined> {
  const { order } = claim;
  if (order.areHopsUnsure !== true) return undefined;
  const timeout = callTimeout(run);
  const { appId } = order;
  const listed = timeout === undefined ? NO_TIME : await run.qlik.listEnded({ appId, newestBy: 'creation' }, timeout);
  if (listed.kind === 'forbidden') return undefined;
  if (listed.kind === 'unavailable') return waitToBeTold(claim, listed.message, run);
  const starts = await startsByUs(listed, run);
  return starts.times.length < run.maxStartsPerHour ? undefined : waitForRoom(claim, starts, run);
}

async function waitToBeTold({ order, oldDoubt }: Claim, why: string, run: Run): Promise<LedgerResult> {
  const message = `Qlik does not tell how often the app was started in the last hour: ${why}`;
  await tellStuck(order, order.createdAt, message, run);
  const reason = { code: 'QLIK_UNKNOWN', message };
  return leave(order, 'waiting', run, { doubt: oldDoubt, reason }, addMs(run.clock(), run.times.grace));
}

interface Starts {
  /** By Qlik's clock. */
  readonly times: readonly EpochMs[];
  /** How far Qlik's clock is ahead of the store's. */
  readonly aheadMs: DurationMs;
}

async function waitForRoom({ order, oldDoubt }: Claim, { times, aheadMs }: Starts, run: Run): Promise<LedgerResult> {
  const { tenant, appId } = order;
  const { maxStartsPerHour, store, traceId, clock, log } = run;
  const message = `The app ${appId} of tenant ${tenant} was started ${times.length} times in an hour, and nothing tells whether it is its own cause. Look at its chains, or raise MAX_STARTS_PER_HOUR (${maxStartsPerHour}).`;
  const alert = { kind: 'too-many-starts', subject: `${tenant}:${appId}`, message, traceId, at: clock() } as const;
  await raiseAlert(store, alert, log);
  const oldest = times.reduce((least, at) => Math.min(least, at), Number.POSITIVE_INFINITY);
  const reason = { code: 'too-many-starts', message };
  return leave(order, 'waiting', run, { doubt: oldDoubt, reason }, (oldest + WINDOW - aheadMs) as EpochMs);
}

/** Where the tenant does not tell our user every user's starts by the API are counted: too careful rather than stuck. */
async function startsByUs(listed: Extract<EndedAnswer, { kind: 'listed' }>, run: Run): Promise<Starts> {
  const now = listed.tenantNow ?? run.clock();
  const aheadMs = (now - run.clock()) as DurationMs;
  const timeout = callTimeout(run);
  const userId = timeout === undefined ? undefined : await run.qlik.ownUserId(timeout);
  const isCounted = ({ type, userId: user, createdAt }: ReloadRecord): boolean =>
    type === 'external' && (userId === undefined || user === userId) && createdAt > now - WINDOW;
  return { times: listed.reloads.filter(isCounted).map(({ createdAt }) => createdAt), aheadMs };
}
