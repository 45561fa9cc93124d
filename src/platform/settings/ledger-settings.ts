import type { CouchDatabase } from '../../clients/couchdb/couch-database.ts';
import type { DurationMs } from '../../core/units.ts';
import type { Params } from '../define-action.ts';
import { numberSetting, settingError, textSetting } from './setting.ts';

const DEFAULT_DATABASE = 'cascade';
/** CouchDB's own rule (fact db-databases-06), less `/`, and names that fit into a path as they are. */
const DATABASE = /^[a-z][a-z0-9_$()+-]{0,127}$/;
const DAY_MS = 86_400_000;

/** Names and addresses of one machine or one private network, where CouchDB often listens without TLS. */
const PRIVATE_HOST =
  /^(localhost|[^.:]+|.+\.(local|internal|svc)|127(\.\d+){3}|10(\.\d+){3}|192\.168(\.\d+){2}|172\.(1[6-9]|2\d|3[01])(\.\d+){2}|\[::1\]|\[f[cd][\da-f:]+\])$/;

/**
 * Reads where the ledger is, from COUCHDB_URL and COUCHDB_DATABASE (default `cascade`).
 *
 * User and password are split off here: HTTP clients refuse such URLs, and repeat them, password and all, in their message.
 *
 * @returns undefined if COUCHDB_URL is not set: no ledger.
 * @throws CascadeError SETTINGS_INVALID, naming the setting, never its value.
 */
export const parseStoreSettings = (params: Params): CouchDatabase | undefined => storeSettingsIn(params, 'COUCHDB_URL');

/** The same store as its administrator, who installs the ledger: from COUCHDB_ADMIN_URL; never bound to an action. */
export const parseStoreAdminSettings = (params: Params): CouchDatabase | undefined =>
  storeSettingsIn(params, 'COUCHDB_ADMIN_URL');

/** Events that ended longer ago than this, less a day, are ignored: RETENTION_DAYS, 2 to 3,650 days, default 30. */
export const parseRetention = (params: Params): DurationMs =>
  (numberSetting(params, 'RETENTION_DAYS', { least: 2, most: 3_650, otherwise: 30 }) * DAY_MS) as DurationMs;

/** How many steps a run may have: MAX_HOPS, 1 to 10,000, default 64. */
export const parseMaxHops = (params: Params): number =>
  numberSetting(params, 'MAX_HOPS', { least: 1, most: 10_000, otherwise: 64 });

/**
 * How often one app is started in an hour if nothing tells the hops: MAX_STARTS_PER_HOUR, 1 to 100, default 12. Qlik's
 * list, by which they are counted, has no more on a page.
 */
export const parseMaxStartsPerHour = (params: Params): number =>
  numberSetting(params, 'MAX_STARTS_PER_HOUR', { least: 1, most: 100, otherwise: 12 });

function storeSettingsIn(params: Params, setting: string): CouchDatabase | undefined {
  const text = textSetting(params, setting);
  const database = textSetting(params, 'COUCHDB_DATABASE') ?? DEFAULT_DATABASE;
  if (text === undefined) return undefined;
  if (!DATABASE.test(database)) {
    throw settingError('COUCHDB_DATABASE', 'has to begin with a small letter and have only a-z, 0-9 and _$()+-');
  }
  const url = urlOf(setting, text);
  const authorization = authorizationOf(setting, url);
  return {
    url: `${url.origin}${url.pathname.replace(/\/+$/, '')}`,
    database,
    ...(authorization === undefined ? {} : { authorization }),
  };
}

/** Without its full stop: `settingError` has one. */
const ENCODED =
  'If the user or the password has one of @ : / ? # % or white space in it, write %40 %3A %2F %3F %23 %25 or %20 for it';

function urlOf(setting: string, text: string): URL {
  if (!URL.canParse(text))
    throw settingError(setting, `is no URL; it looks like https://user:password@host:6984. ${ENCODED}`);
  const url = new URL(text);
  if (url.search !== '' || url.hash !== '') throw settingError(setting, `must not have a ? or # in it. ${ENCODED}`);
  // What should be the password's end stands behind the first slash.
  if (url.pathname.includes('@')) throw settingError(setting, `has a @ behind a /. ${ENCODED}`);
  if (url.protocol === 'https:' || (url.protocol === 'http:' && PRIVATE_HOST.test(url.hostname))) return url;
  throw settingError(setting, 'has to be https (http is for loopback and private networks only)');
}

function authorizationOf(setting: string, { username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  if (username === '' || password === '') throw settingError(setting, 'has a user without a password, or the reverse');
  const [user, secret] = [username, password].map((part) => decoded(setting, part));
  if (user?.includes(':')) throw settingError(setting, 'has a user name with a colon, which no server can be told');
  return `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`;
}

function decoded(setting: string, part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw settingError(setting, 'has a % in user or password that is not followed by two hex digits: write it as %25');
  }
}
