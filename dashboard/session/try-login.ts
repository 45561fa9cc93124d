import type { StoreAddress } from '../configuration.ts';
import { basicOf, type Login, PRIVATELY } from './login.ts';

/** What CouchDB says to a login. */
export type SignInAnswer =
  | { readonly kind: 'welcome' }
  /** CouchDB does not know this user and password. */
  | { readonly kind: 'wrong' }
  /** CouchDB knows the account, but the account may not read this ledger (Cascade's memory). */
  | { readonly kind: 'no-role' }
  /** CouchDB has no database with this name. */
  | { readonly kind: 'no-database' }
  /** No answer: no network, no such server, or CouchDB does not let pages of this origin read its answers (CORS). */
  | { readonly kind: 'no-answer' }
  /** Any other status: the server is no CouchDB, or CouchDB does not work. */
  | { readonly kind: 'strange'; readonly status: number };

/**
 * Asks CouchDB whether an account may read the ledger's database. The form to sign in needs the answer. The outbox also
 * asks when CouchDB has refused a document: is the document at fault, or the account?
 */
export async function tryLogin({ storeUrl = '', database }: StoreAddress, login: Login): Promise<SignInAnswer> {
  const status = await statusOf(`${storeUrl}/${encodeURIComponent(database)}`, login);
  switch (status) {
    case undefined:
      return { kind: 'no-answer' };
    case 200:
      return { kind: 'welcome' };
    case 401:
      return { kind: 'wrong' };
    case 403:
      return { kind: 'no-role' };
    case 404:
      return { kind: 'no-database' };
    default:
      return { kind: 'strange', status };
  }
}

async function statusOf(url: string, login: Login): Promise<number | undefined> {
  try {
    const headers = { authorization: basicOf(login), accept: 'application/json' };
    return (await fetch(url, { headers, ...PRIVATELY })).status;
  } catch {
    return undefined;
  }
}
