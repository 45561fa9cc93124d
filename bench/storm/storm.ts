import { setTimeout as pause } from 'node:timers/promises';
import type { AppRef } from '../../src/core/names.ts';
import type { Bench, Say } from '../bench.ts';
import type { Figure } from '../figure.ts';
import { countStarts } from '../ledger/count-starts.ts';
import { mishapsOf, toldIn } from '../ledger/journal.ts';
import { pairChains, rowApp } from '../ledger/row-chains.ts';
import { scheduleEnds } from '../ledger/schedule-ends.ts';
import { type LedgerRig, startLedgerRig } from '../ledger/start-ledger-rig.ts';
import { countTakenNotStored } from '../ledger/stored-events.ts';
import { sweepUntilSilent } from '../ledger/sweep.ts';

const ENDS = 2_000;
const STORM_MS = 120_000;
/** The shares of the storm after which a part is killed. */
const STORE_KILLS = [0.2, 0.6] as const;
const HOST_KILLS = [0.4, 0.8] as const;
const DOWN_MS = 2_000;
const MOST_MS = 300_000;
const TIME_FACTOR = 0.1;
/** How many deliveries in a hundred have each mishap. */
const MISHAPS = { 'delivery.duplicate': 20, 'delivery.reorder': 10, 'delivery.drop': 30 };

/** Webhooks are doubled, reordered and dropped, and store and host are killed. Every follower must start once. */
export const storm: Bench = {
  name: 'storm',
  about: `${ENDS} ends, webhooks 20 % double, 10 % out of order, 30 % never; store and host each killed twice`,
  servers: { store: 'it kills the store', openwhisk: 'it kills the host' },
  async run(say, servers) {
    const options = { servers, chains: pairChains(ENDS), timeFactor: TIME_FACTOR, switches: MISHAPS };
    const rig = await startLedgerRig(options, say);
    try {
      const startedAt = performance.now();
      const apps = (side: 0 | 1) => Array.from({ length: ENDS }, (_, index) => rowApp(2 * index + side));
      await scheduleEnds(rig.tenant, apps(0), STORM_MS);
      await killBoth(rig, startedAt, say);
      await pause(Math.max(0, startedAt + STORM_MS - performance.now()));
      const silence = await sweepUntilSilent(rig, startedAt + MOST_MS - performance.now());
      return await figuresOf(rig, apps(1), { ...silence, takenMs: performance.now() - startedAt });
    } finally {
      await rig.close();
    }
  },
};

/** Kills store and host by turns with SIGKILL while webhooks come. */
async function killBoth({ store, host }: LedgerRig, startedAt: number, say: Say): Promise<void> {
  const kills = [
    ...STORE_KILLS.map((share) => ({ share, part: store, name: 'store' })),
    ...HOST_KILLS.map((share) => ({ share, part: host, name: 'host' })),
  ].sort((a, b) => a.share - b.share);
  for (const { share, part, name } of kills) {
    await pause(Math.max(0, startedAt + share * STORM_MS - performance.now()));
    const killedAt = performance.now();
    await part.kill();
    await pause(DOWN_MS);
    await part.restart();
    const [atS, downS] = [killedAt - startedAt, performance.now() - killedAt].map((ms) => (ms / 1_000).toFixed(1));
    say(`After ${atS} s the ${name} was killed; it was back ${downS} s later.`);
  }
}

/**
 * With fewer mishaps it was no storm. Of more than 2,000 ends, 30 % are never delivered. Of the rest, 20 % are
 * delivered twice, and 10 % out of order.
 */
const LEAST = { never: 500, double: 200, outOfOrder: 100 } as const;

async function figuresOf(
  { tenant, store, host }: LedgerRig,
  followers: readonly AppRef[],
  { sweeps, due, takenMs }: { readonly sweeps: number; readonly due: number; readonly takenMs: number },
): Promise<readonly Figure[]> {
  const told = toldIn(await tenant.past());
  const mishaps = mishapsOf(told);
  const starts = countStarts(await tenant.reloads(), followers);
  const isFollower = new Set<string>(followers.map(({ appId }) => appId));
  const takenNotStored = countTakenNotStored(told, await store.reader.documents('event:'));
  const upstreamEnds = told.ends.filter(({ appId }) => !isFollower.has(appId)).length;
  return [
    { name: 'ends that call for a follower', ours: upstreamEnds, unit: '', bar: { atLeast: ENDS } },
    { name: 'ends in all', ours: told.ends.length, unit: '' },
    { name: 'told never', ours: mishaps.never, unit: '', bar: { atLeast: LEAST.never } },
    { name: 'told twice', ours: mishaps.double, unit: '', bar: { atLeast: LEAST.double } },
    { name: 'told out of order', ours: mishaps.outOfOrder, unit: '', bar: { atLeast: LEAST.outOfOrder } },
    { name: 'deliveries without a 2xx', ours: mishaps.refused, unit: '' },
    { name: 'store killed', ours: store.kills(), unit: '', bar: { atLeast: STORE_KILLS.length } },
    { name: 'host killed', ours: host.kills(), unit: '', bar: { atLeast: HOST_KILLS.length } },
    { name: 'followers started once', ours: starts.once, unit: '', bar: { atLeast: ENDS } },
    { name: 'lost', ours: starts.lost, unit: '', bar: { atMost: 0 } },
    { name: 'started twice', ours: starts.twice, unit: '', bar: { atMost: 0 } },
    { name: '2xx for what is not stored', ours: takenNotStored, unit: '', bar: { atMost: 0 } },
    { name: `still due after ${sweeps} sweeps, the last silent`, ours: due, unit: '', bar: { atMost: 0 } },
    { name: 'in all', ours: takenMs / 1_000, unit: 's', bar: { atMost: MOST_MS / 1_000 } },
  ];
}
