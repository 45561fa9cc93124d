/*
 * `npm start` runs all of Cascade on one machine, with a simulated tenant of Qlik Cloud. This file starts the store in
 * which Cascade keeps its ledger (its memory).
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
   * Writes the OpenWhisk host, too, into the file by which the commands find the ledger. For a given CouchDB there is
   * no such file.
   */
  readonly noteHost: (host: Pick<LocalHost, 'url' | 'auth'>) => Promise<void>;
}

export type LedgerSettings = Readonly<Record<'COUCHDB_URL' | 'COUCHDB_ADMIN_URL' | 'COUCHDB_DATABASE', string>>;

export interface LedgerStoreOptions {
  readonly data: DataDirectory;
  /** 0 = any free port. */
  readonly port: number;
  readonly keys: Pick<StartKeys, 'storePassword' | 'writerPassword'>;
  readonly env: Environment;
  readonly onEnd: (end: () => Promise<unknown>) => void;
}

const ADMIN = 'cascade';
/**
 * The user with whom the actions log in, no administrator. The installation of the ledger creates this user in the
 * store.
 */
const WRITER = 'cascade-actions';

/**
 * Starts the embedded store, unless `COUCHDB_URL` names another one.
 *
 * @throws CascadeError PORT_IN_USE; STORE_IN_USE if another process has the store's directory; SETTINGS_INVALID for a
 *   malformed `COUCHDB_URL`.
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
