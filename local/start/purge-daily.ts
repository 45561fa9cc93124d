import { setTimeout as pause } from 'node:timers/promises';
import { CascadeError } from '../../src/core/cascade-error.ts';
import { days } from '../../src/core/units.ts';
import type { Environment } from '../../src/deploy/environment.ts';
import { purgeConfiguredLedger } from '../../src/deploy/purge-configured-ledger.ts';

/**
 * Purges the ledger now, and then once a day, until the signal is aborted. If a purge fails, it is tried again the next
 * day.
 */
export async function purgeDaily(settings: Environment, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await purgeConfiguredLedger(settings, signal).catch(ignoreOwn(signal));
    await pause(days(1), undefined, { signal, ref: false }).catch(ignoreOwn(signal));
  }
}

const ignoreOwn =
  (signal: AbortSignal) =>
  (error: unknown): void => {
    if (!(error instanceof CascadeError) && !signal.aborted) throw error;
  };
