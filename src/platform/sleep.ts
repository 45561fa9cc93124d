import { setTimeout } from 'node:timers/promises';

/** Waits so many milliseconds. Functions get it as a parameter, so that their tests need not wait. */
export const sleep = async (durationMs: number): Promise<void> => {
  await setTimeout(durationMs);
};
