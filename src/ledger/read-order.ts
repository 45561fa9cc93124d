import type { StoredDocument } from '../clients/couchdb/couchdb-port.ts';
import { isJsonObject } from '../core/json-fields.ts';
import { ORDER_STATES } from '../core/order-state.ts';
import { checkDocument, isBoolean, isListOf, isNumber, isObject, isOneOf, isText, maybe } from './check-document.ts';
import type { OrderDocument } from './documents/order-document.ts';

const isDoubt = (value: unknown): boolean =>
  isJsonObject(value) &&
  isNumber(value['since']) &&
  maybe(isNumber)(value['sentAt']) &&
  maybe(isNumber)(value['first']) &&
  maybe(isNumber)(value['absentAt']);

/**
 * Reads an order's document.
 *
 * @throws CascadeError LEDGER_MALFORMED.
 */
export const readOrder = (document: StoredDocument): OrderDocument =>
  checkDocument<OrderDocument>(document, 'order', {
    tenant: isText,
    appId: isText,
    chain: isText,
    state: isOneOf(ORDER_STATES),
    body: isObject,
    causes: isListOf(isText),
    hops: isNumber,
    root: isText,
    traceId: isText,
    try: isNumber,
    claims: isNumber,
    doubt: maybe(isDoubt),
    reloadId: maybe(isText),
    isCertain: maybe(isBoolean),
    ends: isListOf(isText),
    into: maybe(isText),
    gaveUpAt: maybe(isNumber),
    dueAt: maybe(isNumber),
  });
