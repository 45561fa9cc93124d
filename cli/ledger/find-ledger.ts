import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CouchDatabase } from '../../src/clients/couchdb/couch-database.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import { isJsonObject, textOf } from '../../src/core/json-fields.ts';
import type { Environment } from '../../src/deploy/environment.ts';
import { readSettings } from '../../src/deploy/read-settings.ts';
import { parseStoreSettings } from '../../src/platform/settings/ledger-settings.ts';
import { ENV_FILE } from '../terminal.ts';

/** Where `npm start` keeps its data unless said otherwise. */
export const DEFAULT_DATA = '.cascade';
const LEDGER_FILE = 'ledger.json';

/**
 * Whether COUCHDB_URL has the user that the actions have by `.env`, or another one; unknown if the environment alone says
 * it.
 */
export type WhoseUser = 'actions' | 'another' | 'unknown';

/** Where a ledger is, and what to look at when nobody answers there. */
export interface FoundLedger {
  readonly database: CouchDatabase;
  /** Who says that it is this one, for people. */
  readonly source: string;
  /** Whether another ledger is here too, that of a running `npm start`, which may be the one that is meant. */
  readonly isOneOfTwo: boolean;
  readonly advice: string;
  readonly whoseUser: WhoseUser;
}

/**
 * The ledger that people mean: that of a running `npm start` where its data directory is said; else COUCHDB_URL of the
 * environment or `.env`; else that of a running `npm start` with its default directory.
 *
 * @param data - the data directory of `npm start`.
 * @throws CascadeError SETTINGS_INVALID if there is none.
 */
export async function findLedger(data: string | undefined, environment: Environment): Promise<FoundLedger> {
  const file = data === undefined && existsSync(ENV_FILE) ? await readSettings(ENV_FILE, {}) : {};
  const database = data === undefined ? parseStoreSettings({ ...file, ...environment }) : undefined;
  if (database !== undefined) {
    const isOneOfTwo = existsSync(join(DEFAULT_DATA, LEDGER_FILE));
    return {
      database,
      isOneOfTwo,
      source: sourceOf(environment, isOneOfTwo),
      advice: 'Is COUCHDB_URL right, and the server up?',
      whoseUser: whoseUserIn(environment, file),
    };
  }
  const source = `the npm start that keeps its data in ${data ?? DEFAULT_DATA}`;
  return {
    database: await runningLedger(data),
    isOneOfTwo: false,
    source,
    advice: 'Is npm start still running?',
    whoseUser: 'actions',
  };
}

/** Where COUCHDB_URL stands, and how the ledger of the npm start that runs here is named. */
function sourceOf({ COUCHDB_URL = '' }: Environment, isOneOfTwo: boolean): string {
  const place = `COUCHDB_URL of ${COUCHDB_URL === '' ? ENV_FILE : 'the environment'}`;
  return isOneOfTwo ? `${place}; that of the npm start here: --data ${DEFAULT_DATA}` : place;
}

/** By the users' names: the actions may reach the same server by another address. */
function whoseUserIn({ COUCHDB_URL: own = '' }: Environment, { COUCHDB_URL: deployed = '' }: Environment): WhoseUser {
  if (own === '') return 'actions';
  if (!URL.canParse(deployed)) return 'unknown';
  return new URL(own).username === new URL(deployed).username ? 'actions' : 'another';
}

/** The embedded store of a running `npm start`, by the file that it leaves for us. */
async function runningLedger(data = DEFAULT_DATA): Promise<CouchDatabase> {
  const file = join(data, LEDGER_FILE);
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new CascadeError('SETTINGS_INVALID', noLedger(file, cause.code), { cause });
  });
  const { url, user, password, database } = fieldsOf(text);
  if (url === undefined || user === undefined || password === undefined || !URL.canParse(url)) {
    throw new CascadeError('SETTINGS_INVALID', `${file} is not what npm start writes: start it again.`);
  }
  const whole = new URL(url);
  whole.username = encodeURIComponent(user);
  whole.password = encodeURIComponent(password);
  const found = parseStoreSettings({ COUCHDB_URL: whole.href, COUCHDB_DATABASE: database });
  if (found === undefined) throw new CascadeError('SETTINGS_INVALID', noLedger(file, undefined));
  return found;
}

function fieldsOf(text: string) {
  const value = parsed(text);
  const object = isJsonObject(value) ? value : {};
  const field = (name: string): string | undefined => textOf(object, name);
  return { url: field('url'), user: field('user'), password: field('password'), database: field('database') };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const noLedger = (file: string, code: string | undefined): string =>
  code === undefined || code === 'ENOENT' || code === 'ENOTDIR'
    ? `There is no ledger to read: COUCHDB_URL is neither in the environment nor in ${ENV_FILE}, and ${file}, which npm start writes while it runs, is not there. Set COUCHDB_URL, or give the data directory of a running npm start with --data.`
    : `Cannot read ${file}: ${code}.`;
