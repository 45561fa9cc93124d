/*
 * The web action `chains` shows people which app follows which. Each row also says how the app's last reload ended.
 * This file reads that from the ledger (Cascade's memory, a database in CouchDB).
 */

import type { CouchPort } from '../../src/clients/couchdb/couchdb-port.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import { appStateId } from '../../src/core/document-ids.ts';
import { type AppKey, type AppRef, appKey } from '../../src/core/names.ts';
import type { Outcome, ReloadFinished } from '../../src/core/reload-finished.ts';
import { readOrLog } from '../../src/ledger/bad-document.ts';
import { readAppState } from '../../src/ledger/documents/app-state.ts';
import type { Log } from '../../src/platform/log.ts';
import type { ChainRow } from './rows-of.ts';

/** The columns of a row about its app's last reload, as far as they are known. */
export type LastReloadColumns = Pick<ChainRow, Extract<keyof ChainRow, `last${string}`>>;

/** Qlik's word for each outcome, as Qlik's own lists of reloads have it. */
export const STATUS_OF: Readonly<Record<Outcome, string>> = {
  succeeded: 'SUCCEEDED',
  failed: 'FAILED',
  canceled: 'CANCELED',
  'exceeded-limit': 'EXCEEDED_LIMIT',
};

/** The columns of an app's last reload. If Qlik did not say when it began, the columns that need that are left out. */
const columnsOf = ({ outcome, reloadId, startedAt, endedAt, error }: ReloadFinished): Partial<LastReloadColumns> => ({
  lastStatus: STATUS_OF[outcome],
  lastReloadId: reloadId,
  ...(startedAt !== undefined && {
    lastStartedAt: new Date(startedAt).toISOString(),
    lastStartedEpochSeconds: Math.floor(startedAt / 1_000),
    lastDurationSeconds: Math.max(0, endedAt - startedAt) / 1_000,
  }),
  lastEndedAt: new Date(endedAt).toISOString(),
  lastEndedEpochSeconds: Math.floor(endedAt / 1_000),
  lastErrorCode: error?.code ?? '',
});

/** The apps' last reloads. */
export interface LastReloads {
  /** By `tenant/appId`. An app of which no ended reload is known is not in this map. */
  readonly byApp: ReadonlyMap<AppKey, Partial<LastReloadColumns>>;
  /**
   * True if there is a ledger and it could not be read. Then an app may have a last reload although `byApp` lacks it.
   */
  readonly isUnavailable: boolean;
}

/** No last reloads, because there is no ledger. */
export const NONE_KNOWN: LastReloads = { byApp: new Map(), isUnavailable: false };

/**
 * Reads how the last reloads of `apps` ended.
 *
 * If CouchDB does not answer or refuses, this logs an error and does not throw, because the chains can be shown without
 * last reloads.
 */
export async function readLastReloads(
  apps: readonly AppRef[],
  store: Pick<CouchPort, 'many'>,
  log: Pick<Log, 'error'>,
): Promise<LastReloads> {
  try {
    const documents = await store.many(apps.map(appStateId));
    const ends = documents.flatMap((document) => readOrLog(document, readAppState, log)?.last ?? []);
    return { byApp: new Map(ends.map((end) => [appKey(end), columnsOf(end)])), isUnavailable: false };
  } catch (error) {
    if (!(error instanceof CascadeError)) throw error;
    log.error(`The last reloads are not known: ${error.message}`, { code: error.code });
    return { byApp: new Map(), isUnavailable: true };
  }
}
