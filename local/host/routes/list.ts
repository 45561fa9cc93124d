/*
 * The local host imitates OpenWhisk without Docker, so that `npm start` and the tests can run Cascade's actions on a
 * laptop. This file answers the calls of the REST API that ask for a list, one page at a time.
 */

import { jsonAnswer, malformedQuery, type RestAnswer } from '../answer.ts';
import { booleanQuery, type RestCall, wholeNumberQuery } from '../call.ts';

// OpenWhisk's values.
const DEFAULT_LIMIT = 30;
const MAX_LIMIT = 200;
const LARGEST_INTEGER = 2_147_483_647;

/**
 * Answers with a page of `items`, by the query's `skip` and `limit` (default 30; 0 means 200, the most). With
 * `count=true` the answer is how many items there are after the first `skip`.
 *
 * @throws HostError 400 for a malformed parameter.
 */
export function listPage<T>(
  call: RestCall,
  collection: string,
  items: readonly T[],
  show: (item: T) => object,
): RestAnswer {
  const skip = integer(call, 'skip', collection) ?? 0;
  const limit = integer(call, 'limit', collection) ?? DEFAULT_LIMIT;
  if (limit < 0 || limit > MAX_LIMIT) {
    throw malformedQuery('limit', `The value '${limit}' is not in the range of 0 to ${MAX_LIMIT} for ${collection}.`);
  }
  if (skip < 0) {
    throw malformedQuery('skip', `The value '${skip}' is not greater than or equal to 0 for ${collection}.`);
  }
  if (booleanQuery(call, 'count')) return jsonAnswer(200, { [collection]: Math.max(0, items.length - skip) });
  return jsonAnswer(200, items.slice(skip, skip + (limit === 0 ? MAX_LIMIT : limit)).map(show));
}

/** A query parameter that is a whole number of 32 bits; undefined if absent. */
function integer(call: RestCall, name: string, collection: string): number | undefined {
  const refusal = (text: string): string => `The value '${text}' is not an integer for ${collection}.`;
  const value = wholeNumberQuery(call, name, refusal);
  if (value !== undefined && Math.abs(value) > LARGEST_INTEGER) throw malformedQuery(name, refusal(String(value)));
  return value;
}
