import { randomBytes } from 'node:crypto';
import type { Body } from '../../../local/host/support/body.ts';
import { type Received, type Sent, send } from '../../../local/host/support/send.ts';
import { basic, entries } from '../../../local/host/support/use-host.ts';
import { type HostFacts, readHostFacts } from './host-facts.ts';
import { createJournal } from './journal.ts';
import { notOffered } from './not-offered.ts';
import { count, pace } from './pace.ts';
import { findPlace, type Place, type Profile } from './place.ts';
import { NotSeen, until } from './until.ts';

export type Answered = Received & { readonly json: Body };

/** How a record came to be: a host may store those of some kinds of call only. */
export type CallKind = 'blocking' | 'non-blocking' | 'web';

/** A host as these tests see it: by its public API alone, with one package for each section. */
export interface Target extends Place, HostFacts {
  /** The section's package. */
  readonly pkg: string;
  /** A name that no other run and no other section uses, for what is in no package. */
  name(suffix: string): string;
  /** A call below `/api/v1/namespaces/_/` with the namespace's key; `body` is sent as JSON, a string as it is. */
  rest(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answered>;
  /** A web call of an action of the section's package. */
  web(action: string, sent?: Sent): Promise<Received>;
  /** A call below `/api/v1/web/`. */
  webAt(path: string, sent?: Sent): Promise<Received>;
  /** Puts an action into the section's package, whatever was there. */
  action(name: string, code: string, annotations?: Record<string, unknown>, more?: object): Promise<void>;
  /** Puts a sequence of actions of the section's package. */
  sequence(name: string, components: readonly string[], annotations?: Record<string, unknown>): Promise<void>;
  /** Invokes an action of the section's package, blocking. */
  invoke(name: string, payload?: object): Promise<Answered>;
  list(path: string): Promise<readonly Body[]>;
  /** The stored record; where the host stores none of this kind of call, the test is skipped. */
  record(context: Mocha.Context, activationId: string, call?: CallKind): Promise<Body>;
  /** Notes an entity that was made by other means, to be deleted at the end. */
  note(path: string): void;
}

export const RUN = `ct${randomBytes(4).toString('hex')}`;

const ECHO = 'function main(params) { return params }';
const RECORD_PATIENCE_MS = 30_000;

/** The host for a `describe`: its package is there before the tests, and nothing of it after them. */
export function useHost(section: string, profile: Profile = 'roomy'): Target {
  let place: Place | undefined;
  let facts: HostFacts | undefined;
  const found = (): Place & HostFacts => {
    if (place === undefined || facts === undefined) throw new Error('The host is not known before the tests begin.');
    return { ...place, ...facts };
  };
  const pkg = `${RUN}-${section}`;
  const target = makeTarget(found, pkg, profile);
  before(async () => {
    place = await findPlace(profile);
    facts = await readHostFacts(place);
    await target.rest('PUT', `packages/${pkg}`, {});
  });
  after(() => target.clean());
  return target;
}

function makeTarget(
  found: () => Place & HostFacts,
  pkg: string,
  profile: Profile,
): Target & { clean(): Promise<void> } {
  const journal = createJournal((path) => target.rest('DELETE', path));
  const spend = async (what: 'invoke' | 'fire'): Promise<void> => {
    const { invokesPerMinute, firesPerMinute } = found();
    // The tests of the limits count for themselves.
    if (profile === 'default') count(found(), what);
    else await pace(found(), what, what === 'fire' ? firesPerMinute : invokesPerMinute);
  };
  const put = async (name: string, content: object): Promise<void> => {
    const { status, text } = await target.rest('PUT', `actions/${pkg}/${name}?overwrite=true`, content);
    if (status !== 200) throw new Error(`PUT ${name}: ${status} ${text}`);
  };
  const webAt = async (path: string, sent: Sent = {}): Promise<Received> => {
    await spend('invoke');
    return send(`${found().url}/api/v1/web/${path}`, sent);
  };
  const target = {
    pkg,
    name: (suffix: string) => `${pkg}-${suffix}`,
    async rest(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answered> {
      if (method === 'POST' && path.startsWith('actions/')) await spend('invoke');
      if (method === 'POST' && path.startsWith('triggers/')) await spend('fire');
      const type = body === undefined ? {} : { 'content-type': 'application/json' };
      const all = { authorization: basic(found().auth), ...type, ...headers };
      const content = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
      const url = `${found().url}/api/v1/namespaces/_/${path}`;
      const received = await send(url, { method, headers: all, ...content });
      if (method === 'PUT' && received.status === 200) journal.note(path.split('?')[0] ?? path);
      return { ...received, json: parse(received) };
    },
    web: (action: string, sent?: Sent) => webAt(`${found().ns}/${pkg}/${action}`, sent),
    webAt,
    action: (name: string, code: string, annotations: Record<string, unknown> = {}, more: object = {}) =>
      put(name, { exec: { kind: found().kind, code }, annotations: entries(annotations), ...more }),
    sequence: (name: string, components: readonly string[], annotations: Record<string, unknown> = {}) =>
      put(name, {
        exec: { kind: 'sequence', components: components.map((component) => `/_/${pkg}/${component}`) },
        annotations: entries(annotations),
      }),
    invoke: (name: string, payload: object = {}) =>
      target.rest('POST', `actions/${pkg}/${name}?blocking=true`, payload),
    list: async (path: string) => JSON.parse((await target.rest('GET', path)).text),
    async record(context: Mocha.Context, activationId: string, call: CallKind = 'blocking'): Promise<Body> {
      const stored = await poll(activationId);
      if (stored !== undefined) return stored;
      if (await storesRecords(call)) throw new Error(`No record of ${activationId} after 30 s.`);
      return notOffered(context, `records of ${call} calls`);
    },
    note: (path: string) => journal.note(path),
    clean: () => journal.clean(),
  };
  const read = async (activationId: string): Promise<Body | undefined> => {
    const { status, json } = await target.rest('GET', `activations/${activationId}`);
    return status === 200 ? json : undefined;
  };
  const poll = async (activationId: string): Promise<Body | undefined> => {
    try {
      return await until('the record', () => read(activationId), RECORD_PATIENCE_MS);
    } catch (error) {
      if (error instanceof NotSeen) return undefined;
      throw error;
    }
  };
  const storesRecords = async (call: CallKind): Promise<boolean> => {
    await target.action('probe', ECHO, { 'web-export': true });
    const { headers } =
      call === 'web'
        ? await target.web('probe')
        : await target.rest('POST', `actions/${pkg}/probe?blocking=${call === 'blocking'}`, {});
    return (await poll(String(headers['x-openwhisk-activation-id']))) !== undefined;
  };
  // What the host tells is known only later, when the tests run.
  return new Proxy(target, {
    get: (known, key) => Reflect.get(key in known ? known : found(), key),
  }) as typeof target & Place & HostFacts;
}

function parse({ headers, text }: Received): Body {
  return JSON.parse((headers['content-type'] ?? '').startsWith('application/json') ? text : 'null');
}
