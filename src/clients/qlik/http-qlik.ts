import { definedFields } from '../../core/defined-fields.ts';
import { isJsonObject, textOf } from '../../core/json-fields.ts';
import { addMs, type DurationMs, type EpochMs } from '../../core/units.ts';
import { exchangeTail } from '../exchange-tail.ts';
import { exchange } from '../http-exchange.ts';
import { sendOnce } from '../send-once.ts';
import { authorizerOf } from './authorization.ts';
import { classifyStart, notStarted } from './classify-start.ts';
import {
  API,
  ELSEWHERE,
  firstHundred,
  type ListPage,
  type ListSource,
  LONGEST_PAGE,
  listPageOf,
  pageThatFits,
  type SentQuery,
} from './pages-that-fit.ts';
import type {
  CancelAnswer,
  EndedAnswer,
  EndedQuery,
  GetAnswer,
  ListAnswer,
  LogAnswer,
  QlikPort,
  StartAnswer,
} from './qlik-port.ts';
import type { QlikTenant } from './qlik-tenant.ts';
import { readDelivery, readReload, readWebhook } from './read-records.ts';

/** Statuses that concern only the list or the reload that was asked for: other calls to the tenant may succeed. */
const REFUSED_LIST: readonly number[] = [400, 403, 404];
const REFUSED_RELOAD: readonly number[] = [400, 403];
/** 416: the log is empty, so it has no end to send. */
const NO_LOG: readonly number[] = [400, 403, 404, 410, 416];

/** A call of the tenant's API. */
interface Call {
  readonly method: 'GET' | 'POST';
  /** What follows `/api/v1/`. */
  readonly path: string;
  readonly json?: object;
  /** When the time for the call is over. */
  readonly until: EpochMs;
  /** The function that sends the request; default `exchange`. */
  readonly via?: typeof exchange;
}

/**
 * Makes the port by which the actions `reload` and `collector` use a tenant's REST API. qlik-port.ts says what each
 * call answers.
 *
 * A request is sent once. After a 401 it is sent once more with a new token, if the credential is an OAuth client. A
 * call's time-out covers all of that: the fetch of a token, the first request, and the second.
 */
export function httpQlik(tenant: QlikTenant, now: () => EpochMs): QlikPort {
  const { origin } = tenant;
  const authorizer = authorizerOf(tenant, now);
  const timeLeft = (until: EpochMs): DurationMs => Math.max(1, until - now()) as DurationMs;

  const sendAuthorized = async ({ path, until, via = exchange, ...call }: Call): Promise<SentQuery> => {
    const authorization = await authorizer.authorization(timeLeft(until));
    if (authorization.kind !== 'header') {
      const { kind, ...why } = authorization;
      return { kind: 'not-sent', ...why, isRefused: kind === 'refused' };
    }
    if (now() >= until) return { kind: 'not-sent', message: 'The time was up before Qlik was asked' };
    const headers = { authorization: authorization.value };
    return via({ ...call, url: `${origin}${API}${path}`, headers, timeout: timeLeft(until) });
  };
  const send = async (call: Call): Promise<SentQuery> => {
    const sent = await sendAuthorized(call);
    if (sent.kind !== 'answered' || sent.status !== 401 || !authorizer.isRenewable) return sent;
    authorizer.renew();
    return sendAuthorized(call);
  };
  const get = (path: string, timeout: DurationMs) => send({ method: 'GET', path, until: addMs(now(), timeout) });

  /** All requests for a list share one time-out. */
  const listWithin = (timeout: DurationMs, what = 'the list of reloads'): ListSource => {
    const until = addMs(now(), timeout);
    return { what, origin, ask: (path) => send({ method: 'GET', path, until }) };
  };

  return {
    async startReload({ appId, body, resourceId }, timeout) {
      const json = { appId, ...body, resourceType: 'api', resourceId };
      const until = addMs(now(), timeout);
      return startAnswerOf(await send({ method: 'POST', path: 'reloads', json, until, via: sendOnce }));
    },
    async listReloads(appId, timeout) {
      return listAnswerOf(await firstHundred(`reloads?appId=${appId}`, listWithin(timeout)));
    },
    async ownUserId(timeout) {
      const sent = await get('users/me', timeout);
      return sent.kind === 'answered' && sent.status === 200 && isJsonObject(sent.json)
        ? textOf(sent.json, 'id')
        : undefined;
    },
    async getReload(reloadId, timeout) {
      return getAnswerOf(await get(`reloads/${encodeURIComponent(reloadId)}`, timeout));
    },
    async listEnded(query, timeout) {
      return endedAnswerOf(await pageThatFits(pathOf(query), listWithin(timeout)));
    },
    async cancelReload(reloadId, timeout) {
      const path = `reloads/${encodeURIComponent(reloadId)}/actions/cancel`;
      return cancelAnswerOf(await send({ method: 'POST', path, until: addMs(now(), timeout) }));
    },
    async logTail(appId, reloadId, timeout) {
      const path = `apps/${encodeURIComponent(appId)}/reloads/logs/${encodeURIComponent(reloadId)}`;
      return logAnswerOf(await send({ method: 'GET', path, until: addMs(now(), timeout), via: exchangeTail }));
    },
    async webhooks(timeout) {
      const page = await firstHundred('webhooks', listWithin(timeout, 'the list of webhooks'));
      return page.kind === 'page' ? { kind: 'listed', webhooks: page.entries.map(readWebhook) } : unavailable(page);
    },
    async lastDelivery(webhookId, timeout) {
      const path = `webhooks/${encodeURIComponent(webhookId)}/deliveries?sort=-triggeredAt&limit=1`;
      const page = listPageOf(await get(path, timeout), { what: 'a webhook’s deliveries', origin });
      if (page.kind === 'no-page') return unavailable(page);
      return { kind: 'known', ...definedFields({ delivery: page.entries.map(readDelivery).find(Boolean) }) };
    },
  };
}

function pathOf({ appId, next, newestBy = 'end' }: EndedQuery): string {
  if (next !== undefined) return next;
  const sort = newestBy === 'end' ? '-endTime' : '-creationTime';
  return `reloads?${appId === undefined ? '' : `appId=${appId}&`}sort=${sort}&limit=${LONGEST_PAGE}`;
}

const unavailable = ({ message }: { readonly message: string }) => ({ kind: 'unavailable', message }) as const;

function startAnswerOf(sent: SentQuery): StartAnswer {
  switch (sent.kind) {
    case 'answered':
      return classifyStart({ status: sent.status, retryAfter: sent.headers.get('retry-after'), json: sent.json });
    case 'no-answer': {
      const message = `Qlik gave ${sent.message}`;
      return sent.wasNotSent === true ? notStarted({ message }) : { kind: 'unknown', message };
    }
    case 'not-sent':
      return notStarted(sent);
    default:
      return sent satisfies never;
  }
}

function listAnswerOf(page: ListPage): ListAnswer {
  if (page.kind === 'no-page') return unavailable(page);
  const { entries, tenantNow } = page;
  return { kind: 'listed', reloads: entries.map(readReload), ...definedFields({ tenantNow }) };
}

function endedAnswerOf(page: ListPage): EndedAnswer {
  if (page.kind === 'no-page' && page.status !== undefined && REFUSED_LIST.includes(page.status)) {
    return { kind: 'forbidden', message: page.message };
  }
  const listed = listAnswerOf(page);
  if (listed.kind !== 'listed' || page.kind === 'no-page') return listed;
  if (page.next.kind === 'elsewhere') return { kind: 'unavailable', message: ELSEWHERE };
  return page.next.kind === 'page' ? { ...listed, next: page.next.path } : listed;
}

function getAnswerOf(sent: SentQuery): GetAnswer {
  if (sent.kind !== 'answered') return unavailable(sent);
  const { status, json } = sent;
  if (status === 404) return { kind: 'absent' };
  if (status === 200 && isJsonObject(json) && textOf(json, 'id') !== undefined) {
    return { kind: 'found', reload: readReload(json) };
  }
  const kind = REFUSED_RELOAD.includes(status) ? 'refused' : 'unavailable';
  return { kind, message: `Qlik answered ${status} to a reload’s id` };
}

function cancelAnswerOf(sent: SentQuery): CancelAnswer {
  if (sent.kind === 'not-sent' && sent.isRefused === true) return { kind: 'refused', message: sent.message };
  if (sent.kind !== 'answered') return unavailable(sent);
  const { status } = sent;
  if (status >= 200 && status < 300) return { kind: 'canceled' };
  if (status === 409) return { kind: 'ended' };
  const isPassing = status >= 500 || status === 429 || status === 408;
  return { kind: isPassing ? 'unavailable' : 'refused', message: `Qlik answered ${status} to a cancellation` };
}

function logAnswerOf(sent: SentQuery): LogAnswer {
  if (sent.kind === 'no-answer' && sent.isTooLarge === true)
    return { kind: 'absent', message: `Qlik gave ${sent.message}` };
  if (sent.kind !== 'answered') return unavailable(sent);
  const { status, text = '' } = sent;
  if (status === 200 || status === 206) return { kind: 'found', text };
  const kind = NO_LOG.includes(status) ? 'absent' : 'unavailable';
  return { kind, message: `Qlik answered ${status} to a reload’s log` };
}
