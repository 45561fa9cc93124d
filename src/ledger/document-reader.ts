import type { StoredDocument } from '../clients/couchdb/couchdb-port.ts';
import { CascadeError } from '../core/cascade-error.ts';
import { isJsonObject } from '../core/json-fields.ts';
import { isInstant } from '../core/units.ts';

/*
 * Checks the documents that Cascade reads from the ledger, its memory in CouchDB. Whoever has the right login can
 * change them, also by mistake. Each file in `documents/` makes the reader of its type of document with `readerOf`,
 * from small checks of the fields.
 */

export { isInstant };

/** Whether a value is what Cascade writes in a field. */
export type Check = (value: unknown) => boolean;

/** A text that is not empty. */
export const isText: Check = (value) => typeof value === 'string' && value !== '';
/** A whole number, at least `least`. */
export const isCountFrom =
  (least: number): Check =>
  (value) =>
    Number.isSafeInteger(value) && Number(value) >= least;
/** A text in which a pattern is found. */
export const isTextLike =
  (pattern: RegExp): Check =>
  (value) =>
    typeof value === 'string' && pattern.test(value);
// The next three checks accept what src/contracts/schemas.ts accepts. If they accepted more, the next action would
// refuse all that it is given because of one value.
export const isName = isTextLike(/^[a-z0-9][a-z0-9-]{0,39}$/);
export const isAppId = isTextLike(/^[A-Za-z0-9-]{1,64}$/);
export const isTraceId = isTextLike(/^.{1,64}$/su);
export const isBoolean: Check = (value) => typeof value === 'boolean';
export const isString: Check = (value) => typeof value === 'string';
/** One of these values. */
export const isOneOf =
  (values: readonly unknown[]): Check =>
  (value) =>
    values.includes(value);
/** A list whose items all pass. */
export const isListOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
/** An object with these fields. It may have others. */
export const isObjectWith =
  (fields: Readonly<Record<string, Check>>): Check =>
  (value) =>
    isJsonObject(value) && Object.entries(fields).every(([field, check]) => check(value[field]));
/** An object whose values all pass, under any name. */
export const isRecordOf =
  (check: Check): Check =>
  (value) =>
    isJsonObject(value) && Object.values(value).every(check);
/** Why something is as it is: a code, and a sentence for people. */
export const isReason = isObjectWith({ code: isString, message: isString });
/** The value is absent, or passes `check`. */
export const maybe =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);

/**
 * Makes the reader of one type of document. The reader returns a stored document as a `T` if its type, schema (1), id
 * and checked fields are what Cascade writes. Otherwise it throws CascadeError LEDGER_MALFORMED, which names the
 * document and its first wrong field. Fields without a check are returned as they are.
 *
 * @param fields - a check for each field of `T` that is read.
 * @param id - a pattern for the id, or a function that says whether a document's id fits its fields.
 */
export function readerOf<T extends { readonly _id: string; readonly _rev: string; readonly type: string }>(
  type: T['type'],
  fields: { readonly [K in Exclude<keyof T, '_id' | '_rev' | 'schema' | 'type'>]?: Check },
  id: RegExp | ((document: T) => boolean),
): (document: StoredDocument) => T {
  const checks = Object.entries({ schema: isOneOf([1]), type: isOneOf([type]), ...fields }) as [string, Check][];
  return (document) => {
    const wrong = checks.find(([field, check]) => !check(document[field]))?.[0];
    const one = document as unknown as T;
    if (wrong === undefined && (id instanceof RegExp ? id.test(one._id) : id(one))) return one;
    throw new CascadeError(
      'LEDGER_MALFORMED',
      `The document ${document._id} is no ${type} of schema 1: look at its field "${wrong ?? '_id'}". Somebody else wrote it, or a newer Cascade did.`,
    );
  };
}
