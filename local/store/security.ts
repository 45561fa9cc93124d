import { badStoreRequest } from './wire-error.ts';

export interface Group {
  readonly names: readonly string[];
  readonly roles: readonly string[];
}

/** A database's `_security`: CouchDB's two groups, and `writers`, which CouchDB stores and ignores (docs/store.md). */
export interface Security {
  readonly admins: Group;
  readonly members: Group;
  /** When given, nobody else but administrators writes documents. */
  readonly writers?: Group;
}

/** Who asks: anonymous has the name `null`. */
export interface StoreUser {
  readonly name: string | null;
  readonly roles: readonly string[];
}

/** A new database is for administrators only (db-auth-08). */
export const CLOSED: Security = {
  admins: { names: [], roles: ['_admin'] },
  members: { names: [], roles: ['_admin'] },
};

/** Reads a `_security` body; throws a 400 naming the group that is none. */
export function readSecurity(body: Readonly<Record<string, unknown>>): Security {
  const admins = readGroup('admins', body['admins']);
  const members = readGroup('members', body['members']);
  if (body['writers'] === undefined) return { admins, members };
  return { admins, members, writers: readGroup('writers', body['writers']) };
}

function readGroup(name: string, value: unknown = {}): Group {
  if (typeof value !== 'object' || value === null) throw badStoreRequest(`${name} must be a JSON object.`);
  const { names = [], roles = [] } = value as { names?: unknown; roles?: unknown };
  if (!isTexts(names) || !isTexts(roles))
    throw badStoreRequest(`${name} must have lists of strings as names and roles.`);
  return { names, roles };
}

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');

const isIn = (user: StoreUser, { names, roles }: Group): boolean =>
  (user.name !== null && names.includes(user.name)) || user.roles.some((role) => roles.includes(role));

export const isServerAdmin = (user: StoreUser): boolean => user.roles.includes('_admin');

export const isDatabaseAdmin = (user: StoreUser, { admins }: Security): boolean =>
  isServerAdmin(user) || isIn(user, admins);

/** Whether the user may read; with no member named at all, everybody may, as in CouchDB. */
export function isMember(user: StoreUser, security: Security): boolean {
  const { members } = security;
  const isOpen = members.names.length === 0 && members.roles.length === 0;
  return isOpen || isDatabaseAdmin(user, security) || isIn(user, members);
}

/** Whether a member may write ordinary documents. */
export const isWriter = (user: StoreUser, security: Security): boolean =>
  security.writers === undefined || isDatabaseAdmin(user, security) || isIn(user, security.writers);
