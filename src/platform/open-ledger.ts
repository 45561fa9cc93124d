import type { CouchPort } from '../clients/couchdb/couchdb-port.ts';
import { httpCouchdb } from '../clients/couchdb/http-couchdb.ts';
import type { DurationMs } from '../core/units.ts';
import { alertRefusals, type RefusalPorts } from '../ledger/alert-refusals.ts';
import type { Params } from './define-action.ts';
import { parseStoreSettings } from './settings/ledger-settings.ts';

/**
 * Opens the ledger (Cascade's memory in CouchDB) that an action's settings name. An action reads and writes the ledger
 * by the port that it gets here. If the settings name no ledger, the result is undefined, and Cascade works without
 * one.
 *
 * If CouchDB refuses a document because of its contents, the port stores an alert (something that a person should look
 * at). Otherwise nobody would know of it. A refused alert raises no other one.
 *
 * @param timeout - how long a call to CouchDB may take.
 * @throws CascadeError SETTINGS_INVALID if COUCHDB_URL or COUCHDB_DATABASE is malformed.
 */
export function openLedger(params: Params, timeout: DurationMs, ports: RefusalPorts): CouchPort | undefined {
  const settings = parseStoreSettings(params);
  if (settings === undefined) return undefined;
  return alertRefusals(httpCouchdb(settings, { stopwatch: () => performance.now(), timeout }), ports);
}
