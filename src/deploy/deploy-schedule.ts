import type openwhisk from 'openwhisk';
import { readSchedule } from './read-manifest.ts';
import { sendEntity } from './send-entity.ts';

/** The part of the `openwhisk` client that a schedule needs. Make it without `retry`. */
export type ScheduleClient = Pick<openwhisk.Client, 'triggers' | 'feeds' | 'rules'>;

/**
 * Deploys schedule.yaml as wskdeploy does, on a host that has the alarms package: each trigger anew with its feed, then the
 * rules, which are switched on.
 *
 * @returns the names of the triggers and rules.
 * @throws CascadeError DEPLOY_FAILED for a bad file or what the host refuses.
 */
export async function deploySchedule(options: {
  readonly scheduleFile: string;
  readonly client: ScheduleClient;
}): Promise<readonly string[]> {
  const { client, scheduleFile } = options;
  const { triggers, rules } = (await readSchedule(scheduleFile)).project.packages.default;
  for (const [name, { feed, inputs }] of Object.entries(triggers)) {
    const params = Object.fromEntries(Object.entries(inputs).map(([key, { value }]) => [key, value]));
    const trigger = { annotations: [{ key: 'feed', value: feed }] };
    await client.feeds.delete({ name: feed, trigger: name }).catch(() => undefined);
    await sendEntity('trigger', name, () =>
      client.triggers.update({ name, trigger } as openwhisk.Options & { name: string }),
    );
    await sendEntity('trigger', name, () => client.feeds.create({ name: feed, trigger: name, params }));
  }
  for (const [name, { trigger, action }] of Object.entries(rules)) {
    await sendEntity('rule', name, () => client.rules.update({ name, trigger, action }));
    await sendEntity('rule', name, () => client.rules.enable({ name }));
  }
  return [...Object.keys(triggers), ...Object.keys(rules)];
}
