/*
 * The ledger is Cascade's memory, a database in CouchDB. This file reads the settings that are about the ledger: where
 * it is, how long it keeps documents, and the limits that Cascade can only keep with it. Actions, the command line and
 * deployment use it.
 */

import type { CouchDatabase } from '../../clients/couchdb/couch-database.ts';
import { definedFields } from '../../core/defined-fields.ts';
import type { DurationMs } from '../../core/units.ts';
import type { Params } from '../define-action.ts';
import { numberSetting, settingError, textSetting } from './setting.ts';

const DEFAULT_DATABASE = 'cascade';
/**
 * The database names that Cascade takes. CouchDB also allows a `/` (fact db-databases-06), which divides a URL's path,
 * and longer names.
 */
const DATABASE = /^[a-z][a-z0-9_$()+-]{0,127}$/;
const DAY_MS = 86_400_000;

/**
 * Names and addresses of this machine and of private networks, such as `couchdb`, `db.internal` or `10.1.2.3`. CouchDB
 * often listens there without TLS.
 */
const PRIVATE_HOST =
  /^(localhost|[^.:]+|.+\.(local|internal|svc)|127(\.\d+){3}|10(\.\d+){3}|192\.168(\.\d+){2}|172\.(1[6-9]|2\d|3[01])(\.\d+){2}|\[::1\]|\[f[cd][\da-f:]+\])$/;

/**
 * Reads where the ledger is, from COUCHDB_URL and COUCHDB_DATABASE (default `cascade`).
 *
 * User and password are in `authorization` of the result, and not in its URL. An HTTP client refuses a URL with a
 * password, and repeats the URL in its error message.
 *
 * @returns undefined if COUCHDB_URL is not set: there is no ledger.
 * @throws CascadeError SETTINGS_INVALID. It names the setting, and not its value.
 */
export const parseStoreSettings = (params: Params): CouchDatabase | undefined => storeSettingsIn(params, 'COUCHDB_URL');

/** As `parseStoreSettings`, for who installs or purges the ledger: from COUCHDB_ADMIN_URL, which no action gets. */
export const parseStoreAdminSettings = (params: Params): CouchDatabase | undefined =>
  storeSettingsIn(params, 'COUCHDB_ADMIN_URL');

/**
 * How long the ledger keeps what is done, at least: RETENTION_DAYS, 2 to 3,650 days, default 30. The receiver ignores a
 * webhook about a reload that ended longer ago than this minus one day, because the ledger may soon forget that reload.
 */
export const parseRetention = (params: Params): DurationMs =>
  (numberSetting(params, 'RETENTION_DAYS', { least: 2, most: 3_650, otherwise: 30 }) * DAY_MS) as DurationMs;

/**
 * How many reloads may follow one another: MAX_HOPS, 1 to 10,000, default 64. The limit stops apps that would reload
 * each other for ever.
 */
export const parseMaxHops = (params: Params): number =>
  numberSetting(params, 'MAX_HOPS', { least: 1, most: 10_000, otherwise: 64 });

/**
 * How many reloads of one app Cascade starts in an hour at most, if it cannot know how many reloads came before (for
 * MAX_HOPS): MAX_STARTS_PER_HOUR, 1 to 100, default 12. The ledger has these starts in one document for each app, and
 * at most 100 of them keep it small.
 */
export const parseMaxStartsPerHour = (params: Params): number =>
  numberSetting(params, 'MAX_STARTS_PER_HOUR', { least: 1, most: 100, otherwise: 12 });

/** The name of the ledger's database: COUCHDB_DATABASE, default `cascade`. @throws CascadeError SETTINGS_INVALID. */
export function databaseSetting(params: Params): string {
  const database = textSetting(params, 'COUCHDB_DATABASE') ?? DEFAULT_DATABASE;
  if (DATABASE.test(database)) return database;
  throw settingError('COUCHDB_DATABASE', 'has to begin with a small letter and have only a-z, 0-9 and _$()+-');
}

function storeSettingsIn(params: Params, setting: string): CouchDatabase | undefined {
  const text = textSetting(params, setting);
  if (text === undefined) return undefined;
  const database = databaseSetting(params);
  const url = urlOf(setting, text);
  const authorization = authorizationOf(setting, url);
  return {
    url: `${url.origin}${url.pathname.replace(/\/+$/, '')}`,
    database,
    ...definedFields({ authorization }),
  };
}

/** It has no full stop, because `settingError` adds one. */
const ENCODED =
  'If the user or the password has one of @ : / ? # % or white space in it, write %40 %3A %2F %3F %23 %25 or %20 for it';

function urlOf(setting: string, text: string): URL {
  if (!URL.canParse(text))
    throw settingError(setting, `is not a URL; it looks like https://user:password@host:6984. ${ENCODED}`);
  const url = new URL(text);
  if (url.search !== '' || url.hash !== '') throw settingError(setting, `must not have a ? or # in it. ${ENCODED}`);
  // If a password has a slash in it, the URL's parser takes the rest of the password for the path.
  if (url.pathname.includes('@')) throw settingError(setting, `has a @ behind a /. ${ENCODED}`);
  if (url.protocol === 'https:' || (url.protocol === 'http:' && PRIVATE_HOST.test(url.hostname))) return url;
  throw settingError(setting, 'has to be https (http is for loopback and private networks only)');
}

function authorizationOf(setting: string, { username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  if (username === '' || password === '') throw settingError(setting, 'has a user without a password, or the reverse');
  const [user, secret] = [username, password].map((part) => decoded(setting, part));
  if (user?.includes(':')) throw settingError(setting, 'has a colon in the user name, which HTTP cannot send');
  return `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`;
}

function decoded(setting: string, part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw settingError(setting, 'has a % in user or password that is not followed by two hex digits: write it as %25');
  }
}
