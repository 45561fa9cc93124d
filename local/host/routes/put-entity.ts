import { booleanQuery, type Call } from '../call.ts';
import type { EntityOf, EntityType } from '../entities/types.ts';
import { WireError } from '../errors.ts';

/** The entity that a PUT overwrites, if any; 409 when there is one and `overwrite=true` was not said. */
export function readPrevious<T extends EntityType>(call: Call, type: T, key: string): EntityOf<T> | undefined {
  const previous = call.host.entities.find(type, key);
  if (previous !== undefined && !booleanQuery(call, 'overwrite')) throw new WireError(409, 'resource already exists');
  return previous;
}

/** What every entity has: its name, and the version that follows on the one before. */
export function named<T extends EntityType>(
  call: Call,
  type: T,
  namespace: string,
  name: string,
  previous?: { version: string },
) {
  const [major = '0', minor = '0', patch = '0'] = previous?.version.split('.') ?? [];
  const version = `${major}.${minor}.${Number(patch) + 1}`;
  return { type, name, namespace, version, publish: false, updated: call.host.now() } as const;
}
