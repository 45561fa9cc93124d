import { CascadeError } from '../core/cascade-error.ts';
import type { EpochMs } from '../core/units.ts';

/** How long the store is asked again where it does not answer. */
export interface Patience {
  /** When the run has to be over, by `now`. */
  readonly deadline: EpochMs;
  readonly now: () => EpochMs;
  readonly sleep: (durationMs: number) => Promise<void>;
  /** From 0 up to 1, as `Math.random`. */
  readonly random: () => number;
}

/** An answer, and whether one was lost before it: a write may then have been stored already. */
export interface Tried<T> {
  readonly value: T;
  readonly wasLost: boolean;
}

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5_000;
/** As long as one request to the store may take: none is sent that could outlive the run. */
const CALL_MS = 10_000;

/**
 * Asks the store, again and again while it does not answer and the time allows, at most `mostTries` times.
 *
 * @throws CascadeError STORE_UNAVAILABLE when patience is at its end; anything else at once.
 */
export async function tryOn<T>(
  call: () => Promise<T>,
  { deadline, now, sleep, random }: Patience,
  mostTries = Number.POSITIVE_INFINITY,
): Promise<Tried<T>> {
  for (let tries = 1, pauseMs = FIRST_PAUSE_MS; ; tries += 1, pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2)) {
    try {
      return { value: await call(), wasLost: tries > 1 };
    } catch (error) {
      const jitteredMs = pauseMs * (0.5 + random());
      const isHopeless = tries >= mostTries || now() + jitteredMs + CALL_MS >= deadline;
      if (!isStoreSilent(error) || isHopeless) throw error;
      await sleep(jitteredMs);
    }
  }
}

/** Whether the store gave no answer, so that a write may be stored or not. */
export const isStoreSilent = (error: unknown): boolean =>
  error instanceof CascadeError && error.code === 'STORE_UNAVAILABLE';
