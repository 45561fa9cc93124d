import { setTimeout as pause } from 'node:timers/promises';
import { CascadeError } from '../../src/core/cascade-error.ts';
import { days } from '../../src/core/units.ts';
import type { Environment } from '../../src/deploy/environment.ts';
import { purgeConfiguredLedger } from '../../src/deploy/purge-configured-ledger.ts';

/** What `purgeDaily` needs. */
export interface DailyPurge {
  readonly signal: AbortSignal;
  /** Gets a sentence about each purge that failed. */
  readonly say: (sentence: string) => void;
  /** Default: purges the ledger of the settings. */
  readonly purge?: typeof purgeConfiguredLedger;
  /** Default: waits that long. The promise is rejected if the signal is aborted. */
  readonly sleep?: (durationMs: number, signal: AbortSignal) => Promise<unknown>;
}

/**
 * Purges the ledger now, and then once a day, until the signal is aborted. If a purge fails, the next one is a day
 * later.
 *
 * @throws whatever is no CascadeError: that is a bug, and no purge follows.
 */
export async function purgeDaily(
  settings: Environment,
  { signal, say, purge = purgeConfiguredLedger, sleep = unnoticed }: DailyPurge,
): Promise<void> {
  while (!signal.aborted) {
    await purge(settings, signal).catch((error: unknown) => {
      if (signal.aborted) return;
      if (!(error instanceof CascadeError)) throw error;
      say(
        `The ledger is not purged: ${error.message} npm start tries again in a day; to do it now: npx cascade ledger purge.`,
      );
    });
    await sleep(days(1), signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }
}

/** Waits. The wait does not keep the process alive. */
const unnoticed = (durationMs: number, signal: AbortSignal): Promise<unknown> =>
  pause(durationMs, undefined, { signal, ref: false });
