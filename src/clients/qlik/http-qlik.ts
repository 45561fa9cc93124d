import { isJsonObject, type JsonObject, textOf } from '../../core/json-fields.ts';
import { addMs, type DurationMs, type EpochMs } from '../../core/units.ts';
import { exchange, type HttpExchange, type HttpRequest } from '../http-exchange.ts';
import { sendOnce } from '../send-once.ts';
import { authorizerOf } from './authorization.ts';
import { classifyStart, notStarted } from './classify-start.ts';
import { API, nextPageOf } from './next-page.ts';
import {
  type AskQlik,
  ELSEWHERE,
  entriesOf,
  firstHundred,
  LONGEST_PAGE,
  pageThatFits,
  type SentQuery,
} from './pages-that-fit.ts';
import type {
  CancelAnswer,
  EndedAnswer,
  EndedQuery,
  GetAnswer,
  ListAnswer,
  QlikPort,
  StartAnswer,
} from './qlik-port.ts';
import type { QlikTenant } from './qlik-tenant.ts';
import { readReload } from './read-reload.ts';
import { readDelivery, readWebhook } from './read-webhook.ts';

/** Answers that are about what was asked for, and no sign that the tenant is out of order. */
const REFUSED_LIST: readonly number[] = [400, 403, 404];
const REFUSED_RELOAD: readonly number[] = [400, 403];

type Request = Pick<HttpRequest, 'method' | 'json'>;
type Transport = (request: HttpRequest) => Promise<HttpExchange>;

/**
 * A tenant's REST API over HTTP; each call is sent once, and once more with a new token after a 401.
 *
 * A call's time-out is for all of it: a token that has to be fetched first, and the second sending, take from the same.
 */
export function httpQlik(tenant: QlikTenant, now: () => EpochMs): QlikPort {
  const authorizer = authorizerOf(tenant, now);

  const sendAuthorized = async (request: Request, path: string, until: EpochMs, via: Transport): Promise<SentQuery> => {
    const authorization = await authorizer.authorization(timeLeft(until));
    if (authorization.kind !== 'header') {
      const { kind, ...why } = authorization;
      return { kind: 'not-sent', ...why, isRefused: kind === 'refused' };
    }
    if (now() >= until) return { kind: 'not-sent', message: 'The time was up before Qlik was asked' };
    const headers = { authorization: authorization.value };
    return via({ ...request, timeout: timeLeft(until), url: `${tenant.origin}${API}${path}`, headers });
  };

  const timeLeft = (until: EpochMs): DurationMs => Math.max(1, until - now()) as DurationMs;

  const sendUntil = async (request: Request, path: string, until: EpochMs, via = exchange): Promise<SentQuery> => {
    const sent = await sendAuthorized(request, path, until, via);
    if (sent.kind !== 'answered' || sent.status !== 401 || !authorizer.isRenewable) return sent;
    authorizer.renew();
    return sendAuthorized(request, path, until, via);
  };
  const send = (request: Request, path: string, timeout: DurationMs, via?: Transport): Promise<SentQuery> =>
    sendUntil(request, path, addMs(now(), timeout), via);

  /** All requests of a list take from one time-out. */
  const askWithin = (timeout: DurationMs): AskQlik => {
    const until = addMs(now(), timeout);
    return (path) => sendUntil({ method: 'GET' }, path, until);
  };

  return {
    async startReload({ appId, body, resourceId }, timeout) {
      const json = { appId, ...body, resourceType: 'api', resourceId };
      return startAnswerOf(await send({ method: 'POST', json }, 'reloads', timeout, sendOnce));
    },
    async listReloads(appId, timeout) {
      return listAnswerOf(await firstHundred(`reloads?appId=${appId}`, askWithin(timeout), tenant.origin));
    },
    async ownUserId(timeout) {
      const sent = await send({ method: 'GET' }, 'users/me', timeout);
      return sent.kind === 'answered' && sent.status === 200 && isJsonObject(sent.json)
        ? textOf(sent.json, 'id')
        : undefined;
    },
    async getReload(reloadId, timeout) {
      return getAnswerOf(await send({ method: 'GET' }, `reloads/${encodeURIComponent(reloadId)}`, timeout));
    },
    async listEnded(query, timeout) {
      return endedAnswerOf(await pageThatFits(pathOf(query), askWithin(timeout)), tenant.origin);
    },
    async cancelReload(reloadId, timeout) {
      const path = `reloads/${encodeURIComponent(reloadId)}/actions/cancel`;
      return cancelAnswerOf(await send({ method: 'POST' }, path, timeout));
    },
    async webhooks(timeout) {
      const sent = await firstHundred('webhooks', askWithin(timeout), tenant.origin);
      const data = dataOf(sent);
      return data === undefined
        ? { kind: 'unavailable', message: problemOf(sent, 'the list of webhooks') }
        : { kind: 'listed', webhooks: data.map(readWebhook) };
    },
    async lastDelivery(webhookId, timeout) {
      const path = `webhooks/${encodeURIComponent(webhookId)}/deliveries?sort=-triggeredAt&limit=1`;
      const sent = await send({ method: 'GET' }, path, timeout);
      const data = dataOf(sent);
      if (data === undefined) return { kind: 'unavailable', message: problemOf(sent, 'a webhook’s deliveries') };
      const delivery = data.map(readDelivery).find((each) => each !== undefined);
      return { kind: 'known', ...(delivery !== undefined && { delivery }) };
    },
  };
}

function pathOf({ appId, next, newestBy = 'end' }: EndedQuery): string {
  if (next !== undefined) return next;
  const sort = newestBy === 'end' ? '-endTime' : '-creationTime';
  return `reloads?${appId === undefined ? '' : `appId=${appId}&`}sort=${sort}&limit=${LONGEST_PAGE}`;
}

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

function listAnswerOf(sent: SentQuery): ListAnswer {
  if (sent.kind !== 'answered') return { kind: 'unavailable', message: sent.message };
  const data = entriesOf(sent);
  if (data === undefined) {
    return { kind: 'unavailable', message: `Qlik answered ${sent.status} to the list of reloads` };
  }
  const tenantNow = Date.parse(sent.headers.get('date') ?? '');
  return {
    kind: 'listed',
    reloads: data.filter(isJsonObject).map(readReload),
    ...(Number.isNaN(tenantNow) ? {} : { tenantNow: tenantNow as EpochMs }),
  };
}

function endedAnswerOf(sent: SentQuery, origin: string): EndedAnswer {
  if (sent.kind === 'answered' && REFUSED_LIST.includes(sent.status)) {
    return { kind: 'forbidden', message: `Qlik answered ${sent.status} to the list of reloads` };
  }
  const listed = listAnswerOf(sent);
  if (listed.kind !== 'listed' || sent.kind !== 'answered') return listed;
  const next = nextPageOf(sent.json, origin);
  if (next.kind === 'elsewhere') return { kind: 'unavailable', message: ELSEWHERE };
  return next.kind === 'page' ? { ...listed, next: next.path } : listed;
}

/** The objects of a page; undefined if there is none. */
const dataOf = (sent: SentQuery): readonly JsonObject[] | undefined => entriesOf(sent)?.filter(isJsonObject);

const problemOf = (sent: SentQuery, what: string): string =>
  sent.kind === 'answered' ? `Qlik answered ${sent.status} to ${what}` : sent.message;

function getAnswerOf(sent: SentQuery): GetAnswer {
  if (sent.kind !== 'answered') return { kind: 'unavailable', message: sent.message };
  if (sent.status === 404) return { kind: 'absent' };
  if (sent.status === 200 && isJsonObject(sent.json) && textOf(sent.json, 'id') !== undefined) {
    return { kind: 'found', reload: readReload(sent.json) };
  }
  const kind = REFUSED_RELOAD.includes(sent.status) ? 'refused' : 'unavailable';
  return { kind, message: `Qlik answered ${sent.status} to a reload’s id` };
}

function cancelAnswerOf(sent: SentQuery): CancelAnswer {
  if (sent.kind === 'not-sent' && sent.isRefused === true) return { kind: 'refused', message: sent.message };
  if (sent.kind !== 'answered') return { kind: 'unavailable', message: sent.message };
  const { status } = sent;
  const message = `Qlik answered ${status} to a cancellation`;
  if (status >= 200 && status < 300) return { kind: 'canceled' };
  if (status === 409) return { kind: 'ended' };
  const isPassing = status >= 500 || status === 429 || status === 408;
  return { kind: isPassing ? 'unavailable' : 'refused', message };
}
