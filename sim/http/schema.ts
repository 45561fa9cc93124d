/*
 * The simulated tenant imitates Qlik Cloud, so that `npm start` and the tests need no real tenant. This file checks the
 * bodies of requests, and says what is wrong with them.
 */

import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { badRequest } from './answer.ts';

/** A JSON Schema. An error message quotes its `description`: "weight must be <description>". */
export interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly [keyword: string]: unknown;
}

/** A text that is not empty. */
export const TEXT = { type: 'string', minLength: 1 };

/** An id that fits into a path. */
export const SPACE_OR_APP_ID = { ...TEXT, pattern: '^[^/\\s]+$', description: 'a string without spaces and slashes' };

/** A boolean that is false if it is absent. */
export const OFF = { type: 'boolean', default: false };

/** A boolean that is true if it is absent. */
export const ON = { type: 'boolean', default: true };

/** An array of texts, empty if it is absent. */
export const NAMES = { type: 'array', items: TEXT, default: [] };

/** An object of texts, empty if it is absent. `refuseHeaders` checks everything else about headers. */
export const HEADERS = { type: 'object', additionalProperties: { type: 'string' }, default: {} };

/** A whole number from `minimum` to `maximum`, both included. */
export function wholeNumber(minimum: number, maximum: number): Schema & { readonly description: string } {
  return { type: 'integer', minimum, maximum, description: `a whole number from ${minimum} to ${maximum}` };
}

/** A whole number from 1 on. */
export const ONE_OR_MORE = { type: 'integer', minimum: 1, description: 'a whole number above 0' };

const TEN_YEARS_MS = 10 * 365 * 24 * 3_600_000;

/** A time in ms that is not longer than ten years. */
export const UP_TO_TEN_YEARS = {
  ...wholeNumber(0, TEN_YEARS_MS),
  description: `a whole number from 0 to ${TEN_YEARS_MS} (ten years)`,
};

const ajv = new Ajv({ useDefaults: true, verbose: true, strict: false });

/**
 * Makes a parser of values from outside that must have the form `schema`.
 *
 * If the schema names fields, the parser returns an object with only these fields. A field that the value lacks has its
 * default, or is undefined. The parser also writes the defaults into the value.
 *
 * If the value has another form, the parser throws Refusal 400 with `code` (default `HTTP-400`). The message calls the
 * value `what`.
 */
export function parserOf<T>(what: string, schema: Schema, code?: string): (value: unknown) => T {
  let validate: ValidateFunction | undefined;
  return (value) => {
    // The schema is compiled at its first use, so that a tenant starts sooner.
    validate ??= ajv.compile(schema);
    if (!validate(value)) throw badRequest(explain(what, validate.errors), code);
    if (schema.properties === undefined) return value as T;
    const fields = Object.keys(schema.properties);
    return Object.fromEntries(fields.map((field) => [field, (value as Record<string, unknown>)[field]])) as T;
  };
}

/** Parses each entry of an array. @throws Refusal 400 if it is not an array, or `parse` refuses an entry */
export function parseEach<T>(value: unknown, parse: (entry: unknown) => T): readonly T[] {
  if (!Array.isArray(value)) throw badRequest('The body must be an array.');
  return value.map((entry: unknown) => parse(entry));
}

/**
 * Parses each entry of an array. A value that is no array counts as its only entry.
 *
 * @throws Refusal 400 if `parse` refuses one
 */
export function parseOneOrMore<T>(value: unknown, parse: (entry: unknown) => T): readonly T[] {
  return parseEach(Array.isArray(value) ? value : [value], parse);
}

/**
 * Says what is wrong, by the last error: if a value fits none of several alternatives, that error is about all of them.
 */
function explain(what: string, errors: readonly ErrorObject[] | null | undefined): string {
  const { instancePath = '', keyword, message, params, parentSchema = {}, data } = errors?.at(-1) ?? {};
  const place = instancePath === '' ? what : instancePath.slice(1);
  if (parentSchema['description'] !== undefined) return `${place} must be ${parentSchema['description']}.`;
  switch (keyword) {
    case 'additionalProperties': {
      const known = Object.keys(parentSchema['properties']).join(', ');
      return `${place} has no field ${JSON.stringify(params?.['additionalProperty'])}. It has: ${known}.`;
    }
    case 'enum':
      return `${place} must be one of ${parentSchema['enum'].join(', ')}, not ${JSON.stringify(data)}.`;
    default:
      return `${place} ${message}.`;
  }
}
