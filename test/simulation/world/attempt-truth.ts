import type { Policy } from '../../../src/core/policy.ts';
import type { SimReload } from './tenant-model.ts';
import type { TrueEnd } from './true-end.ts';

/** What the world knows of an order whose reload may be started again. */
export interface Owner {
  readonly order: string;
  readonly policy: Policy | undefined;
}

/** A failed end after which Cascade owes another attempt. */
export interface OwedAttempt {
  readonly order: string;
  /** The number of the attempt that ended. */
  readonly attempt: number;
  readonly end: TrueEnd;
}

/** The order and the attempt that one of our POSTs named. */
export function postedFor(
  resourceId: string | undefined,
): { readonly order: string; readonly attempt: number } | undefined {
  const [, order, attempt] = /^(order:.*)~(\d+)$/.exec(resourceId ?? '') ?? [];
  return order === undefined ? undefined : { order, attempt: Number(attempt) };
}

/** Room for the store's clock: it shows whole seconds, and its answers take time. */
const CLOCKS_MS = 5_000;
const LONGEST_DELAY_MS = 6 * 3_600_000;

/**
 * How an end counts for links. `both`: the reload was canceled after it had run too long, and nobody can say who
 * canceled it.
 */
export type Counted = 'as-it-is' | 'failed' | 'both';

export function countedAs({ outcome, isCanceledByUs, ranMs }: TrueEnd, policy: Policy | undefined): Counted {
  if (outcome !== 'CANCELED' || policy?.timeout === undefined) return 'as-it-is';
  if (isCanceledByUs === true) return 'failed';
  return (ranMs ?? 0) >= policy.timeout - CLOCKS_MS ? 'both' : 'as-it-is';
}

/** Whether another attempt follows an end; `maybe` if nobody can say who canceled it. */
export function isTriedAgain(end: TrueEnd, attempt: number, policy: Policy | undefined): boolean | 'maybe' {
  if (attempt > (policy?.retry?.attempts ?? 0)) return false;
  if (end.outcome === 'FAILED' || end.outcome === 'EXCEEDED_LIMIT') return true;
  const counted = countedAs(end, policy);
  return counted === 'both' ? 'maybe' : counted === 'failed';
}

/** What is wrong with a further attempt, judged by the end of the attempt before it. */
export function attemptProblem(
  { order, policy }: Owner,
  reload: SimReload,
  attempt: number,
  before: SimReload | undefined,
): string | undefined {
  const what = `attempt ${attempt} of ${order}`;
  const { attempts = 0, delay = 0, backoff } = policy?.retry ?? {};
  if (attempt > attempts + 1) return `${what} was started, and there are ${attempts + 1}`;
  if (before?.endedAt === undefined) return `${what} was started, and the one before had not ended`;
  const isCanceled = before.status === 'CANCELED' && policy?.timeout !== undefined;
  const isTooLong = before.endedAt - before.acceptedAt >= (policy?.timeout ?? 0) - CLOCKS_MS;
  const isFailed = before.status === 'FAILED' || before.status === 'EXCEEDED_LIMIT';
  if (!isFailed && !(isCanceled && isTooLong)) return `${what} was started after ${before.status}`;
  const doubled = backoff === 'none' ? delay : Math.max(delay, Math.min(LONGEST_DELAY_MS, delay * 2 ** (attempt - 2)));
  return reload.acceptedAt < before.endedAt + doubled - CLOCKS_MS ? `${what} was started too soon` : undefined;
}

/** What is wrong with the sweep's request to cancel a reload: the reload is not ours, or it has not run too long. */
export function cancelProblem(reload: SimReload, policy: Policy | undefined, now: number): string | undefined {
  const posted = postedFor(reload.resourceId);
  if (posted === undefined) return `The sweep canceled ${reload.id}, which is not ours`;
  const timeout = policy?.timeout;
  if (timeout === undefined) return `The sweep canceled ${reload.id} of ${posted.order}, which has no timeout`;
  return now < reload.acceptedAt + timeout - CLOCKS_MS ? `The sweep canceled ${reload.id} too soon` : undefined;
}
