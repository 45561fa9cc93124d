/*
 * The collector is the first action of the sweep, which runs every 5 minutes. It asks Qlik which reloads ended, and
 * takes up work that was left undone. This file has what its other files share: what they need from the world, and how
 * they divide the 120 s of an activation (one run of the action).
 */

import type { CouchPort, NewDocument, Written } from '../../src/clients/couchdb/couchdb-port.ts';
import type { QlikPort } from '../../src/clients/qlik/qlik-port.ts';
import type { ChainApp } from '../../src/core/link.ts';
import type { AppKey, TenantName } from '../../src/core/names.ts';
import type { TimeConstants } from '../../src/core/time-constants.ts';
import { addMs, type DurationMs, type EpochMs, seconds } from '../../src/core/units.ts';
import type { LedgerLog } from '../../src/ledger/ledger-log.ts';
import { storeTime } from '../../src/ledger/ledger-ports.ts';
import { type AlertText, raiseAlert } from '../../src/ledger/raise-alert.ts';

/** The calls to a Qlik tenant that the collector needs. */
export type CollectorQlik = Pick<
  QlikPort,
  'getReload' | 'cancelReload' | 'listEnded' | 'logTail' | 'webhooks' | 'lastDelivery'
>;

/** What the collector needs from the world. */
export interface CollectorPorts {
  readonly store: CouchPort;
  readonly qlikOf: (tenant: TenantName) => CollectorQlik;
  /** The tenants of the settings. */
  readonly tenants: readonly TenantName[];
  /** A tenant's address in the settings; undefined for a tenant that they do not have. */
  readonly addressOf: (tenant: TenantName) => string | undefined;
  /** The apps of the chains, by `tenant/appId`: by when each must have been reloaded, and which channels hear of it. */
  readonly apps: Readonly<Record<AppKey, Pick<ChainApp, 'expected' | 'routes'>>>;
  /** Whether tickets show the end of the failed reload's log. */
  readonly isShowingLogs: boolean;
  /** RETENTION_DAYS: for how long a purge keeps documents, at least. */
  readonly retention: DurationMs;
  readonly times: TimeConstants;
  /**
   * The end of the webhook's address on this host: `/web/<namespace>/<package>/webhook`. Qlik's list of webhooks is
   * searched for it.
   */
  readonly webhookPath: string;
  /** When the activation has to be over, by the clock `now`. */
  readonly deadline: EpochMs;
  readonly now: () => EpochMs;
  readonly traceId: string;
  readonly log: LedgerLog;
}

/** What listing the ended reloads of a tenant needs. */
export interface ListPorts extends CollectorPorts {
  /** When listing has to be over, so that time is left for other work. */
  readonly until: EpochMs;
}

/** The longest time for one call to Qlik. A sweep has 120 s, so one silent tenant leaves time for others. */
const LONGEST_CALL = seconds(20);
/** This much of the activation's time is kept for writing and answering. */
const RESERVE = seconds(8);

/** How much time a call has if it must be over at `until`; undefined if less than a second is left. */
export function callTime({ now }: Pick<CollectorPorts, 'now'>, until: EpochMs): DurationMs | undefined {
  const left = until - now();
  return left < 1_000 ? undefined : (Math.min(LONGEST_CALL, left) as DurationMs);
}

/** Calls to Qlik have to be over at this instant. */
export const lastCall = ({ deadline }: Pick<CollectorPorts, 'deadline'>): EpochMs =>
  addMs(deadline, -RESERVE as DurationMs);

/** The middle of the time that is left. Long work stops there, so that the work after it has time, too. */
export const halfTime = ({ deadline, now }: Pick<CollectorPorts, 'deadline' | 'now'>): EpochMs =>
  (now() + Math.max(0, (deadline - now()) / 2)) as EpochMs;

/**
 * Writes a document. If another activation has written it first, that document stays. If the store refuses only this
 * document, this logs an error and does not throw, so that the sweep goes on with its other work.
 *
 * @returns the store's answer.
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function putOrLog(
  document: NewDocument,
  { store, log }: Pick<CollectorPorts, 'store' | 'log'>,
): Promise<Written> {
  const written = await store.put(document);
  if (written.kind === 'refused') log.error(`CouchDB refuses ${document._id}: ${written.message}`);
  return written;
}

/**
 * Raises an alert for people. It does not throw: if the store does not take the alert, the log has it.
 *
 * @returns whether the store has the alert.
 */
export const alertPeople = (
  alert: AlertText,
  ports: Pick<CollectorPorts, 'store' | 'now' | 'traceId' | 'log'>,
): Promise<boolean> => raiseAlert(ports.store, { ...alert, traceId: ports.traceId, at: storeTime(ports) }, ports.log);
