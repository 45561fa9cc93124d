import { SCHEMA_ID } from '../../src/core/document-ids.ts';
import { isJsonObject } from '../../src/core/json-fields.ts';
import type { DurationMs, EpochMs } from '../../src/core/units.ts';
import { rolesFor } from '../../src/ledger/install/roles.ts';
import type { StoreAddress } from '../configuration.ts';
import { basicOf, type Login, PRIVATELY } from './login.ts';

/**
 * What the store (the CouchDB of the ledger, Cascade's memory) says of the account, of the ledger and of the time. A
 * field is absent if the store does not say it.
 */
export interface StoreFacts {
  /** Whether the account may add acts: what a person does to a ticket, such as a note. */
  readonly mayAct?: boolean;
  /**
   * The version of the ledger's documents. 0 if CouchDB has no document that says it: no Cascade has prepared this
   * database.
   */
  readonly version?: number;
  /**
   * How far this device's clock is ahead of the store's, in milliseconds, rounded to a second; negative if it is
   * behind.
   */
  readonly aheadMs?: DurationMs;
}

/**
 * Asks the store for facts that the page needs beside the documents. With them it switches off buttons that the account
 * may not use, and warns of a wrong clock or of another version. `openDesk` calls it each time the page has caught up
 * with the store, and every 5 minutes from then on.
 */
export async function storeFacts(
  { storeUrl = '', database }: StoreAddress,
  login: Login,
  now: () => EpochMs,
): Promise<StoreFacts> {
  const [session, schema] = await Promise.all([
    ask(`${storeUrl}/_session`, login, now),
    ask(`${storeUrl}/${encodeURIComponent(database)}/${SCHEMA_ID}`, login, now),
  ]);
  return { ...mayActOf(session?.body, database), ...versionOf(schema), ...aheadOf(session ?? schema) };
}

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  /**
   * The store's clock, in milliseconds. NaN if the answer does not have the header `date`, or if the browser hides it
   * from the page.
   */
  readonly date: number;
  /** The device's clock in the middle between request and answer. */
  readonly at: number;
}

async function ask(url: string, login: Login, now: () => EpochMs): Promise<Answer | undefined> {
  const asked = now();
  try {
    const headers = { authorization: basicOf(login), accept: 'application/json' };
    const response = await fetch(url, { headers, ...PRIVATELY });
    const at = (asked + now()) / 2;
    const body: unknown = await response.json();
    const date = Date.parse(response.headers.get('date') ?? '');
    return isJsonObject(body) ? { status: response.status, body, date, at } : undefined;
  } catch {
    return undefined;
  }
}

function mayActOf(session: Answer['body'] | undefined, database: string): StoreFacts {
  const user = session?.['userCtx'];
  const roles = isJsonObject(user) ? user['roles'] : undefined;
  if (!Array.isArray(roles)) return {};
  const { desk, writer } = rolesFor(database);
  return { mayAct: [desk, writer, '_admin'].some((each) => roles.includes(each)) };
}

function versionOf(schema: Answer | undefined): StoreFacts {
  if (schema?.status === 404) return { version: 0 };
  const version = schema?.body['version'];
  return typeof version === 'number' ? { version } : {};
}

/**
 * The header `date` has full seconds. So on average the store's clock is half a second later, and 500 ms are
 * subtracted.
 */
const aheadOf = (answer: Answer | undefined): StoreFacts =>
  answer === undefined || Number.isNaN(answer.date)
    ? {}
    : { aheadMs: (1_000 * Math.round((answer.at - answer.date - 500) / 1_000)) as DurationMs };
