import type { CouchPort } from '../clients/couchdb/couchdb-port.ts';
import { httpCouchdb } from '../clients/couchdb/http-couchdb.ts';
import { ACTION_LIMITS } from '../core/action-limits.ts';
import { CascadeError } from '../core/cascade-error.ts';
import { alertRefusals, type RefusalPorts } from '../ledger/alert-refusals.ts';
import type { Params } from './define-action.ts';
import { parseStoreSettings } from './settings/ledger-settings.ts';

/** The name of an action that reads or writes the ledger. */
type LedgerAction = keyof typeof ACTION_LIMITS;

/**
 * Opens the ledger (Cascade's memory in CouchDB) that an action's settings name. An action reads and writes the ledger
 * by the port that it gets here. If the settings name no ledger, the result is undefined, and Cascade works without
 * one.
 *
 * If CouchDB refuses a document because of its contents, the port stores an alert (something that a person should look
 * at). Otherwise nobody would know of it. A refused alert raises no other one.
 *
 * @param action - whose limit says how long a call to CouchDB may take.
 * @throws CascadeError SETTINGS_INVALID if COUCHDB_URL or COUCHDB_DATABASE is malformed.
 */
export function openLedger(params: Params, action: LedgerAction, ports: RefusalPorts): CouchPort | undefined {
  const settings = parseStoreSettings(params);
  if (settings === undefined) return undefined;
  const timeout = ACTION_LIMITS[action].store;
  return alertRefusals(httpCouchdb(settings, { stopwatch: () => performance.now(), timeout }), ports);
}

/**
 * Opens the ledger as `openLedger`, for an action that can do nothing without a ledger.
 *
 * @throws CascadeError SETTINGS_INVALID as `openLedger`, and if COUCHDB_URL is missing.
 */
export function neededLedger(params: Params, action: LedgerAction, ports: RefusalPorts): CouchPort {
  const store = openLedger(params, action, ports);
  if (store !== undefined) return store;
  throw new CascadeError(
    'SETTINGS_INVALID',
    `The action ${action} needs a ledger, and the setting COUCHDB_URL is missing. Set it and deploy again, or switch off what starts the action.`,
  );
}
