/*
 * `npm start` runs all of Cascade on one machine, with a simulated tenant of Qlik Cloud. Cascade keeps its ledger (its
 * memory) in a CouchDB. So that nobody has to install one, this file starts the embedded store, which answers as a
 * CouchDB does. It also writes down how to reach the store, so that `cascade runs` and other commands find the ledger.
 */

import { rm } from 'node:fs/promises';
import { PERCENT_ENCODING } from '../../src/clients/couchdb/couch-answer.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import type { Environment } from '../../src/deploy/environment.ts';
import { parseStoreSettings } from '../../src/platform/settings/ledger-settings.ts';
import type { LocalHost } from '../host/start-host.ts';
import { writeFileSynced } from '../store/level/disk.ts';
import { startStore } from '../store/start-store.ts';
import type { DataDirectory } from './data-directory.ts';
import { onPort } from './on-port.ts';
import type { Ready } from './reporter.ts';
import type { StartKeys } from './start-keys.ts';

/** The store of the ledger: the embedded store (local/store), or the CouchDB that the environment names. */
export interface LedgerStore {
  readonly store: NonNullable<Ready['store']>;
  /** The settings of a deployment that say where the ledger is. */
  readonly settings: LedgerSettings;
  /** True for the embedded store. `npm start` purges only that one. */
  readonly isEmbedded: boolean;
  /**
   * Adds the OpenWhisk host to the file by which the commands find the ledger. If the environment names the CouchDB,
   * there is no such file, and this does nothing.
   */
  readonly noteHost: (host: Pick<LocalHost, 'url' | 'auth'>) => Promise<void>;
}

/** The settings by which the actions, the installation of the ledger and a purge find the ledger. */
export type LedgerSettings = Readonly<Record<'COUCHDB_URL' | 'COUCHDB_ADMIN_URL' | 'COUCHDB_DATABASE', string>>;

export interface LedgerStoreOptions {
  readonly data: DataDirectory;
  /** 0 = any free port. */
  readonly port: number;
  readonly keys: Pick<StartKeys, 'storePassword' | 'writerPassword'>;
  readonly env: Environment;
  readonly onEnd: (end: () => Promise<unknown>) => void;
}

/** The administrator of the embedded store. */
const ADMIN = 'cascade';
/**
 * The user with whom the actions log in. It is no administrator. The installation of the ledger creates it in the
 * store.
 */
const WRITER = 'cascade-actions';

/**
 * Starts the embedded store, unless `COUCHDB_URL` of the environment names a CouchDB.
 *
 * @throws CascadeError PORT_IN_USE; STORE_IN_USE if another process has the store's directory; SETTINGS_INVALID for a
 *   malformed `COUCHDB_URL` or `COUCHDB_DATABASE` beside it.
 */
export async function startLedgerStore({ data, port, keys, env, onEnd }: LedgerStoreOptions): Promise<LedgerStore> {
  // An empty variable counts as not set. So this is `||` and not `??`.
  const database = env['COUCHDB_DATABASE'] || 'cascade';
  if (env['COUCHDB_URL']) return givenStore(env['COUCHDB_URL'], env, database);
  const password = keys.storePassword;
  const option = '--store-port (0 = any free one), or put the address of a CouchDB of yours into COUCHDB_URL';
  const { url, user, close } = await onPort('store', option, port, (free) =>
    startStore({ port: free, directory: data.store, admin: { name: ADMIN, password } }),
  );
  onEnd(close);
  const store = { url, user, password };
  const note = (more: object) => writeFileSynced(data.ledger, `${JSON.stringify({ ...store, database, ...more })}\n`);
  await note({});
  onEnd(() => rm(data.ledger, { force: true }));
  const urlFor = (username: string, secret: string) => Object.assign(new URL(url), { username, password: secret }).href;
  const settings = {
    COUCHDB_URL: urlFor(WRITER, keys.writerPassword),
    COUCHDB_ADMIN_URL: urlFor(user, password),
    COUCHDB_DATABASE: database,
  };
  const noteHost: LedgerStore['noteHost'] = (host) => note({ openwhisk: { apihost: host.url, auth: host.auth } });
  return { store, settings, isEmbedded: true, noteHost };
}

function givenStore(text: string, env: Environment, database: string): LedgerStore {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    const message = `COUCHDB_URL is no http address. Give https://user:password@host:port, or unset it for the embedded store. ${PERCENT_ENCODING}`;
    throw new CascadeError('SETTINGS_INVALID', message);
  }
  // This throws SETTINGS_INVALID if the settings are malformed.
  parseStoreSettings(env);
  const user = url.username === '' ? undefined : decodeURIComponent(url.username);
  const settings = {
    COUCHDB_URL: text,
    COUCHDB_ADMIN_URL: env['COUCHDB_ADMIN_URL'] || text,
    COUCHDB_DATABASE: database,
  };
  return {
    store: { url: Object.assign(url, { username: '', password: '' }).href, user, password: undefined },
    settings,
    isEmbedded: false,
    noteHost: async () => {},
  };
}
