import { fullName } from '../entities/names.ts';
import type { EntityStore } from '../entities/store.ts';
import type { RuleEntity, TriggerEntity } from '../entities/types.ts';

/** A trigger's rules with their keys, active or not. */
export function rulesOf(
  entities: EntityStore,
  { namespace, name }: TriggerEntity,
): readonly (readonly [key: string, rule: RuleEntity])[] {
  const trigger = fullName({ path: namespace, name });
  return entities.all('rules').filter(([, rule]) => fullName(rule.trigger) === trigger);
}
