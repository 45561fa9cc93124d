import type { CouchPort } from '../../src/clients/couchdb/couchdb-port.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import { appStateId } from '../../src/core/document-ids.ts';
import { type AppKey, type AppRef, appKey } from '../../src/core/names.ts';
import type { Outcome, ReloadFinished } from '../../src/core/reload-finished.ts';
import { readOrLog } from '../../src/ledger/bad-document.ts';
import { readAppState } from '../../src/ledger/documents/app-state.ts';
import type { Log } from '../../src/platform/log.ts';
import { type ChainRow, NO_LAST_RELOAD } from './rows-of.ts';

/** The columns of a row that tell of its app's last reload. */
export type LastReloadColumns = Pick<ChainRow, keyof typeof NO_LAST_RELOAD>;

/** Qlik's words, as its own lists have them. */
const STATUS_OF: Readonly<Record<Outcome, string>> = {
  succeeded: 'SUCCEEDED',
  failed: 'FAILED',
  canceled: 'CANCELED',
  'exceeded-limit': 'EXCEEDED_LIMIT',
};

/** What the last end that Cascade heard of tells; when that reload began, nobody told. */
export const lastReloadOf = ({ outcome, reloadId, endedAt, error }: ReloadFinished): LastReloadColumns => ({
  ...NO_LAST_RELOAD,
  lastStatus: STATUS_OF[outcome],
  lastReloadId: reloadId,
  lastEndedAt: new Date(endedAt).toISOString(),
  lastEndedEpochSeconds: Math.floor(endedAt / 1_000),
  lastErrorCode: error?.code ?? '',
});

/** What is known of the apps' last reloads, by `tenant/appId`; absent if nothing is. */
export interface LastReloads {
  readonly byApp: ReadonlyMap<AppKey, LastReloadColumns>;
  /** True if there is a ledger and it did not answer: then empty columns mean nothing. */
  readonly isUnavailable: boolean;
}

export const NONE_KNOWN: LastReloads = { byApp: new Map(), isUnavailable: false };

/**
 * Reads the last reloads of `apps`: one request, none for no apps.
 *
 * It does not fail for the store's sake: who follows whom is known without it.
 */
export async function readLastReloads(
  apps: readonly AppRef[],
  store: Pick<CouchPort, 'many'>,
  log: Pick<Log, 'error'>,
): Promise<LastReloads> {
  try {
    const documents = await store.many(apps.map(appStateId));
    const known = documents.flatMap((document, index) => {
      const app = apps[index];
      const state = readOrLog(document, readAppState, log);
      return state === undefined || app === undefined ? [] : [[appKey(app), lastReloadOf(state.last)] as const];
    });
    return { byApp: new Map(known), isUnavailable: false };
  } catch (error) {
    if (!(error instanceof CascadeError)) throw error;
    log.error(`The last reloads are not known: ${error.message}`, { code: error.code });
    return { byApp: new Map(), isUnavailable: true };
  }
}
