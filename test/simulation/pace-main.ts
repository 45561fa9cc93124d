import { pace } from './pace.ts';

/** OpenWhisk's default for what runs at once; a minute has room for all. */
const LIMITS = { invocationsPerMinute: 10_000, concurrentInvocations: 30 };
const SEEDS = [1, 2, 3];

for (const hasSlots of [true, false]) {
  for (const seed of SEEDS) {
    const report = await pace({ targets: 1_000, rate: 250, limits: LIMITS, hasSlots, seed });
    console.log(JSON.stringify({ seed, hasSlots, ...report }));
  }
}
