import { fieldOf, isJsonObject } from '../../core/json-fields.ts';
import type { HttpExchange } from '../http-exchange.ts';
import type { NotSent } from './classify-start.ts';
import { nextPageOf } from './next-page.ts';

/** What came of a request to a tenant. */
export type SentQuery = HttpExchange | ({ readonly kind: 'not-sent' } & NotSent);

/** Asks the tenant for what follows `/api/v1/`. */
export type AskQlik = (path: string) => Promise<SentQuery>;

/** The longest page that Qlik gives (fact q-reloads-list-04). */
export const LONGEST_PAGE = 100;

const LIMIT = /([?&]limit=)(\d+)/;

/**
 * A page of a list. If the answer is too large to be read, asks for half as many entries, and so on, down to one: a reload's
 * record has its log in it. Where the page ends, its link to the next one goes on.
 */
export async function pageThatFits(path: string, ask: AskQlik): Promise<SentQuery> {
  for (let asked = path; ; asked = withLimit(path, Math.floor(limitOf(asked) / 2))) {
    const sent = await ask(asked);
    if (sent.kind !== 'no-answer' || sent.isTooLarge !== true || limitOf(asked) <= 1) return sent;
  }
}

/**
 * The first hundred entries of a list as one answer, however many requests that takes. If a part cannot be had, that is
 * the answer: what a shorter list does not show would be taken for absent.
 */
export async function firstHundred(path: string, ask: AskQlik, origin: string): Promise<SentQuery> {
  const first = await pageThatFits(withLimit(path, LONGEST_PAGE), ask);
  const entries = entriesOf(first);
  if (entries === undefined || first.kind !== 'answered') return first;
  const all = [...entries];
  for (let next = nextPageOf(first.json, origin); all.length < LONGEST_PAGE && next.kind !== 'none'; ) {
    if (next.kind === 'elsewhere') return { kind: 'no-answer', message: ELSEWHERE };
    const sent = await pageThatFits(next.path, ask);
    const more = entriesOf(sent);
    if (more === undefined || sent.kind !== 'answered') return sent;
    all.push(...more);
    next = nextPageOf(sent.json, origin);
  }
  return { ...first, json: { data: all.slice(0, LONGEST_PAGE) } };
}

/** Why a list whose next page is at another address is not read on. */
export const ELSEWHERE = 'Qlik’s list goes on at another address than the tenant’s';

/** The entries of a page; undefined if there is none. */
export function entriesOf(sent: SentQuery): readonly unknown[] | undefined {
  if (sent.kind !== 'answered' || sent.status !== 200 || !isJsonObject(sent.json)) return undefined;
  const data = fieldOf(sent.json, 'data');
  return Array.isArray(data) ? data : undefined;
}

const limitOf = (path: string): number => Number(LIMIT.exec(path)?.[2] ?? LONGEST_PAGE);

function withLimit(path: string, limit: number): string {
  if (LIMIT.test(path)) return path.replace(LIMIT, `$1${limit}`);
  return `${path}${path.includes('?') ? '&' : '?'}limit=${limit}`;
}
