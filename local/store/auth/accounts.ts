import { createHmac, randomBytes } from 'node:crypto';
import type { PouchDocument } from 'pouchdb-core';
import type { Database } from '../database.ts';
import type { StoreUser } from '../security.ts';
import { StoreError } from '../store-error.ts';
import { isEqual, isStoredPassword } from './passwords.ts';
import { SessionCookies } from './session-cookie.ts';

export interface Admin {
  readonly name: string;
  readonly password: string;
}

/** What of a request says who asks. */
export interface UserCredentials {
  readonly authorization: string | undefined;
  readonly cookie: string | undefined;
  readonly address: string;
}

const ANONYMOUS: StoreUser = { name: null, roles: [] };
const MAX_KNOWN = 1000;

/** The administrator and the users of `_users`: who is it, by Basic or cookie. */
export class Accounts {
  readonly #admin: Admin;
  readonly #users: () => Database;
  readonly #lockout: Lockout;
  readonly #cookies: SessionCookies;
  readonly #key = randomBytes(32);
  /** Passwords that were derived before, by a digest of name, password and stored key: deriving takes tens of milliseconds. */
  readonly #known = new Set<string>();

  constructor(admin: Admin, users: () => Database, now: () => number) {
    this.#admin = admin;
    this.#users = users;
    this.#lockout = new Lockout(now);
    this.#cookies = new SessionCookies(now);
  }

  /** @throws StoreError 401 when credentials are given and wrong; none at all is anonymous. */
  async identify({ authorization, cookie, address }: UserCredentials): Promise<StoreUser> {
    if (authorization !== undefined) {
      const { name, password } = readBasic(authorization);
      return this.login(name, password, address);
    }
    const value = SessionCookies.find(cookie);
    return value === undefined ? ANONYMOUS : this.#fromCookie(value);
  }

  /** @throws StoreError 401 for a wrong name or password, 403 while the name is locked. */
  async login(name: string, password: string, address: string): Promise<StoreUser> {
    if (this.#lockout.isLocked(name, address)) {
      throw new StoreError(403, 'Account is temporarily locked due to multiple authentication failures');
    }
    const user = await this.#check(name, password);
    if (user === undefined) {
      this.#lockout.failed(name, address);
      throw new StoreError(401, 'Name or password is incorrect.');
    }
    this.#lockout.succeeded(name, address);
    return user;
  }

  /** The `Set-Cookie` for somebody who has just logged in. */
  async issueCookie(name: string): Promise<string> {
    const proof = await this.#proof(name);
    return this.#cookies.issue(name, proof?.proof ?? '');
  }

  async #fromCookie(value: string): Promise<StoreUser> {
    const name = SessionCookies.claimedName(value);
    const known = await this.#proof(name);
    if (known === undefined || !this.#cookies.isGood(value, known.proof)) {
      throw new StoreError(401, 'The session has ended, or its cookie is not one of this store.');
    }
    return known.user;
  }

  async #check(name: string, password: string): Promise<StoreUser | undefined> {
    if (name === this.#admin.name) {
      return isEqual(password, this.#admin.password) ? { name, roles: ['_admin'] } : undefined;
    }
    const document = await this.#document(name);
    if (document === undefined) return undefined;
    const digest = createHmac('sha256', this.#key)
      .update(JSON.stringify([name, password, document['salt'], document['derived_key']]))
      .digest('base64');
    if (!this.#known.has(digest)) {
      if (!(await isStoredPassword(password, document))) return undefined;
      if (this.#known.size >= MAX_KNOWN) this.#known.clear();
      this.#known.add(digest);
    }
    return userOf(name, document);
  }

  async #proof(name: string): Promise<{ readonly user: StoreUser; readonly proof: string } | undefined> {
    if (name === this.#admin.name) return { user: { name, roles: ['_admin'] }, proof: this.#admin.password };
    const document = await this.#document(name);
    return document && { user: userOf(name, document), proof: String(document['derived_key']) };
  }

  async #document(name: string): Promise<PouchDocument | undefined> {
    return this.#users().run((pouch) =>
      pouch.get(`org.couchdb.user:${name}`).catch((error: { status?: unknown }) => {
        if (error.status === 404) return undefined;
        throw error;
      }),
    );
  }
}

function userOf(name: string, { roles }: PouchDocument): StoreUser {
  return {
    name,
    roles: Array.isArray(roles) ? roles.filter((role) => typeof role === 'string' && !role.startsWith('_')) : [],
  };
}

function readBasic(header: string): { readonly name: string; readonly password: string } {
  const encoded = /^Basic\s+(\S+)$/i.exec(header)?.[1];
  const [name = '', ...password] = Buffer.from(encoded ?? '', 'base64')
    .toString()
    .split(':');
  if (encoded === undefined || password.length === 0) {
    throw new StoreError(400, 'The Authorization header is not Basic credentials.');
  }
  return { name, password: password.join(':') };
}

const FAILURES = 5;
const LOCKED_MS = 5 * 60_000;
const MAX_NAMES = 10_000;

/** Locks a name from an address for five minutes after five failed logins, as CouchDB does (db-auth-06). */
export class Lockout {
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
    // Made-up names must not fill the memory: the oldest goes.
    const [oldest] = this.#failures.keys();
    if (this.#failures.size > MAX_NAMES && oldest !== undefined) this.#failures.delete(oldest);
  }

  succeeded(name: string, address: string): void {
    this.#failures.delete(key(name, address));
  }
}

const key = (name: string, address: string): string => JSON.stringify([name, address]);
