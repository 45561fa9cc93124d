/**
 * A process that tries to claim the same orders as many others. It claims each by the rev that it read, with Cascade's
 * own code.
 */
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { httpCouchdb } from '../../src/clients/couchdb/http-couchdb.ts';
import { timeConstants } from '../../src/core/time-constants.ts';
import { addMs, type EpochMs, seconds } from '../../src/core/units.ts';
import { claimOrder } from '../../src/ledger/claim-order.ts';
import { type OrderDocument, readOrder } from '../../src/ledger/documents/order.ts';
import { parseStoreSettings } from '../../src/platform/settings/ledger-settings.ts';
import type { RacerReady, RacerResult, RacerWanted } from './racer-messages.ts';

const [wanted] = (await once(process, 'message')) as [RacerWanted];
const target = parseStoreSettings(wanted.settings);
if (target === undefined) throw new Error('The racer was told no store.');
const store = httpCouchdb(target, { stopwatch: () => performance.now(), timeout: seconds(30) });
const orders = (await store.range('order:', { limit: wanted.orders })).map(readOrder);
const now = (): EpochMs => Date.now() as EpochMs;
const run = {
  store,
  owner: wanted.owner,
  times: timeConstants(),
  clock: () => store.now() ?? now(),
  now,
  deadline: addMs(now(), seconds(600)),
  sleep: (ms: number) => pause(ms),
  random: Math.random,
  log: { error: console.error },
};
process.once('disconnect', () => process.exit());
process.once('message', () => void race());
process.send?.({ read: orders.length } satisfies RacerReady);

async function race(): Promise<void> {
  const startedAt = Date.now();
  const won: OrderDocument['_id'][] = [];
  for (const order of [...orders.slice(wanted.first), ...orders.slice(0, wanted.first)]) {
    if ((await claimOrder(order, run)) !== undefined) won.push(order._id);
  }
  process.send?.({ won, startedAt, endedAt: Date.now() } satisfies RacerResult);
}
