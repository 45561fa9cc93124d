/*
 * The embedded store imitates CouchDB, so that `npm start` and the tests need no database server. A browser logs in
 * once and gets a cookie, so that it need not send the password again. This file makes and checks the cookies.
 */

import { createHmac, randomBytes } from 'node:crypto';
import { isEqual } from './passwords.ts';

/** CouchDB's default: 10 minutes. */
const LIFE_MS = 10 * 60_000;
// Finds the cookie in a header such as `theme=dark; AuthSession=Y2FzY2FkZQ.1795316220000.c2ln`.
const COOKIE = /(?:^|;\s*)AuthSession=([^;]*)/;

/**
 * Signs and reads the cookies of `_session` (the path at which users log in). Each start of the store makes a new key,
 * so people have to log in again after a restart.
 */
export class SessionCookies {
  readonly #now: () => number;
  readonly #key = randomBytes(32);

  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * The header `Set-Cookie` for a user who has logged in, for ten minutes.
   *
   * @param proof - a text that changes with the password.
   */
  issue(name: string, proof: string): string {
    const content = `${Buffer.from(name).toString('base64url')}.${this.#now() + LIFE_MS}`;
    const value = `${content}.${this.#sign(content, proof)}`;
    return `AuthSession=${value}; Path=/; Max-Age=${LIFE_MS / 1000}; HttpOnly; SameSite=Strict`;
  }

  static readonly CLEARED = 'AuthSession=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict';

  /** The value of the cookie `AuthSession` in a header `Cookie`; undefined if the cookie is empty or missing. */
  static find(header: string | undefined): string | undefined {
    return COOKIE.exec(header ?? '')?.[1] || undefined;
  }

  /** The name that a cookie claims. Nobody has checked the cookie yet. */
  static claimedName(value: string): string {
    return Buffer.from(value.split('.')[0] ?? '', 'base64url').toString();
  }

  /** Whether this store signed the cookie with this proof, less than ten minutes ago. */
  isGood(value: string, proof: string): boolean {
    const [name = '', until = '', signature = ''] = value.split('.');
    return isEqual(signature, this.#sign(`${name}.${until}`, proof)) && Number(until) > this.#now();
  }

  #sign(content: string, proof: string): string {
    return createHmac('sha256', this.#key).update(`${content}.${proof}`).digest('base64url');
  }
}
