/*
 * `npm start` runs all of Cascade on one machine, with a simulated tenant of Qlik Cloud. This file makes the calls by
 * which `npm start` sets up and watches that tenant.
 */

/** One thing that happened in a simulated tenant (docs/simulated-tenant.md). */
export interface TenantEntry {
  readonly seq: number;
  readonly at: number;
  readonly kind: string;
  readonly [field: string]: unknown;
}

/** An app to put into a simulated tenant. */
export interface SeededApp {
  readonly id: string;
  readonly name: string;
  readonly durationMs: number;
  readonly outcomes: readonly string[];
}

/**
 * The calls by which `npm start` sets up and watches a simulated tenant: of its control interface, and a few of Qlik's
 * API.
 */
export interface SimControl {
  /** Adds the apps that the tenant does not have. It does not change an app that the tenant has. */
  seed(apps: readonly SeededApp[]): Promise<void>;
  /** Starts a reload of an app, as a schedule would. If the app has a pending reload, nothing happens. */
  reload(appId: string): Promise<void>;
  /** Makes the next reload of an app fail. */
  failNext(appId: string): Promise<void>;
  /** Creates our webhook, or changes its URL and secret if it exists. If somebody has disabled it, it stays disabled. */
  pointWebhook(url: string, secret: string): Promise<void>;
  /** All entries that the journal has now. */
  past(): Promise<readonly TenantEntry[]>;
  /**
   * The entries after entry number `after`. If there are none, the tenant waits for one, at most 20 s, and then
   * answers.
   */
  journal(after: number): Promise<readonly TenantEntry[]>;
}

/** So a quiet tenant is asked three times a minute. */
const LONG_POLL_MS = 20_000;
const WEBHOOK_NAME = 'Cascade';
const WEBHOOKS = '/api/core/webhooks';

interface Named {
  readonly id: string;
  readonly name: string;
}

/** Controls a simulated tenant over HTTP. After `signal` is aborted, each call rejects. */
export function simControl(tenant: { readonly url: string; readonly apiKey: string }, signal: AbortSignal): SimControl {
  /** @param accepted - a status that is no error, in addition to 2xx. */
  const call = async (method: string, path: string, body?: object, accepted?: number): Promise<string> => {
    const response = await fetch(`${tenant.url}${path}`, {
      method,
      signal,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${tenant.apiKey}` },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (response.ok || response.status === accepted) return text;
    throw new Error(`The simulated tenant answered ${response.status} to ${method} ${path}: ${text}`);
  };
  const list = async <T>(path: string): Promise<readonly T[]> => JSON.parse(await call('GET', path)).data;
  return {
    async seed(apps) {
      const known = new Set((await list<Named>('/_sim/apps')).map(({ id }) => id));
      const missing = apps.filter(({ id }) => !known.has(id));
      await call('POST', '/_sim/apps', missing);
    },
    async reload(appId) {
      await call('POST', `/_sim/apps/${appId}/reload`, { type: 'chronos' }, 429);
    },
    async failNext(appId) {
      await call('PUT', `/_sim/apps/${appId}/next-outcomes`, ['failed']);
    },
    async pointWebhook(url, secret) {
      const webhooks = await list<Named>(`${WEBHOOKS}?name=${WEBHOOK_NAME}`);
      const known = webhooks.find(({ name }) => name === WEBHOOK_NAME);
      if (known === undefined) {
        const eventTypes = ['com.qlik.v1.reload.finished'];
        await call('POST', WEBHOOKS, { name: WEBHOOK_NAME, url, secret, eventTypes, enabled: true });
        return;
      }
      await call('PATCH', `${WEBHOOKS}/${known.id}`, [
        { op: 'replace', path: '/url', value: url },
        { op: 'replace', path: '/secret', value: secret },
      ]);
    },
    past: () => list('/_sim/journal'),
    journal: (after) => list(`/_sim/journal?after=${after}&waitMs=${LONG_POLL_MS}`),
  };
}
