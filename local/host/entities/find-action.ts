import type { EntityStore } from './store.ts';
import type { ActionEntity } from './types.ts';

/** The action of that key, also through a package binding; undefined when there is none. @throws WireError 409 for another type's name. */
export function findAction(entities: EntityStore, key: string): ActionEntity | undefined {
  const own = entities.find('actions', key);
  const [packageName = '', name] = key.split('/');
  if (own !== undefined || name === undefined) return own;
  const through = entities.find('packages', packageName);
  if (through?.binding === undefined) return undefined;
  const action = entities.bound(through.binding).find('actions', `${through.binding.name}/${name}`);
  return action && { ...action, through };
}
