import type { StoredDocument } from '../clients/couchdb/couchdb-port.ts';
import { checkDocument, isBoolean, isInstant, isText, isTextLike, maybe } from './check-document.ts';
import type { GateDocument } from './documents/gate-document.ts';

/**
 * Reads until when a tenant takes no reload, and whether it gives our `resourceId` back.
 *
 * @throws CascadeError LEDGER_MALFORMED.
 */
export const readGate = (document: StoredDocument): GateDocument =>
  checkDocument<GateDocument>(
    document,
    'gate',
    { until: maybe(isInstant), echoes: maybe(isBoolean), echoesAt: maybe(isText) },
    ({ _id }) => isTextLike(/^gate:[a-z0-9-]+$/)(_id),
  );

/**
 * Whether a tenant gives our `resourceId` back.
 *
 * @param address - where it is now; undefined where no deployment said it: then what was learned last holds.
 * @returns undefined where nobody knows, or only of where it was before.
 */
export const echoOf = (
  gate: Pick<GateDocument, 'echoes' | 'echoesAt'> | undefined,
  address: string | undefined,
): boolean | undefined => (address === undefined || gate?.echoesAt === address ? gate?.echoes : undefined);
