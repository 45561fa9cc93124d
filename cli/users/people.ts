/*
 * `cascade user` manages the accounts with which people use the ledger (Cascade's memory in CouchDB). They are users of
 * CouchDB, which keeps each as a document of its database `_users`. This file reads and writes these documents.
 */

import type { CouchPort, StoredDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import type { LedgerRoles } from '../../src/ledger/install/roles.ts';

const PREFIX = 'org.couchdb.user:';
/** How many users are read in one request. */
const PAGE = 1_000;

/** A user of CouchDB. */
export interface Person {
  readonly name: string;
  readonly roles: readonly string[];
}

/**
 * The users of a CouchDB server. Only an administrator may read and write them.
 *
 * The methods throw CascadeError STORE_REFUSED without an administrator's login, or if somebody else changed the user
 * at the same moment; STORE_UNAVAILABLE.
 */
export class People {
  readonly #users: CouchPort;

  /** @param users - the database `_users`. */
  constructor(users: CouchPort) {
    this.#users = users;
  }

  /** The users with one of these roles, by name. */
  async withRoles(roles: LedgerRoles): Promise<readonly Person[]> {
    const wanted: readonly string[] = Object.values(roles);
    const found: Person[] = [];
    for (let after: string | undefined, isMore = true; isMore; ) {
      const page = await this.#ask(() =>
        this.#users.range(PREFIX, { limit: PAGE, ...(after !== undefined && { after }) }),
      );
      for (const person of page.map(personOf)) {
        if (person.roles.some((role) => wanted.includes(role))) found.push(person);
      }
      after = page.at(-1)?._id;
      isMore = page.length === PAGE;
    }
    return found;
  }

  /** Undefined if there is no such user. */
  async find(name: string): Promise<Person | undefined> {
    const document = await this.#get(name);
    return document && personOf(document);
  }

  /**
   * Makes a user.
   *
   * @throws CascadeError STORE_REFUSED, also if the user exists already; STORE_UNAVAILABLE.
   */
  async create({ name, roles }: Person, password: string): Promise<void> {
    await this.#write({ _id: `${PREFIX}${name}`, type: 'user', name, roles, password });
  }

  /**
   * Gives an existing user these roles. The document is put back without the field `password`, so the password stays
   * (fact db-ours-23).
   */
  async setRoles({ name, roles }: Person): Promise<void> {
    await this.#write({ ...(await this.#known(name)), roles });
  }

  /** Deletes a user. */
  async remove({ name }: Person): Promise<void> {
    const { _id, _rev } = await this.#known(name);
    await this.#write({ _id, _rev, _deleted: true });
  }

  #get(name: string): Promise<StoredDocument | undefined> {
    return this.#ask(() => this.#users.get(`${PREFIX}${name}`));
  }

  async #known(name: string): Promise<StoredDocument> {
    const document = await this.#get(name);
    if (document === undefined) throw changed(name);
    return document;
  }

  async #write(document: { readonly _id: string } & Readonly<Record<string, unknown>>): Promise<void> {
    const [written] = await this.#ask(() => this.#users.bulk([document]));
    if (written?.kind === 'stored') return;
    throw written?.kind === 'refused' ? refused(written.message) : changed(document._id.replace(PREFIX, ''));
  }

  async #ask<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof CascadeError && error.code === 'STORE_REFUSED') throw refused(error.message);
      throw error;
    }
  }
}

function personOf({ _id, roles }: StoredDocument): Person {
  const texts = Array.isArray(roles) ? roles.filter((role): role is string => typeof role === 'string') : [];
  return { name: _id.replace(PREFIX, ''), roles: texts };
}

const changed = (name: string): CascadeError =>
  new CascadeError('STORE_REFUSED', `Somebody else changed the user ${name} at the same moment: try again.`);

/**
 * The advice of the port is about COUCHDB_URL. Here another login is at fault, so only the message's first sentence is
 * kept.
 */
const refused = (message: string): CascadeError =>
  new CascadeError(
    'STORE_REFUSED',
    `Only an administrator of CouchDB changes users: set COUCHDB_ADMIN_URL to the address with an administrator’s name and password. ${message.replace(/\. .*$/s, '.')}`,
  );
