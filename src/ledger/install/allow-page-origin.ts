/*
 * Lets the dashboard's page read the ledger (Cascade's memory) from CouchDB. The page comes from the OpenWhisk host,
 * which has another address. So browsers let it read only if CouchDB's configuration allows the page's origin (CORS).
 * `./build.sh deploy` adds the origin with `allowAndSay`.
 */

import { CascadeError } from '../../core/cascade-error.ts';
import type { AskedStore } from './ask-store.ts';

/** What came of adding a page's origin. */
export type PageOrigin =
  /**
   * CouchDB lets the page read; `changed` says what was changed, in words. If `isForAll`, every other page may, too.
   */
  | { readonly kind: 'allowed'; readonly changed: readonly string[]; readonly isForAll: boolean }
  /** The login is no administrator's, or the server has no such configuration: a person has to change it. */
  | { readonly kind: 'not-ours' };

/** Keys of CouchDB's configuration: the switch for CORS, and the list of origins, with commas between them. */
const SWITCH = 'chttpd/enable_cors';
const ORIGINS = 'cors/origins';
/**
 * The key of the list of headers that a page may read in CouchDB's answers. The dashboard's page needs `date`, to
 * compare it with the device's clock. If the key is not set, CouchDB uses a list of its own (in its chttpd_cors.hrl),
 * without `date`. A value of ours replaces that list, so it repeats the headers of that list.
 */
const EXPOSED = 'cors/exposed_headers';
const DATE = 'date';
const COUCHDBS_OWN = 'accept-ranges, etag, server, x-couch-request-id, x-couch-update-newrev, x-couchdb-body-time';

/**
 * Adds an origin to those whose pages may read CouchDB's answers and their `date`, on each node of the cluster, and
 * switches CORS on. Origins that are there stay. If every page may read (`*`), the list stays as it is:
 * Cascade does not know who else needs that. `originWords` warns.
 *
 * @param store - with an administrator's login, if there is one.
 * @param origin - such as `https://openwhisk.example.org`.
 * @throws CascadeError STORE_UNAVAILABLE without a clear answer; STORE_REFUSED if CouchDB refuses a change.
 */
export async function allowPageOrigin(store: AskedStore, origin: string): Promise<PageOrigin> {
  const { status, body } = await store.ask('GET', '/_membership', [200, 401, 403, 404]);
  const nodes = body['cluster_nodes'];
  if (status !== 200 || !Array.isArray(nodes) || nodes.length === 0) return { kind: 'not-ours' };
  const changed: string[] = [];
  let isForAll = false;
  for (const node of nodes.map(String)) {
    const allowed = await allowOn(node, store, origin);
    if (allowed === undefined) return { kind: 'not-ours' };
    isForAll ||= allowed.isForAll;
    changed.push(...allowed.words.map((each) => (nodes.length === 1 ? each : `${each} on ${node}`)));
  }
  return { kind: 'allowed', changed, isForAll };
}

/** Adds the origin on one node. Undefined if the login may not read the node's configuration. */
async function allowOn(
  node: string,
  store: AskedStore,
  origin: string,
): Promise<{ readonly words: readonly string[]; readonly isForAll: boolean } | undefined> {
  const pathOf = (key: string): string => `/_node/${encodeURIComponent(node)}/_config/${key}`;
  const configured = async (key: string): Promise<string | undefined> => {
    const { status, json } = await store.ask('GET', pathOf(key), [200, 401, 403, 404]);
    if (status === 401 || status === 403) return undefined;
    return typeof json === 'string' ? json : '';
  };
  const origins = await configured(ORIGINS);
  const isOn = await configured(SWITCH);
  const exposed = await configured(EXPOSED);
  if (origins === undefined || isOn === undefined || exposed === undefined) return undefined;
  const known = listed(origins);
  const readable = listed(exposed === '' ? COUCHDBS_OWN : exposed);
  const words: string[] = [];
  const set = async (key: string, value: string): Promise<void> => {
    await store.ask('PUT', pathOf(key), [200], value);
    words.push(`${key.replace('/', '.')} = ${value}`);
  };
  const isForAll = known.includes('*');
  if (!isForAll && !known.includes(origin)) await set(ORIGINS, [...known, origin].join(', '));
  if (!readable.some((each) => each.toLowerCase() === DATE)) await set(EXPOSED, [...readable, DATE].join(', '));
  if (isOn !== 'true') await set(SWITCH, 'true');
  return { words, isForAll };
}

const listed = (text: string): readonly string[] =>
  text.split(',').flatMap((each) => (each.trim() === '' ? [] : [each.trim()]));

/** The lines for CouchDB's configuration, for a person who may change it. */
export const linesFor = (origin: string): readonly string[] => [
  '[chttpd]',
  'enable_cors = true',
  '[cors]',
  `origins = ${origin}`,
  `exposed_headers = ${COUCHDBS_OWN}, ${DATE}`,
];

/** Describes to a person what came of adding the origin. */
export function originWords(result: PageOrigin, origin: string): readonly string[] {
  if (result.kind === 'allowed') {
    const what = result.changed.length === 0 ? 'nothing to change' : result.changed.join(', ');
    const warning =
      'CouchDB lets the pages of every origin read (cors.origins = *). The dashboard does not need that: name the origins that do.';
    return [`CouchDB lets the dashboard’s page on ${origin} read: ${what}.`, ...(result.isForAll ? [warning] : [])];
  }
  return [
    `CouchDB has to let the dashboard’s page on ${origin} read, and this login may not change that. Add to its configuration, beside the origins that are there:`,
    ...linesFor(origin).map((line) => `  ${line}`),
  ];
}

/**
 * Adds an origin as `allowPageOrigin` does, and returns what a person should read about it. If CouchDB fails, this says
 * so and does not throw: only the dashboard needs the origin, so the deployment goes on.
 */
export async function allowAndSay(store: AskedStore, origin: string): Promise<readonly string[]> {
  try {
    return originWords(await allowPageOrigin(store, origin), origin);
  } catch (error) {
    if (!(error instanceof CascadeError)) throw error;
    return [...originWords({ kind: 'not-ours' }, origin), `  (${error.message})`];
  }
}
