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

/** A simulated tenant's public control interface, and the little of Qlik's API that setting up needs. */
export interface SimControl {
  seed(apps: readonly SeededApp[]): Promise<void>;
  /** A reload as its schedule would start it. */
  reload(appId: string): Promise<void>;
  createWebhook(url: string, secret: string): Promise<void>;
  /** What happened after entry number `after`; waits a while for something newer. */
  journal(after: number): Promise<readonly TenantEntry[]>;
}

const LONG_POLL_MS = 20_000;

/** Speaks to a simulated tenant over HTTP, as anybody could. */
export function simControl(tenant: { readonly url: string; readonly apiKey: string }, signal: AbortSignal): SimControl {
  const call = async (method: string, path: string, body?: object): Promise<unknown> => {
    const response = await fetch(`${tenant.url}${path}`, {
      method,
      signal,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${tenant.apiKey}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`The simulated tenant answered ${response.status} to ${method} ${path}: ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  };
  return {
    async seed(apps) {
      await call('POST', '/_sim/apps', apps);
    },
    async reload(appId) {
      await call('POST', `/_sim/apps/${appId}/reload`, { type: 'chronos' });
    },
    async createWebhook(url, secret) {
      const eventTypes = ['com.qlik.v1.reload.finished'];
      await call('POST', '/api/core/webhooks', { name: 'Cascade', url, secret, eventTypes, enabled: true });
    },
    async journal(after) {
      const { data } = (await call('GET', `/_sim/journal?after=${after}&waitMs=${LONG_POLL_MS}`)) as {
        data: TenantEntry[];
      };
      return data;
    },
  };
}
