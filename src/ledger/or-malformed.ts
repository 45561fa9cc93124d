import { CascadeError } from '../core/cascade-error.ts';
import type { LedgerLog } from './ledger-log.ts';

/** What `work` gives; where a document of somebody else's stopped it, `otherwise`, and a line at `error`. */
export async function orMalformed<T>(work: () => T | Promise<T>, otherwise: T, log: LedgerLog): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof CascadeError) || error.code !== 'LEDGER_MALFORMED') throw error;
    log.error(error.message, { code: error.code });
    return otherwise;
  }
}
