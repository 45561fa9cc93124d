import type { Bench } from './bench.ts';
import { coldstart } from './coldstart/coldstart.ts';
import { fanout } from './fanout/fanout.ts';
import { limits } from './limits/limits.ts';
import { resolve } from './resolve/resolve.ts';
import { sim } from './sim/sim.ts';

/** All benchmarks, the quickest first. */
export const BENCHES: readonly Bench[] = [resolve, coldstart, fanout, limits, sim];
