import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Accounts } from './auth/accounts.ts';
import type { Catalogue } from './catalogue.ts';
import type { Database } from './database.ts';
import type { StoreUser } from './security.ts';

/** What a running store consists of. */
export interface Store {
  readonly catalogue: Catalogue;
  readonly accounts: Accounts;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** One request. Its body is not read yet. */
export interface StoreCall {
  readonly store: Store;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** A HEAD request is GET here. Its body is left out when the answer is sent. */
  readonly method: string;
  /** The decoded parts of the path; empty ones at its end are left out. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  readonly user: StoreUser;
}

/** A call below a database. Its user may read there. */
export interface DatabaseCall extends StoreCall {
  readonly database: Database;
}

/** A call of one document, or of something below it. */
export interface DocumentCall extends DatabaseCall {
  /** As it stands in the path: not checked yet. */
  readonly id: string;
  /** The rest of the path: the name of an attachment, or empty. */
  readonly attachment: string;
}

export interface StoreReply {
  readonly status: number;
  readonly body: string | Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** An answer in JSON, in one line and with a line end, as CouchDB writes it. A member that is undefined is left out. */
export const jsonReply = (
  value: unknown,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): StoreReply => ({
  status,
  body: `${JSON.stringify(value)}\n`,
  headers: { 'content-type': 'application/json', 'cache-control': 'must-revalidate', ...headers },
});

/** What a route returns that has written its whole answer itself. */
export const SENT = 'sent';

export type StoreRoute<C extends StoreCall> = (call: C) => Promise<StoreReply | typeof SENT>;
