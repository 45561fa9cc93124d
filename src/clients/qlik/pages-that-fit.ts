/*
 * Reads Qlik's lists page by page. Cascade reads at most 4 MiB of an answer (http-exchange.ts). A page of a hundred
 * reloads may be larger, because the records may hold long logs. Then this file asks for smaller pages.
 */

import { definedFields } from '../../core/defined-fields.ts';
import { fieldOf, isJsonObject, type JsonObject, objectOf, textOf } from '../../core/json-fields.ts';
import { type EpochMs, instantIn } from '../../core/units.ts';
import type { HttpExchange } from '../http-exchange.ts';
import type { NotSent } from './classify-start.ts';

/** The outcome of a request to a tenant. */
export type SentQuery = HttpExchange | ({ readonly kind: 'not-sent' } & NotSent);

/** Stands in a URL between the tenant's address and the path of a call of the REST API. */
export const API = '/api/v1/';

/** Where a list goes on after a page. */
type NextPage =
  | { readonly kind: 'none' }
  /** `path` is what follows `/api/v1/`. */
  | { readonly kind: 'page'; readonly path: string }
  /** Not at the tenant's API. The credential is not sent there. */
  | { readonly kind: 'elsewhere' };

/** A page of a list, or why there is none. */
export type ListPage =
  | {
      readonly kind: 'page';
      readonly entries: readonly JsonObject[];
      readonly next: NextPage;
      /** The tenant's clock when it answered; absent if it does not say. */
      readonly tenantNow?: EpochMs;
    }
  | {
      readonly kind: 'no-page';
      readonly message: string;
      /** Absent if there was no answer. */
      readonly status?: number;
    };

/** One of a tenant's lists. */
export interface ListSource {
  /** What the list is called in messages. */
  readonly what: string;
  /** The tenant's address. */
  readonly origin: string;
  /** GETs what follows `/api/v1/`. */
  ask(path: string): Promise<SentQuery>;
}

/** The longest page that Qlik gives (fact q-reloads-list-04). */
export const LONGEST_PAGE = 100;

/** The page's length in a path, such as `&limit=100`. */
const LIMIT = /([?&]limit=)(\d+)/;

/**
 * Reads a page of a list. If the answer is too large to be read, it asks for half as many entries, and so on, down to
 * one. The page's link then leads to the entry after the last one that was read.
 */
export async function pageThatFits(path: string, source: ListSource): Promise<ListPage> {
  for (let asked = path; ; asked = withLimit(path, Math.floor(limitOf(asked) / 2))) {
    const sent = await source.ask(asked);
    if (sent.kind !== 'no-answer' || sent.isTooLarge !== true || limitOf(asked) <= 1) return listPageOf(sent, source);
  }
}

/**
 * Reads the first hundred entries of a list, by as many requests as that takes. If one request fails, the whole read
 * fails. Otherwise a caller would take a reload that is not on a shorter list for one that does not exist.
 */
export async function firstHundred(path: string, source: ListSource): Promise<ListPage> {
  const first = await pageThatFits(withLimit(path, LONGEST_PAGE), source);
  if (first.kind === 'no-page') return first;
  const entries = [...first.entries];
  for (let { next } = first; entries.length < LONGEST_PAGE && next.kind !== 'none'; ) {
    if (next.kind === 'elsewhere') return { kind: 'no-page', message: ELSEWHERE };
    const page = await pageThatFits(next.path, source);
    if (page.kind === 'no-page') return page;
    entries.push(...page.entries);
    next = page.next;
  }
  return { ...first, entries: entries.slice(0, LONGEST_PAGE) };
}

/** The message if the next page of a list is at another address. */
export const ELSEWHERE = 'Qlik’s list goes on at another address than the tenant’s';

/** Reads the answer to a request for a page. */
export function listPageOf(sent: SentQuery, { what, origin }: Omit<ListSource, 'ask'>): ListPage {
  if (sent.kind !== 'answered') return { kind: 'no-page', message: sent.message };
  const { status, json, headers } = sent;
  const body = status === 200 && isJsonObject(json) ? json : {};
  const data = fieldOf(body, 'data');
  if (!Array.isArray(data)) return { kind: 'no-page', status, message: `Qlik answered ${status} to ${what}` };
  const href = textOf(objectOf(objectOf(body, 'links'), 'next'), 'href');
  return {
    kind: 'page',
    entries: data.filter(isJsonObject),
    next: nextPageAt(href, origin),
    ...definedFields({ tenantNow: instantIn(headers.get('date')) }),
  };
}

function nextPageAt(href: string | undefined, origin: string): NextPage {
  if (href === undefined) return { kind: 'none' };
  const url = URL.canParse(href, origin) ? new URL(href, origin) : undefined;
  if (url?.origin !== origin || !url.pathname.startsWith(API)) return { kind: 'elsewhere' };
  return { kind: 'page', path: `${url.pathname.slice(API.length)}${url.search}` };
}

const limitOf = (path: string): number => Number(LIMIT.exec(path)?.[2] ?? LONGEST_PAGE);

function withLimit(path: string, limit: number): string {
  if (LIMIT.test(path)) return path.replace(LIMIT, `$1${limit}`);
  return `${path}${path.includes('?') ? '&' : '?'}limit=${limit}`;
}
