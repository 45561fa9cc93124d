/*
 * The local host imitates OpenWhisk without Docker, so that `npm start` and the tests can run Cascade's actions on a
 * laptop. An alarm fires a trigger at certain times. A caller makes an alarm by invoking a feed action. This file reads
 * the times from the parameters of that call, and computes the next time.
 */

import { Cron } from 'croner';
import { type HostObject, isHostObject, type Json } from '../json.ts';

/** The feed actions of OpenWhisk's package `/whisk.system/alarms`: by cron pattern, at an interval, or once. */
export const FEEDS = ['alarm', 'interval', 'once'] as const;
export type Feed = (typeof FEEDS)[number];

interface Common {
  /** The parameters with which the trigger is fired. */
  readonly payload: HostObject;
}

/** An alarm that may fire more than once. The dates are in epoch milliseconds. */
interface Repeated extends Common {
  readonly startDate?: number;
  readonly stopDate?: number;
}

/**
 * When a feed fires its trigger. `date` is in epoch milliseconds. `deleteAfterFire` says what is removed after the
 * fire: nothing (`false`), the trigger (`true`), or the trigger and its rules (`rules`).
 */
export type AlarmConfig =
  | (Repeated & {
      readonly feed: 'alarm';
      readonly cron: string;
      readonly timezone: string;
      readonly maxTriggers?: number;
    })
  | (Repeated & { readonly feed: 'interval'; readonly minutes: number; readonly startDate: number })
  | (Common & { readonly feed: 'once'; readonly date: number; readonly deleteAfterFire: 'false' | 'true' | 'rules' });

const DELETE_AFTER_FIRE = ['false', 'true', 'rules'] as const;
/** How long after its creation an interval without a start date fires first. */
const FIRST_INTERVAL_MS = 30_000;

/**
 * Reads the parameters of a feed action as the alarms package does. The messages of the refusals are the package's own.
 *
 * @param now - the time in epoch milliseconds. A date in the parameters has to be later.
 * @throws FeedRefusal if a parameter is missing or wrong.
 */
export function readConfig(feed: Feed, params: HostObject, now: number): AlarmConfig {
  const payload = readPayload(params['trigger_payload']);
  switch (feed) {
    case 'once': {
      const date = readDate(params, 'date', now);
      check(date, 'alarms once trigger feed is missing the date parameter');
      return { feed, payload, date, deleteAfterFire: readDeleteAfterFire(params) };
    }
    case 'interval': {
      const minutes = readMinutes(params['minutes']);
      check(!hasBothEnds(params), 'maxTriggers is not supported for the interval trigger feed');
      const startDate = readDate(params, 'startDate', now) ?? now + FIRST_INTERVAL_MS;
      return { feed, payload, minutes, startDate, ...readStopDate(params, now, startDate) };
    }
    case 'alarm':
      return readAlarm(params, payload, now);
    default:
      return feed satisfies never;
  }
}

function readAlarm(params: HostObject, payload: HostObject, now: number): AlarmConfig {
  const { timezone = 'UTC', maxTriggers } = params;
  check(params['cron'], 'alarms trigger feed is missing the cron parameter');
  const [cron, zone] = [String(params['cron']), String(timezone)];
  requireCron(cron, zone);
  check(!hasBothEnds(params), 'maxTriggers is not allowed when the stopDate parameter is specified');
  const startDate = readDate(params, 'startDate', now);
  const config: AlarmConfig = {
    feed: 'alarm',
    payload,
    cron,
    timezone: zone,
    ...(startDate !== undefined && { startDate }),
    ...readStopDate(params, now, startDate),
    ...(Number(maxTriggers) > 0 && { maxTriggers: Number(maxTriggers) }),
  };
  check(nextFire(config, now), 'the first scheduled trigger fire is not until after the stop date');
  return config;
}

function requireCron(cron: string, timezone: string): void {
  try {
    // croner checks the time zone only when it computes an instant.
    parseCron(cron, timezone).nextRun();
  } catch (error) {
    throw new FeedRefusal(`cron pattern '${cron}' is not valid`, (error as Error).message);
  }
}

const hasBothEnds = ({ maxTriggers, stopDate }: HostObject): boolean => Boolean(maxTriggers && stopDate);

function readPayload(value: Json | undefined): HostObject {
  if (isHostObject(value)) return value;
  return value === undefined || value === null || value === '' ? {} : { payload: value };
}

function readMinutes(value: Json | undefined): number {
  check(value, 'interval trigger feed is missing the minutes parameter');
  const minutes = Number(value);
  check(Number.isInteger(minutes), 'the minutes parameter must be an integer');
  check(minutes > 0, 'the minutes parameter must be an integer greater than zero');
  return minutes;
}

function readDeleteAfterFire({ deleteAfterFire }: HostObject): (typeof DELETE_AFTER_FIRE)[number] {
  const text = String(deleteAfterFire ?? 'false')
    .trim()
    .toLowerCase();
  const found = DELETE_AFTER_FIRE.find((value) => value === text);
  check(found, 'deleteAfterFire parameter must be one of [false, true, rules].');
  return found;
}

function readStopDate(params: HostObject, now: number, startDate: number | undefined): { readonly stopDate?: number } {
  const stopDate = readDate(params, 'stopDate', now);
  if (stopDate === undefined) return {};
  const what = `stopDate parameter '${String(params['stopDate'])}' must be greater than the startDate parameter`;
  check(!(startDate && stopDate <= startDate), `${what} '${String(params['startDate'] ?? startDate)}'`);
  return { stopDate };
}

/** Reads a date: a text, or epoch milliseconds. Returns epoch milliseconds; undefined if the date is absent. */
function readDate(params: HostObject, name: 'date' | 'startDate' | 'stopDate', now: number): number | undefined {
  const value = params[name];
  if (!value) return undefined;
  const instant = new Date(value as string | number).getTime();
  check(!Number.isNaN(instant), `${name} parameter '${String(value)}' is not a valid Date`);
  check(instant > now, `${name} parameter '${String(value)}' must be in the future`);
  return instant;
}

/** Why a feed action failed. The action's result is then `{ error: { error: <message>, message?: <detail> } }`. */
export class FeedRefusal extends Error {
  readonly detail: string | undefined;

  constructor(message: string, detail?: string) {
    super(message);
    this.detail = detail;
  }
}

function check(condition: unknown, refusal: string): asserts condition {
  if (!condition) throw new FeedRefusal(refusal);
}

const MINUTE_MS = 60_000;

/** The next instant after `after` at which a feed fires, both in epoch milliseconds; undefined if there is none. */
export function nextFire(config: AlarmConfig, after: number): number | undefined {
  switch (config.feed) {
    case 'once':
      return config.date > after ? config.date : undefined;
    case 'interval':
      return upTo(config.stopDate, nextInterval(config.startDate, config.minutes * MINUTE_MS, after));
    case 'alarm': {
      // One millisecond less, because an alarm may fire at the start date itself.
      const from = Math.max(after, (config.startDate ?? 0) - 1);
      return upTo(config.stopDate, parseCron(config.cron, config.timezone).nextRun(new Date(from))?.getTime());
    }
    default:
      return config satisfies never;
  }
}

/**
 * Parses a cron pattern of five fields, or of six with seconds.
 *
 * @throws croner's error for a pattern that croner cannot parse.
 */
function parseCron(pattern: string, timezone: string): Cron {
  return new Cron(pattern, { timezone, paused: true, mode: '5-or-6-parts' });
}

function nextInterval(startDate: number, intervalMs: number, after: number): number {
  if (startDate > after) return startDate;
  return startDate + intervalMs * (Math.floor((after - startDate) / intervalMs) + 1);
}

const upTo = (stopDate: number | undefined, instant: number | undefined): number | undefined =>
  instant === undefined || (stopDate !== undefined && instant > stopDate) ? undefined : instant;
