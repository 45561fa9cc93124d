/*
 * The embedded store imitates CouchDB, so that `npm start` and the tests need no database server. This file finds out
 * which user sends a request, because the user decides what the request may do.
 */

import { createHmac, randomBytes } from 'node:crypto';
import type { PouchDocument } from 'pouchdb-core';
import type { Database } from '../database.ts';
import type { StoreUser } from '../security.ts';
import { StoreError } from '../store-error.ts';
import { isEqual, isStoredPassword } from './passwords.ts';
import { SessionCookies } from './session-cookie.ts';

/** The administrator of the whole store. */
export interface Admin {
  readonly name: string;
  readonly password: string;
}

/** The parts of a request that say who sends it. */
export interface UserCredentials {
  readonly authorization: string | undefined;
  readonly cookie: string | undefined;
  readonly address: string;
}

/** A user whom the store knows. */
export interface Account {
  readonly user: StoreUser;
  /**
   * A text that changes with the password. Cookies are signed with it, so a new password ends all sessions of the user.
   */
  readonly proof: string;
  accepts(password: string): Promise<boolean>;
}

const ANONYMOUS: StoreUser = { name: null, roles: [] };
/** If this many logins are remembered, the store forgets them all. Then each costs one check again. */
const MAX_KNOWN = 1000;

/**
 * The administrator, and the users in the database `_users`. This class finds out who sends a request: by Basic
 * credentials, or by a cookie.
 */
export class Accounts {
  readonly #admin: Admin;
  readonly #users: () => Database;
  readonly #lockout: Lockout;
  readonly #cookies: SessionCookies;
  readonly #key = randomBytes(32);
  /**
   * Logins that were right before, as digests of name, password and stored key. A new check of a password would take
   * tens of milliseconds.
   */
  readonly #known = new Set<string>();

  constructor(admin: Admin, users: () => Database, now: () => number) {
    this.#admin = admin;
    this.#users = users;
    this.#lockout = new Lockout(now);
    this.#cookies = new SessionCookies(now);
  }

  /**
   * Returns who sends a request; the anonymous user if there are no credentials.
   *
   * @throws StoreError 401 for wrong credentials or a session that has ended, 403 while the name is locked, 400 for a
   *   malformed header; also what the database `_users` throws.
   */
  async identify({ authorization, cookie, address }: UserCredentials): Promise<StoreUser> {
    if (authorization !== undefined) {
      const { name, password } = readBasic(authorization);
      return (await this.login(name, password, address)).user;
    }
    const value = SessionCookies.find(cookie);
    if (value === undefined) return ANONYMOUS;
    const account = await this.#account(SessionCookies.claimedName(value));
    if (account !== undefined && this.#cookies.isGood(value, account.proof)) return account.user;
    throw new StoreError(401, 'The session has ended, or its cookie is not one of this store.');
  }

  /**
   * Checks a name and a password.
   *
   * @throws StoreError 401 for a wrong name or password, 403 while the name is locked.
   */
  async login(name: string, password: string, address: string): Promise<Account> {
    if (this.#lockout.isLocked(name, address)) {
      throw new StoreError(403, 'Account is temporarily locked due to multiple authentication failures');
    }
    const account = await this.#account(name);
    if (account === undefined || !(await account.accepts(password))) {
      this.#lockout.failed(name, address);
      throw new StoreError(401, 'Name or password is incorrect.');
    }
    this.#lockout.succeeded(name, address);
    return account;
  }

  /**
   * The header `Set-Cookie` for a user who has just logged in.
   *
   * @param proof - the `proof` of the user's account.
   */
  issueCookie(name: string, proof: string): string {
    return this.#cookies.issue(name, proof);
  }

  async #account(name: string): Promise<Account | undefined> {
    const { name: admin, password: secret } = this.#admin;
    if (name === admin) {
      const user = { name, roles: ['_admin'] };
      return { user, proof: secret, accepts: async (password) => isEqual(password, secret) };
    }
    const document = await this.#users().run((pouch) =>
      pouch.get(`org.couchdb.user:${name}`).catch((error: { status?: unknown }) => {
        if (error.status === 404) return undefined;
        throw error;
      }),
    );
    return (
      document && {
        user: userOf(name, document),
        proof: String(document['derived_key']),
        accepts: (password) => this.#accepts(name, password, document),
      }
    );
  }

  async #accepts(name: string, password: string, document: PouchDocument): Promise<boolean> {
    const digest = createHmac('sha256', this.#key)
      .update(JSON.stringify([name, password, document['salt'], document['derived_key']]))
      .digest('base64');
    if (this.#known.has(digest)) return true;
    if (!(await isStoredPassword(password, document))) return false;
    if (this.#known.size >= MAX_KNOWN) this.#known.clear();
    this.#known.add(digest);
    return true;
  }
}

/**
 * The user with the roles in his document. A role that begins with `_` is CouchDB's own, so nobody gets it from there.
 */
function userOf(name: string, { roles }: PouchDocument): StoreUser {
  return {
    name,
    roles: Array.isArray(roles) ? roles.filter((role) => typeof role === 'string' && !role.startsWith('_')) : [],
  };
}

function readBasic(header: string): { readonly name: string; readonly password: string } {
  // For example `Basic Y2FzY2FkZTpzZWNyZXQ=`: base64 of `name:password`.
  const encoded = /^Basic\s+(\S+)$/i.exec(header)?.[1];
  const [name = '', ...password] = Buffer.from(encoded ?? '', 'base64')
    .toString()
    .split(':');
  if (encoded === undefined || password.length === 0) {
    throw new StoreError(400, 'The Authorization header is not Basic credentials.');
  }
  return { name, password: password.join(':') };
}

// Five failures and five minutes are CouchDB's values. 10,000 names limit the memory.
const FAILURES = 5;
const LOCKED_MS = 5 * 60_000;
const MAX_NAMES = 10_000;

/**
 * Locks a name for requests from one address: for five minutes after the last of five failed logins, as CouchDB does
 * (db-auth-06). So it takes long to guess a password.
 */
class Lockout {
  readonly #now: () => number;
  readonly #failures = new Map<string, { count: number; lastAt: number }>();

  constructor(now: () => number) {
    this.#now = now;
  }

  isLocked(name: string, address: string): boolean {
    const failed = this.#failures.get(key(name, address));
    if (failed === undefined) return false;
    if (this.#now() - failed.lastAt < LOCKED_MS) return failed.count >= FAILURES;
    this.#failures.delete(key(name, address));
    return false;
  }

  failed(name: string, address: string): void {
    const count = (this.#failures.get(key(name, address))?.count ?? 0) + 1;
    this.#failures.delete(key(name, address));
    this.#failures.set(key(name, address), { count, lastAt: this.#now() });
    // Somebody may invent names without end. They must not fill the memory, so the store forgets the oldest name.
    const [oldest] = this.#failures.keys();
    if (this.#failures.size > MAX_NAMES && oldest !== undefined) this.#failures.delete(oldest);
  }

  succeeded(name: string, address: string): void {
    this.#failures.delete(key(name, address));
  }
}

const key = (name: string, address: string): string => JSON.stringify([name, address]);
