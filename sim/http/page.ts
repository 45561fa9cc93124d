/*
 * The simulated tenant imitates Qlik Cloud, so that `npm start` and the tests need no real tenant. Qlik sends long
 * lists in pages. This file makes such a page, for the list routes of the API.
 */

import { badRequest } from './answer.ts';
import type { TenantCall } from './call.ts';

/** A field to sort by, and which way. */
export interface Sort {
  readonly field: string;
  readonly descending: boolean;
}

/** How a list is sorted, divided into pages, and shown. */
export type PageOptions<T> = ShownPages<T> &
  (
    | {
        /** The order if the query has no `sort`, by which callers may choose another one. */
        readonly defaultSort: string;
      }
    | {
        /** The order of the list, whatever the query says. */
        readonly order: Sort;
      }
  );

interface ShownPages<T> {
  /** The fields by which the list can be sorted, each with a function for an item's key. Keys are compared as texts. */
  readonly keys: Readonly<Record<string, (item: T) => string>>;
  /** Orders items with equal keys. No two items have the same tie. All ties are numbers, or all are texts. */
  readonly tie: (item: T) => number | string;
  /** How many items a page has if the query has no `limit`. */
  readonly limit: number;
  readonly view: (item: T) => unknown;
}

interface Place {
  readonly key: string;
  readonly tie: number | string;
}

interface PageBody {
  readonly data: readonly unknown[];
  readonly links: Readonly<Record<string, { readonly href: string } | undefined>>;
}

/**
 * Makes the page of `items` that the query asks for by `sort`, by `limit`, and by a cursor in `next` or `prev`.
 *
 * A cursor contains the key of the item at the page's edge, not a position. So if items are added or removed between
 * two pages, no other item is repeated or left out.
 *
 * @throws Refusal 400 for a malformed parameter.
 */
export function page<T>(call: TenantCall, items: readonly T[], options: PageOptions<T>): PageBody {
  const { keys, tie, view } = options;
  const sort = 'order' in options ? options.order : parseSort(call, Object.keys(keys), options.defaultSort);
  const limit = parseLimit(call, options.limit);
  const compare = (one: Place, other: Place) => comparePlaces(one, other) * (sort.descending ? -1 : 1);
  const places = items.map((item) => ({ item, key: keys[sort.field]?.(item) ?? '', tie: tie(item) })).sort(compare);
  const next = readCursor(call, 'next', sort);
  const prev = readCursor(call, 'prev', sort);
  if (next !== undefined && prev !== undefined) throw badRequest('Give next or prev, not both.');
  const shown =
    prev === undefined
      ? places.filter((place) => next === undefined || compare(place, next) > 0).slice(0, limit)
      : places.filter((place) => compare(place, prev) < 0).slice(-limit);
  const link = (name: string, edge: Place | undefined, end: Place | undefined) =>
    edge === undefined || edge === end ? undefined : { href: href(call, { [name]: cursor(edge, sort) }) };
  return {
    data: shown.map(({ item }) => view(item)),
    links: {
      self: { href: href(call, {}) },
      next: link('next', shown.at(-1), places.at(-1)),
      prev: link('prev', shown[0], places[0]),
    },
  };
}

/**
 * Reads the order that the query asks for by `sort`: one of `fields`, with `+`, `-` or nothing before it. A space
 * before it counts as `+`, because a client that does not encode its `+` sends a space (fact q-reloads-list-06).
 *
 * @param initial - the order if the query has no `sort`, such as `-creationTime`.
 * @throws Refusal 400 for any other text.
 */
export function parseSort(call: TenantCall, fields: readonly string[], initial: string): Sort {
  const text = call.query.get('sort') || initial;
  const field = text.replace(/^[-+ ]/, '');
  if (!fields.includes(field)) throw badRequest(`sort must be one of ${fields.join(', ')}, with + or - before it.`);
  return { field, descending: text.startsWith('-') };
}

function parseLimit(call: TenantCall, initial: number): number {
  const text = call.query.get('limit') ?? String(initial);
  const limit = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > 100) throw badRequest('limit must be a whole number from 1 to 100.');
  return limit;
}

/** A boolean of the query, or undefined if it is absent. @throws Refusal 400 */
export function parseFlag(call: TenantCall, name: string): boolean | undefined {
  const text = call.query.get(name);
  if (text === null) return undefined;
  if (text !== 'true' && text !== 'false') throw badRequest(`${name} must be true or false.`);
  return text === 'true';
}

/**
 * Whether the query asks for an item with these `values`: for each name, the query has this value, or no such
 * parameter.
 */
export function isAsked({ query }: TenantCall, values: Readonly<Record<string, string>>): boolean {
  return Object.entries(values).every(([name, value]) => (query.get(name) ?? value) === value);
}

/**
 * Whether `value` contains the text of the query parameter `name`, in any case of letters. True if there is no such
 * parameter.
 */
export function hasAskedText({ query }: TenantCall, name: string, value: string): boolean {
  return value.toLowerCase().includes(query.get(name)?.toLowerCase() ?? '');
}

function comparePlaces(one: Place, other: Place): number {
  if (one.key !== other.key) return one.key < other.key ? -1 : 1;
  if (one.tie !== other.tie) return one.tie < other.tie ? -1 : 1;
  return 0;
}

function cursor({ key, tie }: Place, sort: Sort): string {
  return Buffer.from(JSON.stringify([sort.field, sort.descending, key, tie])).toString('base64url');
}

function readCursor(call: TenantCall, name: 'next' | 'prev', sort: Sort): Place | undefined {
  const text = call.query.get(name);
  if (text === null) return undefined;
  try {
    const [field, descending, key, tie]: unknown[] = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    const isOfThisList = field === sort.field && descending === sort.descending && typeof key === 'string';
    if (isOfThisList && (typeof tie === 'number' || typeof tie === 'string')) return { key, tie };
  } catch {
    // Not JSON: refused below, like any other cursor that is not of this list.
  }
  throw badRequest(`${name} is no cursor of this list.`);
}

/** The address of this call, with these cursors in place of the call's own. */
function href(call: TenantCall, cursors: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams(call.query);
  for (const [name, value] of Object.entries(cursors)) {
    query.delete('next');
    query.delete('prev');
    query.set(name, value);
  }
  return `${call.origin}${call.path}${query.size === 0 ? '' : `?${query}`}`;
}
