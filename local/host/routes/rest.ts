import { entityNotFound, type HeaderLines, HostError, jsonAnswer, type RestAnswer } from '../answer.ts';
import type { RestCall } from '../call.ts';
import { forbiddenNamespace } from '../entities/names.ts';
import { SYSTEM_NAMESPACE } from '../entities/store.ts';
import { requireKey } from './authenticate.ts';
import { serveCollection } from './collections.ts';
import { describeLimits } from './host-facts.ts';

/** The REST API below `/api/v1/namespaces`, for holders of the namespace's key. */
export async function serveRest(call: RestCall): Promise<RestAnswer> {
  const { origin } = call.request.headers;
  // The host runs what is posted to it: a web page, which always names its origin, must not be able to post.
  if (origin !== undefined && !call.host.doors.allowOrigins.includes(origin)) {
    throw new HostError(403, 'Requests of web pages are refused here.');
  }
  // A browser asks before it lets a page send a key.
  if (origin !== undefined && call.method === 'OPTIONS') return { status: 200, headers: [], body: '' };
  requireKey(call);
  const [, , , namespace, ...rest] = call.rawSegments;
  if (namespace === undefined || namespace === '') return jsonAnswer(200, [call.host.namespace]);
  if (namespace === SYSTEM_NAMESPACE) return serveSystem(call, rest);
  if (namespace !== '_' && namespace !== call.host.namespace) throw forbiddenNamespace(namespace);
  if (rest.length === 0) throw entityNotFound();
  if (rest.length === 1 && rest[0] === 'limits') return describeLimits(call);
  return serveCollection(call, rest);
}

/** What every REST answer carries. */
export const REST_CORS: HeaderLines = [
  ['access-control-allow-origin', '*'],
  ['access-control-allow-headers', 'Authorization, Origin, X-Requested-With, Content-Type, Accept, User-Agent'],
  ['access-control-allow-methods', 'GET, DELETE, POST, PUT, HEAD'],
];

/** `whisk.system` for everybody who has a key: its packages and actions may be read, and the actions invoked. */
function serveSystem(call: RestCall, segments: readonly string[]): Promise<RestAnswer> {
  const [collection = ''] = segments;
  const isRead = ['packages', 'actions'].includes(collection) && call.method === 'GET';
  const isInvoke = collection === 'actions' && call.method === 'POST';
  if (!isRead && !isInvoke) throw forbiddenNamespace(SYSTEM_NAMESPACE);
  const { host } = call;
  return serveCollection({ ...call, host: { ...host, entities: host.entities.system } }, segments);
}
