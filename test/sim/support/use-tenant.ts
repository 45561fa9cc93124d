import { type SimTenant, startTenant, type TenantOptions } from '../../../sim/start-tenant.ts';

/** An answer: status, headers, and the body as JSON if it is JSON. */
export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: bodies are what the tests are about
  readonly body: any;
}

export interface CallOptions {
  readonly key?: string | null;
  readonly headers?: Record<string, string>;
}

/** A tenant on a free port for each test of the suite, with short ways to call it. It is closed after the test. */
export class TenantInTest {
  sim!: SimTenant;
  #options: TenantOptions;

  constructor(options: TenantOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    this.sim = await startTenant({ port: 0, ...this.#options });
  }

  /**
   * Calls with the tenant's API key, another one, or none (`key: null`). A string is sent as it is, anything else as
   * JSON.
   */
  async call(method: string, path: string, body?: unknown, options: CallOptions = {}): Promise<Answered> {
    const key = options.key === undefined ? this.sim.apiKey : options.key;
    const authorization = key === null ? {} : { authorization: `Bearer ${key}` };
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const response = await fetch(new URL(path, this.sim.url), {
      method,
      headers: { 'content-type': 'application/json', ...authorization, ...options.headers },
      ...(body === undefined ? {} : { body: text }),
    });
    return { status: response.status, headers: response.headers, body: parse(await response.text()) };
  }

  /** Adds an app through the control interface and returns its id. */
  async app(id: string, settings: Record<string, unknown> = {}): Promise<string> {
    await this.call('POST', '/_sim/apps', { id, name: `Name of ${id}`, ...settings });
    return id;
  }

  /** Posts a reload with the API key. */
  reload(appId: string, more: Record<string, unknown> = {}): Promise<Answered> {
    return this.call('POST', '/api/v1/reloads', { appId, ...more });
  }

  /** Posts a reload and waits for its end. */
  async reloadToEnd(appId: string, more: Record<string, unknown> = {}): Promise<string> {
    const { body } = await this.reload(appId, more);
    await this.journal((entry) => entry['id'] === body.id && isEnd(entry['status']));
    return body.id;
  }

  /** Moves the tenant's clock on, and waits until all work that became due is done. */
  advance(advanceMs: number): Promise<Answered> {
    return this.call('POST', '/_sim/clock', { advanceMs });
  }

  switches(values: Record<string, unknown>): Promise<Answered> {
    return this.call('PUT', '/_sim/switches', values);
  }

  faults(...faults: unknown[]): Promise<Answered> {
    return this.call('PUT', '/_sim/faults', faults);
  }

  /**
   * Does all work that is due, and waits until the journal has `count` entries for which `isWanted` is true. @returns
   * these entries.
   */
  async journal(isWanted: (entry: Record<string, unknown>) => boolean, count = 1): Promise<Record<string, unknown>[]> {
    const wanted: Record<string, unknown>[] = [];
    let last = 0;
    // With the clock `hand` nothing happens by itself, not even work that is due at once.
    if (this.#options.clock === 'hand') await this.advance(0);
    while (wanted.length < count) {
      const { body } = await this.call('GET', `/_sim/journal?after=${last}&waitMs=15000`);
      if (body.last === last) throw new Error(`Only ${wanted.length} of ${count} such entries within 15 seconds`);
      last = body.last;
      wanted.push(...body.data.filter(isWanted));
    }
    return wanted;
  }
}

/** Registers hooks that start a tenant before each test and close it afterwards. */
export function useTenant(options: TenantOptions = {}): TenantInTest {
  const tenant = new TenantInTest(options);
  beforeEach(() => tenant.start());
  afterEach(() => tenant.sim.close());
  return tenant;
}

export function isEnd(status: unknown): boolean {
  return ['SUCCEEDED', 'FAILED', 'CANCELED', 'EXCEEDED_LIMIT'].includes(String(status));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
