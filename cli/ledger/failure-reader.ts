/*
 * `cascade runs --problems` lists, among other problems, what has failed. For that the command reads the whole ledger
 * (Cascade's memory in CouchDB), document by document. This file collects the failures meanwhile.
 *
 * An event is the ledger's document of a reload that ended. An order is a reload that Cascade owes or has started. A
 * run is its root (a first event, or a first order that a person gave) and all that followed. A streak is a row of
 * failures of one app, and the app is failing until its next success ends the streak. Cascade keeps a ticket for each
 * streak. An app is late if it missed the time by which a success of it is expected.
 */

import { definedFields } from '../../src/core/defined-fields.ts';
import { lastErrorIn, reasonText, UNKNOWN_REASON } from '../../src/core/desk/last-error.ts';
import type { Streak, TicketId } from '../../src/core/desk/notice.ts';
import { appOfStateId, appStateId, eventId } from '../../src/core/document-ids.ts';
import { groupBy } from '../../src/core/group-by.ts';
import type { AppRef, OrderId, ReloadId } from '../../src/core/names.ts';
import { isMatch } from '../../src/core/plan-orders.ts';
import type { Reason } from '../../src/core/reload-finished.ts';
import type {
  FailedReload,
  FailedRunFact,
  FailingFact,
  LateFact,
  ProblemFacts,
} from '../../src/core/runs/find-problems.ts';
import { willRetry } from '../../src/core/runs/group-runs.ts';
import { isTimedOut } from '../../src/core/runs/order-words.ts';
import { isReloadTicket, type Ticket } from '../../src/core/tickets/ticket.ts';
import { tooLongWords } from '../../src/core/too-long.ts';
import { addMs, type DurationMs, days, type EpochMs } from '../../src/core/units.ts';
import type { AppStateDocument } from '../../src/ledger/documents/app-state.ts';
import type { EventDocument } from '../../src/ledger/documents/event.ts';
import type { OrderDocument } from '../../src/ledger/documents/order.ts';
import type { LedgerDocument } from '../../src/ledger/ledger-document.ts';

/** A failed reload, before its ticket is known. */
interface Failure extends AppRef {
  readonly reloadId: ReloadId;
  readonly endedAt: EpochMs;
  /** The id of the reload's order, as far as it is known: Qlik may have echoed it (given it back in its report). */
  readonly orderId?: OrderId | undefined;
  /** The id of the run's root, as far as it is known. */
  readonly root: string;
  /** True if an order says that the reload is its own. Then `root` is certain. */
  readonly isOwned: boolean;
  readonly tooLong?: string;
}

/** Whether a reload that failed at this time was one of the streak's. */
const isIn = ({ since, lastFailedAt }: Streak, endedAt: EpochMs): boolean =>
  since <= endedAt && endedAt <= lastFailedAt;

/** Runs are listed if they have a reload that failed this recently. */
const FAILED_WITHIN = days(1);

/**
 * Finds what has failed among the documents of the ledger: apps that are failing or late now, and the runs with a
 * failed reload of the last day. It keeps little of each document, because there may be millions of them.
 *
 * `add` has to get the documents sorted by their ids: `app:…`, `event:…`, `order:…`, `ticket:…`. An event needs
 * what was noted of its app, an order what was noted of its event, and a ticket what was noted of its app.
 */
export class FailureReader {
  /** When apps succeeded last, by the ids of their documents. */
  readonly #lastSuccess = new Map<string, EpochMs>();
  /** The apps that are failing now, by the ids of their tickets. */
  readonly #failing = new Map<string, Omit<FailingFact, 'hasTicket'>>();
  /**
   * The failing apps whose documents do not say why they failed last, so that an event or an order has to: an earlier
   * version of Cascade wrote them, or Qlik gave no error. By the id of the app's document: the id of its ticket.
   */
  readonly #errorWanted = new Map<string, TicketId>();
  /** The apps that are late now. */
  readonly #late: LateFact[] = [];
  /** The failed reloads of the last day, by the ids of their events. */
  readonly #failures = new Map<string, Failure>();
  /** The order ids that Qlik echoed with these failures. */
  readonly #echoed = new Set<OrderId>();
  /** For each of these orders: the root of its run. */
  readonly #rootOf = new Map<OrderId, string>();
  /** The tickets of failing apps, and those with a failure of the last day, by the ids of their apps' documents. */
  readonly #tickets = new Map<string, Pick<Ticket, '_id' | 'failedAt' | 'lastFailedAt'>[]>();

  /**
   * Takes what matters from a document.
   *
   * @param now - the store's clock.
   */
  add(document: LedgerDocument, now: EpochMs): void {
    const from = addMs(now, -FAILED_WITHIN as DurationMs);
    if (document.type === 'app') this.#addApp(document);
    if (document.type === 'event') {
      this.#addError(document, document.endedAt, document.error);
      this.#addEvent(document, from);
    }
    if (document.type === 'order') this.#addOrder(document, from);
    if (document.type !== 'ticket' || !isReloadTicket(document)) return;
    const { _id, failedAt, lastFailedAt } = document;
    if (lastFailedAt < from && !this.#failing.has(_id)) return;
    const app = appStateId(document);
    this.#tickets.set(app, [...(this.#tickets.get(app) ?? []), { _id, failedAt, lastFailedAt }]);
  }

  /** What has failed, each with its ticket if the ledger has one. */
  facts(): Pick<ProblemFacts, 'failing' | 'late' | 'failedRuns' | 'lastSuccess'> {
    const ids = new Set<string>([...this.#tickets.values()].flat().map(({ _id }) => _id));
    const failing = [...this.#failing.values()].map((app) => ({ ...app, hasTicket: ids.has(app.streak.ticket) }));
    const streaks = groupBy(
      failing.map(({ streak, ...app }) => ({ ...streak, id: appStateId(app) })),
      ({ id }) => id,
    );
    const byRoot = new Map<string, FailedReload[]>();
    for (const { tenant, appId, reloadId, endedAt, tooLong, ...failure } of this.#failures.values()) {
      const echoedRoot = failure.isOwned ? undefined : this.#rootOf.get(failure.orderId ?? ('' as OrderId));
      const root = echoedRoot ?? failure.root;
      const ticket = this.#tickets
        .get(appStateId({ tenant, appId }))
        ?.find(({ failedAt, lastFailedAt }) => failedAt <= endedAt && endedAt <= lastFailedAt)?._id;
      // An earlier version of Cascade wrote no tickets. Then this is the id that the streak's ticket would have.
      const streak = ticket ?? streaks.get(appStateId({ tenant, appId }))?.find((each) => isIn(each, endedAt))?.ticket;
      const reload = { tenant, appId, reloadId, endedAt, ...definedFields({ ticket, streak, tooLong }) };
      const reloads = byRoot.get(root);
      if (reloads === undefined) byRoot.set(root, [reload]);
      else reloads.push(reload);
    }
    const failedRuns: readonly FailedRunFact[] = [...byRoot].map(([root, reloads]) => ({
      root,
      reloads: reloads.sort((a, b) => a.endedAt - b.endedAt),
    }));
    return { failing, late: this.#late, failedRuns, lastSuccess: this.#lastSuccess };
  }

  #addApp({ _id, last, lastSuccess, failing, late }: AppStateDocument): void {
    if (lastSuccess !== undefined) this.#lastSuccess.set(_id, lastSuccess.endedAt);
    const app = appOfStateId(_id);
    if (late !== undefined) {
      const success = lastSuccess && { lastSuccess: lastSuccess.endedAt };
      this.#late.push({ ...app, deadline: late.deadline, ...success });
    }
    if (failing === undefined) return;
    const isLastFailure = last?.endedAt === failing.lastFailedAt;
    const error = lastErrorIn(failing) ?? (isLastFailure ? last?.error : undefined);
    if (error === undefined) this.#errorWanted.set(_id, failing.ticket);
    const why = error === undefined && !isLastFailure ? UNKNOWN_REASON : reasonText(error);
    this.#failing.set(failing.ticket, { ...app, streak: failing, why, ...definedFields({ error }) });
  }

  /** Notes the error of an app's last failure, if the app's document does not have it. */
  #addError(of: AppRef, endedAt: EpochMs | undefined, found: Reason | undefined): void {
    const ticket = this.#errorWanted.get(appStateId(of));
    const app = ticket === undefined ? undefined : this.#failing.get(ticket);
    if (ticket === undefined || app === undefined || app.streak.lastFailedAt !== endedAt) return;
    const error = found ?? app.error;
    this.#failing.set(ticket, { ...app, why: reasonText(error), ...definedFields({ error }) });
  }

  /**
   * Notes a failed end (`isMatch` also takes one that exceeded a limit). If another attempt follows, the end is no
   * failure. Before Cascade has decided what follows (`resolvedAt`), nobody knows that, so the event is left out. An
   * end of `other-tenant` is left out, too: it is not about our apps.
   */
  #addEvent(event: EventDocument, from: EpochMs): void {
    const { tenant, appId, reloadId, endedAt, outcome, orderId, resolvedAt, skips = [] } = event;
    if (resolvedAt === undefined || endedAt < from || !isMatch('failed', outcome) || willRetry(event)) return;
    if (skips.some(({ reason }) => reason === 'other-tenant')) return;
    const failure = { tenant, appId, reloadId, endedAt, orderId, root: event._id, isOwned: false };
    this.#failures.set(eventId(tenant, reloadId), failure);
    if (orderId !== undefined) this.#echoed.add(orderId);
  }

  /**
   * Notes to which runs the failed reloads belong. It also notes the reload of an order that ended in a failure in the
   * last day. If Cascade canceled the reload because it ran too long, only the order says that it counts as failed.
   */
  #addOrder(order: OrderDocument, from: EpochMs): void {
    const { _id, tenant, appId, root, reloadId, ends, state, outcome, endedAt, policy } = order;
    if (this.#echoed.has(_id)) this.#rootOf.set(_id, root);
    for (const id of new Set([...ends, ...(reloadId === undefined ? [] : [reloadId])])) {
      const failure = this.#failures.get(eventId(tenant, id));
      if (failure !== undefined) this.#failures.set(eventId(tenant, id), { ...failure, root, isOwned: true });
    }
    const tooLong = isTimedOut(order) ? tooLongWords(policy) : undefined;
    if (tooLong !== undefined) this.#addError(order, endedAt, order.reason);
    const hasFailed = (outcome !== undefined && isMatch('failed', outcome)) || tooLong !== undefined;
    if (state !== 'ended' || !hasFailed || reloadId === undefined || endedAt === undefined || endedAt < from) return;
    this.#failures.set(eventId(tenant, reloadId), {
      tenant,
      appId,
      reloadId,
      endedAt,
      orderId: _id,
      root,
      isOwned: true,
      ...definedFields({ tooLong }),
    });
  }
}
