import { isJsonObject, type Json, type JsonObject } from '../json.ts';
import type { AlarmConfig, Feed } from './alarm-config.ts';
import { nextFire, parseCron } from './next-fire.ts';
import { FeedRefusal } from './refusal.ts';

const DELETE_AFTER_FIRE = ['false', 'true', 'rules'] as const;
/** An interval without a start date begins so long after it was made, as it may not begin in the past. */
const FIRST_INTERVAL_MS = 30_000;

/**
 * Reads what a feed action was given, as the alarms package does; texts are the package's own.
 *
 * @param now - epoch milliseconds: dates have to lie after it.
 * @throws FeedRefusal
 */
export function readConfig(feed: Feed, params: JsonObject, now: number): AlarmConfig {
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

function readAlarm(params: JsonObject, payload: JsonObject, now: number): AlarmConfig {
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

function readPayload(value: Json | undefined): JsonObject {
  if (isJsonObject(value)) return value;
  return value === undefined || value === null || value === '' ? {} : { payload: value };
}

function readMinutes(value: Json | undefined): number {
  if (!value) throw new FeedRefusal('interval trigger feed is missing the minutes parameter');
  const minutes = Number(value);
  if (!Number.isInteger(minutes)) throw new FeedRefusal('the minutes parameter must be an integer');
  if (minutes <= 0) throw new FeedRefusal('the minutes parameter must be an integer greater than zero');
  return minutes;
}

function readOnceDate(params: JsonObject, now: number): number {
  const date = readDate(params['date'], 'date', now);
  if (date === undefined) throw new FeedRefusal('alarms once trigger feed is missing the date parameter');
  return date;
}

function readDeleteAfterFire(params: JsonObject): (typeof DELETE_AFTER_FIRE)[number] {
  const text = String(params['deleteAfterFire'] ?? 'false')
    .trim()
    .toLowerCase();
  const found = DELETE_AFTER_FIRE.find((value) => value === text);
  if (found === undefined) throw new FeedRefusal('deleteAfterFire parameter must be one of [false, true, rules].');
  return found;
}

function readStopDate(params: JsonObject, now: number, startDate: number | undefined): { readonly stopDate?: number } {
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
