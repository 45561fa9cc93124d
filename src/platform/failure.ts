/*
 * Turns an error that an action threw into what the action's caller may see. The log has the rest. A `CascadeError` is
 * a failure that the code expects, with a text for people; any other error is a bug, so its text stays in the log.
 */

import { CascadeError, type ErrorCode } from '../core/cascade-error.ts';
import type { Log } from './log.ts';
import { statusOf } from './status-of.ts';

/** The part of an error that a caller may see. */
export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly traceId: string;
}

const BUG_TEXT = 'Cascade failed. The activation log says why.';

/** Logs an error that was thrown, and returns the part of the error that a caller may see. */
export function failureOf(error: unknown, { log, traceId }: { readonly log: Log; readonly traceId: string }): Failure {
  if (error instanceof CascadeError) {
    log[statusOf(error.code) < 500 ? 'warn' : 'error'](error.message, { code: error.code });
    return { code: error.code, message: error.message, traceId };
  }
  log.error('A bug in Cascade', { code: 'INTERNAL', stack: error instanceof Error ? error.stack : String(error) });
  return { code: 'INTERNAL', message: BUG_TEXT, traceId };
}

/**
 * The result by which a web action reports a failure. OpenWhisk turns it into an HTTP answer (fact ow-responses-10). In
 * a sequence, the key `error` also keeps the next step from running (facts ow-sequences-04, -07).
 *
 * @param headers - headers of the answer beside its content type.
 */
export const webFailure = (
  { code, message, traceId }: Failure,
  headers: Readonly<Record<string, string>> = {},
): object => ({
  error: {
    statusCode: statusOf(code),
    headers: { 'content-type': 'application/json', ...headers },
    body: { error: { code, message, traceId } },
  },
});
