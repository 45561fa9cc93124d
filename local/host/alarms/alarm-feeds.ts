/*
 * The local host imitates OpenWhisk without Docker, so that `npm start` and the tests can run Cascade's actions on a
 * laptop. An alarm fires a trigger at certain times; one starts Cascade's sweep every 5 minutes. This file keeps the
 * alarms, as the package `/whisk.system/alarms` does.
 */

import { newId } from '../activations.ts';
import { HostError } from '../answer.ts';
import type { Host } from '../host.ts';
import type { HostObject } from '../json.ts';
import { fireTrigger, removeTrigger, rulesOf } from '../triggers/triggers.ts';
import { Alarm, type AlarmPorts } from './alarm.ts';
import { type AlarmConfig, type Feed, FeedRefusal, readConfig } from './alarm-config.ts';

/** Does the work of the package `/whisk.system/alarms`. It keeps the alarms of one host in memory. */
export class AlarmFeeds {
  readonly #host: Host;
  readonly #later: AlarmPorts['later'];
  readonly #alarms = new Map<string, Alarm>();

  constructor(host: Host, later: AlarmPorts['later']) {
    this.#host = host;
    this.#later = later;
  }

  /**
   * Creates, reads, changes, deletes, pauses or resumes an alarm, as the `lifecycleEvent` in a feed action's parameters
   * says.
   *
   * @returns the action's result.
   * @throws FeedRefusal if the package would refuse the call; HostError 409 if an entity of another type has the
   *   trigger's name.
   */
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

  /** Stops all alarms. */
  close(): void {
    for (const alarm of this.#alarms.values()) alarm.pause();
    this.#alarms.clear();
  }

  #readTrigger({ authKey, triggerName, lifecycleEvent }: HostObject): string {
    if (!authKey) throw new FeedRefusal('no authKey parameter was provided');
    if (typeof triggerName !== 'string' || triggerName === '') {
      throw new FeedRefusal('no trigger name parameter was provided');
    }
    const { auth, entities } = this.#host;
    const trigger = triggerName.split('/').at(-1) ?? '';
    const mayLack = lifecycleEvent === 'DELETE';
    if (authKey === auth && (mayLack || entities.find('triggers', trigger) !== undefined)) return trigger;
    throw new FeedRefusal('Trigger authentication request failed.');
  }

  #get(trigger: string): Alarm {
    const alarm = this.#alarms.get(trigger);
    if (alarm === undefined) throw new FeedRefusal(`could not find trigger ${trigger} in the database`);
    return alarm;
  }

  #create(trigger: string, feed: Feed, params: HostObject): void {
    if (this.#alarms.has(trigger)) throw new FeedRefusal('error creating alarm trigger.', 'Document update conflict.');
    this.#start(trigger, readConfig(feed, params, this.#host.now()));
  }

  #start(trigger: string, config: AlarmConfig): void {
    const alarm = new Alarm(config, {
      now: this.#host.now,
      later: this.#later,
      fire: () => this.#fire(trigger, config.payload),
      remove: (what) => this.#remove(trigger, what),
    });
    this.#alarms.set(trigger, alarm);
  }

  /**
   * Fires a trigger with the headers that the real alarms package sends, because the action gets these headers.
   *
   * @returns the HTTP status that a caller over HTTP would get.
   */
  #fire(trigger: string, payload: HostObject): number {
    const { url, auth } = this.#host;
    const headers = {
      host: new URL(url).host,
      accept: 'application/json',
      authorization: `Basic ${Buffer.from(auth).toString('base64')}`,
    };
    try {
      return fireTrigger(this.#host, { trigger, payload, headers, transactionId: newId() }) === undefined ? 204 : 202;
    } catch (error) {
      if (error instanceof HostError) return error.status;
      throw error;
    }
  }

  /** Removes an alarm and its trigger, and with `rules` also the trigger's rules. */
  #remove(name: string, what: 'trigger' | 'rules'): void {
    this.#alarms.delete(name);
    const { entities } = this.#host;
    const trigger = entities.find('triggers', name);
    if (trigger === undefined) return;
    if (what === 'rules') for (const rule of rulesOf(entities, trigger)) entities.delete(rule.name);
    removeTrigger(entities, trigger);
  }

  /** Changes the parameters that are given, and starts the alarm anew, even if it was paused. */
  #update(trigger: string, params: HostObject): void {
    const alarm = this.#get(trigger);
    const { feed, payload, ...before } = alarm.config;
    // The present parameters, but no start date that is past.
    const dates = Object.entries(before).filter(([key, value]) => !isPastDate(key, value, this.#host.now()));
    const given = Object.entries(params).filter(([key]) => UPDATABLE.includes(key));
    if (given.length === 0) throw new FeedRefusal('no updatable parameters were specified');
    const all = { trigger_payload: payload, ...Object.fromEntries(dates), ...Object.fromEntries(given) };
    const config = readConfig(feed, all, this.#host.now());
    alarm.pause();
    this.#start(trigger, config);
  }

  #describe(trigger: string): HostObject {
    const { config, status } = this.#get(trigger);
    const { feed: _feed, ...rest } = config;
    const dateChangedISO = `${new Date(status.dateChanged).toISOString().slice(0, 19)}Z`;
    const { namespace } = this.#host;
    return { config: { name: trigger, namespace, ...rest }, status: { ...status, dateChangedISO } } as HostObject;
  }
}

/** The parameters that an update can change. */
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

/** Whether a parameter is a start date in the past. `readConfig` would refuse such a date. */
const isPastDate = (key: string, value: unknown, now: number): boolean => key === 'startDate' && Number(value) <= now;
