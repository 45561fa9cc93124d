import { until } from '../../../support/until.ts';
import { notOffered } from './not-offered.ts';
import type { Answered, Target } from './use-host.ts';

/** A trigger with a rule whose action echoes. */
interface AlarmTrigger {
  readonly trigger: string;
  readonly rule: string;
  /** Resolves to the parameters of the rule's action at the first fire; rejects if none comes within 90 s. */
  fired(): Promise<Readonly<Record<string, unknown>>>;
}

/** The alarms package of a host, if the host has one. */
export interface Alarms {
  /** Skips the test if the host has no alarms. */
  require(context: Mocha.Context): Promise<void>;
  trigger(suffix: string): Promise<AlarmTrigger>;
  /** Sends one lifecycle event to a trigger's feed. */
  tell(feed: 'alarm' | 'interval' | 'once', event: string, trigger: string, inputs?: object): Promise<Answered>;
}

const FIRE_PATIENCE_MS = 90_000;

/** Alarms for the tests of a `describe`. Every feed that the tests make is deleted after them. */
export function useAlarms(host: Target): Alarms {
  const tell: Alarms['tell'] = (feed, lifecycleEvent, trigger, inputs = {}) => {
    const call = { lifecycleEvent, triggerName: `/${host.ns}/${trigger}`, authKey: host.auth, ...inputs };
    if (lifecycleEvent === 'CREATE') host.atEnd(() => tell(feed, 'DELETE', trigger));
    return host.rest('POST', `../whisk.system/actions/alarms/${feed}?blocking=true`, call);
  };
  return {
    tell,
    async require(context) {
      const { status } = await host.rest('GET', '../whisk.system/packages/alarms');
      if (status !== 200) notOffered(context, 'alarms');
    },
    async trigger(suffix) {
      const [trigger, rule, action] = [host.name(suffix), host.name(`${suffix}-rule`), `${suffix}-action`];
      await host.action(action, 'function main(params) { return params }');
      await host.rest('PUT', `triggers/${trigger}`, {});
      await host.rest('PUT', `rules/${rule}`, { trigger: `/_/${trigger}`, action: `/_/${host.pkg}/${action}` });
      const look = async () => (await host.list(`activations?name=${host.pkg}/${action}&docs=true`))[0];
      const fired = async () => (await until(`a fire of ${trigger}`, look, FIRE_PATIENCE_MS)).response.result;
      return { trigger, rule, fired };
    },
  };
}
