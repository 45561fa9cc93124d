/*
 * The embedded store imitates CouchDB, so that `npm start` and the tests need no database server. This file checks the
 * options of requests, which come from outside.
 */

import { StoreError } from './store-error.ts';

/** Whether a value from outside is a list of strings. */
export const isTextList = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');

/**
 * Checks that an option is a whole number from 0.
 *
 * @throws StoreError 400, which names the option.
 */
export function countOption(name: string, value: unknown): number {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
  throw new StoreError(400, `${name} must be a whole number`);
}

/** Reads options of a query that are true or false. An option is true only if the query says `true`. */
export const flagsIn = <K extends string>(
  query: URLSearchParams,
  ...names: readonly K[]
): Readonly<Record<K, boolean>> =>
  Object.fromEntries(names.map((name) => [name, query.get(name) === 'true'])) as Record<K, boolean>;
