import type { CouchPort } from '../../src/clients/couchdb/couchdb-port.ts';
import type { Bench } from '../bench.ts';
import type { Figure } from '../figure.ts';
import { couchPortOf, createBenchOrders } from '../ledger/create-orders.ts';
import type { FoundDocument } from '../ledger/ledger-reader.ts';
import { rowApp } from '../ledger/row-chains.ts';
import { startBenchStore } from '../ledger/start-bench-store.ts';
import type { RacerResult } from './racer-messages.ts';
import { GROUPS, startRacers } from './start-racers.ts';

const RACERS = 64;
const ORDERS = 1_000;

/** Many processes claim the same orders by their revs. Each order must be claimed by one process. */
export const race: Bench = {
  name: 'race',
  about: `${RACERS} processes try to claim each of ${ORDERS} orders, beside a loop of bare PUTs`,
  servers: { store: true, openwhisk: 'it uses no OpenWhisk' },
  async run(say, servers) {
    const store = await startBenchStore(servers);
    try {
      const port = couchPortOf(store.settings);
      await createBenchOrders(
        port,
        Array.from({ length: ORDERS }, (_, index) => rowApp(index)),
        'race',
        1,
      );
      const bareMs = await measureBarePuts(port);
      const racers = await startRacers(RACERS, ORDERS, store.settings);
      say(
        `${RACERS} processes have read ${ORDERS} planned orders; ${RACERS / GROUPS} at a time begin at the same one.`,
      );
      const results = await racers.race().finally(racers.close);
      return figuresOf(results, await store.reader.documents('order:'), bareMs);
    } finally {
      await store.close();
    }
  },
};

/**
 * Makes as many updates by rev, one after the other. That is what the store can do for a single client without rivals.
 */
async function measureBarePuts(port: CouchPort): Promise<number> {
  const startedAt = performance.now();
  let rev: string | undefined;
  for (let index = 0; index < ORDERS; index += 1) {
    const written = await port.put({ _id: 'bare', index, ...(rev !== undefined && { _rev: rev }) });
    if (written.kind !== 'stored') throw new Error(`A bare PUT was ${written.kind}.`);
    rev = written.rev;
  }
  return performance.now() - startedAt;
}

function figuresOf(
  results: readonly RacerResult[],
  stored: readonly FoundDocument[],
  bareMs: number,
): readonly Figure[] {
  const won = results.flatMap((result) => result.won);
  const takenMs = Math.max(...results.map(({ endedAt }) => endedAt)) - Math.min(...results.map((r) => r.startedAt));
  const claimedOnce = stored.filter(({ state, claims }) => state === 'claimed' && claims === 1);
  const perSecond = (count: number, ms: number): number => (count * 1_000) / ms;
  const tries = perSecond(RACERS * ORDERS, takenMs);
  const bare = perSecond(ORDERS, bareMs);
  return [
    { name: 'claims won', ours: won.length, unit: '', bar: { atMost: ORDERS } },
    { name: 'orders won', ours: new Set(won).size, unit: '', bar: { atLeast: ORDERS } },
    { name: 'orders that say so: claimed, once', ours: claimedOnce.length, unit: '', bar: { atLeast: ORDERS } },
    {
      name: 'processes that won some',
      ours: results.filter((result) => result.won.length > 0).length,
      unit: '',
      bar: { atLeast: GROUPS },
    },
    { name: 'claims won a second', ours: perSecond(won.length, takenMs), unit: 'per second' },
    {
      name: 'claims tried; ratio = tried / bare',
      ours: tries,
      unit: 'per second',
      peer: { name: 'bare PUTs of one process', value: bare },
      ratio: tries / bare,
    },
  ];
}
