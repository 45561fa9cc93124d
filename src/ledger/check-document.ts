import type { StoredDocument } from '../clients/couchdb/couchdb-port.ts';
import { CascadeError } from '../core/cascade-error.ts';
import { isJsonObject } from '../core/json-fields.ts';

/** Whether a field's value is what Cascade writes there. */
export type Check = (value: unknown) => boolean;

export const isText: Check = (value) => typeof value === 'string' && value !== '';
export const isNumber: Check = (value) => typeof value === 'number' && Number.isFinite(value);
export const isBoolean: Check = (value) => typeof value === 'boolean';
export const isObject: Check = (value) => isJsonObject(value);
export const isOneOf =
  (values: readonly string[]): Check =>
  (value) =>
    typeof value === 'string' && values.includes(value);
export const isListOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
/** Fine where it is absent. */
export const maybe =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);

/** The version of all documents: see docs/ledger.md. */
const isSchema: Check = (value) => value === 1;

/**
 * A stored document as one of ours, once its type, its schema and the fields that its readers rely on are what we write.
 *
 * @param fields - a check for each field of `T` that is read.
 * @throws CascadeError LEDGER_MALFORMED, naming the document and the first field that is wrong.
 */
export function checkDocument<T extends { readonly _id: string; readonly _rev: string; readonly type: string }>(
  document: StoredDocument,
  type: T['type'],
  fields: { readonly [K in Exclude<keyof T, '_id' | '_rev' | 'schema' | 'type'>]?: Check },
): T {
  const checks = Object.entries({ schema: isSchema, type: isOneOf([type]), ...fields }) as [string, Check][];
  const wrong = checks.find(([field, check]) => !check(document[field]))?.[0];
  if (wrong === undefined) return document as unknown as T;
  throw new CascadeError(
    'LEDGER_MALFORMED',
    `The document ${document._id} is no ${type} of schema 1: look at its field "${wrong}". Somebody else wrote it, or a newer Cascade did.`,
  );
}
