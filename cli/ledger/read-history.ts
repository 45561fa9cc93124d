import type { CouchPort } from '../../src/clients/couchdb/couchdb-port.ts';
import type { History } from '../../src/core/runs/facts.ts';
import { counted } from '../terminal.ts';
import { eventFact, MOST_DOCUMENTS, orderFact, readDocuments } from './read-documents.ts';

/** All events and orders of a ledger, and what could not be read of them. */
export interface ReadHistory extends History {
  /** In words, for people; empty if everything was read. */
  readonly missing: readonly string[];
}

/** Reads every event and order: their ids tell no time, so the newest cannot be asked for alone. */
export async function readHistory(store: Pick<CouchPort, 'range'>): Promise<ReadHistory> {
  const events = await readDocuments(store, 'event:', eventFact);
  const orders = await readDocuments(store, 'order:', orderFact);
  return {
    events: events.found,
    orders: orders.found,
    missing: [...missingOf('event', events), ...missingOf('order', orders)],
  };
}

/**
 * What a reading left out, in words.
 *
 * @param what - what was read, in the singular.
 */
export function missingOf(
  what: string,
  { malformed, isCut }: { readonly malformed: readonly string[]; readonly isCut: boolean },
): readonly string[] {
  const [first] = malformed;
  return [
    ...(isCut
      ? [
          `The ledger has more than ${MOST_DOCUMENTS} ${what}s: only so many were read, by id, so that some runs are missing or not whole.`,
        ]
      : []),
    ...(first === undefined
      ? []
      : [
          `Left out, as they are not what this version of Cascade writes: ${counted(malformed.length, what)}, the first is ${first}.`,
        ]),
  ];
}
