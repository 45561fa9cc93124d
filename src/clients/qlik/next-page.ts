import { isJsonObject, objectOf, textOf } from '../../core/json-fields.ts';

/** Below a tenant's address. */
export const API = '/api/v1/';

/** Where a list goes on after a page. */
export type NextPage =
  | { readonly kind: 'none' }
  /** What follows `/api/v1/`. */
  | { readonly kind: 'page'; readonly path: string }
  /** At another address than the tenant's: the credential is sent nowhere else. */
  | { readonly kind: 'elsewhere' };

/** Reads `links.next.href` of a page that a tenant answered. */
export function nextPageOf(json: unknown, origin: string): NextPage {
  const body = isJsonObject(json) ? json : {};
  const href = textOf(objectOf(objectOf(body, 'links'), 'next'), 'href');
  if (href === undefined) return { kind: 'none' };
  if (!URL.canParse(href, origin)) return { kind: 'elsewhere' };
  const url = new URL(href, origin);
  const isOwn = url.origin === origin && url.pathname.startsWith(API);
  return isOwn ? { kind: 'page', path: `${url.pathname.slice(API.length)}${url.search}` } : { kind: 'elsewhere' };
}
