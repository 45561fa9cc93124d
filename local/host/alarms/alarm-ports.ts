import { newId } from '../activations.ts';
import { HostError } from '../answer.ts';
import type { Host } from '../host.ts';
import type { HostObject } from '../json.ts';
import { fireTrigger, removeTrigger, rulesOf } from '../triggers/triggers.ts';
import type { AlarmFeedPorts } from './alarm-feeds.ts';

/** What alarms do to a host: the same as a provider would by HTTP, with the namespace's own key. */
export function alarmPorts(host: Host, later: AlarmFeedPorts['later']): AlarmFeedPorts {
  const { now, auth, namespace, entities } = host;
  return {
    now,
    later,
    auth,
    namespace,
    hasTrigger: (trigger) => entities.find('triggers', trigger) !== undefined,
    fire: (trigger, payload) => fire(host, trigger, payload),
    remove: (name, what) => {
      const trigger = entities.find('triggers', name);
      if (trigger === undefined) return;
      if (what === 'rules') for (const rule of rulesOf(entities, trigger)) entities.delete(rule.name);
      removeTrigger(entities, trigger);
    },
  };
}

function fire(host: Host, trigger: string, payload: HostObject): number {
  const headers = {
    host: new URL(host.url).host,
    accept: 'application/json',
    // The real provider's request has it too, and the host hands it to the rule's action.
    authorization: `Basic ${Buffer.from(host.auth).toString('base64')}`,
  };
  try {
    const transactionId = newId();
    return fireTrigger(host, { trigger, payload, headers, transactionId }) === undefined ? 204 : 202;
  } catch (error) {
    if (error instanceof HostError) return error.status;
    throw error;
  }
}
