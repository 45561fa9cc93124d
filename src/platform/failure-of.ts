import { CascadeError } from '../core/cascade-error.ts';
import type { Log } from './log.ts';
import { statusOf } from './status-of.ts';
import type { Failure } from './web-failure.ts';

const BUG_TEXT = 'Cascade failed. The activation log tells why.';

/** What may be told of something thrown; the log gets the whole of it. */
export function failureOf(error: unknown, { log, traceId }: { readonly log: Log; readonly traceId: string }): Failure {
  if (error instanceof CascadeError) {
    log[statusOf(error.code) < 500 ? 'warn' : 'error'](error.message, { code: error.code });
    return { code: error.code, message: error.message, traceId };
  }
  log.error('A bug in Cascade', { code: 'INTERNAL', stack: error instanceof Error ? error.stack : String(error) });
  return { code: 'INTERNAL', message: BUG_TEXT, traceId };
}
