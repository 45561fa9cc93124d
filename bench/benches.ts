import type { Bench } from './bench.ts';
import { fanout } from './fanout/fanout.ts';

/** All benchmarks, the quickest first. */
export const BENCHES: readonly Bench[] = [fanout];
