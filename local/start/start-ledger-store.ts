import { rm } from 'node:fs/promises';
import { PERCENT_ENCODING } from '../../src/clients/couchdb/couch-answer.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import type { Environment } from '../../src/deploy/environment.ts';
import { parseStoreSettings } from '../../src/platform/settings/ledger-settings.ts';
import { writeFileSynced } from '../store/level/disk.ts';
import { type EmbeddedStore, startStore } from '../store/start-store.ts';
import type { DataDirectory } from './data-directory.ts';
import type { StartKeys } from './start-keys.ts';

/** The store of the ledger: ours, or the CouchDB that the environment names. */
export interface LedgerStore {
  /** Without user and password. */
  readonly url: string;
  readonly user: string | undefined;
  /** Only where it is ours: what somebody gave is not told. */
  readonly password: string | undefined;
  /** The settings of a deployment that are about it. */
  readonly settings: LedgerSettings;
}

export type LedgerSettings = Readonly<Record<'COUCHDB_URL' | 'COUCHDB_ADMIN_URL' | 'COUCHDB_DATABASE', string>>;

export interface LedgerStoreOptions {
  readonly data: DataDirectory;
  /** 0 = any free one. */
  readonly port: number;
  readonly keys: Pick<StartKeys, 'storePassword' | 'writerPassword'>;
  readonly env: Environment;
  readonly onEnd: (end: () => Promise<unknown>) => void;
}

const ADMIN = 'cascade';
/** Made in the store when the ledger is installed: no action is an administrator. */
const WRITER = 'cascade-actions';
const DATABASE = 'cascade';

/**
 * Starts the embedded store, unless `COUCHDB_URL` puts another in its place.
 *
 * @throws CascadeError PORT_IN_USE; SETTINGS_INVALID for a `COUCHDB_URL` that is none.
 */
export async function startLedgerStore(options: LedgerStoreOptions): Promise<LedgerStore> {
  const given = givenStore(options.env);
  if (given !== undefined) return given;
  const { data, port, keys, env, onEnd } = options;
  const password = keys.storePassword;
  const database = textOr(env['COUCHDB_DATABASE'], DATABASE);
  const store = await startOnPort(port, { directory: data.store, admin: { name: ADMIN, password } });
  onEnd(() => store.close());
  const { url, user } = store;
  await writeFileSynced(data.ledger, `${JSON.stringify({ url, user, password, database })}\n`);
  onEnd(() => rm(data.ledger, { force: true }));
  const urlFor = (username: string, password: string) => Object.assign(new URL(url), { username, password }).href;
  const settings = settingsFor(urlFor(WRITER, keys.writerPassword), urlFor(user, password), database);
  return { url, user, password, settings };
}

function givenStore(env: Environment): LedgerStore | undefined {
  const text = textOr(env['COUCHDB_URL'], undefined);
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    const message = `COUCHDB_URL is no http address. Give https://user:password@host:port, or unset it for the embedded store. ${PERCENT_ENCODING}`;
    throw new CascadeError('SETTINGS_INVALID', message);
  }
  parseStoreSettings(env);
  const user = url.username === '' ? undefined : decodeURIComponent(url.username);
  const admin = textOr(env['COUCHDB_ADMIN_URL'], text);
  const settings = settingsFor(text, admin, textOr(env['COUCHDB_DATABASE'], DATABASE));
  return { url: Object.assign(url, { username: '', password: '' }).href, user, password: undefined, settings };
}

const settingsFor = (url: string, adminUrl: string, database: string): LedgerSettings => ({
  COUCHDB_URL: url,
  COUCHDB_ADMIN_URL: adminUrl,
  COUCHDB_DATABASE: database,
});

/** A variable that is set to nothing is not set. */
const textOr = <T>(text: string | undefined, absent: T): string | T =>
  text === undefined || text === '' ? absent : text;

async function startOnPort(
  port: number,
  options: { readonly directory: string; readonly admin: { readonly name: string; readonly password: string } },
): Promise<EmbeddedStore> {
  try {
    return await startStore({ ...options, port });
  } catch (cause) {
    if (!(cause instanceof CascadeError) || cause.code !== 'PORT_IN_USE') throw cause;
    const message = `Port ${port}, which the store wants, is in use. Stop what uses it, or choose another with --store-port (0 = any free one); COUCHDB_URL names a CouchDB that is there.`;
    throw new CascadeError('PORT_IN_USE', message, { cause });
  }
}
