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
  /** Adds the apps that it does not have; those that it has stay as they are. */
  seed(apps: readonly SeededApp[]): Promise<void>;
  /** A reload as its schedule would start it; nothing if the app has a pending one. */
  reload(appId: string): Promise<void>;
  /** Points our webhook here, which is made if there is none; one that somebody disabled stays so. */
  pointWebhook(url: string, secret: string): Promise<void>;
  /** What is in the journal now. */
  past(): Promise<readonly TenantEntry[]>;
  /** What happened after entry number `after`; waits a while for something newer. */
  journal(after: number): Promise<readonly TenantEntry[]>;
}

const LONG_POLL_MS = 20_000;
const WEBHOOK_NAME = 'Cascade';
const WEBHOOKS = '/api/core/webhooks';

interface Webhook {
  readonly id: string;
  readonly name: string;
}

/** Speaks to a simulated tenant over HTTP, as anybody could. */
export function simControl(tenant: { readonly url: string; readonly apiKey: string }, signal: AbortSignal): SimControl {
  const call = async (method: string, path: string, body?: object, accepted?: number): Promise<unknown> => {
    const response = await fetch(`${tenant.url}${path}`, {
      method,
      signal,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${tenant.apiKey}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok && response.status !== accepted)
      throw new Error(`The simulated tenant answered ${response.status} to ${method} ${path}: ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  };
  return {
    async seed(apps) {
      const { data } = (await call('GET', '/_sim/apps')) as { data: readonly { id: string }[] };
      const known = new Set(data.map(({ id }) => id));
      await call(
        'POST',
        '/_sim/apps',
        apps.filter(({ id }) => !known.has(id)),
      );
    },
    async reload(appId) {
      await call('POST', `/_sim/apps/${appId}/reload`, { type: 'chronos' }, 429);
    },
    async pointWebhook(url, secret) {
      const { data } = (await call('GET', `${WEBHOOKS}?name=${WEBHOOK_NAME}`)) as { data: readonly Webhook[] };
      const known = data.find(({ name }) => name === WEBHOOK_NAME);
      const eventTypes = ['com.qlik.v1.reload.finished'];
      if (known === undefined) {
        await call('POST', WEBHOOKS, { name: WEBHOOK_NAME, url, secret, eventTypes, enabled: true });
        return;
      }
      await call('PATCH', `${WEBHOOKS}/${known.id}`, [
        { op: 'replace', path: '/url', value: url },
        { op: 'replace', path: '/secret', value: secret },
      ]);
    },
    async past() {
      const { data } = (await call('GET', '/_sim/journal')) as { data: TenantEntry[] };
      return data;
    },
    async journal(after) {
      const { data } = (await call('GET', `/_sim/journal?after=${after}&waitMs=${LONG_POLL_MS}`)) as {
        data: TenantEntry[];
      };
      return data;
    },
  };
}
