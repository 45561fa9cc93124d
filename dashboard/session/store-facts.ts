import { isJsonObject } from '../../src/core/json-fields.ts';
import { rolesFor } from '../../src/ledger/install/roles.ts';
import type { Configuration } from '../configuration.ts';
import { basicOf, type Login, PRIVATELY } from './login.ts';

/** What the store says of the account. */
export interface StoreFacts {
  /** Whether the account may add acts to tickets; absent if the store does not say it. */
  readonly mayAct?: boolean;
}

/** Asks the store about the account. What gets no answer, or an unclear one, is absent. */
export async function storeFacts({ storeUrl = '', database }: Configuration, login: Login): Promise<StoreFacts> {
  const session = await ask(`${storeUrl}/_session`, login);
  const { userCtx } = isJsonObject(session) ? session : {};
  return mayActOf(isJsonObject(userCtx) ? userCtx['roles'] : undefined, database);
}

function mayActOf(roles: unknown, database: string): Pick<StoreFacts, 'mayAct'> {
  if (!Array.isArray(roles)) return {};
  const { desk, writer } = rolesFor(database);
  return { mayAct: [desk, writer, '_admin'].some((each) => roles.includes(each)) };
}

async function ask(url: string, login: Login): Promise<unknown> {
  try {
    const headers = { authorization: basicOf(login), accept: 'application/json' };
    return await (await fetch(url, { headers, ...PRIVATELY })).json();
  } catch {
    return undefined;
  }
}
