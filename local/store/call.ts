/*
 * The embedded store imitates CouchDB, so that `npm start` and the tests need no database server. These are the types
 * of its requests and answers.
 */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Accounts } from './auth/accounts.ts';
import type { Catalogue } from './catalogue.ts';
import type { Database } from './database.ts';
import type { StoreUser } from './security.ts';

/** The parts of a running store. */
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
  /** The HTTP method. A HEAD request has `GET` here; the body of its answer is left out when the answer is sent. */
  readonly method: string;
  /** The decoded parts of the path. Empty parts at the end are left out. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  readonly user: StoreUser;
}

/** A call to a database. Its user was found to have the right to read there. */
export interface DatabaseCall extends StoreCall {
  readonly database: Database;
}

/** A call of one document, or of something below it. */
export interface DocumentCall extends DatabaseCall {
  /** The document's id as the path has it. It is not checked yet. */
  readonly id: string;
  /** The rest of the path: the name of an attachment. It is empty if there is none. */
  readonly attachment: string;
}

/** The answer to a request, as it is sent. */
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

/** A route returns this if it has written its whole answer itself. */
export const SENT = 'sent';

export type StoreRoute<C extends StoreCall> = (call: C) => Promise<StoreReply | typeof SENT>;
