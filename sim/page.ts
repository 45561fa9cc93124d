import { badRequest } from './http/answer.ts';
import type { TenantCall } from './http/call.ts';

/** What a list is ordered by: `seq` decides between equal keys, so that each place in the list is one of its own. */
export interface PagePlace {
  readonly key: string;
  readonly seq: number;
}

export interface PageOptions<T> {
  readonly sort: Sort;
  readonly limit: number;
  readonly place: (item: T) => PagePlace;
}

/** A field to sort by, and which way. */
export interface Sort {
  readonly field: string;
  readonly descending: boolean;
}

export interface ApiPage<T> {
  readonly items: readonly T[];
  readonly links: Readonly<Record<string, { readonly href: string }>>;
}

/**
 * One page of `items` in the asked order, from the cursor that the call has in `next` or `prev`. Cursors hold a place in
 * the list, not a number: what is added or dropped between two pages neither repeats nor hides the others. @throws Refusal 400
 */
export function page<T>(items: readonly T[], options: PageOptions<T>, call: TenantCall): ApiPage<T> {
  const sign = options.sort.descending ? -1 : 1;
  const places = items.map((item) => ({ item, place: options.place(item) }));
  places.sort((one, other) => sign * comparePlaces(one.place, other.place));
  const next = readCursor(call, 'next', options.sort);
  const prev = readCursor(call, 'prev', options.sort);
  if (next !== undefined && prev !== undefined) throw badRequest('Give next or prev, not both.');
  const after = (cursor: PagePlace) => places.filter(({ place }) => sign * comparePlaces(place, cursor) > 0);
  const before = (cursor: PagePlace) => places.filter(({ place }) => sign * comparePlaces(place, cursor) < 0);
  const found = prev === undefined ? (next === undefined ? places : after(next)) : before(prev);
  const shown = prev === undefined ? found.slice(0, options.limit) : found.slice(-options.limit);
  const first = shown[0]?.place;
  const last = shown.at(-1)?.place;
  const links: Record<string, { href: string }> = { self: { href: href(call, {}) } };
  if (last !== undefined && shown.at(-1) !== places.at(-1))
    links['next'] = { href: href(call, { next: cursor(last, options.sort) }) };
  if (first !== undefined && shown[0] !== places[0])
    links['prev'] = { href: href(call, { prev: cursor(first, options.sort) }) };
  return { items: shown.map(({ item }) => item), links };
}

/**
 * `sort` of the query, one of `fields` bare or with `+` or `-`; a careless client's `+` arrives as a space (q-reloads-list-06).
 * @throws Refusal 400
 */
export function parseSort(call: TenantCall, fields: readonly string[], initial: Sort): Sort {
  const text = call.query.get('sort');
  if (text === null || text === '') return initial;
  const field = text.replace(/^[-+ ]/, '');
  if (!fields.includes(field)) throw badRequest(`sort must be one of ${fields.join(', ')}, with + or - before it.`);
  return { field, descending: text.startsWith('-') };
}

/** `limit` of the query, 1 to 100. @throws Refusal 400 */
export function parseLimit(call: TenantCall, initial: number): number {
  const text = call.query.get('limit');
  if (text === null) return initial;
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

function comparePlaces(one: PagePlace, other: PagePlace): number {
  if (one.key !== other.key) return one.key < other.key ? -1 : 1;
  return one.seq - other.seq;
}

function cursor(place: PagePlace, sort: Sort): string {
  return Buffer.from(JSON.stringify([sort.field, sort.descending, place.key, place.seq])).toString('base64url');
}

function readCursor(call: TenantCall, name: 'next' | 'prev', sort: Sort): PagePlace | undefined {
  const text = call.query.get(name);
  if (text === null) return undefined;
  try {
    const [field, descending, key, seq]: unknown[] = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    if (field === sort.field && descending === sort.descending && typeof key === 'string' && typeof seq === 'number') {
      return { key, seq };
    }
  } catch {
    // Told below, like every other cursor that is not ours.
  }
  throw badRequest(`${name} is no cursor of this list.`);
}

function href(call: TenantCall, cursors: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams(call.query);
  if (Object.keys(cursors).length > 0) {
    query.delete('next');
    query.delete('prev');
  }
  for (const [name, value] of Object.entries(cursors)) query.set(name, value);
  const text = query.toString();
  return `${call.origin}${call.path}${text === '' ? '' : `?${text}`}`;
}
