import type { Body } from '../../../local/host/support/body.ts';
import { type Received, type Sent, send } from '../../../local/host/support/send.ts';
import { basic } from '../../../support/openwhisk-entities.ts';
import type { HostFacts } from './host-facts.ts';
import { count, pace } from './pace.ts';
import type { Place, Profile } from './place.ts';

export type Answered = Received & { readonly json: Body };

/** The two ways into a host. */
export interface Calls {
  /**
   * Makes a call below `/api/v1/namespaces/_/` with the namespace's key. A string is sent as it is, any other `body` as
   * JSON. A header that is undefined is left out.
   */
  rest(method: string, path: string, body?: unknown, headers?: Record<string, string | undefined>): Promise<Answered>;
  /** Makes a call below `/api/v1/web/`. */
  webAt(path: string, sent?: Sent): Promise<Received>;
}

/**
 * Calls of a host, which must be known when the first call is made. `onPut` gets each path to which an entity was put.
 */
export function createCalls(host: Place & HostFacts, profile: Profile, onPut: (path: string) => void): Calls {
  const spend = async (what: 'invoke' | 'fire'): Promise<void> => {
    // The tests of the limits count their calls themselves.
    if (profile === 'default') count(host, what);
    else await pace(host, what, what === 'fire' ? host.firesPerMinute : host.invokesPerMinute);
  };
  return {
    async rest(method, path, body, headers = {}) {
      if (method === 'POST' && path.includes('actions/')) await spend('invoke');
      if (method === 'POST' && path.startsWith('triggers/')) await spend('fire');
      const type = body === undefined ? {} : { 'content-type': 'application/json' };
      const sent = {
        method,
        headers: defined({ authorization: basic(host.auth), ...type, ...headers }),
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      };
      const received = await send(`${host.url}/api/v1/namespaces/_/${path}`, sent);
      if (method === 'PUT' && received.status === 200) onPut(path.split('?')[0] ?? path);
      return { ...received, json: parse(received) };
    },
    async webAt(path, sent = {}) {
      await spend('invoke');
      return send(`${host.url}/api/v1/web/${path}`, sent);
    },
  };
}

const defined = (headers: Record<string, string | undefined>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined));

const parse = ({ headers, text }: Received): Body =>
  JSON.parse((headers['content-type'] ?? '').startsWith('application/json') ? text : 'null');
