/*
 * Decides whether an app has missed a deadline, and makes the notice of it for people. A deadline is an instant by
 * which an app must have been reloaded. After it comes the grace: some time in which the app is not late yet. The sweep
 * (it runs every 5 minutes) asks this file about the last deadline of each app whose grace is over.
 */

import type { EpochMs } from '../units.ts';
import type { AppState } from './app-state.ts';
import { type AppAfterEnd, withNotice } from './apply-end-to-app.ts';
import { type ChannelName, newNotice } from './notice.ts';

/** A deadline whose grace is over. */
export interface Deadline {
  readonly deadline: EpochMs;
  /** The end of the grace of the deadline before it. A success counts for this deadline if it ended after that. */
  readonly after?: EpochMs;
}

/** Whether an app has missed a deadline of which people have not heard yet. */
export function isNewlyLate(state: AppState, { deadline, after }: Deadline): boolean {
  const { late, lastSuccess, expectedSince } = state;
  // At this deadline the app was not expected yet.
  if (expectedSince === undefined || deadline <= expectedSince.at) return false;
  // The app is late already, for this deadline or a later one.
  if (late !== undefined && late.deadline >= deadline) return false;
  const success = Math.max(lastSuccess?.endedAt ?? 0, expectedSince.success ?? 0);
  return after === undefined ? success === 0 : success <= after;
}

/**
 * Whether Cascade may not know of a success that counts for a deadline. That is so if the time in which a success
 * counts began before Cascade knew of the app's deadlines, and nobody has asked Qlik yet.
 */
export const isBeforeKnown = ({ expectedSince }: AppState, { after }: Deadline): boolean =>
  expectedSince !== undefined && expectedSince.success === undefined && (after ?? 0) < expectedSince.at;

/** Which channels (such as one of Slack's) hear that an app is late, and which sweep found it. */
export interface JudgedBy {
  /** The channels that hear that the app is late, and later that it has arrived. */
  readonly to: readonly ChannelName[];
  /** The clock of the store, CouchDB. */
  readonly now: EpochMs;
  /** The trace id of the sweep, by which `cascade logs` finds its log lines. */
  readonly traceId: string;
}

/** Marks an app as late, and adds the notice of it. */
export function lateApp(state: AppState, missed: Deadline, { to, now, traceId }: JudgedBy): AppAfterEnd {
  const { deadline } = missed;
  const late = { ...missed, to };
  const notice = { id: `late.${deadline}`, kind: 'late', at: deadline, late, traceId } as const;
  return withNotice({ ...state, late }, newNotice(notice, to, now));
}
