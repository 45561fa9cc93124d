import type { CouchPort } from '../clients/couchdb/couchdb-port.ts';
import { httpCouchdb } from '../clients/couchdb/http-couchdb.ts';
import type { DurationMs } from '../core/units.ts';
import type { Params } from './define-action.ts';
import { parseStoreSettings } from './settings/ledger-settings.ts';

/**
 * The ledger that an action's settings name; undefined where they name none: Cascade then works without a memory.
 *
 * @param timeout - for each call.
 * @throws CascadeError SETTINGS_INVALID.
 */
export function openLedger(params: Params, timeout: DurationMs): CouchPort | undefined {
  const settings = parseStoreSettings(params);
  return settings === undefined ? undefined : httpCouchdb(settings, { stopwatch: () => performance.now(), timeout });
}
