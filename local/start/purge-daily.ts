/*
 * `npm start` runs Cascade on one machine, with an embedded store for the ledger (Cascade's memory). Without purges,
 * old documents would fill the ledger. For a real deployment, whoever deploys or a cron job purges. Nobody does that
 * for an `npm start`, which may run for weeks. So this file purges once a day.
 */

import { setTimeout as pause } from 'node:timers/promises';
import { CascadeError } from '../../src/core/cascade-error.ts';
import { days } from '../../src/core/units.ts';
import type { Environment } from '../../src/deploy/environment.ts';
import { purgeConfiguredLedger } from '../../src/deploy/purge-configured-ledger.ts';

/** What `purgeDaily` needs. */
export interface DailyPurge {
  readonly signal: AbortSignal;
  /** Gets a sentence about each purge that failed with a CascadeError before the signal was aborted. */
  readonly say: (sentence: string) => void;
  /** Default: `purgeConfiguredLedger`, which purges the ledger that the settings name. */
  readonly purge?: typeof purgeConfiguredLedger;
  /** Default: waits for `durationMs`. If the signal is aborted, the promise is rejected. */
  readonly sleep?: (durationMs: number, signal: AbortSignal) => Promise<unknown>;
}

/**
 * Purges the ledger now, and again a day after each purge, until the signal is aborted. A purge that failed with a
 * CascadeError is tried again a day later.
 *
 * @throws any other error, because it is a bug. No purge follows. Errors after the signal was aborted are ignored.
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

/** Waits, but lets Node.js end the process meanwhile. */
const unnoticed = (durationMs: number, signal: AbortSignal): Promise<unknown> =>
  pause(durationMs, undefined, { signal, ref: false });
