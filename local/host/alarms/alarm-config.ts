import { Cron } from 'croner';
import { type HostObject, isHostObject, type Json } from '../json.ts';

/** The feed actions of `/whisk.system/alarms`. */
export const FEEDS = ['alarm', 'interval', 'once'] as const;
export type Feed = (typeof FEEDS)[number];

interface Common {
  /** The parameters of each fire. */
  readonly payload: HostObject;
}

/** Instants in epoch milliseconds. */
interface Repeated extends Common {
  readonly startDate?: number;
  readonly stopDate?: number;
}

/** When a feed fires its trigger. */
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
/** An interval without a start date begins so long after it was made, as it may not begin in the past. */
const FIRST_INTERVAL_MS = 30_000;

/**
 * Reads what a feed action was given, as the alarms package does; texts are the package's own.
 *
 * @param now - epoch milliseconds: dates have to lie after it.
 * @throws FeedRefusal
 */
export function readConfig(feed: Feed, params: HostObject, now: number): AlarmConfig {
  const payload = readPayload(params['trigger_payload']);
  switch (feed) {
    case 'once':
      return { feed, payload, date: readOnceDate(params, now), deleteAfterFire: readDeleteAfterFire(params) };
    case 'interval': {
      const minutes = readMinutes(params['minutes']);
      if (params['maxTriggers'] && params['stopDate']) {
        throw new FeedRefusal('maxTriggers is not supported for the interval trigger feed');
      }
      const startDate = readDate(params['startDate'], 'startDate', now) ?? now + FIRST_INTERVAL_MS;
      return { feed, payload, minutes, startDate, ...readStopDate(params, now, startDate) };
    }
    case 'alarm':
      return readAlarm(params, payload, now);
    default:
      return feed satisfies never;
  }
}

function readAlarm(params: HostObject, payload: HostObject, now: number): AlarmConfig {
  const { cron, timezone = 'UTC', maxTriggers } = params;
  if (!cron) throw new FeedRefusal('alarms trigger feed is missing the cron parameter');
  requireCron(cron, timezone);
  if (maxTriggers && params['stopDate']) {
    throw new FeedRefusal('maxTriggers is not allowed when the stopDate parameter is specified');
  }
  const startDate = readDate(params['startDate'], 'startDate', now);
  const config = {
    feed: 'alarm' as const,
    payload,
    cron: String(cron),
    timezone: String(timezone),
    ...(startDate === undefined ? {} : { startDate }),
    ...readStopDate(params, now, startDate),
    ...(Number(maxTriggers) > 0 ? { maxTriggers: Number(maxTriggers) } : {}),
  };
  if (nextFire(config, now) !== undefined) return config;
  throw new FeedRefusal('the first scheduled trigger fire is not until after the stop date');
}

function requireCron(cron: Json, timezone: Json): void {
  try {
    // It is only when an instant is asked for that a time zone is looked up.
    parseCron(String(cron), String(timezone)).nextRun();
  } catch (error) {
    throw new FeedRefusal(`cron pattern '${String(cron)}' is not valid`, (error as Error).message);
  }
}

function readPayload(value: Json | undefined): HostObject {
  if (isHostObject(value)) return value;
  return value === undefined || value === null || value === '' ? {} : { payload: value };
}

function readMinutes(value: Json | undefined): number {
  if (!value) throw new FeedRefusal('interval trigger feed is missing the minutes parameter');
  const minutes = Number(value);
  if (!Number.isInteger(minutes)) throw new FeedRefusal('the minutes parameter must be an integer');
  if (minutes <= 0) throw new FeedRefusal('the minutes parameter must be an integer greater than zero');
  return minutes;
}

function readOnceDate(params: HostObject, now: number): number {
  const date = readDate(params['date'], 'date', now);
  if (date === undefined) throw new FeedRefusal('alarms once trigger feed is missing the date parameter');
  return date;
}

function readDeleteAfterFire(params: HostObject): (typeof DELETE_AFTER_FIRE)[number] {
  const text = String(params['deleteAfterFire'] ?? 'false')
    .trim()
    .toLowerCase();
  const found = DELETE_AFTER_FIRE.find((value) => value === text);
  if (found === undefined) throw new FeedRefusal('deleteAfterFire parameter must be one of [false, true, rules].');
  return found;
}

function readStopDate(params: HostObject, now: number, startDate: number | undefined): { readonly stopDate?: number } {
  const stopDate = readDate(params['stopDate'], 'stopDate', now);
  if (stopDate === undefined) return {};
  if (startDate !== undefined && stopDate <= startDate) {
    const start = String(params['startDate'] ?? startDate);
    const what = `stopDate parameter '${String(params['stopDate'])}' must be greater than the startDate parameter`;
    throw new FeedRefusal(`${what} '${start}'`);
  }
  return { stopDate };
}

/** A date as text or in epoch milliseconds. */
function readDate(value: Json | undefined, name: string, now: number): number | undefined {
  if (!value) return undefined;
  const instant = new Date(value as string | number).getTime();
  if (Number.isNaN(instant)) throw new FeedRefusal(`${name} parameter '${String(value)}' is not a valid Date`);
  if (instant <= now) throw new FeedRefusal(`${name} parameter '${String(value)}' must be in the future`);
  return instant;
}

/** Why a feed was not set up; the feed action answers it as `{ error: { error: <message>, message?: <detail> } }`. */
export class FeedRefusal extends Error {
  readonly detail: string | undefined;

  constructor(message: string, detail?: string) {
    super(message);
    this.detail = detail;
  }
}

const MINUTE_MS = 60_000;

/** The first instant after `after` (epoch milliseconds) at which a feed fires; undefined when there is none any more. */
export function nextFire(config: AlarmConfig, after: number): number | undefined {
  switch (config.feed) {
    case 'once':
      return config.date > after ? config.date : undefined;
    case 'interval':
      return upTo(config.stopDate, nextInterval(config.startDate, config.minutes * MINUTE_MS, after));
    case 'alarm': {
      // A cron's first instant may be the start date itself.
      const from = Math.max(after, (config.startDate ?? 0) - 1);
      return upTo(config.stopDate, parseCron(config.cron, config.timezone).nextRun(new Date(from))?.getTime());
    }
    default:
      return config satisfies never;
  }
}

/** Reads five fields, or six with seconds. @throws what croner says of any other pattern or an unknown time zone. */
export function parseCron(pattern: string, timezone: string): Cron {
  return new Cron(pattern, { timezone, paused: true, mode: '5-or-6-parts' });
}

function nextInterval(startDate: number, intervalMs: number, after: number): number {
  if (startDate > after) return startDate;
  return startDate + intervalMs * (Math.floor((after - startDate) / intervalMs) + 1);
}

const upTo = (stopDate: number | undefined, instant: number | undefined): number | undefined =>
  instant === undefined || (stopDate !== undefined && instant > stopDate) ? undefined : instant;
