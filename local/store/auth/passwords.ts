/*
 * The embedded store imitates CouchDB, so that `npm start` and the tests need no database server. The store keeps no
 * password, but a key that is derived from it. This file derives the key, and checks a password against it.
 */

import { createHash, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify(pbkdf2);
/** With so many iterations a check takes tens of milliseconds. So it takes long to guess a password. */
const ITERATIONS = 50_000;
const KEY_BYTES = 32;

/** What a user document contains in place of the password. The field names are CouchDB's. */
export interface StoredPassword {
  readonly password_scheme: 'pbkdf2';
  readonly pbkdf2_prf: 'sha256';
  readonly iterations: number;
  readonly salt: string;
  readonly derived_key: string;
}

/** Derives from a password, with a new salt, what is stored in its place. */
export async function storePassword(password: string): Promise<StoredPassword> {
  const salt = randomBytes(16).toString('hex');
  const key = await derive(password, salt, ITERATIONS, KEY_BYTES, 'sha256');
  return {
    password_scheme: 'pbkdf2',
    pbkdf2_prf: 'sha256',
    iterations: ITERATIONS,
    salt,
    derived_key: key.toString('hex'),
  };
}

/**
 * Whether the key in a user document was derived from this password. False, too, if the document lacks the fields of
 * this method (PBKDF2 with SHA-256), or names more than 1,000,000 iterations.
 */
export async function isStoredPassword(
  password: string,
  document: Readonly<Record<string, unknown>>,
): Promise<boolean> {
  const { salt, iterations, derived_key: stored, pbkdf2_prf: digest } = document;
  if (typeof salt !== 'string' || typeof stored !== 'string' || digest !== 'sha256') return false;
  // With still more iterations, a check would take too long.
  if (typeof iterations !== 'number' || !(iterations > 0 && iterations <= 1_000_000)) return false;
  return isEqual((await derive(password, salt, iterations, KEY_BYTES, 'sha256')).toString('hex'), stored);
}

/** Whether two secrets are equal. The time that the comparison takes shows nothing about them. */
export function isEqual(one: string, other: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}
