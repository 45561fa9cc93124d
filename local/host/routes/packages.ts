/*
 * The local host imitates OpenWhisk without Docker, so that `npm start` and the tests can run Cascade's actions on a
 * laptop. A package holds actions and their common parameters. This file answers the calls of the REST API about
 * packages.
 */

import { HostError, malformed, type RestAnswer } from '../answer.ts';
import { booleanQuery, type RestCall } from '../call.ts';
import { overlay, readParameters } from '../entities/entries.ts';
import { forbiddenNamespace } from '../entities/names.ts';
import { SYSTEM_NAMESPACE } from '../entities/store.ts';
import { type Binding, entryValue, type PackageEntity } from '../entities/types.ts';
import type { Host } from '../host.ts';
import { isHostObject, type Json } from '../json.ts';
import { deleteAction } from './actions.ts';
import { deleteEntity, entityAnswer, putEntity } from './entities.ts';

/** Creates or overwrites a package, or a binding: another name for a package, with further parameters. */
export const putPackage = (call: RestCall, name: string): Promise<RestAnswer> =>
  putEntity(call, 'packages', name, (content, previous) => {
    const { publish } = content;
    const binding = readBinding(call.host, content['binding'], previous);
    return {
      parameters: readParameters(content, previous),
      ...(binding && { binding }),
      publish: typeof publish === 'boolean' ? publish : (previous?.publish ?? false),
    };
  });

/**
 * Reads the package that a binding stands for. This package must exist, and must not be a binding itself. A package
 * cannot become a binding. If the body names no package, the binding stays as it was.
 */
function readBinding(host: Host, value: Json | undefined, previous: PackageEntity | undefined): Binding | undefined {
  if (value === undefined || (isHostObject(value) && Object.keys(value).length === 0)) return previous?.binding;
  if (!isHostObject(value) || typeof value['namespace'] !== 'string' || typeof value['name'] !== 'string') {
    throw malformed('binding malformed');
  }
  if (previous !== undefined && previous.binding === undefined) {
    throw new HostError(400, 'Resource is a package and cannot be converted into a binding.');
  }
  const namespace = value['namespace'] === '_' ? host.namespace : value['namespace'];
  const binding = { namespace, name: value['name'] };
  if (namespace !== host.namespace && namespace !== SYSTEM_NAMESPACE) throw forbiddenNamespace(namespace);
  const target = host.entities.bound(binding).find('packages', binding.name);
  if (target === undefined) throw new HostError(400, 'Binding references a package that does not exist.');
  if (target.binding !== undefined) throw new HostError(400, 'Cannot bind to another package binding.');
  return binding;
}

/**
 * Answers with a package and its actions. For a binding, these are the actions of the package for which it stands.
 * `feeds` are the actions with the annotation `feed`.
 */
export function getPackage(call: RestCall, name: string): RestAnswer {
  const { entities } = call.host;
  const own = entities.get('packages', name);
  const holder = own.binding === undefined ? entities : entities.bound(own.binding);
  const target = holder.get('packages', own.binding?.name ?? name);
  const actions = holder.actionsOf(target.name);
  const brief = (isFeed: boolean): object[] =>
    actions
      .filter((action) => (entryValue(action.annotations, 'feed') === true) === isFeed)
      .map(({ name, version, annotations }) => ({ name, version, annotations }));
  return entityAnswer(own, {
    parameters: overlay(target.parameters, own.parameters),
    actions: brief(false),
    feeds: brief(true),
  });
}

/** Deletes an empty package. With the query `force=true`, it deletes a package and its actions. */
export function deletePackage(call: RestCall, name: string): RestAnswer {
  const { entities } = call.host;
  entities.get('packages', name);
  const actions = entities.actionsOf(name);
  if (actions.length > 0 && !booleanQuery(call, 'force')) {
    const what = `Package not empty (contains ${actions.length} ${actions.length === 1 ? 'entity' : 'entities'}).`;
    throw new HostError(409, `${what} Set force param or delete package contents.`);
  }
  for (const action of actions) deleteAction(call, `${name}/${action.name}`);
  return deleteEntity(call, 'packages', name);
}
