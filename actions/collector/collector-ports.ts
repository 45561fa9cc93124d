import type { CouchPort, NewDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import type { QlikPort } from '../../src/clients/qlik/qlik-port.ts';
import type { AppKey, TenantName } from '../../src/core/names.ts';
import type { TimeConstants } from '../../src/core/time-constants.ts';
import { addMs, type DurationMs, type EpochMs, seconds } from '../../src/core/units.ts';
import type { LedgerLog } from '../../src/ledger/ledger-log.ts';

/** What the collector asks of a tenant. */
export type CollectorQlik = Pick<QlikPort, 'getReload' | 'listEnded' | 'webhooks' | 'lastDelivery'>;

/** What the collector needs from the world. */
export interface CollectorPorts {
  readonly store: CouchPort;
  readonly qlikOf: (tenant: TenantName) => CollectorQlik;
  readonly tenants: readonly TenantName[];
  /** Where the settings say that a tenant is; undefined for one that they do not know. */
  readonly addressOf: (tenant: TenantName) => string | undefined;
  /** Every app that is an upstream or a target of a link, by `tenant/appId`: the compiled set. */
  readonly apps: Readonly<Record<AppKey, unknown>>;
  readonly times: TimeConstants;
  /** How the path of the webhook's address ends on this host: `/web/<namespace>/<package>/webhook`. */
  readonly webhookPath: string;
  readonly deadline: EpochMs;
  readonly now: () => EpochMs;
  readonly traceId: string;
  readonly log: LedgerLog;
}

/** One call to Qlik, and what is kept for writing and answering at the end. */
const LONGEST_CALL = seconds(20);
const RESERVE = seconds(8);

/** The store's clock; before its first answer the container's. */
export const storeNow = ({ store, now }: Pick<CollectorPorts, 'store' | 'now'>): EpochMs => store.now() ?? now();

/** How long a call may take that is over at `until`; undefined if that is too little to begin it. */
export function callTime({ now }: Pick<CollectorPorts, 'now'>, until: EpochMs): DurationMs | undefined {
  const left = until - now();
  return left < 1_000 ? undefined : (Math.min(LONGEST_CALL, left) as DurationMs);
}

/** When no more work is begun. */
export const lastCall = ({ deadline }: Pick<CollectorPorts, 'deadline'>): EpochMs =>
  addMs(deadline, -RESERVE as DurationMs);

/** When the lists make way for what is due: at half of the time. */
export const halfTime = ({ deadline, now }: Pick<CollectorPorts, 'deadline' | 'now'>): EpochMs =>
  (now() + Math.max(0, (deadline - now()) / 2)) as EpochMs;

/**
 * Writes a document of which a conflict is somebody's newer word; that the store refuses it is told in the log, for the
 * sweep would find and do the same again and again without a word.
 *
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function putOrTell(
  document: NewDocument,
  { store, log }: Pick<CollectorPorts, 'store' | 'log'>,
): Promise<void> {
  const written = await store.put(document);
  if (written.kind === 'refused') log.error(`CouchDB refuses ${document._id}: ${written.message}`);
}
