import openwhisk from 'openwhisk';
import type { Invocation, InvokerPort, NamespaceLimits } from './invoker-port.ts';

const RESPONSE_TIMEOUT_MS = 10_000;
const NEVER_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']);

export interface OpenWhiskOptions {
  /** With its scheme; `https` where it has none. */
  readonly apiHost: string;
  /** `uuid:key` of the namespace. */
  readonly apiKey: string;
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
 * and of its time-outs only `response_timeout` works (facts ow-client-03, ow-client-04).
 */
export function openWhiskInvoker({ apiHost, apiKey }: OpenWhiskOptions): InvokerPort {
  const client = openwhisk({ apihost: apiHost, api_key: apiKey });
  const raw = (client.namespaces as unknown as { client: RawClient }).client;
  return {
    async invoke(action, params) {
      try {
        const options = { name: action, params, response_timeout: RESPONSE_TIMEOUT_MS };
        const { activationId } = await client.actions.invoke(options);
        return { kind: 'accepted', activationId };
      } catch (error) {
        return invocationOf(error);
      }
    },
    async limits() {
      try {
        const limits = await raw.request('GET', 'namespaces/_/limits', { response_timeout: RESPONSE_TIMEOUT_MS });
        return isLimits(limits) ? limits : undefined;
      } catch {
        return undefined;
      }
    },
  };
}

/** What a rejected call says about the invocation: only a definite answer proves that it was not queued. */
function invocationOf(error: unknown): Invocation {
  const { message = '', statusCode, error: body } = error as { message?: string; statusCode?: number; error?: unknown };
  if (statusCode === 429) return { kind: /minute/i.test(textIn(body)) ? 'minute-spent' : 'too-many-concurrent' };
  if (statusCode === 503) return { kind: 'unavailable', message };
  if (statusCode !== undefined && statusCode < 500) return { kind: 'refused', message };
  if (statusCode === undefined && [...NEVER_SENT].some((code) => message.includes(code)))
    return { kind: 'unavailable', message };
  return { kind: 'unknown', message };
}

const textIn = (body: unknown): string => {
  const text = (body as { error?: unknown } | null | undefined)?.error;
  return typeof text === 'string' ? text : '';
};
