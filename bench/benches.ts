import type { Bench } from './bench.ts';
import { coldstart } from './coldstart/coldstart.ts';
import { fanout } from './fanout/fanout.ts';
import { host } from './host/host.ts';
import { hostKill } from './host/kill.ts';
import { limits } from './limits/limits.ts';
import { race } from './race/race.ts';
import { resolve } from './resolve/resolve.ts';
import { sim } from './sim/sim.ts';

/** All benchmarks, the quickest first. */
export const BENCHES: readonly Bench[] = [resolve, coldstart, hostKill, host, fanout, limits, sim, race];
