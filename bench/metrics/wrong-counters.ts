import { OUTCOME_OF, type PastReload } from './tenant-past.ts';

/** By `app outcome`: how many reloads of an app ended with an outcome, and how many seconds they ran. */
export type Truth = ReadonlyMap<string, { readonly count: number; readonly seconds: number }>;

/** Counts the ends in a tenant's own lists. */
export function truthOf(reloads: readonly PastReload[]): Truth {
  const truth = new Map<string, { count: number; seconds: number }>();
  for (const { appId, status, startTime, endTime } of reloads) {
    const key = `${appId} ${OUTCOME_OF[status]}`;
    const { count, seconds } = truth.get(key) ?? { count: 0, seconds: 0 };
    const ranMs = startTime === undefined ? 0 : Date.parse(endTime) - Date.parse(startTime);
    truth.set(key, { count: count + 1, seconds: seconds + ranMs / 1_000 });
  }
  return truth;
}

/** The largest error that the sum of a hundred times may have as a float. */
const LEAST_S = 0.001;

/** The counters of an OpenMetrics page that differ from the truth, that are missing, or that have no ends. */
export function wrongIn(page: string, truth: Truth): readonly string[] {
  const counts = valuesIn(page, 'cascade_reloads_total');
  const seconds = valuesIn(page, 'cascade_reload_seconds_total');
  return [...new Set([...counts.keys(), ...seconds.keys(), ...truth.keys()])].filter((key) => {
    const known = truth.get(key) ?? { count: 0, seconds: 0 };
    const isRight = Math.abs((seconds.get(key) ?? 0) - known.seconds) < LEAST_S;
    return (counts.get(key) ?? 0) !== known.count || !isRight;
  });
}

function valuesIn(page: string, metric: string): ReadonlyMap<string, number> {
  const line = new RegExp(`^${metric}\\{tenant="default",app="([^"]+)",outcome="([^"]+)"\\} (\\S+)$`, 'gm');
  return new Map([...page.matchAll(line)].map(([, app, outcome, value]) => [`${app} ${outcome}`, Number(value)]));
}
