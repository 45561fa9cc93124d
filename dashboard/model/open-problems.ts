/*
 * Beside apps that fail or are late, a person may have to look at three more things, as `cascade runs --problems` lists
 * them: alerts, orders (reloads that Cascade owes) that were given up, and dead letters (webhooks that Cascade could
 * not understand). This file finds those that are open, among the documents on the device.
 */

import { alertWords, appOfAlert, subjectWords } from '../../src/core/desk/alert-words.ts';
import { appStateId } from '../../src/core/document-ids.ts';
import { groupBy } from '../../src/core/group-by.ts';
import { type AppKey, appKey } from '../../src/core/names.ts';
import type { LabelOf, OrderFact } from '../../src/core/runs/facts.ts';
import {
  alertsAlone,
  isOpenAlert,
  isOpenLetter,
  openGivenUp,
  PROBLEMS_SHOWN_FOR,
  raisedAt,
} from '../../src/core/runs/open-problems.ts';
import { dismissals } from '../../src/core/tickets/dismissals.ts';
import type { EpochMs } from '../../src/core/units.ts';
import type { PageDocuments } from './documents.ts';

type Documents = Pick<PageDocuments, 'of'>;

const dismissedIn = (documents: Documents) => dismissals([...documents.of('act').values()]);

/** The open orders that were given up, by app. */
export function givenUpIn(documents: Documents): ReadonlyMap<AppKey, readonly OrderFact[]> {
  const orders = [...documents.of('order').values()].filter(({ state }) => state === 'gave-up');
  // Acts are many, and given-up orders are few.
  if (orders.length === 0) return new Map();
  const open = openGivenUp(
    orders,
    dismissedIn(documents),
    (app) => documents.of('app').get(appStateId(app))?.lastSuccess?.endedAt,
  );
  return groupBy(open, appKey);
}

/** An alert as a person reads it. */
export interface AlertLine {
  readonly id: string;
  /** `Tenant acme sends no webhooks`. */
  readonly what: string;
  /** When it was raised first, and last. */
  readonly since: EpochMs;
  readonly last: EpochMs;
  readonly message: string;
}

/** What a person should look at beside the apps. */
export interface OpenProblems {
  /** The one that was raised last comes first. */
  readonly alerts: readonly AlertLine[];
  /** How many webhooks Cascade could not understand, and nobody has settled. */
  readonly letters: number;
  /** How many things these are. The letters are one. */
  readonly count: number;
}

/** `1 alert`, `2 alerts`. */
export const alertCount = (count: number): string => `${count} ${count === 1 ? 'alert' : 'alerts'}`;

/** The open alerts that were raised in the last 7 days, and the number of open dead letters. */
export function openProblems(documents: Documents, labelOf: LabelOf, now: EpochMs): OpenProblems {
  const recent = [...documents.of('alert').values()].filter((alert) => raisedAt(alert) >= now - PROBLEMS_SHOWN_FOR);
  // Orders and acts are many. The header asks this after each change, and mostly there is no alert.
  const raised = recent.length === 0 ? [] : alertsAlone(recent, documents.of('order').values());
  const dismissed = raised.length === 0 ? new Map() : dismissedIn(documents);
  const alerts = raised
    .filter((alert) => isOpenAlert(alert, dismissed))
    .sort((a, b) => raisedAt(b) - raisedAt(a))
    .map((alert) => {
      const { _id: id, kind, subject, at: since, message } = alert;
      const app = appOfAlert(alert);
      const name = app === undefined ? subjectWords(kind, subject) : labelOf(app);
      return { id, what: `${name} ${alertWords(kind)}`, since, last: raisedAt(alert), message };
    });
  const letters = [...documents.of('dead').values()].filter(isOpenLetter).length;
  return { alerts, letters, count: alerts.length + Number(letters > 0) };
}
