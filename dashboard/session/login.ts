/*
 * A person signs in to the dashboard with an account in the CouchDB of the ledger (Cascade's memory). The page sends
 * user and password to CouchDB with each request, and to no other server. This file reads logins, and makes the header
 * of a request.
 */

import { isJsonObject } from '../../src/core/json-fields.ts';

/** A person's account in CouchDB, with its password. */
export interface Login {
  readonly user: string;
  readonly password: string;
}

/** Makes the value of the header `authorization`. CouchDB reads user and password as UTF-8. */
export function basicOf({ user, password }: Login): string {
  const bytes = new TextEncoder().encode(`${user}:${password}`);
  return `Basic ${btoa(String.fromCharCode(...bytes))}`;
}

/**
 * Options of `fetch` for a request with a login. The browser sends no cookie. It neither takes the answer from its
 * cache nor stores it there.
 */
export const PRIVATELY = { credentials: 'omit', cache: 'no-store' } as const;

/** A link whose fragment begins like this signs in whoever opens it: `npm start` prints one. */
const FRAGMENT = '#sign-in?';

/**
 * Reads the login in a URL's fragment: `#sign-in?user=ann&password=secret`. A browser sends no fragment to any server.
 *
 * @returns undefined if the fragment is not such a login.
 */
export function loginInFragment(fragment: string): Login | undefined {
  if (!fragment.startsWith(FRAGMENT)) return undefined;
  const query = new URLSearchParams(fragment.slice(FRAGMENT.length));
  const user = query.get('user') ?? '';
  const password = query.get('password') ?? '';
  return user === '' || password === '' ? undefined : { user, password };
}

/** Reads the login that the browser has stored for the page; undefined if there is none, or if it cannot be read. */
export function loginIn(text: string | null): Login | undefined {
  try {
    const value: unknown = JSON.parse(text ?? 'null');
    if (!isJsonObject(value)) return undefined;
    const { user, password } = value;
    return typeof user === 'string' && typeof password === 'string' ? { user, password } : undefined;
  } catch {
    return undefined;
  }
}
