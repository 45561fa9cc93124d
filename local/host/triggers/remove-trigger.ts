import type { EntityStore } from '../entities/store.ts';
import type { TriggerEntity } from '../entities/types.ts';
import { rulesOf } from './rules-of.ts';

/** Takes a trigger away; its rules stay, inactive. */
export function removeTrigger(entities: EntityStore, trigger: TriggerEntity): void {
  for (const [key, rule] of rulesOf(entities, trigger)) entities.set(key, { ...rule, status: 'inactive' });
  entities.delete(trigger.name);
}
