import { type Answer, json } from '../answer.ts';
import { type Call, readJsonObject } from '../call.ts';
import { mergeAnnotations, readEntries } from '../entities/entries.ts';
import { fullName } from '../entities/names.ts';
import type { RuleEntity, TriggerEntity } from '../entities/types.ts';
import { MAX_ENTITY_BYTES } from '../limits.ts';
import { document } from './entity-documents.ts';
import { named, readPrevious } from './put-entity.ts';

/** Creates or overwrites a trigger. */
export async function putTrigger(call: Call, name: string): Promise<Answer> {
  const content = await readJsonObject(call, MAX_ENTITY_BYTES);
  const previous = readPrevious(call, 'triggers', name);
  const entity = {
    ...named(call, 'triggers', call.host.namespace, name, previous),
    annotations: mergeAnnotations(previous?.annotations ?? [], content),
    parameters: readEntries(content, 'parameters') ?? previous?.parameters ?? [],
  };
  call.host.entities.set(name, entity);
  return json(200, document(entity));
}

/** A trigger with its rules, if it has any. */
export function getTrigger(call: Call, name: string): Answer {
  const trigger = call.host.entities.get('triggers', name);
  const rules = rulesOf(call, trigger).map(([key, { action, status }]) => {
    return [`${call.host.namespace}/${key}`, { action, status }] as const;
  });
  return json(200, { ...document(trigger), ...(rules.length === 0 ? {} : { rules: Object.fromEntries(rules) }) });
}

/** Deletes a trigger; its rules stay, inactive. */
export function deleteTrigger(call: Call, name: string): Answer {
  const trigger = call.host.entities.get('triggers', name);
  for (const [key, rule] of rulesOf(call, trigger)) call.host.entities.set(key, { ...rule, status: 'inactive' });
  call.host.entities.delete(name);
  return json(200, document(trigger));
}

function rulesOf(call: Call, { namespace, name }: TriggerEntity): readonly (readonly [string, RuleEntity])[] {
  const trigger = fullName({ path: namespace, name });
  return call.host.entities.all('rules').filter(([, rule]) => fullName(rule.trigger) === trigger);
}
