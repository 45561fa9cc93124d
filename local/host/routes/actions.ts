import { randomUUID } from 'node:crypto';
import { type Answer, json } from '../answer.ts';
import { type Call, readJsonObject } from '../call.ts';
import { checkSequence } from '../entities/check-sequence.ts';
import { findAction } from '../entities/find-action.ts';
import { readAction } from '../entities/put-action.ts';
import { isSequence, type PackageEntity } from '../entities/types.ts';
import { notFound, WireError } from '../errors.ts';
import { boundParameters } from '../invoke/parameters.ts';
import { MAX_ENTITY_BYTES } from '../limits.ts';
import { document } from './entity-documents.ts';
import { named, readPrevious } from './put-entity.ts';

/** Creates or overwrites an action or a sequence; `key` is `name` or `package/name`. */
export async function putAction(call: Call, key: string): Promise<Answer> {
  const { entities, namespace, pool } = call.host;
  const content = await readJsonObject(call, MAX_ENTITY_BYTES);
  const [name = '', packageName] = key.split('/').reverse();
  if (packageName !== undefined) requireOwnPackage(entities.get('packages', packageName));
  const previous = readPrevious(call, 'actions', key);
  const path = packageName === undefined ? namespace : `${namespace}/${packageName}`;
  const entity = {
    ...named(call, 'actions', path, name, previous),
    ...readAction(content, previous, entities, namespace),
    revision: randomUUID(),
  };
  if (isSequence(entity.exec)) checkSequence(key, entity.exec.components, entities);
  entities.set(key, entity);
  if (previous !== undefined) pool.retire(previous.revision);
  return json(200, document(entity));
}

function requireOwnPackage({ binding }: PackageEntity): void {
  if (binding !== undefined) throw new WireError(400, 'Operation not permitted on package binding.');
}

/** An action with its package's parameters under its own; `code=false` leaves the code out. */
export function getAction(call: Call, key: string): Answer {
  const action = findAction(call.host.entities, key);
  if (action === undefined) throw notFound();
  const parameters = isSequence(action.exec) ? action.parameters : boundParameters(action, call.host.entities);
  const shown = { ...document(action), parameters };
  if (call.query.get('code') !== 'false' || isSequence(action.exec)) return json(200, shown);
  const { code: _code, ...exec } = action.exec;
  return json(200, { ...shown, exec });
}

/** Deletes an action. */
export function deleteAction(call: Call, key: string): Answer {
  const action = call.host.entities.get('actions', key);
  call.host.entities.delete(key);
  call.host.pool.retire(action.revision);
  return json(200, document(action));
}
