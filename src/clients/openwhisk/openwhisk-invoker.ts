import { setImmediate } from 'node:timers/promises';
import { definedFields } from '../../core/defined-fields.ts';
import { clipped } from '../../core/outside-text.ts';
import { instantIn, seconds } from '../../core/units.ts';
import type { HttpExchange, HttpRequest } from '../http-exchange.ts';
import { sendOnce } from '../send-once.ts';
import type { Invocation, InvokerPort, NamespaceLimits } from './invoker-port.ts';
import { type OpenWhiskOptions, openWhiskApi } from './openwhisk-api.ts';

/** How much of OpenWhisk's own words a message repeats, in UTF-16 units, so that it stays readable. */
const LONGEST_REASON = 500;
/** The longest time of one request, if the caller names none. */
const USUAL_TIMEOUT = seconds(10);
/** Node's usual codes for a connection that was never made. */
const NEVER_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']);

const isLimits = (value: unknown): value is NamespaceLimits => {
  const limits = value as Partial<NamespaceLimits> | null | undefined;
  return typeof limits?.invocationsPerMinute === 'number' && typeof limits.concurrentInvocations === 'number';
};

/**
 * The two calls of OpenWhisk's REST API that the invoker makes, each sent once. The invoker is the action that starts
 * the action `reload` for each app that follows an ended reload.
 *
 * The calls use Node's HTTP client, because OpenWhisk's npm client would make the invoker's cold start a fifth longer
 * (docs/decisions.md: 1.8 instead of 1.5 times that of an empty action).
 */
export function openWhiskInvoker(options: OpenWhiskOptions): InvokerPort {
  const { namespaces: api, headers } = openWhiskApi(options);
  const send = (request: Pick<HttpRequest, 'method' | 'url' | 'json'>): Promise<HttpExchange> =>
    sendOnce({ ...request, headers, timeout: options.timeout ?? USUAL_TIMEOUT });
  return {
    async invoke(action, params) {
      // The caller makes many calls at once. Without this pause, all of them would be built before the first is sent.
      await setImmediate();
      return invocationOf(await send({ method: 'POST', url: `${api}/${pathOf(action)}`, json: params }));
    },
    async limits() {
      const answer = await send({ method: 'GET', url: `${api}/_/limits` });
      if (answer.kind !== 'answered' || answer.status !== 200 || !isLimits(answer.json)) return undefined;
      const { invocationsPerMinute, concurrentInvocations } = answer.json;
      const hostNow = instantIn(answer.headers.get('date'));
      return { invocationsPerMinute, concurrentInvocations, ...definedFields({ hostNow }) };
    },
  };
}

/** `/namespace/package/action` as a path below `namespaces/`. */
function pathOf(action: string): string {
  const [, namespace = '', ...names] = action.split('/').map(encodeURIComponent);
  return `${namespace}/actions/${names.join('/')}`;
}

/** The outcome of an invocation. Without a clear answer, nobody knows whether OpenWhisk queued it. */
function invocationOf(answer: HttpExchange): Invocation {
  if (answer.kind === 'no-answer') return noAnswerOf(answer.message);
  const { status, json } = answer;
  if (status < 400) return acceptedOf(json);
  const text = textIn(json);
  if (status === 429) return { kind: /minute/i.test(text) ? 'minute-spent' : 'too-many-concurrent' };
  const message = `OpenWhisk answered ${status}${text === '' ? '' : `: ${text}`}`;
  if (status === 503) return { kind: 'unavailable', message };
  return { kind: status < 500 ? 'refused' : 'unknown', message };
}

/** An answer without an activation id, such as a proxy's page, does not prove that nothing was queued. */
function acceptedOf(answer: unknown): Invocation {
  const { activationId } = Object(answer) as { activationId?: unknown };
  if (typeof activationId === 'string') return { kind: 'accepted', activationId };
  return { kind: 'unknown', message: 'OpenWhisk answered without an activation id' };
}

const UNTRUSTED =
  'OpenWhisk’s certificate is not trusted inside the action, so nothing was sent: the host needs one of a public authority';

/**
 * The outcome if there was no answer. `message` ends with Node's error code, if there is one: `no answer
 * (ECONNREFUSED)`. The message has nothing else of the error, because the webhook's sender sees the message, and must
 * not learn the host's address.
 */
function noAnswerOf(message: string): Invocation {
  const [, code = ''] = /\(([A-Z_]+)\)$/.exec(message) ?? [];
  if (/CERT|LEAF_SIGNATURE|HOSTNAME_MISMATCH/.test(code)) return { kind: 'unavailable', message: UNTRUSTED };
  return { kind: NEVER_SENT.has(code) ? 'unavailable' : 'unknown', message: `OpenWhisk gave ${message}` };
}

const textIn = (body: unknown): string => {
  const text = (body as { error?: unknown } | null | undefined)?.error;
  return typeof text === 'string' ? clipped(text, LONGEST_REASON) : '';
};
