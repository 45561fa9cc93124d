import { expect } from 'chai';
import { type SimTenant, startTenant } from '../../../../sim/start-tenant.ts';
import { Receiver } from '../../../sim/support/use-receiver.ts';
import { type AlteringProxy, type Rule, startAlteringProxy } from '../../../support/altering-proxy.ts';
import { type Answered, parseBody } from '../../support/answered.ts';
import { givenTarget } from '../../support/target.ts';

export interface CallOptions {
  /** Another API key or token; null: none. */
  readonly key?: string | null;
  readonly headers?: Record<string, string>;
}

/** A change to calls of the tenant, or to its deliveries. A test must notice it. */
export interface Alteration {
  readonly api?: Rule;
  readonly deliveries?: Rule;
}

/** A real tenant, if the environment names one. The suite changes nothing on it, and it has no control interface. */
export const REAL = givenTarget('QLIK_TEST_TENANT');

/**
 * The tenant of one test, which uses only HTTP: the API, and `/_sim`. A simulated tenant is new, and the test moves its
 * clock.
 */
export class QlikInTest {
  readonly #closing: (() => Promise<void> | void)[] = [];
  #alteration: Alteration = {};
  #url = REAL ?? '';
  #key = process.env['QLIK_TEST_KEY'] ?? '';
  #sim: SimTenant | undefined;

  async start(alteration: Alteration = {}): Promise<void> {
    if (REAL !== undefined) return;
    this.#alteration = alteration;
    const sim = await startTenant({ port: 0, clock: 'hand' });
    this.#closing.push(() => sim.close());
    this.#sim = sim;
    this.#key = sim.apiKey;
    this.#url = await this.#through(alteration.api, sim.url);
  }

  async close(): Promise<void> {
    for (const close of this.#closing.splice(0).reverse()) await close();
  }

  /** Whether it is a real tenant, which the test must not change. */
  get isReal(): boolean {
    return REAL !== undefined;
  }

  get url(): string {
    return this.#url;
  }

  /** The simulated tenant, with its ids and the client's secret. */
  get sim(): SimTenant {
    return this.#sim ?? expect.fail('Only the simulated tenant has this.');
  }

  /** Calls with the tenant's API key, another one, or none. A string is sent as it is, anything else as JSON. */
  async call(method: string, path: string, body?: unknown, options: CallOptions = {}): Promise<Answered> {
    const key = options.key === undefined ? this.#key : options.key;
    const authorization = key === null ? {} : { authorization: `Bearer ${key}` };
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const response = await fetch(new URL(path, this.#url), {
      method,
      headers: { 'content-type': 'application/json', ...authorization, ...options.headers },
      ...(body === undefined ? {} : { body: text }),
    });
    return { status: response.status, headers: response.headers, body: parseBody(await response.text()) };
  }

  get(path: string, options: CallOptions = {}): Promise<Answered> {
    return this.call('GET', path, undefined, options);
  }

  /**
   * Calls the control interface, and expects success. The call does not go through the proxy, which changes only Qlik's
   * answers.
   */
  async control(method: string, path: string, body?: unknown): Promise<Answered['body']> {
    const target = new URL(`/_sim${path}`, this.sim.url);
    const response = await fetch(target, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    const answered = parseBody(await response.text());
    expect(response.status, `${method} ${path}: ${JSON.stringify(answered)}`).to.be.below(300);
    return answered;
  }

  /** Moves the tenant's clock, and waits until all that became due is done. */
  advance(ms: number): Promise<unknown> {
    return this.control('POST', '/clock', { advanceMs: ms });
  }

  /** Makes an app and returns its id. */
  async app(id: string, settings: Record<string, unknown> = {}): Promise<string> {
    await this.control('POST', '/apps', { id, name: `Name of ${id}`, ...settings });
    return id;
  }

  /** An app that exists: on a real tenant the first that it lists. */
  async anyApp(): Promise<string> {
    if (REAL === undefined) return this.app('a');
    const { body } = await this.get('/api/v1/items?resourceType=app&limit=1');
    return body.data[0]?.resourceId ?? expect.fail('The tenant has no app.');
  }

  /** Makes a user with the given roles. Without roles the user is no TenantAdmin. */
  user(name: string, ...roles: string[]): Promise<{ id: string; apiKey: string; subject: string }> {
    return this.control('POST', '/users', { name, roles });
  }

  switches(values: Record<string, unknown>): Promise<unknown> {
    return this.control('PUT', '/switches', values);
  }

  faults(...faults: unknown[]): Promise<unknown> {
    return this.control('PUT', '/faults', faults);
  }

  post(appId: string, more: Record<string, unknown> = {}, options: CallOptions = {}): Promise<Answered> {
    return this.call('POST', '/api/v1/reloads', { appId, ...more }, options);
  }

  /** Posts a reload and returns its id. A reload without a duration has ended then. */
  async reload(appId: string, more: Record<string, unknown> = {}): Promise<string> {
    const { body } = await this.post(appId, more);
    await this.advance(0);
    return body.id;
  }

  async record(id: string): Promise<Answered['body']> {
    return (await this.get(`/api/v1/reloads/${id}`)).body;
  }

  /** One field of each entry of `data`. */
  async listed(path: string, field = 'id'): Promise<unknown[]> {
    return (await this.get(path)).body.data.map((each: Record<string, unknown>) => each[field]);
  }

  /** The states that a reload went through. */
  async states(id: string): Promise<string[]> {
    const { data } = await this.control('GET', '/journal');
    const mine = data.filter((entry: Record<string, unknown>) => entry['kind'] === 'reload' && entry['id'] === id);
    return mine.map((entry: { status: string }) => entry.status);
  }

  /** A token of the tenant's OAuth client. */
  async token(more: Record<string, unknown> = {}): Promise<Answered> {
    const { clientId, clientSecret } = this.sim;
    const body = { client_id: clientId, client_secret: clientSecret, grant_type: 'client_credentials', ...more };
    return this.call('POST', '/oauth/token', body, { key: null });
  }

  /** A new receiver, and a webhook to it for `eventTypes`, enabled unless `more` says otherwise. */
  async subscribe(eventTypes: readonly string[], more: Record<string, unknown> = {}): Promise<Subscribed> {
    const receiver = new Receiver();
    await receiver.start();
    this.#closing.push(() => receiver.stop());
    const url = `${await this.#through(this.#alteration.deliveries, new URL(receiver.url).origin)}/hook`;
    const body = { name: 'hook', url, enabled: true, eventTypes, ...more };
    const made = await this.call('POST', '/api/core/webhooks', body);
    return { receiver, url, id: made.body.id, path: `/api/core/webhooks/${made.body.id}` };
  }

  async #through(rule: Rule | undefined, target: string): Promise<string> {
    if (rule === undefined) return target;
    const proxy: AlteringProxy = await startAlteringProxy(target, rule);
    this.#closing.push(() => proxy.close());
    return proxy.url;
  }
}

export interface Subscribed {
  readonly receiver: Receiver;
  readonly url: string;
  readonly id: string;
  /** The webhook's path. */
  readonly path: string;
}

/** Expects a refusal in Qlik's form and, if `code` is given, that code in `errors[0]`. */
export function expectRefusal(answer: Answered, status: number, code?: string): void {
  expect(answer.status).to.equal(status);
  expect(answer.body.errors[0]).to.include.keys('code', 'title');
  if (code !== undefined) expect(answer.body.errors[0].code).to.equal(code);
}
