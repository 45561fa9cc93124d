import { fieldOf, isJsonObject, type JsonObject, textOf } from '../../core/json-fields.ts';
import type { ReloadId } from '../../core/names.ts';
import { addMs, type DurationMs, type EpochMs } from '../../core/units.ts';
import { authorizerOf } from './authorization.ts';
import { classifyStart } from './classify-start.ts';
import { exchange, type HttpExchange, type HttpRequest } from './http-exchange.ts';
import { postOnce } from './post-once.ts';
import type { ListAnswer, QlikPort, ReloadRecord, StartAnswer } from './qlik-port.ts';
import type { QlikTenant } from './qlik-tenant.ts';

/** As many of an app's newest reloads as a doubt can be about; Qlik gives at most 100 (fact q-reloads-list-04). */
const LISTED = 20;

type Sent = HttpExchange | { readonly kind: 'not-sent'; readonly isRefused: boolean; readonly message: string };

type Request = Pick<HttpRequest, 'method' | 'json'>;
type Transport = (request: HttpRequest) => Promise<HttpExchange>;

/**
 * A tenant's REST API over HTTP; each call is sent once, and once more with a new token after a 401.
 *
 * A call's time-out is for all of it: a token that has to be fetched first, and the second sending, take from the same.
 */
export function httpQlik(tenant: QlikTenant, now: () => EpochMs): QlikPort {
  const authorizer = authorizerOf(tenant, now);

  const sendOnce = async (request: Request, path: string, until: EpochMs, via: Transport): Promise<Sent> => {
    const authorization = await authorizer.authorization(timeLeft(until));
    if (authorization.kind !== 'header') {
      return { kind: 'not-sent', isRefused: authorization.kind === 'refused', message: authorization.message };
    }
    if (now() >= until) return { kind: 'not-sent', isRefused: false, message: 'The time was up before Qlik was asked' };
    const headers = { authorization: authorization.value };
    return via({ ...request, timeout: timeLeft(until), url: `${tenant.origin}/api/v1/${path}`, headers });
  };

  const timeLeft = (until: EpochMs): DurationMs => Math.max(1, until - now()) as DurationMs;

  const send = async (
    request: Request,
    path: string,
    timeout: DurationMs,
    via: Transport = exchange,
  ): Promise<Sent> => {
    const until = addMs(now(), timeout);
    const sent = await sendOnce(request, path, until, via);
    if (sent.kind !== 'answered' || sent.status !== 401 || !authorizer.isRenewable) return sent;
    authorizer.renew();
    return sendOnce(request, path, until, via);
  };

  return {
    async startReload({ appId, body, resourceId }, timeout) {
      const json = { appId, ...body, resourceType: 'api', resourceId };
      return startAnswerOf(await send({ method: 'POST', json }, 'reloads', timeout, postOnce));
    },
    async listReloads(appId, timeout) {
      return listAnswerOf(await send({ method: 'GET' }, `reloads?appId=${appId}&limit=${LISTED}`, timeout));
    },
    async ownUserId(timeout) {
      const sent = await send({ method: 'GET' }, 'users/me', timeout);
      return sent.kind === 'answered' && sent.status === 200 && isJsonObject(sent.json)
        ? textOf(sent.json, 'id')
        : undefined;
    },
  };
}

function startAnswerOf(sent: Sent): StartAnswer {
  switch (sent.kind) {
    case 'answered':
      return classifyStart({ status: sent.status, retryAfter: sent.headers.get('retry-after'), json: sent.json });
    case 'no-answer':
      return { kind: 'unknown', message: `Qlik gave ${sent.message}` };
    case 'not-sent':
      if (sent.isRefused) return { kind: 'permanent', code: 'QLIK_UNAUTHORIZED', message: sent.message };
      return { kind: 'unknown', message: sent.message };
    default:
      return sent satisfies never;
  }
}

function listAnswerOf(sent: Sent): ListAnswer {
  if (sent.kind !== 'answered') return { kind: 'unavailable', message: sent.message };
  const data = isJsonObject(sent.json) ? fieldOf(sent.json, 'data') : undefined;
  if (sent.status !== 200 || !Array.isArray(data)) {
    return { kind: 'unavailable', message: `Qlik answered ${sent.status} to the list of reloads` };
  }
  const tenantNow = Date.parse(sent.headers.get('date') ?? '');
  return {
    kind: 'listed',
    reloads: data.filter(isJsonObject).map(recordOf),
    ...(Number.isNaN(tenantNow) ? {} : { tenantNow: tenantNow as EpochMs }),
  };
}

function recordOf(record: JsonObject): ReloadRecord {
  const resourceId = textOf(record, 'resourceId');
  return {
    id: (textOf(record, 'id') ?? '') as ReloadId,
    status: textOf(record, 'status') ?? '',
    type: textOf(record, 'type') ?? '',
    userId: textOf(record, 'userId') ?? '',
    partial: fieldOf(record, 'partial') === true,
    createdAt: Date.parse(textOf(record, 'creationTime') ?? '') as EpochMs,
    ...(resourceId === undefined ? {} : { resourceId }),
  };
}
