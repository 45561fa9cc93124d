import { setTimeout } from 'node:timers/promises';

/**
 * Waits for `promise` at most `limitMs`, and returns undefined if the promise takes longer. So the local host, for
 * example, answers a call in time while the action still runs. The timer does not keep the process alive.
 */
export async function within<T>(promise: Promise<T>, limitMs: number): Promise<T | undefined> {
  const settled = new AbortController();
  try {
    return await Promise.race([promise, setTimeout(limitMs, undefined, { ref: false, signal: settled.signal })]);
  } finally {
    settled.abort();
  }
}
