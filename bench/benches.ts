import type { Bench } from './bench.ts';
import { fanout } from './fanout/fanout.ts';
import { resolve } from './resolve/resolve.ts';

/** All benchmarks, the quickest first. */
export const BENCHES: readonly Bench[] = [resolve, fanout];
