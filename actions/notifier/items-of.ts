/*
 * The action `notifier` sends people notices. A notice is one thing that people should hear about an app, an alert or a
 * question. It has little more than ids and times. This file adds what a message has to say about each notice, so that
 * people understand it: names, errors, and links into Qlik and the dashboard.
 *
 * An event is the ledger's document of a reload that ended. An order is a reload that Cascade owes because of an event.
 */

import type { StoredDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import { appsBefore } from '../../src/core/chains/apps-before.ts';
import { appsBehind } from '../../src/core/chains/apps-behind.ts';
import { chainsOfApp } from '../../src/core/chains/chains-of-app.ts';
import { definedFields } from '../../src/core/defined-fields.ts';
import { appOfAlert, subjectWords } from '../../src/core/desk/alert-words.ts';
import type { AppState } from '../../src/core/desk/app-state.ts';
import { lastErrorIn, reasonText } from '../../src/core/desk/last-error.ts';
import { lateCause } from '../../src/core/desk/late-cause.ts';
import type { MessageItem } from '../../src/core/desk/message-item.ts';
import type { Notice } from '../../src/core/desk/notice.ts';
import { utcText } from '../../src/core/desk/utc-text.ts';
import { appOfStateId, appStateId, eventId, tenantId } from '../../src/core/document-ids.ts';
import { appsBehindFailure } from '../../src/core/graph/if-it-ended.ts';
import type { CompiledChains } from '../../src/core/link.ts';
import { type AppKey, type AppRef, appKey, appOfKey, type ReloadId } from '../../src/core/names.ts';
import { pageFragment } from '../../src/core/page-fragment.ts';
import type { Reason } from '../../src/core/reload-finished.ts';
import { causeIds } from '../../src/core/runs/order-causes.ts';
import { readOrLog } from '../../src/ledger/bad-document.ts';
import type { Debtor } from '../../src/ledger/debtor.ts';
import type { AlertDocument } from '../../src/ledger/documents/alert.ts';
import { type AppStateDocument, readAppState } from '../../src/ledger/documents/app-state.ts';
import { readEvent } from '../../src/ledger/documents/event.ts';
import type { QuestionDocument } from '../../src/ledger/documents/question.ts';
import { readTenant } from '../../src/ledger/documents/tenant.ts';
import type { NotifierPorts } from './notifier-ports.ts';

/**
 * The notices of one document that go into one message. A debtor is a document with notices that channels have not
 * taken.
 */
export interface DebtorPart {
  readonly debtor: Debtor;
  readonly notices: readonly Notice[];
}

/**
 * Turns the notices of a message into the items of which the message is made, in the same sequence.
 *
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function itemsOf(parts: readonly DebtorPart[], ports: NotifierPorts): Promise<readonly MessageItem[]> {
  const known = await readAbout(parts, ports);
  return parts.flatMap(({ debtor: { document }, notices }) =>
    notices.map((notice) => itemOf(document, notice, known, ports)),
  );
}

function itemOf(document: Debtor['document'], notice: Notice, known: Known, ports: NotifierPorts): MessageItem {
  if (document.type === 'app') return appItem(document, notice, known, ports);
  return document.type === 'alert' ? alertItem(document, notice, known, ports) : questionItem(document, notice, ports);
}

type Known = ReadonlyMap<string, StoredDocument>;

/**
 * Reads in one call what messages need besides the documents themselves: the tenants of the apps, the events of the
 * last failures that are not the apps' last ends, the events that called for orders, and the apps for which a late app
 * waits.
 */
async function readAbout(parts: readonly DebtorPart[], { store, chains }: NotifierPorts): Promise<Known> {
  const ids = parts.flatMap(({ debtor: { document }, notices }) => {
    if (document.type === 'ticket') return [];
    if (document.type === 'alert') return idsAbout(document);
    const { tenant } = appOfStateId(document._id);
    const failed = notices
      .filter(({ kind }) => kind === 'failed')
      .flatMap((notice) => lastFailed(document, notice) ?? []);
    const isLate = notices.some(({ kind }) => kind === 'late');
    return [
      tenantId(tenant),
      ...(isLate ? appsBefore(appOfStateId(document._id), chains.links).map((key) => appStateId(appOfKey(key))) : []),
      ...failed.filter((reloadId) => reloadId !== document.last?.reloadId).map((reloadId) => eventId(tenant, reloadId)),
    ];
  });
  const found = await store.many([...new Set(ids)]);
  return new Map(found.flatMap((document) => (document === undefined ? [] : [[document._id, document]])));
}

/**
 * The apps that wait behind an app. Apps that follow its failure do not wait if it failed, but they do if it did not
 * reload.
 */
function behindOf(kind: Notice['kind'], app: AppRef, links: CompiledChains['links']): readonly AppKey[] {
  if (kind === 'failed') return appsBehindFailure(app, links);
  return kind === 'late' ? appsBehind(app, links) : [];
}

function appItem(document: AppStateDocument, notice: Notice, known: Known, ports: NotifierPorts): MessageItem {
  const { kind, at, reloadId, late } = notice;
  const app = appOfStateId(document._id);
  const { links, apps } = ports.chains;
  const cause = causeOf(document, notice, known, ports);
  const streak = presentStreak(document, notice);
  const ticket = streak?.ticket ?? cause?.ticket;
  return {
    ...{ id: `${document._id}/${notice.id}`, kind, at, subject: labelOf(appKey(app), apps), ...app },
    chains: chainsOfApp(app, links),
    behind: behindOf(kind, app, links).map((key) => labelOf(key, apps)),
    ...definedFields({
      detail: kind === 'failed' ? errorText(errorOf(document, notice, known, ports)) : cause?.detail,
      since: streak?.since,
      times: streak?.times,
      deadline: late?.deadline,
      url: addressOf(app, known, ports),
      run: reloadId,
      runUrl: reloadId && pageUrl('runs', eventId(app.tenant, reloadId), ports),
      ticket,
      ticketUrl: ticket && pageUrl('tickets', ticket, ports),
      traceId: notice.traceId,
    }),
  };
}

const labelOf = (key: AppKey, apps: CompiledChains['apps']): string =>
  apps[key]?.label ?? key.slice(key.indexOf('/') + 1);

/**
 * The streak of failures that a notice is about. The app may have failed more often since the notice was made. Then
 * people get the present numbers and the present error.
 */
const presentStreak = ({ failing }: AppStateDocument, { streak }: Notice): Notice['streak'] =>
  failing?.first === streak?.first ? (failing ?? streak) : streak;

/** The reload that failed last in that streak. While the streak goes on, the newest deciding end is a failure. */
const lastFailed = ({ failing, decided }: AppStateDocument, { streak, reloadId }: Notice): ReloadId | undefined =>
  (failing !== undefined && failing.first === streak?.first ? decided?.reloadId : undefined) ?? reloadId;

/**
 * Why the app failed last. If the streak does not say it, it is in the app's document or in the reload's event: Qlik
 * gave no error, or an earlier version of Cascade wrote the streak.
 */
function errorOf(document: AppStateDocument, notice: Notice, known: Known, { log }: NotifierPorts): Reason | undefined {
  const streak = presentStreak(document, notice);
  const noted = streak && lastErrorIn(streak);
  if (noted !== undefined) return noted;
  const { _id, last } = document;
  const reloadId = lastFailed(document, notice);
  if (reloadId === undefined || last?.reloadId === reloadId) return last?.error;
  return readOrLog(known.get(eventId(appOfStateId(_id).tenant, reloadId)), readEvent, log)?.error;
}

const errorText = (error: Reason | undefined): string =>
  error === undefined ? reasonText(error) : `${error.code}: ${error.message}`;

/** Why an app is late (not reloaded by its deadline), as far as the ledger says now; undefined if it is not late. */
function causeOf(document: AppStateDocument, { kind, late }: Notice, known: Known, { chains, log }: NotifierPorts) {
  if (kind !== 'late' || late === undefined) return undefined;
  const app = appOfStateId(document._id);
  const stateOf = (key: AppKey): AppState | undefined =>
    key === appKey(app) ? document : readOrLog(known.get(appStateId(appOfKey(key))), readAppState, log);
  const labels = { labelOf: (key: AppKey) => labelOf(key, chains.apps), timeOf: utcText };
  const { text, ticket, isUnknown } = lateCause(app, late, { links: chains.links, stateOf, ...labels });
  const more = isUnknown === true ? ': cascade why says more' : '';
  return { ticket, detail: `${text}${ticket === undefined ? '' : ` (${ticket})`}${more}.` };
}

/** The address of the app in Qlik Cloud, if the ledger knows the tenant's address. */
function addressOf({ tenant, appId }: AppRef, known: Known, { log }: NotifierPorts): string | undefined {
  const url = readOrLog(known.get(tenantId(tenant)), readTenant, log)?.url;
  return url === undefined ? undefined : `${url}/sense/app/${appId}`;
}

/**
 * The address of a run or a ticket on the dashboard's page. The page finds a run by any end or order that belongs to
 * it, so nothing is read for this.
 */
const pageUrl = (view: 'runs' | 'tickets', id: string, { page }: NotifierPorts): string | undefined =>
  page === undefined ? undefined : `${page}${pageFragment(view, [id])}`;

/** What is read about an alert: the tenant of its app, and the event that called for its order. */
function idsAbout(alert: AlertDocument): readonly string[] {
  const app = appOfAlert(alert);
  return app === undefined ? [] : [tenantId(app.tenant), ...causesOf(alert.subject, app)];
}

/**
 * The ids that an order's cause may have in the ledger. The cause is the event that called for the order. The last part
 * of the order's id names it.
 */
const causesOf = (subject: string, { tenant }: AppRef): readonly string[] =>
  subject.startsWith('order:') ? causeIds({ tenant, causes: [subject.slice(subject.lastIndexOf(':') + 1)] }) : [];

function questionItem(question: QuestionDocument, notice: Notice, ports: NotifierPorts): MessageItem {
  const { _id, title, link: url, author, reputation, tags } = question;
  const who = author === undefined ? [] : [`by ${author}${reputation === undefined ? '' : ` (${reputation})`}`];
  const detail = [...who, ...tags.map((tag) => `#${tag}`)].join(' ');
  const about = { id: `${_id}/${notice.id}`, kind: notice.kind, at: notice.at, subject: title, detail, url };
  return { ...about, ...definedFields({ ticketUrl: pageUrl('tickets', _id, ports), traceId: notice.traceId }) };
}

function alertItem(
  { _id, kind, subject, message, traceId }: AlertDocument,
  notice: Notice,
  known: Known,
  ports: NotifierPorts,
): MessageItem {
  const { links, apps } = ports.chains;
  const app = appOfAlert({ kind, subject });
  const head = { id: `${_id}/${notice.id}`, kind: notice.kind, at: notice.at, detail: message, traceId };
  const about = { ...(notice.kind === 'alert' && { alert: kind }) };
  if (app === undefined) return { ...head, ...about, subject: subjectWords(kind, subject) };
  const order = subject.startsWith('order:') ? subject : undefined;
  const cause = causesOf(subject, app).flatMap((id) => readOrLog(known.get(id), readEvent, ports.log) ?? [])[0];
  return {
    ...{ ...head, ...about, subject: labelOf(appKey(app), apps), ...app, chains: chainsOfApp(app, links) },
    ...(notice.kind === 'gave-up' && { behind: appsBehind(app, links).map((key) => labelOf(key, apps)) }),
    ...definedFields({
      order,
      runUrl: order && pageUrl('runs', order, ports),
      upstream: cause && labelOf(appKey(cause), apps),
      url: addressOf(app, known, ports),
    }),
  };
}
