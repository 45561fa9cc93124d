import { createRequire } from 'node:module';
import type { NewDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import type { Say } from '../bench.ts';
import { bringIndexesUpToDate } from '../ledger/bring-indexes-up-to-date.ts';
import { couchPortOf } from '../ledger/create-orders.ts';
import type { StoreSettings } from '../ledger/start-bench-store.ts';
import { OUTCOME_OF, type PastReload, type TenantPast } from './tenant-past.ts';

const APPS_AT_ONCE = 50;
/** In practice only a few ends come at a time. An app remembers each end of a call until it is recorded. */
const ENDS_AT_ONCE = 10;

/**
 * Stores a tenant's ends as events, as the receiver does, and runs the built storer to record them.
 *
 * @param bundle - the file of the built storer.
 */
export async function recordPast(
  { now, ofApps }: TenantPast,
  settings: StoreSettings,
  bundle: string,
  say: Say,
): Promise<void> {
  const port = couchPortOf(settings);
  const { main } = createRequire(import.meta.url)(bundle) as { main(given: object): Promise<object> };
  // The tenant's clock began on a fixed day. The newest end must not lie in the future.
  const shiftMs = Date.now() - now;
  const oldestFirst = ofApps.map((reloads) => [...reloads].sort((a, b) => (a.endTime < b.endTime ? -1 : 1)));
  const rounds = Math.ceil(Math.max(...ofApps.map(({ length }) => length)) / ENDS_AT_ONCE);
  for (let round = 0; round < rounds; round += 1) {
    for (let from = 0; from < ofApps.length; from += APPS_AT_ONCE) {
      const events = oldestFirst
        .slice(from, from + APPS_AT_ONCE)
        .flatMap((reloads) => reloads.slice(round * ENDS_AT_ONCE, (round + 1) * ENDS_AT_ONCE))
        .map((each) => endOf(each, shiftMs));
      await port.bulk(events.map(eventOf));
      const answer = await quietly(() => main({ ...settings, record: { traceId: 'metrics', events } }));
      if ('error' in answer) throw new Error(`The storer answered ${JSON.stringify(answer)}`);
    }
    await bringIndexesUpToDate(port);
    say(`${round + 1} of ${rounds} rounds of ends are recorded`);
  }
}

function endOf({ id, appId, status, startTime, endTime }: PastReload, shiftMs: number) {
  const startedAt = startTime === undefined ? {} : { startedAt: Date.parse(startTime) + shiftMs };
  const ended = { outcome: OUTCOME_OF[status], endedAt: Date.parse(endTime) + shiftMs, ...startedAt };
  return { tenant: 'default', appId, reloadId: id, ...ended, partial: false };
}

function eventOf(end: ReturnType<typeof endOf>): NewDocument {
  const { tenant, reloadId, endedAt } = end;
  const told = { source: 'webhook', traceId: 'metrics', storedAt: endedAt, resolvedAt: endedAt, dueAt: endedAt };
  return { _id: `event:${tenant}:${reloadId}`, schema: 1, type: 'event', ...end, ...told, skips: [] };
}

/**
 * Runs work without its output. An action logs to standard output, and hundreds of its lines would hide the benchmark's
 * own.
 */
async function quietly<T>(work: () => Promise<T>): Promise<T> {
  const { log } = console;
  console.log = () => {};
  try {
    return await work();
  } finally {
    console.log = log;
  }
}
