import { type Answer, json } from '../answer.ts';
import { booleanQuery, type Call } from '../call.ts';
import { malformedQuery, WireError } from '../errors.ts';

const DEFAULT_LIMIT = 30;
const MAX_LIMIT = 200;

/** A page of `items` by `limit` (30; 0 = 200; more is refused) and `skip`, or with `count=true` only how many there are. */
export function listPage<T>(call: Call, collection: string, items: readonly T[], show: (item: T) => object): Answer {
  const skip = wholeNumber(call, 'skip') ?? 0;
  const limit = wholeNumber(call, 'limit') ?? DEFAULT_LIMIT;
  if (limit < 0 || limit > MAX_LIMIT) {
    throw new WireError(400, `The value '${limit}' is not in the range of 0 to ${MAX_LIMIT} for ${collection}.`);
  }
  if (skip < 0)
    throw new WireError(400, `The value '${skip}' is not in the range of 0 to 2147483647 for ${collection}.`);
  if (booleanQuery(call, 'count')) return json(200, { [collection]: Math.max(0, items.length - skip) });
  return json(200, items.slice(skip, skip + (limit === 0 ? MAX_LIMIT : limit)).map(show));
}

/** A query parameter that is a whole number; undefined when absent, 400 for anything else. */
export function wholeNumber(call: Call, name: string): number | undefined {
  const value = call.query.get(name);
  if (value === null) return undefined;
  if (!/^-?\d+$/.test(value)) throw malformedQuery(name, `'${value}' is not a valid 32-bit signed integer value`);
  return Number(value);
}
