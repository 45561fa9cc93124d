import { Cron } from 'croner';
import type { AlarmConfig } from './alarm-config.ts';

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
