import { setTimeout as pause } from 'node:timers/promises';
import type { TenantEntry } from '../../local/start/sim-control.ts';
import type { Bench } from '../bench.ts';
import type { Figure } from '../figure.ts';
import { couchPortOf } from '../ledger/create-orders.ts';
import { type JournalTold, toldIn } from '../ledger/journal.ts';
import { rowApp, rowChains } from '../ledger/row-chains.ts';
import { type LedgerRig, startLedgerRig } from '../ledger/start-ledger-rig.ts';
import { quiet } from '../ledger/sweep.ts';
import { median } from '../statistics.ts';
import { bareSteps } from './bare-steps.ts';

const STEPS = 40;
const ROUNDS = 5;
const WARM_UP_ROUNDS = 1;
const OF_THE_LOOP = 4;
const POLL_MS = 50;
const PATIENCE_MS = 60_000;

/** Measures what a step costs, in a row of apps whose reloads take no time. Each app follows the one before. */
export const steps: Bench = {
  name: 'steps',
  about: `${STEPS} instant reloads in a row, beside a loop that makes the same store writes and POSTs`,
  servers: { store: true, openwhisk: true },
  async run(say, servers) {
    const rig = await startLedgerRig({ servers, chains: rowChains(STEPS + 1) }, say);
    const port = couchPortOf(rig.store.settings);
    const [first, ...others] = Array.from({ length: STEPS + 1 }, (_, index) => rowApp(index));
    if (first === undefined) throw new Error('There is no first app.');
    try {
      const [ours, bare]: [number[], number[]] = [[], []];
      for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round += 1) {
        // Without this switch the webhook would also report the loop's reloads.
        await rig.tenant.call('PUT', '/_sim/switches', { 'delivery.drop': true });
        bare.push(await bareSteps(rig.tenant.ready, port, others, String(round)));
        await quiet(rig, performance.now() + PATIENCE_MS);
        await rig.tenant.call('PUT', '/_sim/switches', { 'delivery.drop': false });
        ours.push(await measureRow(rig, first.appId));
        await quiet(rig, performance.now() + PATIENCE_MS);
      }
      say(`Medians of ${ROUNDS} rounds by turns, after ${WARM_UP_ROUNDS} to warm up.`);
      return [figureOf(ours.slice(WARM_UP_ROUNDS), bare.slice(WARM_UP_ROUNDS))];
    } finally {
      await rig.close();
    }
  },
};

function figureOf(ours: readonly number[], bare: readonly number[]): Figure {
  const [our, their] = [median(ours) / STEPS, median(bare) / STEPS];
  const peer = { name: 'the same writes and POSTs, bare', value: their };
  return {
    name: 'a step; ratio = ours / bare',
    ours: our,
    unit: 'ms',
    peer,
    ratio: our / their,
    bar: { atMost: OF_THE_LOOP },
  };
}

/**
 * Reloads the first app as its schedule would, and waits for the end of the last. @returns the ms between the two ends.
 */
async function measureRow({ tenant }: LedgerRig, first: string): Promise<number> {
  const last = rowApp(STEPS).appId;
  const { last: before } = (await (await tenant.call('GET', '/_sim/journal?after=999999999')).json()) as {
    last: number;
  };
  await tenant.call('POST', `/_sim/apps/${first}/reload`, { type: 'chronos' });
  let told: JournalTold = { ends: [], deliveries: [] };
  for (let waitedMs = 0; waitedMs < PATIENCE_MS; waitedMs += POLL_MS) {
    await pause(POLL_MS);
    const { data } = (await (await tenant.call('GET', `/_sim/journal?after=${before}`)).json()) as {
      data: TenantEntry[];
    };
    told = toldIn(data);
    const [from, to] = [first, last].map((appId) => told.ends.find((end) => end.appId === appId)?.at);
    if (from !== undefined && to !== undefined) return to - from;
  }
  const answers = JSON.stringify(told.deliveries.slice(-2));
  throw new Error(
    `After ${PATIENCE_MS} ms ${told.ends.length} apps of the row have ended; the last webhooks: ${answers}`,
  );
}
