/*
 * `npm start` runs all of Cascade on one machine, with a simulated tenant of Qlik Cloud. With `--once` it ends when the
 * examples have run. This file finds out whether Cascade still has work to do.
 */

import type { StoredDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import { httpCouchdb } from '../../src/clients/couchdb/http-couchdb.ts';
import { appStateId, eventId, ticketId } from '../../src/core/document-ids.ts';
import type { AppRef, ReloadId } from '../../src/core/names.ts';
import { seconds } from '../../src/core/units.ts';
import { parseStoreSettings } from '../../src/platform/settings/ledger-settings.ts';
import type { LedgerSettings } from './start-ledger-store.ts';

/**
 * Whether the ledger still has to record the ends of these reloads, owes people a notice of their apps, or can get the log
 * of a failed one for its ticket now.
 *
 * @param wrong - channels whose address or key is wrong. A notice that only these channels lack does not count.
 */
export type IsAnythingDue = (
  reloads: readonly (AppRef & { readonly reloadId: string })[],
  wrong: ReadonlySet<string>,
) => Promise<boolean>;

/** A store on the same machine answers in milliseconds; a CouchDB elsewhere may be slow. */
const TIMEOUT = seconds(15);

/**
 * Makes the function that asks the ledger. If the ledger does not answer, something counts as due.
 *
 * @throws CascadeError SETTINGS_INVALID if the settings are malformed.
 */
export function isAnythingDueIn(settings: LedgerSettings): IsAnythingDue {
  const database = parseStoreSettings(settings);
  if (database === undefined) return async () => false;
  const store = httpCouchdb(database, { stopwatch: () => performance.now(), timeout: TIMEOUT });
  return async (reloads, wrong) => {
    const ofReloads = reloads.flatMap(({ tenant, reloadId }) =>
      [eventId, ticketId].map((idOf) => idOf(tenant, reloadId as ReloadId)),
    );
    const ids = [...new Set([...ofReloads, ...reloads.map(appStateId)])];
    const found = await store.many(ids).catch(() => undefined);
    const now = store.now() ?? Date.now();
    return found === undefined || found.some((document) => isDue(document, wrong, now));
  };
}

/**
 * Whether work on a document is left undone. The document of an app is due because of its notices. If only wrong
 * channels lack them, it does not count. A ticket is due because of a log. If Qlik did not give that, the sweep asks again
 * 15 minutes later, and the ticket does not count meanwhile.
 */
function isDue(document: StoredDocument | undefined, wrong: ReadonlySet<string>, now: number): boolean {
  if (document?.['dueAt'] === undefined) return false;
  if (document['type'] === 'ticket') return Number(document['dueAt']) <= now;
  const notices = document['notices'];
  return !Array.isArray(notices) || notices.some((notice) => channelsOf(notice).some((channel) => !wrong.has(channel)));
}

/** The channels that are owed a notice. */
function channelsOf(notice: unknown): readonly string[] {
  const { to } = Object(notice) as { readonly to?: unknown };
  return Array.isArray(to) ? to : [];
}
