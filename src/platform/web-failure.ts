import type { ErrorCode } from '../core/cascade-error.ts';
import { statusOf } from './status-of.ts';

/** What is told of an action's failure: its public message, and nothing else of the error. */
export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly traceId: string;
}

/**
 * A failure in the one form that a web action or sequence answers as meant (fact ow-responses-10).
 *
 * @param headers - what the answer carries beside its content type.
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
