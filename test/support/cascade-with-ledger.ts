import { type EmbeddedStore, startStore } from '../../local/store/start-store.ts';
import { installConfiguredLedger } from '../../src/deploy/install-configured-ledger.ts';
import { type DeployedCascade, type DeployOptions, deployCascade, WEBHOOK_SECRET } from './deployed-cascade.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests read into whatever is stored or answered
type Json = any;

/** Cascade with a ledger in the embedded store, and with the tenant's webhook. */
export interface CascadeWithLedger extends DeployedCascade {
  /** The actions' setting. The user in it is the store's administrator. */
  readonly COUCHDB_URL: string;
  /** The store's address, without user and password. */
  readonly storeUrl: string;
  /** Reads the documents whose ids begin with `prefix`. */
  documents(prefix: string): Promise<readonly Json[]>;
  /** Calls the store as its administrator. */
  storeCall(method: string, path: string, body?: object): Promise<Json>;
  /** Runs a sweep to its end, and returns its activation's result. */
  sweep(): Promise<Json>;
  /** Starts a reload as a person does in Qlik. @returns the reload's id. */
  reloadByHand(appId: string): Promise<string>;
}

export interface LedgerOptions extends Pick<DeployOptions, 'chains' | 'timeFactor'> {
  /** The apps to put into the tenant. A reload takes 50 ms, unless its app says otherwise. */
  readonly apps: readonly { readonly id: string; readonly [field: string]: unknown }[];
  /** A store that runs already; default: the embedded store in memory. */
  readonly store?: Pick<EmbeddedStore, 'url' | 'user' | 'password'>;
}

/** Builds, deploys and starts everything on free ports. */
export async function cascadeWithLedger({ apps, store: given, ...options }: LedgerOptions): Promise<CascadeWithLedger> {
  const own = given === undefined ? await startStore({ port: 0 }) : undefined;
  const { url, user, password } = given ?? (own as EmbeddedStore);
  const COUCHDB_URL = Object.assign(new URL(url), { username: user, password }).href;
  await installConfiguredLedger({ COUCHDB_URL });
  const cascade = await deployCascade({ ...options, settings: () => ({ COUCHDB_URL, DASHBOARD_COUCHDB_URL: url }) });
  const { tenantCall, host, webhookUrl } = cascade;
  await tenantCall(
    'POST',
    '/_sim/apps',
    apps.map((app) => ({ name: app.id.slice(0, 8), spaceId: 'space', durationMs: 50, ...app })),
  );
  await tenantCall('POST', '/api/core/webhooks', {
    ...{ name: 'Cascade', url: webhookUrl, enabled: true, secret: WEBHOOK_SECRET },
    eventTypes: ['com.qlik.v1.reload.finished'],
  });
  const storeCall = (method: string, path: string, body?: object): Promise<Json> =>
    callJson(`${url}/cascade/${path}`, `${user}:${password}`, method, body);
  return {
    ...cascade,
    COUCHDB_URL,
    storeUrl: url,
    storeCall,
    async documents(prefix) {
      const bounds = { startkey: JSON.stringify(prefix), endkey: JSON.stringify(`${prefix}\ufff0`) };
      const query = new URLSearchParams({ include_docs: 'true', ...bounds });
      return (await storeCall('GET', `_all_docs?${query}`)).rows.map(({ doc }: Json) => doc);
    },
    sweep: () =>
      callJson(
        `${host.url}/api/v1/namespaces/_/actions/cascade/sweep?blocking=true&result=true`,
        host.auth,
        'POST',
        {},
      ),
    async reloadByHand(appId) {
      const { status, json } = await tenantCall('POST', `/_sim/apps/${appId}/reload`, { type: 'hub' });
      if (status !== 201) throw new Error(`The tenant answered ${status} to the start of a reload.`);
      return json.id;
    },
    async close() {
      await cascade.close();
      await own?.close();
    },
  };
}

async function callJson(url: string, login: string, method: string, body?: object): Promise<Json> {
  const authorization = `Basic ${Buffer.from(login).toString('base64')}`;
  const headers = { authorization, 'content-type': 'application/json' };
  const response = await fetch(url, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  return response.json();
}
