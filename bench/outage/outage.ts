import { setTimeout as pause } from 'node:timers/promises';
import type { AppRef } from '../../src/core/names.ts';
import type { Bench } from '../bench.ts';
import type { Figure } from '../figure.ts';
import { countStarts } from '../ledger/count-starts.ts';
import { isTaken, toldIn } from '../ledger/journal.ts';
import { pairChains, rowApp } from '../ledger/row-chains.ts';
import { scheduleEnds } from '../ledger/schedule-ends.ts';
import { type LedgerRig, startLedgerRig } from '../ledger/start-ledger-rig.ts';
import { countTakenNotStored } from '../ledger/stored-events.ts';
import { quiet, type Silence, sweepUntilSilent } from '../ledger/sweep.ts';

const ENDS = 200;
const BURST_MS = 14_000;
const DOWN_AFTER_MS = 2_000;
const DOWN_MS = 10_000;
const TIME_FACTOR = 0.05;
const PATIENCE_MS = 180_000;

/**
 * The store is away in the middle of a burst. Each webhook that got a 2xx must be stored, and in the end each end must
 * have its followers.
 */
export const outage: Bench = {
  name: 'outage',
  about: `the store killed and away for ${DOWN_MS / 1_000} s in a burst of ${ENDS} webhooks that are not sent again`,
  servers: { store: 'it kills the store', openwhisk: true },
  async run(say, servers) {
    const rig = await startLedgerRig({ servers, chains: pairChains(ENDS), timeFactor: TIME_FACTOR }, say);
    try {
      const apps = (side: 0 | 1) => Array.from({ length: ENDS }, (_, index) => rowApp(2 * index + side));
      await scheduleEnds(rig.tenant, apps(0), BURST_MS);
      await pause(DOWN_AFTER_MS);
      await rig.store.kill();
      await pause(DOWN_MS);
      await rig.store.restart();
      await pause(BURST_MS - DOWN_AFTER_MS - DOWN_MS);
      await quiet(rig, performance.now() + PATIENCE_MS);
      const before = countStarts(await rig.tenant.reloads(), apps(1));
      const silence = await sweepUntilSilent(rig, PATIENCE_MS);
      return await figuresOf(rig, apps(0), apps(1), before.once, silence);
    } finally {
      await rig.close();
    }
  },
};

async function figuresOf(
  { tenant, store }: LedgerRig,
  upstreams: readonly AppRef[],
  followers: readonly AppRef[],
  startedBefore: number,
  { sweeps, due }: Silence,
): Promise<readonly Figure[]> {
  const all = toldIn(await tenant.past());
  const ids = new Set<string>(upstreams.map(({ appId }) => appId));
  const told = { ends: all.ends, deliveries: all.deliveries.filter(({ appId }) => ids.has(appId)) };
  const starts = countStarts(await tenant.reloads(), followers);
  const takenNotStored = countTakenNotStored(all, await store.reader.documents('event:'));
  const refused = told.deliveries.filter((delivery) => !isTaken(delivery));
  return [
    { name: 'webhooks of the burst', ours: told.deliveries.length, unit: '', bar: { atLeast: ENDS } },
    { name: 'of them answered 2xx', ours: told.deliveries.length - refused.length, unit: '', bar: { atLeast: 1 } },
    {
      name: 'answered 503',
      ours: refused.filter(({ statusCode }) => statusCode === 503).length,
      unit: '',
      bar: { atLeast: 1 },
    },
    { name: '2xx for what is not stored', ours: takenNotStored, unit: '', bar: { atMost: 0 } },
    { name: 'followers started before any sweep', ours: startedBefore, unit: '' },
    { name: 'followers started once', ours: starts.once, unit: '', bar: { atLeast: ENDS } },
    { name: 'started twice', ours: starts.twice, unit: '', bar: { atMost: 0 } },
    { name: `still due after ${sweeps} sweeps, the last silent`, ours: due, unit: '', bar: { atMost: 0 } },
  ];
}
