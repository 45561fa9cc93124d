import type { StoredDocument } from '../clients/couchdb/couchdb-port.ts';
import { ORDER_STATES } from '../core/order-state.ts';
import { OUTCOMES } from '../core/reload-finished.ts';
import {
  type Check,
  checkDocument,
  isAppId,
  isBoolean,
  isCountFrom,
  isInstant,
  isListOf,
  isName,
  isObjectWith,
  isOneOf,
  isReason,
  isRecordOf,
  isText,
  isTextLike,
  isTraceId,
  maybe,
} from './check-document.ts';
import type { OrderDocument } from './documents/order-document.ts';

const isDoubt = isObjectWith({
  since: isInstant,
  sentAt: maybe(isInstant),
  first: maybe(isInstant),
  absentAt: maybe(isInstant),
});
const BODY_FIELDS = {
  partial: maybe(isBoolean),
  variables: maybe(isRecordOf((value) => typeof value === 'string')),
  weight: maybe(isCountFrom(1)),
} as const;
/** It becomes a part of what Qlik is sent: nothing else may stand in it. */
const isBody: Check = (value) =>
  isObjectWith(BODY_FIELDS)(value) && Object.keys(Object(value)).every((field) => Object.hasOwn(BODY_FIELDS, field));

/** It is read by that id: another path of the database would answer with no document. */
const isOrderId = isTextLike(/^order:/);

/**
 * Reads an order's document.
 *
 * @throws CascadeError LEDGER_MALFORMED.
 */
export const readOrder = (document: StoredDocument): OrderDocument =>
  checkDocument<OrderDocument>(
    document,
    'order',
    {
      tenant: isName,
      appId: isAppId,
      chain: isName,
      state: isOneOf(ORDER_STATES),
      body: isBody,
      causes: isListOf(isText),
      hops: isCountFrom(0),
      areHopsUnsure: maybe(isBoolean),
      root: isText,
      traceId: isTraceId,
      try: isCountFrom(1),
      claims: isCountFrom(0),
      owner: maybe(isText),
      doubt: maybe(isDoubt),
      reloadId: maybe(isText),
      isCertain: maybe(isBoolean),
      ends: isListOf(isText),
      outcome: maybe(isOneOf(OUTCOMES)),
      into: maybe(isOrderId),
      reason: maybe(isReason),
      createdAt: isInstant,
      postedAt: maybe(isInstant),
      endedAt: maybe(isInstant),
      gaveUpAt: maybe(isInstant),
      dueAt: maybe(isInstant),
    },
    ({ _id, tenant, appId }) => _id.startsWith(`order:${tenant}:${appId}:`),
  );
