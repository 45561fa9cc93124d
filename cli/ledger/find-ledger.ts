/*
 * Many commands work on the ledger, Cascade's memory in CouchDB. There may be several: that of a deployment, and that
 * of an `npm start` (all of Cascade on one machine). This file finds out which ledger is meant, and how to log in
 * there.
 */

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CouchDatabase } from '../../src/clients/couchdb/couch-database.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import type { JsonObject } from '../../src/core/json-fields.ts';
import type { DurationMs } from '../../src/core/units.ts';
import type { Environment } from '../../src/deploy/environment.ts';
import { type HostSettings, hostSettingsOf, hostUrl } from '../../src/deploy/host-settings.ts';
import { readSettings } from '../../src/deploy/read-settings.ts';
import {
  parseRetention,
  parseStoreAdminSettings,
  parseStoreSettings,
} from '../../src/platform/settings/ledger-settings.ts';
import { ENV_FILE } from '../terminal.ts';

/** Where `npm start` keeps its data by default. */
export const DEFAULT_DATA = '.cascade';
/** In this file of the data directory, `npm start` says how to reach its ledger, as long as it runs. */
const LEDGER_FILE = 'ledger.json';

/**
 * Whether the command uses the same CouchDB user as the actions. This matters if the user may only read: then the
 * actions may have the same problem. `.env` has the COUCHDB_URL of the actions, since deployment reads it there.
 * `unknown`: the environment has a COUCHDB_URL, and `.env` has no valid one to compare.
 */
export type WhoseUser = 'actions' | 'another' | 'unknown';

/** Where a ledger is, and what messages say about it. */
export interface FoundLedger {
  readonly database: CouchDatabase;
  /**
   * The same database with an administrator's login: COUCHDB_ADMIN_URL. If that is not set, and for an `npm start`, it
   * is the same as `database`.
   */
  readonly admin: CouchDatabase;
  /** How long the ledger keeps final documents, with which nothing is left to do: RETENTION_DAYS. */
  readonly retention: DurationMs;
  /** Where the ledger's address comes from, in words for people. */
  readonly source: string;
  /** True if COUCHDB_URL names this ledger, and an `npm start` here has another one. The person may mean that one. */
  readonly isOneOfTwo: boolean;
  /** What a person should check if CouchDB does not answer. */
  readonly advice: string;
  /** For the ledger of an `npm start` it is `actions`: the user there has every right of the actions. */
  readonly whoseUser: WhoseUser;
  /**
   * The OpenWhisk host on which the actions of this ledger run: OPENWHISK_APIHOST and OPENWHISK_AUTH, or the host of
   * the `npm start`.
   *
   * @throws CascadeError SETTINGS_INVALID if it is not known.
   */
  readonly hostOf: () => HostSettings;
}

/**
 * Finds the ledger on which a command works.
 *
 * @param data - the data directory of an `npm start`, whose ledger is meant. If it is undefined, these are tried in
 *   order: COUCHDB_URL in the environment, COUCHDB_URL in `.env` (an empty variable of the environment hides it), the
 *   `npm start` with the default directory.
 * @throws CascadeError SETTINGS_INVALID if there is no ledger, if a setting of the ledger or `.env` is malformed, or if
 *   the file that `npm start` writes is malformed or cannot be read; DEPLOY_FAILED if `.env` cannot be read.
 */
export async function findLedger(data: string | undefined, environment: Environment): Promise<FoundLedger> {
  const file = data === undefined && existsSync(ENV_FILE) ? await readSettings(ENV_FILE, {}) : {};
  const settings = { ...file, ...environment };
  const retention = parseRetention(settings);
  const database = data === undefined ? parseStoreSettings(settings) : undefined;
  if (database === undefined) {
    const { database: running, host } = await runningLedger(data);
    return {
      database: running,
      admin: running,
      hostOf: () => host ?? hostSettingsOf(settings),
      retention,
      isOneOfTwo: false,
      source: `the npm start that keeps its data in ${data ?? DEFAULT_DATA}`,
      advice: 'Is npm start still running?',
      whoseUser: 'actions',
    };
  }
  const isOneOfTwo = existsSync(join(DEFAULT_DATA, LEDGER_FILE));
  const place = `COUCHDB_URL of ${environment['COUCHDB_URL'] ? 'the environment' : ENV_FILE}`;
  return {
    database,
    admin: parseStoreAdminSettings(settings) ?? database,
    hostOf: () => hostSettingsOf(settings),
    retention,
    isOneOfTwo,
    source: isOneOfTwo ? `${place}; that of the npm start here: --data ${DEFAULT_DATA}` : place,
    advice: 'Is COUCHDB_URL right, and the server up?',
    whoseUser: whoseUserIn(environment, file),
  };
}

/** Compares only the names of the users: the actions may reach the same server by another address. */
function whoseUserIn({ COUCHDB_URL: own = '' }: Environment, { COUCHDB_URL: deployed = '' }: Environment): WhoseUser {
  if (own === '') return 'actions';
  if (!URL.canParse(deployed)) return 'unknown';
  return new URL(own).username === new URL(deployed).username ? 'actions' : 'another';
}

interface Running {
  readonly database: CouchDatabase;
  /** Undefined while the `npm start` has no host yet. */
  readonly host: HostSettings | undefined;
}

/** The ledger of a running `npm start`, from the file that it writes (docs/store.md). */
async function runningLedger(data: string | undefined): Promise<Running> {
  const file = join(data ?? DEFAULT_DATA, LEDGER_FILE);
  const missing = data === undefined ? missingBoth(file) : missingFile(file);
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new CascadeError(
      'SETTINGS_INVALID',
      isMissing(cause.code) ? missing : `Cannot read ${file}: ${cause.code}.`,
      { cause },
    );
  });
  const { url, user, password, database, openwhisk } = fieldsOf(text);
  if (typeof url !== 'string' || !URL.canParse(url) || !user || !password) {
    throw new CascadeError('SETTINGS_INVALID', `${file} is not what npm start writes: start it again.`);
  }
  const [username, secret] = [user, password].map((part) => encodeURIComponent(String(part)));
  const { href } = Object.assign(new URL(url), { username, password: secret });
  const found = parseStoreSettings({ COUCHDB_URL: href, COUCHDB_DATABASE: database });
  if (found === undefined) throw new CascadeError('SETTINGS_INVALID', missing);
  return { database: found, host: hostIn(openwhisk) };
}

/** The host that `npm start` writes into its file. */
function hostIn(value: unknown): HostSettings | undefined {
  const { apihost, auth } = Object(value);
  const host = typeof apihost === 'string' ? hostUrl(apihost) : undefined;
  return host === undefined || typeof auth !== 'string' ? undefined : { host, auth, namespace: '_' };
}

function fieldsOf(text: string): JsonObject {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}

const isMissing = (code: string | undefined): boolean => code === 'ENOENT' || code === 'ENOTDIR';

const missingBoth = (file: string): string =>
  `There is no ledger to read: COUCHDB_URL is neither in the environment nor in ${ENV_FILE}, and ${file}, which npm start writes while it runs, is not there. Set COUCHDB_URL, or give the data directory of a running npm start with --data.`;

/** The message if `--data` was given. It does not name COUCHDB_URL, which is then not used. */
const missingFile = (file: string): string =>
  `There is no ledger to read: npm start writes ${file} while it runs, and the file is not there. Is an npm start with this --data running?`;
