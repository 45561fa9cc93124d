import type { TenantName } from '../../core/names.ts';
import type { Reason } from '../../core/reload-finished.ts';
import type { EpochMs } from '../../core/units.ts';
import { isBoolean, isInstant, isName, isReason, isString, isText, maybe, readerOf } from '../document-reader.ts';
import type { StoredAs } from '../stored-as.ts';

/**
 * `dead:<hash>`: a dead letter. It is the body of a webhook from the right sender that Cascade could not understand.
 * The action `receiver` keeps it, so that a person can have it read again by a newer Cascade (`cascade replay`).
 *
 * Invariant: it is stored, with the body as received, before its sender gets the answer that nobody understood it. The
 * same body of the same tenant is the same dead letter.
 */
export interface DeadDocument extends StoredAs<'dead'> {
  readonly tenant: TenantName;
  /** The body as it came; in base64 if it is no UTF-8. */
  readonly body: string;
  readonly isBase64: boolean;
  /** Why Cascade did not understand the body. */
  readonly reason: Reason;
  readonly traceId: string;
  readonly storedAt: EpochMs;
  /** When `cascade replay` understood it. */
  readonly replayedAt?: EpochMs;
  /** When a person decided that nothing is to follow from it. */
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
