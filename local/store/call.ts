import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Accounts } from './auth/accounts.ts';
import type { Catalogue } from './catalogue.ts';
import type { Database } from './database.ts';
import type { StoreUser } from './security.ts';

/** What the store is while it runs. */
export interface Store {
  readonly catalogue: Catalogue;
  readonly accounts: Accounts;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** One request, read as far as its path. */
export interface StoreCall {
  readonly store: Store;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** HEAD is GET here; its body is left out when it is sent. */
  readonly method: string;
  /** Decoded, without empty ones at the end. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  readonly user: StoreUser;
}

/** A call below a database; the user may read there. */
export interface DatabaseCall extends StoreCall {
  readonly database: Database;
}

export interface StoreReply {
  readonly status: number;
  readonly body: string | Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** An answer in JSON, one line as CouchDB writes it. */
export const storeJson = (
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): StoreReply => ({
  status,
  body: `${JSON.stringify(value)}\n`,
  headers: { 'content-type': 'application/json', 'cache-control': 'must-revalidate', ...headers },
});

/** The answer to a route that has sent all of it itself. */
export const SENT = 'sent';

export type StoreRoute<C extends StoreCall> = (call: C) => Promise<StoreReply | typeof SENT>;
