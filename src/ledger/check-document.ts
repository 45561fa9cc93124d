import type { StoredDocument } from '../clients/couchdb/couchdb-port.ts';
import { CascadeError } from '../core/cascade-error.ts';
import { isJsonObject } from '../core/json-fields.ts';

/** Whether a field's value is what Cascade writes there. */
export type Check = (value: unknown) => boolean;

export const isText: Check = (value) => typeof value === 'string' && value !== '';
/** As far as JavaScript tells a date: what is beyond would not be printed, but thrown. */
const LATEST_MS = 8_640_000_000_000_000;
export const isInstant: Check = (value) => typeof value === 'number' && value >= 0 && value <= LATEST_MS;
/** A whole number from `least` on. */
export const isCountFrom =
  (least: number): Check =>
  (value) =>
    Number.isSafeInteger(value) && Number(value) >= least;
export const isTextLike =
  (pattern: RegExp): Check =>
  (value) =>
    typeof value === 'string' && pattern.test(value);
/** As the steps take them of one another (src/contracts/schemas.ts): what is none would stop a whole batch there. */
export const isName = isTextLike(/^[a-z0-9][a-z0-9-]{0,39}$/);
export const isAppId = isTextLike(/^[A-Za-z0-9-]{1,64}$/);
export const isTraceId = isTextLike(/^.{1,64}$/su);
export const isBoolean: Check = (value) => typeof value === 'boolean';
export const isOneOf =
  (values: readonly string[]): Check =>
  (value) =>
    typeof value === 'string' && values.includes(value);
export const isListOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
/** An object whose fields are what they have to be; others may stand beside them. */
export const isObjectWith =
  (fields: Readonly<Record<string, Check>>): Check =>
  (value) =>
    isJsonObject(value) && Object.entries(fields).every(([field, check]) => check(value[field]));
/** An object in which each value is what it has to be, whatever its name. */
export const isRecordOf =
  (check: Check): Check =>
  (value) =>
    isJsonObject(value) && Object.values(value).every(check);
/** A sentence for people, with its code. */
export const isReason = isObjectWith({
  code: (value) => typeof value === 'string',
  message: (value) => typeof value === 'string',
});
/** Fine where it is absent. */
export const maybe =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);

/** The version of all documents: see docs/ledger.md. */
const isSchema: Check = (value) => value === 1;

/**
 * A stored document as one of ours, once its type, its schema, the fields that its readers rely on and its id are what we
 * write.
 *
 * @param fields - a check for each field of `T` that is read.
 * @param isItsId - whether a document with these fields has this id: somebody may have changed either.
 * @throws CascadeError LEDGER_MALFORMED, naming the document and the first field that is wrong.
 */
export function checkDocument<T extends { readonly _id: string; readonly _rev: string; readonly type: string }>(
  document: StoredDocument,
  type: T['type'],
  fields: { readonly [K in Exclude<keyof T, '_id' | '_rev' | 'schema' | 'type'>]?: Check },
  isItsId: (document: T) => boolean,
): T {
  const checks = Object.entries({ schema: isSchema, type: isOneOf([type]), ...fields }) as [string, Check][];
  const wrong = checks.find(([field, check]) => !check(document[field]))?.[0];
  const one = document as unknown as T;
  if (wrong === undefined && isItsId(one)) return one;
  throw new CascadeError(
    'LEDGER_MALFORMED',
    `The document ${document._id} is no ${type} of schema 1: look at its field "${wrong ?? '_id'}". Somebody else wrote it, or a newer Cascade did.`,
  );
}
