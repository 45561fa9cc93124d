import type { HostObject } from '../json.ts';
import { Alarm, type AlarmPorts } from './alarm.ts';
import { type AlarmConfig, type Feed, FeedRefusal, readConfig } from './alarm-config.ts';

/** What all alarms of a host share. */
export interface AlarmFeedPorts extends Pick<AlarmPorts, 'now' | 'later'> {
  readonly auth: string;
  readonly namespace: string;
  readonly hasTrigger: (trigger: string) => boolean;
  readonly fire: (trigger: string, payload: HostObject) => number;
  readonly remove: (trigger: string, what: 'trigger' | 'rules') => void;
}

/** The provider behind `/whisk.system/alarms`: what it keeps is gone with the host. */
export class AlarmFeeds {
  readonly #ports: AlarmFeedPorts;
  readonly #alarms = new Map<string, Alarm>();

  constructor(ports: AlarmFeedPorts) {
    this.#ports = ports;
  }

  /** Does what a feed action was invoked for, by its `lifecycleEvent`. @throws FeedRefusal */
  handle(feed: Feed, params: HostObject): HostObject {
    const trigger = this.#readTrigger(params);
    switch (params['lifecycleEvent']) {
      case 'CREATE':
        this.#create(trigger, feed, params);
        break;
      case 'READ':
        return this.#describe(trigger);
      case 'UPDATE':
        this.#update(trigger, params);
        break;
      case 'DELETE':
        this.#get(trigger).pause();
        this.#alarms.delete(trigger);
        break;
      case 'PAUSE':
        this.#get(trigger).pause();
        break;
      case 'UNPAUSE':
        this.#get(trigger).resume();
        break;
      default:
        throw new FeedRefusal('unsupported lifecycleEvent');
    }
    return { status: 'success' };
  }

  /** Stops all of them. */
  close(): void {
    for (const alarm of this.#alarms.values()) alarm.pause();
    this.#alarms.clear();
  }

  #readTrigger({ authKey, triggerName, lifecycleEvent }: HostObject): string {
    if (!authKey) throw new FeedRefusal('no authKey parameter was provided');
    if (typeof triggerName !== 'string' || triggerName === '') {
      throw new FeedRefusal('no trigger name parameter was provided');
    }
    const trigger = triggerName.split('/').at(-1) ?? '';
    const isThere = lifecycleEvent === 'DELETE' || this.#ports.hasTrigger(trigger);
    if (authKey !== this.#ports.auth || !isThere) throw new FeedRefusal('Trigger authentication request failed.');
    return trigger;
  }

  #get(trigger: string): Alarm {
    const alarm = this.#alarms.get(trigger);
    if (alarm === undefined) throw new FeedRefusal(`could not find trigger ${trigger} in the database`);
    return alarm;
  }

  #create(trigger: string, feed: Feed, params: HostObject): void {
    if (this.#alarms.has(trigger)) throw new FeedRefusal('error creating alarm trigger.', 'Document update conflict.');
    this.#start(trigger, readConfig(feed, params, this.#ports.now()));
  }

  #start(trigger: string, config: AlarmConfig): void {
    const { now, later, fire, remove } = this.#ports;
    const alarm = new Alarm(config, {
      now,
      later,
      fire: () => fire(trigger, config.payload),
      remove: (what) => {
        this.#alarms.delete(trigger);
        remove(trigger, what);
      },
    });
    this.#alarms.set(trigger, alarm);
  }

  /** An update goes over what there was, and starts the alarm again if it was off. */
  #update(trigger: string, params: HostObject): void {
    const alarm = this.#get(trigger);
    const { feed, payload, ...before } = alarm.config;
    const dates = Object.entries(before).filter(([key, value]) => !isPastDate(key, value, this.#ports.now()));
    const given = Object.entries(params).filter(([key]) => UPDATABLE.includes(key));
    if (given.length === 0) throw new FeedRefusal('no updatable parameters were specified');
    const all = { trigger_payload: payload, ...Object.fromEntries(dates), ...Object.fromEntries(given) };
    const config = readConfig(feed, all, this.#ports.now());
    alarm.pause();
    this.#start(trigger, config);
  }

  #describe(trigger: string): HostObject {
    const { config, status } = this.#get(trigger);
    const { feed: _feed, ...rest } = config;
    const dateChangedISO = `${new Date(status.dateChanged).toISOString().slice(0, 19)}Z`;
    const { namespace } = this.#ports;
    return { config: { name: trigger, namespace, ...rest }, status: { ...status, dateChangedISO } } as HostObject;
  }
}

const UPDATABLE = [
  'trigger_payload',
  'cron',
  'timezone',
  'minutes',
  'date',
  'deleteAfterFire',
  'startDate',
  'stopDate',
];

/** A start that is over is no longer asked to lie in the future. */
const isPastDate = (key: string, value: unknown, now: number): boolean => key === 'startDate' && Number(value) <= now;
