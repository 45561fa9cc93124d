import {
  type HostInternals,
  type HostOptions,
  type LocalHost,
  RAISED_LIMITS,
  startHost,
} from '../../../../local/host/start-host.ts';
import { basic, entries, RAW_WEB } from '../../../support/openwhisk-entities.ts';
import type { Body } from './body.ts';
import { type Received, type Sent, send } from './send.ts';

/** A host for tests, which use only HTTP. */
export interface Target {
  readonly url: string;
  readonly auth: string;
  readonly ns: string;
  /** Makes a call below `/api/v1/namespaces/_/` with the namespace's key. `body` is sent as JSON. */
  rest(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Received & { json: Body }>;
  /** Makes a call below `/api/v1/web/<ns>/`. */
  web(path: string, sent?: Sent): Promise<Received>;
  /** Puts an action into the package `t`; it may overwrite one. */
  action(name: string, code: string, annotations?: Record<string, unknown>, more?: object): Promise<void>;
  /** Puts a sequence of actions of the package `t`. */
  sequence(name: string, components: readonly string[], annotations?: Record<string, unknown>): Promise<void>;
  /** Invokes an action of the package `t` with `blocking=true`. */
  invoke(name: string, payload?: object): Promise<Received & { json: Body }>;
  /** Reads a list below `/api/v1/namespaces/_/`. */
  list(path: string): Promise<readonly Body[]>;
  /** Polls until the record of an activation is stored. */
  record(activationId: string): Promise<Body>;
}

export { basic, entries, RAW_WEB };

/**
 * Starts a host before the tests of a `describe` and ends it after them; the limits are raised unless said otherwise.
 */
export function useHost(options: HostOptions = {}, internals: Partial<HostInternals> = {}): Target {
  let host: LocalHost | undefined;
  before(async () => {
    host = await startHost({ port: 0, limits: RAISED_LIMITS, ...options }, internals);
    await target.rest('PUT', 'packages/t', {});
  });
  after(() => host?.close());
  const running = (): LocalHost => {
    if (host === undefined) throw new Error('The host has not been started.');
    return host;
  };
  const target = makeTarget(running);
  return target;
}

function makeTarget(running: () => LocalHost): Target {
  const put = async (name: string, content: object): Promise<void> => {
    const { status, text } = await target.rest('PUT', `actions/t/${name}?overwrite=true`, content);
    if (status !== 200) throw new Error(`PUT ${name}: ${status} ${text}`);
  };
  const target: Target = {
    get url() {
      return running().url;
    },
    get auth() {
      return running().auth;
    },
    get ns() {
      return running().namespace;
    },
    async rest(method, path, body, headers = {}) {
      const type = body === undefined ? {} : { 'content-type': 'application/json' };
      const all = { authorization: basic(target.auth), ...type, ...headers };
      const content = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
      const received = await send(`${target.url}/api/v1/namespaces/_/${path}`, { method, headers: all, ...content });
      return { ...received, json: isJson(received) ? JSON.parse(received.text) : undefined };
    },
    web: (path, sent) => send(`${target.url}/api/v1/web/${target.ns}/${path}`, sent),
    action: (name, code, annotations = {}, more = {}) =>
      put(name, { exec: { kind: 'nodejs:20', code }, annotations: entries(annotations), ...more }),
    sequence: (name, components, annotations = {}) =>
      put(name, {
        exec: { kind: 'sequence', components: components.map((component) => `/_/t/${component}`) },
        annotations: entries(annotations),
      }),
    invoke: (name, payload = {}) => target.rest('POST', `actions/t/${name}?blocking=true`, payload),
    list: async (path) => JSON.parse((await target.rest('GET', path)).text),
    async record(activationId) {
      for (const end = Date.now() + 30_000; Date.now() < end; ) {
        const { status, json } = await target.rest('GET', `activations/${activationId}`);
        if (status === 200) return json;
      }
      throw new Error(`No record of ${activationId} after 30 s.`);
    },
  };
  return target;
}

const isJson = ({ headers }: Received): boolean => headers['content-type'] === 'application/json';
