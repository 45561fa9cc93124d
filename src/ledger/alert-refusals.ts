import type { CouchPort, Written } from '../clients/couchdb/couchdb-port.ts';
import type { EpochMs } from '../core/units.ts';
import type { LedgerLog } from './ledger-log.ts';
import { raiseAlert } from './raise-alert.ts';

/** What raising an alert needs, besides the store. `now` counts while the store's clock is unknown. */
export interface RefusalPorts {
  readonly traceId: string;
  readonly now: () => EpochMs;
  readonly log: LedgerLog;
}

/**
 * Wraps a store so that an alert (something that a person should look at) is raised for a document that CouchDB refuses
 * for good. `openLedger` wraps the stores of actions like this. Otherwise nobody would hear that a reload, for example,
 * does not start because CouchDB does not take its document.
 *
 * Invariant: a refusal says `isForGood` only if the alert about it is in the ledger. If the alert could not be stored,
 * the writer takes the refusal for a passing one. If CouchDB refuses an alert itself, its answer is returned unchanged.
 */
export function alertRefusals(store: CouchPort, ports: RefusalPorts): CouchPort {
  const alerted = async (_id: string, written: Written): Promise<Written> => {
    if (written.kind !== 'refused' || !written.isForGood || _id.startsWith('alert:')) return written;
    const { traceId, now, log } = ports;
    const alert = { kind: 'not-stored', subject: _id, message: textOf(_id, written.message) } as const;
    const isRaised = await raiseAlert(store, { ...alert, traceId, at: store.now() ?? now() }, log);
    return { ...written, isForGood: isRaised };
  };
  return {
    ...store,
    async put(document) {
      return alerted(document._id, await store.put(document));
    },
    async bulk(documents) {
      const all: Written[] = [];
      for (const [index, written] of (await store.bulk(documents)).entries()) {
        all.push(await alerted(documents[index]?._id ?? '', written));
      }
      return all;
    },
  };
}

const textOf = (id: string, message: string): string =>
  `${message} to the document ${id}, so what it stands for does not happen. ${adviceFor(id)}`;

const adviceFor = (id: string): string =>
  id.startsWith('order:')
    ? 'Look at the variables of the link that asks for this reload, deploy the mended chain, then run cascade replay with the event that the order names.'
    : 'Nothing else is kept back by it. Please report it with this message.';
