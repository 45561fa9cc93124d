import type { CouchPort } from '../clients/couchdb/couchdb-port.ts';
import { httpCouchdb } from '../clients/couchdb/http-couchdb.ts';
import type { DurationMs } from '../core/units.ts';
import { alertRefusals, type RefusalPorts } from '../ledger/alert-refusals.ts';
import type { Params } from './define-action.ts';
import { parseStoreSettings } from './settings/ledger-settings.ts';

/**
 * Opens the ledger (Cascade's memory in CouchDB) that an action's settings name. Returns undefined if they name none: Cascade
 * then works without a ledger.
 *
 * If CouchDB refuses a document for good, the port stores an alert, so that a person hears of it.
 *
 * @param timeout - of each call to CouchDB.
 * @throws CascadeError SETTINGS_INVALID.
 */
export function openLedger(params: Params, timeout: DurationMs, ports: RefusalPorts): CouchPort | undefined {
  const settings = parseStoreSettings(params);
  if (settings === undefined) return undefined;
  return alertRefusals(httpCouchdb(settings, { stopwatch: () => performance.now(), timeout }), ports);
}
