import type { StoredDocument } from '../clients/couchdb/couchdb-port.ts';
import { hintId } from '../core/document-ids.ts';
import { OUTCOMES } from '../core/reload-finished.ts';
import {
  checkDocument,
  isAppId,
  isBoolean,
  isInstant,
  isName,
  isObjectWith,
  isOneOf,
  isReason,
  isText,
  isTraceId,
  maybe,
} from './check-document.ts';
import { type HintDocument, SETTLED_AS } from './documents/hint-document.ts';

/**
 * Reads a hint's document.
 *
 * @throws CascadeError LEDGER_MALFORMED.
 */
export const readHint = (document: StoredDocument): HintDocument =>
  checkDocument<HintDocument>(
    document,
    'hint',
    {
      tenant: isName,
      appId: isAppId,
      told: isObjectWith({
        outcome: isOneOf(OUTCOMES),
        endedAt: isInstant,
        partial: isBoolean,
        reloadId: maybe(isText),
        error: maybe(isReason),
      }),
      heardFrom: maybe(isText),
      traceId: isTraceId,
      storedAt: isInstant,
      absentAt: maybe(isInstant),
      settledAt: maybe(isInstant),
      settledAs: maybe(isOneOf(SETTLED_AS)),
      dueAt: maybe(isInstant),
    },
    ({ _id, tenant, told }) =>
      told.reloadId === undefined ? _id.startsWith(`hint:${tenant}:x.`) : _id === hintId(tenant, told.reloadId),
  );
