import { isJsonObject } from '../../src/core/json-fields.ts';
import type { AccountProblem } from '../model/notices.ts';

/** Why CouchDB refuses an account, by its answer; undefined if the answer does not refuse the account. */
export async function accountProblemOf(response: Response): Promise<AccountProblem | undefined> {
  switch (response.status) {
    case 401:
      return 'wrong';
    case 403:
      // CouchDB answers so even to the right password (fact db-auth-06).
      return /\blocked\b/i.test((await storeReason(response)) ?? '') ? 'locked' : 'no-role';
    case 404:
      return 'no-database';
    default:
      return undefined;
  }
}

/** CouchDB's own words about a failure; undefined if it gave none. */
export async function storeReason(response: Response): Promise<string | undefined> {
  const body: unknown = await response.json().catch(() => undefined);
  const reason = isJsonObject(body) ? body['reason'] : undefined;
  return typeof reason === 'string' ? reason : undefined;
}
