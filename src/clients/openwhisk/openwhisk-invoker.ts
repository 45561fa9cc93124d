import { setImmediate } from 'node:timers/promises';
import openwhisk from 'openwhisk';
import { clipped } from '../../core/outside-text.ts';
import { type DurationMs, seconds } from '../../core/units.ts';
import type { Invocation, InvokerPort, NamespaceLimits } from './invoker-port.ts';

const USUAL_TIMEOUT = seconds(10);
const NEVER_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']);

export interface OpenWhiskOptions {
  /** With its scheme; `https` where it has none. */
  readonly apiHost: string;
  /** `uuid:key` of the namespace. */
  readonly apiKey: string;
  /** How long an answer may take to begin, and then to end; 10 s where not said. */
  readonly timeout?: DurationMs;
}

/** The part of the client's transport that its types leave out: it has no method for limits. */
interface RawClient {
  request(method: string, path: string, options: object): Promise<unknown>;
}

const isLimits = (value: unknown): value is NamespaceLimits => {
  const limits = value as Partial<NamespaceLimits> | null;
  return typeof limits?.invocationsPerMinute === 'number' && typeof limits.concurrentInvocations === 'number';
};

/**
 * OpenWhisk through its own npm client, each call sent once: the client's `retry` repeats every failure, a 400 too,
 * and of its time-outs only the HTTP library's work (facts ow-client-03, ow-client-04).
 */
export function openWhiskInvoker({ apiHost, apiKey, timeout = USUAL_TIMEOUT }: OpenWhiskOptions): InvokerPort {
  const timeouts = { response_timeout: timeout, read_timeout: timeout };
  const client = openwhisk({ apihost: apiHost, api_key: apiKey });
  const raw = (client.namespaces as unknown as { client: RawClient }).client;
  return {
    async invoke(action, params) {
      // Calls made in one go would all be built before the first is sent.
      await setImmediate();
      try {
        return acceptedOf(await client.actions.invoke({ name: action, params, ...timeouts }));
      } catch (error) {
        return invocationOf(error);
      }
    },
    async limits() {
      try {
        const limits = await raw.request('GET', 'namespaces/_/limits', timeouts);
        return isLimits(limits) ? limits : undefined;
      } catch {
        return undefined;
      }
    },
  };
}

/** The client takes every status below 400 for success, so also a proxy's page and a redirect. */
function acceptedOf(answer: unknown): Invocation {
  const { activationId } = Object(answer) as { activationId?: unknown };
  if (typeof activationId === 'string') return { kind: 'accepted', activationId };
  return { kind: 'unknown', message: 'OpenWhisk answered without an activation id' };
}

/** What a rejected call says about the invocation: only a definite answer proves that it was not queued. */
function invocationOf(error: unknown): Invocation {
  const { message = '', statusCode, error: body } = error as { message?: string; statusCode?: number; error?: unknown };
  if (statusCode === undefined) return noAnswerOf(message);
  const text = textIn(body);
  if (statusCode === 429) return { kind: /minute/i.test(text) ? 'minute-spent' : 'too-many-concurrent' };
  const told = `OpenWhisk answered ${statusCode}${text === '' ? '' : `: ${text}`}`;
  if (statusCode === 503) return { kind: 'unavailable', message: told };
  return { kind: statusCode < 500 ? 'refused' : 'unknown', message: told };
}

const UNTRUSTED =
  'OpenWhisk’s certificate is not trusted inside the action, so nothing was sent: the host needs one of a public authority';

/** Told by its code: the client's own text repeats the host's address, and the webhook's sender sees what we tell. */
function noAnswerOf(clientText: string): Invocation {
  if (/certificate/i.test(clientText)) return { kind: 'unavailable', message: UNTRUSTED };
  const code = /\bE[A-Z]+(?:_[A-Z]+)*\b/.exec(clientText)?.[0] ?? '';
  const why = code !== '' ? code : clientText.includes('timeout') ? 'time-out' : 'connection lost';
  return { kind: NEVER_SENT.has(code) ? 'unavailable' : 'unknown', message: `OpenWhisk gave no answer (${why})` };
}

/** UTF-16 units of OpenWhisk's own words. */
const LONGEST_REASON = 500;

const textIn = (body: unknown): string => {
  const text = (body as { error?: unknown } | null | undefined)?.error;
  return typeof text === 'string' ? clipped(text, LONGEST_REASON) : '';
};
