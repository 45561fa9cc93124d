import type { StoreAddress } from '../configuration.ts';
import type { AccountProblem } from '../model/notices.ts';
import { accountProblemOf } from './account-problem.ts';
import { basicOf, type Login, PRIVATELY } from './login.ts';

/** What CouchDB says to a login. */
export type SignInAnswer =
  | { readonly kind: 'welcome' }
  /** CouchDB refuses the account. */
  | { readonly kind: AccountProblem }
  /** No answer: no network, no such server, or CouchDB does not let pages of this origin read its answers (CORS). */
  | { readonly kind: 'no-answer' }
  /** Any other status: the server is no CouchDB, or CouchDB does not work. */
  | { readonly kind: 'strange'; readonly status: number };

/** The answer to a login that CouchDB does not take. */
export type RefusedLogin = Exclude<SignInAnswer, { kind: 'welcome' }>;

/**
 * Asks CouchDB whether an account may read the ledger's database. The form to sign in needs the answer. The outbox also
 * asks when CouchDB has refused a document: is the document at fault, or the account?
 */
export async function tryLogin({ storeUrl = '', database }: StoreAddress, login: Login): Promise<SignInAnswer> {
  const response = await answerTo(`${storeUrl}/${encodeURIComponent(database)}`, login);
  if (response === undefined) return { kind: 'no-answer' };
  const { status } = response;
  if (status === 200) return { kind: 'welcome' };
  const problem = await accountProblemOf(response);
  return problem === undefined ? { kind: 'strange', status } : { kind: problem };
}

async function answerTo(url: string, login: Login): Promise<Response | undefined> {
  try {
    const headers = { authorization: basicOf(login), accept: 'application/json' };
    return await fetch(url, { headers, ...PRIVATELY });
  } catch {
    return undefined;
  }
}
