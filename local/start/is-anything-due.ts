/*
 * `npm start` runs all of Cascade on one machine, with a simulated tenant of Qlik Cloud. With `--once` it ends when the
 * examples have run and no work is left undone. This file finds that out from the ledger (Cascade's memory in CouchDB).
 */

import type { StoredDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import { httpCouchdb } from '../../src/clients/couchdb/http-couchdb.ts';
import { DEFAULT_CHANNEL } from '../../src/core/desk/notice.ts';
import { appStateId, eventId, ticketId } from '../../src/core/document-ids.ts';
import type { AppRef, ReloadId } from '../../src/core/names.ts';
import { seconds } from '../../src/core/units.ts';
import { parseStoreSettings } from '../../src/platform/settings/ledger-settings.ts';
import type { LedgerSettings } from './start-ledger-store.ts';

/**
 * Whether work on these reloads is left undone: the end of one is not recorded yet, people are owed a notice about its
 * app, or its log can be fetched now for the ticket of its failure. Or whether people are owed a notice of any alert.
 *
 * @param wrong - the channels (places such as Slack) whose address or key is wrong. A notice that only these channels
 *   lack does not count.
 */
export type IsAnythingDue = (
  reloads: readonly (AppRef & { readonly reloadId: string })[],
  wrong: ReadonlySet<string>,
) => Promise<boolean>;

/** A store on the same machine answers in milliseconds; a CouchDB elsewhere may be slow. */
const TIMEOUT = seconds(15);
/** The most alerts that are looked at. An `npm start` raises few. */
const MOST_ALERTS = 1_000;

/**
 * Makes the function that asks the ledger. If asking fails, something counts as due.
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
    const read = [store.many(ids), store.range('alert:', { limit: MOST_ALERTS })];
    const found = await Promise.all(read).catch(() => undefined);
    const now = store.now() ?? Date.now();
    return found === undefined || found.flat().some((document) => isDue(document, wrong, now));
  };
}

/**
 * Whether work on a document is left undone. Such a document has a `dueAt`. An app or an alert has it because of its
 * notices. If only wrong channels lack them, that does not count. An alert about which no notifier has decided yet
 * counts as a notice for the default channel. A ticket has it because of a log. If Qlik did not
 * give the log, the sweep (which takes up what was left undone) asks again 15 minutes later. Meanwhile the ticket does
 * not count.
 */
function isDue(document: StoredDocument | undefined, wrong: ReadonlySet<string>, now: number): boolean {
  if (document?.['dueAt'] === undefined) return false;
  if (document['type'] === 'ticket') return Number(document['dueAt']) <= now;
  const notices = document['unroutedSince'] === undefined ? document['notices'] : [{ to: [DEFAULT_CHANNEL] }];
  return !Array.isArray(notices) || notices.some((notice) => channelsOf(notice).some((channel) => !wrong.has(channel)));
}

/** The channels that are owed a notice. */
function channelsOf(notice: unknown): readonly string[] {
  const { to } = Object(notice) as { readonly to?: unknown };
  return Array.isArray(to) ? to : [];
}
