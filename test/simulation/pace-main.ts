import { pace } from './pace.ts';

/** Invocations that a minute has room for: all of them, or as many as OpenWhisk's default. */
const [ROOMY, DEFAULT] = [10_000, 60];
const SEEDS = [1, 2, 3];

for (const [invocationsPerMinute, hasSlots] of [
  [ROOMY, true],
  [ROOMY, false],
  [DEFAULT, true],
] as const) {
  for (const seed of SEEDS) {
    const limits = { invocationsPerMinute, concurrentInvocations: 30 };
    const report = await pace({ targets: 1_000, rate: 250, limits, hasSlots, seed });
    console.log(JSON.stringify({ seed, hasSlots, isDefault: invocationsPerMinute === DEFAULT, ...report }));
  }
}
