import { WireError } from '../errors.ts';
import { MAX_SEQUENCE_ACTIONS } from '../limits.ts';
import { findAction } from './find-action.ts';
import { keyOf, resolvePath } from './names.ts';
import type { EntityStore } from './store.ts';
import { isSequence } from './types.ts';

/**
 * Refuses a sequence, not yet stored under `key`, that comes back to itself or runs too many actions, those of the
 * sequences in it counted.
 *
 * @throws WireError 400
 */
export function checkSequence(key: string, components: readonly string[], entities: EntityStore): void {
  if (countActions(key, components, entities) > MAX_SEQUENCE_ACTIONS) {
    throw new WireError(400, 'Too many actions in the sequence.');
  }
}

// What is stored never comes back to itself, so only `key` has to be looked for.
function countActions(key: string, components: readonly string[], entities: EntityStore): number {
  return components.reduce((sum, component) => {
    const reference = resolvePath(component, '');
    const componentKey = reference && keyOf(reference);
    if (componentKey === key) throw new WireError(400, 'Sequence may not refer to itself.');
    const action = componentKey === undefined ? undefined : findAction(entities, componentKey);
    const isNested = action !== undefined && isSequence(action.exec);
    return sum + (isNested ? countActions(key, action.exec.components, entities) : 1);
  }, 0);
}
