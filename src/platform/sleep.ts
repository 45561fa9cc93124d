import { setTimeout } from 'node:timers/promises';

/** Resolves after so many milliseconds. */
export const sleep = async (durationMs: number): Promise<void> => {
  await setTimeout(durationMs);
};
