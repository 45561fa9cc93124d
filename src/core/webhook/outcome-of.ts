import type { Outcome } from '../reload-finished.ts';

const OUTCOME_OF: Readonly<Record<string, Outcome>> = {
  SUCCEEDED: 'succeeded',
  OK: 'succeeded',
  FAILED: 'failed',
  ERROR: 'failed',
  CANCELED: 'canceled',
  EXCEEDED_LIMIT: 'exceeded-limit',
};

/**
 * The outcome that Qlik's `status` and `succeeded` tell.
 *
 * `status` is optional, and its list may grow: what it does not tell, `succeeded` decides (qlik-cloud.md §1.3).
 *
 * @returns undefined if neither tells an outcome.
 */
export function outcomeOf(status: string | undefined, succeeded: unknown): Outcome | undefined {
  const key = (status ?? '').toUpperCase();
  if (Object.hasOwn(OUTCOME_OF, key)) return OUTCOME_OF[key];
  if (typeof succeeded !== 'boolean') return undefined;
  return succeeded ? 'succeeded' : 'failed';
}
