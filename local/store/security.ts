/*
 * The embedded store imitates CouchDB, so that `npm start` and the tests need no database server. The document
 * `_security` of a database says who may use the database. This file reads `_security`, and decides by it.
 */

import { isTextList } from './outside-values.ts';
import { StoreError } from './store-error.ts';

/** A group of users, by their names or their roles. */
export interface Group {
  readonly names: readonly string[];
  readonly roles: readonly string[];
}

/** The content of `_security`: who may do what in a database. `admins` and `members` are CouchDB's groups. */
export interface Security {
  readonly admins: Group;
  readonly members: Group;
}

/** The user who sends a request. If nobody is logged in, the name is `null`. */
export interface StoreUser {
  readonly name: string | null;
  readonly roles: readonly string[];
}

/** The security of a new database: only administrators have access (db-auth-08). */
export const CLOSED: Security = {
  admins: { names: [], roles: ['_admin'] },
  members: { names: [], roles: ['_admin'] },
};

/**
 * Reads the body of `PUT /db/_security`. Members other than `admins` and `members` are left out.
 *
 * @throws StoreError 400, which names the malformed group.
 */
export const readSecurity = (body: Readonly<Record<string, unknown>>): Security => ({
  admins: readGroup('admins', body['admins']),
  members: readGroup('members', body['members']),
});

function readGroup(name: string, value: unknown = {}): Group {
  if (typeof value !== 'object' || value === null) throw new StoreError(400, `${name} must be a JSON object.`);
  const { names = [], roles = [] } = value as { names?: unknown; roles?: unknown };
  if (!isTextList(names) || !isTextList(roles))
    throw new StoreError(400, `${name} must have lists of strings as names and roles.`);
  return { names, roles };
}

const isIn = (user: StoreUser, { names, roles }: Group): boolean =>
  (user.name !== null && names.includes(user.name)) || user.roles.some((role) => roles.includes(role));

/** Whether the user is an administrator of the whole store. */
export const isServerAdmin = (user: StoreUser): boolean => user.roles.includes('_admin');

/** Whether the user is an administrator of the database or of the store. */
export const isDatabaseAdmin = (user: StoreUser, { admins }: Security): boolean =>
  isServerAdmin(user) || isIn(user, admins);

/** Whether the user may read the database. If the group `members` is empty, everybody may, as in CouchDB. */
export function isMember(user: StoreUser, security: Security): boolean {
  const { members } = security;
  const isOpen = members.names.length === 0 && members.roles.length === 0;
  return isOpen || isDatabaseAdmin(user, security) || isIn(user, members);
}

/** The user of a call, and the database of the call. */
interface Asker {
  readonly user: StoreUser;
  readonly database: { readonly entry: { readonly security: Security } };
}

/**
 * Checks that the user is an administrator of the whole store.
 *
 * @throws StoreError 401 if not.
 */
export function demandServerAdmin({ user }: Pick<Asker, 'user'>): void {
  if (!isServerAdmin(user)) throw new StoreError(401, 'You are not a server admin.');
}

/**
 * Checks that the user is an administrator of the database or of the store.
 *
 * @throws StoreError 403 if not.
 */
export function demandAdmin({ user, database }: Asker): void {
  if (!isDatabaseAdmin(user, database.entry.security)) throw new StoreError(403, 'You are not a db or server admin.');
}
