/*
 * The embedded store imitates CouchDB, so that `npm start` and the tests need no database server. This file starts the
 * store.
 */

import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { closeServer, listen } from '../listen.ts';
import { Accounts } from './auth/accounts.ts';
import { Catalogue } from './catalogue.ts';
import { lockDirectory } from './level/disk.ts';
import { createStoreServer } from './server.ts';

export interface StoreOptions {
  /** 0 = any free port; 5985 by default. */
  readonly port?: number;
  /** The directory where everything is kept. If it is absent, everything is in memory. */
  readonly directory?: string;
  /** The administrator; default: `cascade`, with a random password. */
  readonly admin?: { readonly name: string; readonly password: string };
}

export interface EmbeddedStore {
  /** `http://127.0.0.1:port` */
  readonly url: string;
  readonly user: string;
  readonly password: string;
  close(): Promise<void>;
}

/** One more than the port of a real CouchDB, so that both can run. */
const DEFAULT_PORT = 5985;

/**
 * Starts a store on 127.0.0.1 that speaks CouchDB's protocol. docs/store.md says which parts of the protocol are
 * missing.
 *
 * @param now - the clock, in epoch milliseconds: for `Date` headers, sessions and locked users.
 * @throws CascadeError `PORT_IN_USE`, or `STORE_IN_USE` if another store has the directory; another error if the
 *   directory cannot be read or written, or if the store cannot listen for another reason.
 */
export async function startStore(options: StoreOptions = {}, now: () => number = Date.now): Promise<EmbeddedStore> {
  const { port = DEFAULT_PORT, directory, admin = newAdmin() } = options;
  if (directory !== undefined) await mkdir(directory, { recursive: true, mode: 0o700 });
  const unlock =
    directory === undefined ? async () => {} : await lockDirectory(directory, 'running store', 'another directory');
  const undo: (() => Promise<void>)[] = [unlock];
  const close = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const catalogue = await Catalogue.open(directory, now);
    undo.push(() => catalogue.close());
    const server = createStoreServer({ catalogue, accounts: new Accounts(admin, () => catalogue.users(), now), now });
    const url = `http://127.0.0.1:${await listen(server, port, '127.0.0.1', 'store')}`;
    undo.push(() => closeServer(server));
    return { url, user: admin.name, password: admin.password, close };
  } catch (error) {
    await close();
    throw error;
  }
}

const newAdmin = (): { readonly name: string; readonly password: string } => ({
  name: 'cascade',
  password: randomBytes(16).toString('hex'),
});
