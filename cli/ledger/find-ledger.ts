import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CouchDatabase } from '../../src/clients/couchdb/couch-database.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import type { JsonObject } from '../../src/core/json-fields.ts';
import type { DurationMs } from '../../src/core/units.ts';
import type { Environment } from '../../src/deploy/environment.ts';
import { readSettings } from '../../src/deploy/read-settings.ts';
import {
  parseRetention,
  parseStoreAdminSettings,
  parseStoreSettings,
} from '../../src/platform/settings/ledger-settings.ts';
import { ENV_FILE } from '../terminal.ts';

/** Where `npm start` keeps its data by default. */
export const DEFAULT_DATA = '.cascade';
const LEDGER_FILE = 'ledger.json';

/**
 * Whether the user in COUCHDB_URL is the user of the actions. By `.env` it is, or it is another one. If only the environment
 * has a COUCHDB_URL, nobody knows.
 */
export type WhoseUser = 'actions' | 'another' | 'unknown';

/** Where a ledger is, and what to check if nobody answers there. */
export interface FoundLedger {
  readonly database: CouchDatabase;
  /** The same database as its administrator: COUCHDB_ADMIN_URL, else `database`, whose user may be one. */
  readonly admin: CouchDatabase;
  /** How long what is final is kept: RETENTION_DAYS. */
  readonly retention: DurationMs;
  /** What names this ledger, for people. */
  readonly source: string;
  /** True if an `npm start` that runs here has another ledger, which may be the one that is meant. */
  readonly isOneOfTwo: boolean;
  readonly advice: string;
  readonly whoseUser: WhoseUser;
}

/**
 * Finds the ledger that is meant. With `data`: the ledger of the `npm start` that keeps its data there. Without: COUCHDB_URL
 * of the environment or `.env`, else the ledger of an `npm start` with the default directory.
 *
 * @param data - the data directory of an `npm start`.
 * @throws CascadeError SETTINGS_INVALID if there is none.
 */
export async function findLedger(data: string | undefined, environment: Environment): Promise<FoundLedger> {
  const file = data === undefined && existsSync(ENV_FILE) ? await readSettings(ENV_FILE, {}) : {};
  const settings = { ...file, ...environment };
  const retention = parseRetention(settings);
  const database = data === undefined ? parseStoreSettings(settings) : undefined;
  if (database === undefined) {
    const running = await runningLedger(data);
    return {
      database: running,
      admin: running,
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
    retention,
    isOneOfTwo,
    source: isOneOfTwo ? `${place}; that of the npm start here: --data ${DEFAULT_DATA}` : place,
    advice: 'Is COUCHDB_URL right, and the server up?',
    whoseUser: whoseUserIn(environment, file),
  };
}

/** Compares the users' names, not the addresses: the actions may reach the same server by another address. */
function whoseUserIn({ COUCHDB_URL: own = '' }: Environment, { COUCHDB_URL: deployed = '' }: Environment): WhoseUser {
  if (own === '') return 'actions';
  if (!URL.canParse(deployed)) return 'unknown';
  return new URL(own).username === new URL(deployed).username ? 'actions' : 'another';
}

/** The embedded store of a running `npm start`, from the file that it writes (docs/store.md). */
async function runningLedger(data = DEFAULT_DATA): Promise<CouchDatabase> {
  const file = join(data, LEDGER_FILE);
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new CascadeError('SETTINGS_INVALID', noLedger(file, cause.code), { cause });
  });
  const { url, user, password, database } = fieldsOf(text);
  if (typeof url !== 'string' || !URL.canParse(url) || !user || !password) {
    throw new CascadeError('SETTINGS_INVALID', `${file} is not what npm start writes: start it again.`);
  }
  const [username, secret] = [user, password].map((part) => encodeURIComponent(String(part)));
  const { href } = Object.assign(new URL(url), { username, password: secret });
  const found = parseStoreSettings({ COUCHDB_URL: href, COUCHDB_DATABASE: database });
  if (found === undefined) throw new CascadeError('SETTINGS_INVALID', noLedger(file, undefined));
  return found;
}

function fieldsOf(text: string): JsonObject {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}

const noLedger = (file: string, code: string | undefined): string =>
  code === undefined || code === 'ENOENT' || code === 'ENOTDIR'
    ? `There is no ledger to read: COUCHDB_URL is neither in the environment nor in ${ENV_FILE}, and ${file}, which npm start writes while it runs, is not there. Set COUCHDB_URL, or give the data directory of a running npm start with --data.`
    : `Cannot read ${file}: ${code}.`;
