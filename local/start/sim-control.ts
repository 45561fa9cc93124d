/*
 * `npm start` runs all of Cascade on one machine, with a simulated tenant of Qlik Cloud. This file makes the calls by
 * which `npm start` sets up that tenant and watches it: to Qlik's API, which the tenant imitates, and to the tenant's
 * own control interface below `/_sim/`.
 */

/** An entry of a tenant's journal: one thing that happened in the tenant (docs/simulated-tenant.md). */
export interface TenantEntry {
  /** The number of the entry. A later entry has a greater number. */
  readonly seq: number;
  /** In milliseconds since 1970, by the tenant's clock. */
  readonly at: number;
  readonly kind: string;
  readonly [field: string]: unknown;
}

/** An app to put into a simulated tenant. */
export interface SeededApp {
  readonly id: string;
  readonly name: string;
  /** How long its reloads take. */
  readonly durationMs: number;
  /** How its reloads end: one outcome for each reload, and the last one for all further reloads. */
  readonly outcomes: readonly string[];
}

/** The calls by which `npm start` sets up and watches a simulated tenant. */
export interface SimControl {
  /** Adds the apps that the tenant does not have. It does not change an app that the tenant has. */
  seed(apps: readonly SeededApp[]): Promise<void>;
  /** Starts a reload of an app, as a schedule would. If the app has a pending reload, nothing happens. */
  reload(appId: string): Promise<void>;
  /** Makes the next reload of an app fail. */
  failNext(appId: string): Promise<void>;
  /**
   * Takes the buttons that move the tenant's clock off its page. Only the tenant's time would move, and not that of the
   * sweep and the ledger: reloads would seem to last for minutes.
   */
  hideClock(): Promise<void>;
  /**
   * Creates the webhook of Cascade, or changes its URL and secret if it exists. If somebody has disabled it, it stays
   * disabled.
   */
  pointWebhook(url: string, secret: string): Promise<void>;
  /** The entries that the journal has now. */
  past(): Promise<readonly TenantEntry[]>;
  /**
   * The entries after entry number `after`. If there are none, the tenant waits for one, at most 20 s, and then
   * answers.
   */
  journal(after: number): Promise<readonly TenantEntry[]>;
}

/** In milliseconds. So a quiet tenant is asked three times a minute. */
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
      // Qlik's type of a reload that a schedule starts. The answer is 429 if the app has a pending reload.
      await call('POST', `/_sim/apps/${appId}/reload`, { type: 'chronos' }, 429);
    },
    async failNext(appId) {
      await call('PUT', `/_sim/apps/${appId}/next-outcomes`, ['failed']);
    },
    async hideClock() {
      await call('PUT', '/_sim/switches', { 'page.movesClock': false });
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
