/*
 * Why an app failed last, as its streak and its ticket say it. A streak is an app's failures until its next success,
 * and a ticket is a document about a streak, for people. During a deployment an earlier version of Cascade may still
 * write both of them: it counts a failure, and leaves the error as it was. So each error says of which failure it is.
 */

import type { Reason } from '../reload-finished.ts';
import type { EpochMs } from '../units.ts';

/** The fields of a streak or a ticket that say why the app failed. */
export interface NotedError {
  /** Why the reload failed that ended at `errorAt`. Absent if Qlik gave no error, or if Cascade did not note it. */
  readonly error?: Reason;
  /** Absent if that was the first failure. */
  readonly errorAt?: EpochMs;
}

/** A streak or a ticket. The end of its first failure is `since` of a streak, and `failedAt` of a ticket. */
interface Failures extends NotedError {
  readonly lastFailedAt: EpochMs;
  readonly since?: EpochMs;
  readonly failedAt?: EpochMs;
}

/** Why the app failed last. Undefined if Qlik gave no error, or if the error is that of an earlier failure. */
export function lastErrorIn(failures: Failures): Reason | undefined {
  const { error, errorAt, lastFailedAt, since, failedAt } = failures;
  return (errorAt ?? since ?? failedAt) === lastFailedAt ? error : undefined;
}

/** What people read if the ledger (Cascade's memory) does not have the error of the last failure. */
export const UNKNOWN_REASON = 'The ledger does not say why.';

/** What people read as the reason of a failure. Qlik may give a code without a message, or no error at all. */
export const reasonText = (error: Reason | undefined): string =>
  error?.message || error?.code || 'Qlik did not say why.';

/**
 * The fields to write for the error of the last failure.
 *
 * @param error - undefined if Qlik gave none.
 * @param first - the end of the first failed reload.
 */
export function notedError(error: Reason | undefined, lastFailedAt: EpochMs, first: EpochMs): NotedError {
  if (error === undefined) return {};
  return lastFailedAt === first ? { error } : { error, errorAt: lastFailedAt };
}
