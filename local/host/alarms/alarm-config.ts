import type { JsonObject } from '../json.ts';

/** The feed actions of `/whisk.system/alarms`. */
export const FEEDS = ['alarm', 'interval', 'once'] as const;
export type Feed = (typeof FEEDS)[number];

interface Common {
  /** The parameters of each fire. */
  readonly payload: JsonObject;
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
