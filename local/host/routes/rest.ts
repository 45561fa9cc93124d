/*
 * The local host imitates OpenWhisk without Docker, so that `npm start` and the tests can run Cascade's actions on a
 * laptop. This file finds the function that answers a call of the REST API, and refuses callers without the key.
 */

import { entityNotFound, HostError, jsonAnswer, notAllowed, type RestAnswer } from '../answer.ts';
import type { RestCall } from '../call.ts';
import { forbiddenNamespace, readName } from '../entities/names.ts';
import { SYSTEM_NAMESPACE } from '../entities/store.ts';
import type { Entity, EntityType } from '../entities/types.ts';
import { deleteAction, getAction, invokeAction, putAction } from './actions.ts';
import { getActivation, listActivations } from './activations.ts';
import { requireKey } from './authenticate.ts';
import { summary } from './entities.ts';
import { describeLimits } from './host-facts.ts';
import { listPage } from './list.ts';
import { deletePackage, getPackage, putPackage } from './packages.ts';
import { deleteRule, getRule, putRule, setRuleStatus } from './rules.ts';
import { deleteTrigger, getTrigger, postTrigger, putTrigger } from './triggers.ts';

type Handler = (call: RestCall, key: string) => RestAnswer | Promise<RestAnswer>;

const HANDLERS: Record<EntityType, Readonly<Record<string, Handler>>> = {
  packages: { PUT: putPackage, GET: getPackage, DELETE: deletePackage },
  actions: { PUT: putAction, GET: getAction, DELETE: deleteAction, POST: invokeAction },
  triggers: { PUT: putTrigger, GET: getTrigger, DELETE: deleteTrigger, POST: postTrigger },
  rules: { PUT: putRule, GET: getRule, DELETE: deleteRule, POST: setRuleStatus },
};

/**
 * Answers calls of the REST API below `/api/v1/namespaces`.
 *
 * @throws HostError for a call that is refused; ChunkTooLarge if a chunk of the body has more than 1 MB.
 */
export async function serveRest(call: RestCall): Promise<RestAnswer> {
  const { origin } = call.request.headers;
  // The host runs the code that it is sent, so a web page may send some only if its origin is allowed. A browser names
  // the page's origin in its requests.
  if (origin !== undefined && !call.host.doors.allowOrigins.includes(origin)) {
    throw new HostError(403, 'Requests of web pages are refused here.');
  }
  // A preflight: a browser sends it without the key, before the request itself. server.ts adds the headers.
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

/**
 * Answers calls in the namespace `whisk.system`. Whoever has the key can read its packages and actions, and invoke its
 * actions.
 */
function serveSystem(call: RestCall, segments: readonly string[]): Promise<RestAnswer> {
  const [collection = ''] = segments;
  const isRead = ['packages', 'actions'].includes(collection) && call.method === 'GET';
  const isInvoke = collection === 'actions' && call.method === 'POST';
  if (!isRead && !isInvoke) throw forbiddenNamespace(SYSTEM_NAMESPACE);
  const { host } = call;
  return serveCollection({ ...call, host: { ...host, entities: host.entities.system } }, segments);
}

const isEntityType = (text: string | undefined): text is EntityType =>
  text !== undefined && Object.hasOwn(HANDLERS, text);

/** Answers calls below `/api/v1/namespaces/<namespace>/`. */
async function serveCollection(call: RestCall, [type, ...parts]: readonly string[]): Promise<RestAnswer> {
  if (type === 'activations') return serveActivations(call, parts);
  if (!isEntityType(type)) throw entityNotFound();
  const { entities } = call.host;
  if (parts.length === 0 || (parts.length === 1 && parts[0] === '')) return list(call, type, entities.all(type));
  if (parts.length > (type === 'actions' ? 2 : 1)) throw entityNotFound();
  // `actions/<package>/` lists the actions of a package.
  if (type === 'actions' && parts[1] === '') {
    const packageName = readName(parts[0] ?? '');
    entities.get('packages', packageName);
    return list(call, type, entities.actionsOf(packageName));
  }
  const names = parts.map(readName);
  const handler = HANDLERS[type][call.method];
  if (handler === undefined) throw notAllowed();
  return handler(call, names.join('/'));
}

function serveActivations(call: RestCall, [id = '', part, ...more]: readonly string[]): RestAnswer {
  if (call.method !== 'GET' || more.length > 0) throw entityNotFound();
  return id === '' ? listActivations(call) : getActivation(call, id, part);
}

function list(call: RestCall, type: EntityType, found: readonly Entity[]): RestAnswer {
  if (call.method !== 'GET') throw notAllowed();
  return listPage(call, type, found, summary);
}
