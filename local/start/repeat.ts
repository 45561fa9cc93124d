import { setTimeout } from 'node:timers/promises';

/**
 * Does some work now, and again `pauseMs` milliseconds after each time, until the signal is aborted. The pauses do not
 * keep the process alive.
 *
 * @throws whatever `work` throws. Then `work` is not done again.
 */
export async function repeat(work: () => Promise<unknown>, pauseMs: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await work();
    await setTimeout(pauseMs, undefined, { signal, ref: false }).catch(() => {});
  }
}
