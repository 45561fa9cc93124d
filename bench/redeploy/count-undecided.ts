import { isComposite } from '../../src/core/link.ts';
import { planOrders } from '../../src/core/plan-orders.ts';
import { readDefinition } from '../../src/ledger/documents/definition.ts';
import { batchEventOf, readEvent } from '../../src/ledger/documents/event.ts';
import type { LedgerReader } from '../ledger/ledger-reader.ts';

/** How the ledger's events and orders fit the chains that the events name. */
export interface Undecided {
  readonly events: number;
  /** How many events name no definition, or one that the ledger does not have. */
  readonly unnamed: number;
  /** How many orders of plain links are missing in the ledger, although an event's chains call for them. */
  readonly missing: number;
  /** How many events each definition decided. */
  readonly decidedBy: ReadonlyMap<string, number>;
}

/** Compares each event with the chains that it names, using only the ledger's documents. */
export async function countUndecided(reader: LedgerReader): Promise<Undecided> {
  const parts = (await reader.documents('definition:')).map(readDefinition);
  const orders = new Set((await reader.documents('order:')).map(({ _id }) => _id));
  const events = (await reader.documents('event:')).map(readEvent);
  let [unnamed, missing] = [0, 0];
  for (const event of events) {
    const chains = parts.filter(({ hash }) => hash === event.definition).map((part) => part.chains);
    if (chains.length === 0) unnamed += 1;
    const following = chains.flatMap(({ links }) => links[`${event.tenant}/${event.appId}`] ?? []);
    const plain = { [`${event.tenant}/${event.appId}`]: following.filter((link) => !isComposite(link)) };
    const called = planOrders([batchEventOf(event)], plain).orders;
    missing += called.filter(({ order }) => !orders.has(order)).length;
  }
  const decidedBy = new Map<string, number>();
  for (const { definition = '' } of events) decidedBy.set(definition, (decidedBy.get(definition) ?? 0) + 1);
  return { events: events.length, unnamed, missing, decidedBy };
}
