import { entityNotFound, HostError, type RestAnswer } from '../answer.ts';
import type { RestCall } from '../call.ts';
import { readName } from '../entities/names.ts';
import type { Entity, EntityType } from '../entities/types.ts';
import { deleteAction, getAction, invokeAction, putAction } from './actions.ts';
import { getActivation, listActivations } from './activations.ts';
import { summary } from './entities.ts';
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

const isEntityType = (text: string | undefined): text is EntityType =>
  text !== undefined && Object.hasOwn(HANDLERS, text);

/** Everything below `/api/v1/namespaces/<ns>/`: `segments` are the parts after that. */
export async function serveCollection(call: RestCall, segments: readonly string[]): Promise<RestAnswer> {
  const [collection, ...rest] = segments;
  if (collection === 'activations') return serveActivations(call, rest);
  if (!isEntityType(collection)) throw entityNotFound();
  return serveEntities(call, collection, rest);
}

function serveActivations(call: RestCall, [id, part, ...more]: readonly string[]): RestAnswer {
  if (call.method !== 'GET' || more.length > 0) throw entityNotFound();
  return id === undefined || id === '' ? listActivations(call) : getActivation(call, id, part);
}

async function serveEntities(call: RestCall, type: EntityType, parts: readonly string[]): Promise<RestAnswer> {
  const { entities } = call.host;
  if (parts.length === 0 || (parts.length === 1 && parts[0] === '')) return list(call, type, entities.all(type));
  if (parts.length > (type === 'actions' ? 2 : 1)) throw entityNotFound();
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

function list(call: RestCall, type: EntityType, found: readonly Entity[]): RestAnswer {
  if (call.method !== 'GET') throw notAllowed();
  return listPage(call, type, found, summary);
}

const notAllowed = (): HostError => new HostError(405, 'HTTP method not allowed');
