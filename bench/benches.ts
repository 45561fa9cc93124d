import type { Bench } from './bench.ts';
import { coldstart } from './coldstart/coldstart.ts';
import { cost } from './cost/cost.ts';
import { crash } from './crash/crash.ts';
import { details } from './details/details.ts';
import { doubt } from './doubt/doubt.ts';
import { fanout } from './fanout/fanout.ts';
import { flood } from './flood/flood.ts';
import { history, historySmall } from './history/history.ts';
import { host } from './host/host.ts';
import { hostKill } from './host/kill.ts';
import { large } from './large/large.ts';
import { layoutBench } from './layout/layout.ts';
import { limits } from './limits/limits.ts';
import { metrics, metricsSmall } from './metrics/metrics.ts';
import { outage } from './outage/outage.ts';
import { pace } from './pace/pace.ts';
import { pageGraph } from './page/page-graph.ts';
import { pageOffline, pageOfflineSmall } from './page/page-offline.ts';
import { pageSync, pageSyncSmall } from './page/page-sync.ts';
import { pageWeight } from './page/page-weight.ts';
import { questionsBench } from './questions/questions.ts';
import { race } from './race/race.ts';
import { redeploy, redeploySmall } from './redeploy/redeploy.ts';
import { resolveBench } from './resolve/resolve.ts';
import { retention, retentionSmall } from './retention/retention.ts';
import { sim } from './sim/sim.ts';
import { simulate } from './simulate/simulate.ts';
import { steps } from './steps/steps.ts';
import { storm } from './storm/storm.ts';
import { toldBench } from './told/told.ts';

/** All benchmarks, the quickest first; then those of the ledger. */
export const BENCHES: readonly Bench[] = [
  resolveBench,
  coldstart,
  hostKill,
  host,
  fanout,
  limits,
  sim,
  layoutBench,
  pageWeight,
  pageGraph,
  pageOfflineSmall,
  pageOffline,
  pageSyncSmall,
  pageSync,
  steps,
  outage,
  cost,
  race,
  doubt,
  storm,
  toldBench,
  flood,
  questionsBench,
  large,
  historySmall,
  history,
  metricsSmall,
  metrics,
  retentionSmall,
  retention,
  redeploySmall,
  redeploy,
  crash,
  simulate,
  pace,
  details,
];
