/*
 * A validator checks a value from outside, such as an action's parameter, by a JSON schema. `npm run generate` makes
 * the validators with the library ajv. This file has their type, and puts into words for people what a validator found.
 */

/** One thing that is wrong with a value, in ajv's form. */
export interface Violation {
  /** JSON Pointer into the value, `""` for the value itself. */
  readonly instancePath: string;
  readonly keyword: string;
  readonly message?: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/**
 * A compiled JSON Schema. It returns whether a value is a `T`. If it is not, `errors` says why, until the next call.
 */
export interface Validator<T> {
  (value: unknown): value is T;
  readonly errors?: readonly Violation[] | null;
}

/**
 * What is wrong with the value that was checked last, such as `must be string at tenants.0.url`. The words may name
 * keys. They have no value, because a value may be a secret.
 */
export function violationOf(validator: Validator<unknown>): string {
  const [first] = validator.errors ?? [];
  if (first === undefined) return 'is not valid';
  const where = first.instancePath === '' ? '' : ` at ${first.instancePath.slice(1).replaceAll('/', '.')}`;
  return `${wrongIn(first)}${where}`;
}

/**
 * The pattern of a text without a lone surrogate, which is half of a character in UTF-16, such as `"\ud83d"`. CouchDB
 * refuses a text that has one (fact db-ours-06).
 */
export const WELL_FORMED = '^\\P{Surrogate}*$';

function wrongIn({ keyword, params, message = 'is not valid' }: Violation): string {
  if (keyword === 'additionalProperties') return `has an unknown key "${params['additionalProperty']}"`;
  return params['pattern'] === WELL_FORMED ? 'must be Unicode, without half of a character' : message;
}
