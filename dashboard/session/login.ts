import { isJsonObject } from '../../src/core/json-fields.ts';

/** A person's account in CouchDB, with its password. */
export interface Login {
  readonly user: string;
  readonly password: string;
}

/** The value of the header `authorization`. CouchDB reads user and password as UTF-8. */
export function basicOf({ user, password }: Login): string {
  const bytes = new TextEncoder().encode(`${user}:${password}`);
  return `Basic ${btoa(String.fromCharCode(...bytes))}`;
}

/** For a request with a login: no cookie is sent, and no answer comes from the browser's cache or stays there. */
export const PRIVATELY = { credentials: 'omit', cache: 'no-store' } as const;

const FRAGMENT = '#sign-in?';

/**
 * Reads the login in a URL's fragment, as a link may have it: `#sign-in?user=…&password=…`. A browser sends
 * no fragment to any server.
 */
export function loginInFragment(fragment: string): Login | undefined {
  if (!fragment.startsWith(FRAGMENT)) return undefined;
  const query = new URLSearchParams(fragment.slice(FRAGMENT.length));
  const user = query.get('user') ?? '';
  const password = query.get('password') ?? '';
  return user === '' || password === '' ? undefined : { user, password };
}

/** Reads the login that the page has kept; undefined if there is none, or if it is spoilt. */
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
