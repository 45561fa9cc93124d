/*
 * `cascade user` manages the accounts with which people use the ledger (Cascade's memory in CouchDB). An account is a
 * user of CouchDB with a role: a reader, or somebody of the desk, who may also add acts to tickets. This file does the
 * work of the command. `npm start` makes the account for its dashboard by it, too.
 */

import { CascadeError } from '../../src/core/cascade-error.ts';
import { rolesFor } from '../../src/ledger/install/roles.ts';
import type { LedgerContext, LedgerReport } from '../ledger/ledger-command.ts';
import { checkPersonName } from './check-person-name.ts';
import { People, type Person } from './people.ts';

/** In characters. */
const SHORTEST_PASSWORD = 8;

/** Where a new password comes from. */
export interface PasswordSource {
  /** Absent: nobody can be asked, so a password is made. */
  readonly ask?: ((question: string) => Promise<string>) | undefined;
  /** Makes a password that nobody guesses. */
  readonly make: () => string;
}

/**
 * `cascade user add`: makes the account of a person who reads the ledger, or looks after its tickets (apps that fail).
 * If the user exists, only the role in this ledger changes.
 *
 * @throws CascadeError PARAMETERS_INVALID for a bad name or password, for the user of the actions, or for the
 *   administrator of COUCHDB_ADMIN_URL; STORE_REFUSED without an administrator, or if somebody else changed the user;
 *   STORE_UNAVAILABLE.
 */
export async function addUser(
  { admin, database }: { readonly admin: Pick<LedgerContext['admin'], 'users' | 'name'>; readonly database: string },
  given: string,
  { isDesk, password: source }: { readonly isDesk: boolean; readonly password: PasswordSource },
): Promise<LedgerReport> {
  const name = checkPersonName(given);
  const roles = rolesFor(database);
  const role = isDesk ? roles.desk : roles.reader;
  const people = new People(admin.users);
  const known = await people.find(name);
  if (known === undefined) {
    refuseAdministrator(name, admin.name);
    const { password, isMade } = await newPassword(name, source);
    await people.create({ name, roles: [role] }, password);
    return {
      ok: true,
      json: { user: name, role, created: true, ...(isMade && { password }) },
      lines: [
        `User ${name} has the role ${role}.`,
        ...(isMade
          ? [`Password: ${password}`, 'It is shown this once. CouchDB stores only what is derived from it.']
          : []),
      ],
    };
  }
  refuseWriter(known, database);
  const others = known.roles.filter((each) => each !== roles.desk && each !== roles.reader);
  const isSame = known.roles.length === others.length + 1 && known.roles.includes(role);
  if (!isSame) await people.setRoles({ name, roles: [...others, role] });
  const line = `User ${name} ${isSame ? 'had the role already' : 'exists and now has the role'}: ${role}. The password stays.`;
  return { ok: true, json: { user: name, role, created: false }, lines: [line] };
}

/**
 * `cascade user remove`: takes the roles of this ledger from a user, and deletes the account if no other role is left.
 *
 * @throws CascadeError PARAMETERS_INVALID if there is no such user in this ledger, or for the user of the actions;
 *   STORE_REFUSED without an administrator, or if somebody else changed the user; STORE_UNAVAILABLE.
 */
export async function removeUser({ admin, database }: LedgerContext, name: string): Promise<LedgerReport> {
  const own: readonly string[] = Object.values(rolesFor(database));
  const people = new People(admin.users);
  const known = await people.find(name);
  if (known === undefined || !known.roles.some((role) => own.includes(role))) {
    throw new CascadeError('PARAMETERS_INVALID', `This ledger has no user "${name}": cascade user list shows them.`);
  }
  refuseWriter(known, database);
  const others = known.roles.filter((role) => !own.includes(role));
  if (others.length === 0) await people.remove(known);
  else await people.setRoles({ name, roles: others });
  const line =
    others.length === 0
      ? `User ${name} is deleted.`
      : `User ${name} has no more role in this ledger. The account stays: it has other roles (${others.join(', ')}).`;
  return { ok: true, json: { user: name, deleted: others.length === 0 }, lines: [line] };
}

/**
 * `cascade user list`: shows who has a role in this ledger.
 *
 * @throws CascadeError STORE_REFUSED without an administrator; STORE_UNAVAILABLE.
 */
export async function listUsers({ admin, database }: LedgerContext): Promise<LedgerReport> {
  const roles = rolesFor(database);
  const own: readonly string[] = Object.values(roles);
  const people = await new People(admin.users).withRoles(roles);
  const users = people.map((person) => ({
    name: person.name,
    roles: person.roles.filter((role) => own.includes(role)),
  }));
  const width = Math.max(0, ...users.map(({ name }) => name.length));
  return {
    ok: true,
    json: { users },
    lines:
      users.length === 0
        ? ['No user has a role in this ledger.']
        : users.map((user) => `${user.name.padEnd(width)}  ${user.roles.join(', ')}`),
  };
}

/**
 * Refuses to work on a user with the role of a writer, as the user of the actions has: without that role the actions
 * could not write.
 *
 * @throws CascadeError PARAMETERS_INVALID for that user.
 */
function refuseWriter({ name, roles }: Person, database: string): void {
  const { writer } = rolesFor(database);
  if (!roles.includes(writer)) return;
  throw new CascadeError(
    'PARAMETERS_INVALID',
    `The user ${name} has the role ${writer}, as the user of the actions has: this command is for people’s accounts. Deployment makes that user.`,
  );
}

/**
 * Refuses to make an account with the name of a server administrator. CouchDB has administrators in its configuration,
 * and takes their passwords from there. So the password of such an account would be of no use.
 */
function refuseAdministrator(name: string, administrator: string | undefined): void {
  if (name !== administrator) return;
  throw new CascadeError(
    'PARAMETERS_INVALID',
    `CouchDB has an administrator "${name}", who may do everything already. An account with this name would have that password: take another name.`,
  );
}

async function newPassword(
  name: string,
  { ask, make }: PasswordSource,
): Promise<{ readonly password: string; readonly isMade: boolean }> {
  const password = (await ask?.(`Password for ${name} (empty: Cascade makes one): `)) ?? '';
  if (password === '') return { password: make(), isMade: true };
  if (password.length < SHORTEST_PASSWORD) {
    throw new CascadeError('PARAMETERS_INVALID', `A password needs at least ${SHORTEST_PASSWORD} characters.`);
  }
  if ((await ask?.('The same again: ')) === password) return { password, isMade: false };
  throw new CascadeError('PARAMETERS_INVALID', 'The two passwords are not the same: nothing was changed.');
}
