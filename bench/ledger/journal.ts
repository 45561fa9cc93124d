import type { TenantEntry } from '../../local/start/sim-control.ts';

/** A delivery of a webhook in the tenant's journal. */
export interface JournalDelivery {
  readonly seq: number;
  readonly appId: string;
  readonly eventId: string;
  /** Absent if there was no answer. */
  readonly statusCode: number | undefined;
}

/** The ends in a tenant's journal, and the deliveries of their webhooks. */
export interface JournalTold {
  /** Reloads that ended, in their order. */
  readonly ends: readonly { readonly id: string; readonly appId: string; readonly at: number }[];
  /** The deliveries in the order in which they ended. */
  readonly deliveries: readonly JournalDelivery[];
}

const ENDED: readonly unknown[] = ['SUCCEEDED', 'FAILED', 'CANCELED', 'EXCEEDED_LIMIT'];

/** Reads the journal of a simulated tenant. */
export function toldIn(entries: readonly TenantEntry[]): JournalTold {
  const ends = entries
    .filter(({ kind, status }) => kind === 'reload' && ENDED.includes(status))
    .map((entry) => ({ id: String(entry['id']), appId: String(entry['appId']), at: entry.at }));
  const deliveries = entries
    .filter(({ kind }) => kind === 'delivery')
    .map((entry) => ({
      seq: entry.seq,
      appId: String(entry['appId']),
      eventId: String(entry['eventId']),
      statusCode: typeof entry['statusCode'] === 'number' ? entry['statusCode'] : undefined,
    }));
  return { ends, deliveries };
}

/** Whether the receiver answered that it has the event. */
export const isTaken = ({ statusCode = 0 }: Pick<JournalDelivery, 'statusCode'>): boolean =>
  statusCode >= 200 && statusCode < 300;

/** How the tenant's deliveries differ from the ideal: one for each end, in order, and accepted. */
export interface Mishaps {
  readonly never: number;
  readonly double: number;
  /** Events first delivered after one that ended later. */
  readonly outOfOrder: number;
  /** Deliveries that got no 2xx. */
  readonly refused: number;
}

/** Counts the mishaps. Each app must have been reloaded only once. */
export function mishapsOf({ ends, deliveries }: JournalTold): Mishaps {
  const place = new Map(ends.map(({ appId }, index) => [appId, index]));
  const times = new Map<string, number>();
  let [latest, outOfOrder] = [-1, 0];
  for (const { appId } of deliveries) {
    const index = place.get(appId) ?? -1;
    if (!times.has(appId) && index < latest) outOfOrder += 1;
    latest = Math.max(latest, index);
    times.set(appId, (times.get(appId) ?? 0) + 1);
  }
  return {
    never: ends.filter(({ appId }) => !times.has(appId)).length,
    double: [...times.values()].filter((count) => count > 1).length,
    outOfOrder,
    refused: deliveries.filter((delivery) => !isTaken(delivery)).length,
  };
}
