import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installConfiguredLedger } from '../../src/deploy/install-configured-ledger.ts';
import type { Servers } from '../servers.ts';
import type { StoreReady, StoreWanted } from '../support/processes.ts';
import { removedAtEnd } from '../support/removed-at-end.ts';
import { type Killable, neverKilled, startKillable } from './killable.ts';
import { type LedgerReader, ledgerReader } from './ledger-reader.ts';

/** The settings of a deployment that name the store. */
export type StoreSettings = Readonly<Record<'COUCHDB_URL' | 'COUCHDB_ADMIN_URL' | 'COUCHDB_DATABASE', string>>;

/** A store with an installed ledger: the embedded store on disk, in a process of its own, or a given CouchDB. */
export interface BenchStore extends Killable<StoreReady> {
  readonly settings: StoreSettings;
  /** Reads the ledger as the administrator. */
  readonly reader: LedgerReader;
}

/**
 * Starts the store in a temporary directory, which `close` removes. On a given CouchDB it makes a database and a user
 * of its own.
 */
export function startBenchStore({ store }: Servers = {}): Promise<BenchStore> {
  return store === undefined ? startOwnStore() : useGivenStore(store);
}

interface Login {
  readonly name: string;
  readonly password: string;
}

async function startOwnStore(): Promise<BenchStore> {
  const directory = await mkdtemp(join(tmpdir(), 'cascade-bench-store-'));
  const admin = { name: 'cascade', password: newPassword() };
  const store = await startKillable<StoreReady>(
    './store-process.ts',
    { directory, admin, port: 0 } satisfies StoreWanted,
    ({ url }) => ({ port: Number(new URL(url).port) }),
  );
  return {
    ...store,
    ...(await install(store.ready.url, admin, { database: 'cascade', user: 'cascade-actions' })),
    async close() {
      await store.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** @param address - has the name and the password of the administrator. */
async function useGivenStore(address: string): Promise<BenchStore> {
  const { origin: url, username, password } = new URL(address);
  const admin = { name: decodeURIComponent(username), password: decodeURIComponent(password) };
  const own = `cascade-bench-${randomBytes(6).toString('hex')}`;
  const close = removedAtEnd(() => removeFrom(url, admin, own));
  try {
    const installed = await install(url, admin, { database: own, user: own });
    return { ready: { url }, ...installed, ...neverKilled('CouchDB'), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function install(
  url: string,
  admin: Login,
  { database, user }: { readonly database: string; readonly user: string },
): Promise<Pick<BenchStore, 'settings' | 'reader'>> {
  const urlFor = ({ name, password }: Login): string =>
    Object.assign(new URL(url), { username: encodeURIComponent(name), password: encodeURIComponent(password) }).href;
  const settings = {
    COUCHDB_URL: urlFor({ name: user, password: newPassword() }),
    COUCHDB_ADMIN_URL: urlFor(admin),
    COUCHDB_DATABASE: database,
  };
  await installConfiguredLedger(settings);
  return { settings, reader: ledgerReader({ url, database, ...admin }) };
}

const newPassword = (): string => randomBytes(16).toString('hex');

/** Removes the database and the user called `own`, and nothing else. */
async function removeFrom(url: string, { name, password }: Login, own: string): Promise<void> {
  const headers = { authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}` };
  const ask = async (method: string, path: string): Promise<unknown> => {
    const response = await fetch(`${url}${path}`, { method, headers });
    if (!response.ok && response.status !== 404) {
      throw new Error(`${own} may still be on the CouchDB: it answered ${response.status} to ${method} ${path}.`);
    }
    return response.json();
  };
  await ask('DELETE', `/${own}`);
  const user = `/_users/${encodeURIComponent(`org.couchdb.user:${own}`)}`;
  const { _rev: rev } = (await ask('GET', user)) as { readonly _rev?: string };
  if (rev !== undefined) await ask('DELETE', `${user}?rev=${rev}`);
}
