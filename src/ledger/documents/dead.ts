import type { TenantName } from '../../core/names.ts';
import type { Reason } from '../../core/reload-finished.ts';
import type { EpochMs } from '../../core/units.ts';
import { isBoolean, isInstant, isName, isReason, isString, isText, maybe, readerOf } from '../document-reader.ts';

/**
 * `dead:<hash>`: the body of a webhook that we do not understand, from a sender who proved which tenant it is. It is kept, so
 * that a person can replay it after a fix.
 *
 * Invariant: it is stored, with the body as received, before its sender gets the answer that nobody understood it. The
 * same body of the same tenant is the same dead letter.
 */
export interface DeadDocument {
  readonly _id: string;
  readonly _rev: string;
  readonly schema: 1;
  readonly type: 'dead';
  readonly tenant: TenantName;
  /** As received; in base64 if it is no UTF-8. */
  readonly body: string;
  readonly isBase64: boolean;
  readonly reason: Reason;
  readonly traceId: string;
  readonly storedAt: EpochMs;
  readonly replayedAt?: EpochMs;
  /** When a person decided that nothing follows from it. */
  readonly dismissedAt?: EpochMs;
}

/** Reads a dead letter. @throws CascadeError LEDGER_MALFORMED. */
export const readDead = readerOf<DeadDocument>(
  'dead',
  {
    tenant: isName,
    body: isString,
    isBase64: isBoolean,
    reason: isReason,
    traceId: isText,
    storedAt: isInstant,
    replayedAt: maybe(isInstant),
    dismissedAt: maybe(isInstant),
  },
  /^dead:/,
);
