/*
 * The local host imitates OpenWhisk without Docker, so that `npm start` and the tests can run Cascade's actions on a
 * laptop. If a trigger is fired, the actions of its rules run; one trigger starts Cascade's sweep. This file fires
 * triggers.
 */

import { newId } from '../activations.ts';
import { HostError } from '../answer.ts';
import { fullName, keyOf } from '../entities/names.ts';
import type { EntityStore } from '../entities/store.ts';
import type { RuleEntity, TriggerEntity } from '../entities/types.ts';
import type { Host } from '../host.ts';
import { startAction } from '../invoke/invoke.ts';
import { valuesOf } from '../invoke/parameters.ts';
import type { HostObject } from '../json.ts';

/** One fire of a trigger. */
export interface Fire {
  readonly trigger: string;
  readonly payload: HostObject;
  /**
   * The headers of the request that fires the trigger, with the key in them. A real host, too, passes them to the
   * actions.
   */
  readonly headers: Readonly<Record<string, string>>;
  readonly transactionId: string;
}

/**
 * Fires a trigger: invokes the action of each active rule, and stores a record with a line for each rule.
 *
 * @returns the id of the record; undefined if no rule is active: then there is no record.
 * @throws HostError 404 for an unknown trigger, 409 if an entity of another type has the name, 429 if the minute's
 *   fires are used up.
 */
export function fireTrigger(host: Host, fire: Fire): string | undefined {
  host.throttle.admitFire();
  const trigger = host.entities.get('triggers', fire.trigger);
  const rules = rulesOf(host.entities, trigger);
  if (rules.every(({ status }) => status === 'inactive')) return undefined;
  const activationId = newId();
  const start = host.now();
  const payload = { ...valuesOf(trigger.parameters), __ow_headers: fire.headers, ...fire.payload };
  const logs = rules.map((rule) => JSON.stringify(fireRule(host, rule, payload, fire.transactionId)));
  host.activations.store({
    activationId,
    annotations: [],
    logs,
    name: trigger.name,
    namespace: host.namespace,
    publish: false,
    response: { result: fire.payload, status: 'success', success: true },
    start,
    subject: host.namespace,
    version: trigger.version,
  });
  return activationId;
}

/**
 * Invokes the action of one rule. Returns the rule's line in the trigger's record. Its status code is 0 for a success,
 * 1 for a failure.
 */
function fireRule(host: Host, rule: RuleEntity, payload: HostObject, transactionId: string): object {
  const ruleName = `${host.namespace}/${rule.name}`;
  const action = `${rule.action.path}/${rule.action.name}`;
  const refused = (error: string): object => ({ statusCode: 1, success: false, rule: ruleName, error, action });
  if (rule.status === 'inactive')
    return refused(`Rule '${ruleName}' is inactive, action '${action}' was not activated.`);
  try {
    host.throttle.admitCall();
    const { activationId } = startAction(host, keyOf(fullName(rule.action)), payload, transactionId);
    return { statusCode: 0, success: true, activationId, rule: ruleName, action };
  } catch (error) {
    if (error instanceof HostError) return refused(error.message);
    throw error;
  }
}

/** A trigger's rules, active or not. */
export function rulesOf(entities: EntityStore, { namespace, name }: TriggerEntity): readonly RuleEntity[] {
  const trigger = fullName({ path: namespace, name });
  return entities.all('rules').filter((rule) => fullName(rule.trigger) === trigger);
}

/** Deletes a trigger. Its rules stay, but become inactive. */
export function removeTrigger(entities: EntityStore, trigger: TriggerEntity): void {
  for (const rule of rulesOf(entities, trigger)) entities.set(rule.name, { ...rule, status: 'inactive' });
  entities.delete(trigger.name);
}
