import { CascadeError, type ErrorCode } from '../core/cascade-error.ts';
import type { LedgerLog } from './ledger-log.ts';

/** What one document alone can spoil: nothing else waits for it. */
const OF_ONE_DOCUMENT: readonly string[] = ['LEDGER_MALFORMED', 'DOCUMENT_REFUSED'] satisfies ErrorCode[];

/**
 * What `work` gives. If one document stopped it, since it is none of ours or CouchDB refuses it for good: `otherwise`, and
 * a line at `error`.
 */
export async function orMalformed<T>(
  work: () => T | Promise<T>,
  otherwise: T,
  log: Pick<LedgerLog, 'error'>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof CascadeError) || !OF_ONE_DOCUMENT.includes(error.code)) throw error;
    log.error(error.message, { code: error.code });
    return otherwise;
  }
}
