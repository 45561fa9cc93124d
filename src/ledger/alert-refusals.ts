import type { CouchPort, NewDocument, Written } from '../clients/couchdb/couchdb-port.ts';
import type { EpochMs } from '../core/units.ts';
import type { LedgerLog } from './ledger-log.ts';
import { raiseAlert } from './raise-alert.ts';

/** What an alert about a refused document needs. */
export interface RefusalPorts {
  readonly traceId: string;
  readonly now: () => EpochMs;
  readonly log: LedgerLog;
}

/**
 * The same store; it also raises an alert for each document that CouchDB refuses for good, so that a person hears of what
 * was not stored, whoever wrote it. An alert itself is only logged.
 */
export function alertRefusals(store: CouchPort, ports: RefusalPorts): CouchPort {
  const alertIfRefused = async ({ _id }: NewDocument, written: Written | undefined): Promise<void> => {
    if (written?.kind !== 'refused' || !written.isForGood || _id.startsWith('alert:')) return;
    const { traceId, now, log } = ports;
    const alert = { kind: 'not-stored', subject: _id, message: textOf(_id, written.message) } as const;
    await raiseAlert(store, { ...alert, traceId, at: store.now() ?? now() }, log);
  };
  return {
    ...store,
    async put(document) {
      const written = await store.put(document);
      await alertIfRefused(document, written);
      return written;
    },
    async bulk(documents) {
      const all = await store.bulk(documents);
      for (const [index, document] of documents.entries()) await alertIfRefused(document, all[index]);
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
