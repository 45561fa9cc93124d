/*
 * Finds out why an app is late, for the message that people get, `cascade why` and the dashboard. Often the app waits
 * for another app that is failing. An app is late if it has missed a deadline of its chain file and the grace, some
 * time after the deadline.
 */

import { appsBefore } from '../chains/apps-before.ts';
import { type CompiledChains, followsSuccess } from '../link.ts';
import { type AppKey, type AppRef, appKey } from '../names.ts';
import type { EpochMs } from '../units.ts';
import type { AppState } from './app-state.ts';
import type { Late, Streak, TicketId } from './notice.ts';

/** Why an app is late, for people. */
export interface LateCause {
  /** A sentence without its full stop. */
  readonly text: string;
  /** True if Cascade knows no reason. Then `text` says when the app succeeded last, if Cascade knows that. */
  readonly isUnknown?: boolean;
  /**
   * The ticket of the failure that keeps the app waiting. A ticket is about an app's failures until its next success.
   */
  readonly ticket?: TicketId;
}

/** The links of the chains, the names of the apps, and how the apps stand. */
export interface CauseFacts {
  readonly links: CompiledChains['links'];
  /** Undefined if Cascade has heard of no end of the app. */
  readonly stateOf: (app: AppKey) => AppState | undefined;
  readonly labelOf: (app: AppKey) => string;
  /** Makes the text of an instant. */
  readonly timeOf: (at: EpochMs) => string;
}

/**
 * Finds out why an app is late. The first of these reasons that is true counts:
 *
 * - The app is failing itself: its reloads have failed since its last success.
 * - An app that it waits for is failing. The nearest one is named.
 * - An app that it waits for is late, too.
 * - An app that it follows directly has not succeeded since the grace of the previous deadline was over.
 * - Otherwise Cascade knows no reason, and says when the app last succeeded, if it knows that.
 */
export function lateCause(app: AppRef, { after }: Late, { links, stateOf, labelOf, timeOf }: CauseFacts): LateCause {
  const failsSince = ({ since }: Streak): string => `failing since ${timeOf(since)}`;
  const own = stateOf(appKey(app));
  if (own?.failing !== undefined) return { text: `It is ${failsSince(own.failing)}`, ticket: own.failing.ticket };
  const before = appsBefore(app, links);
  for (const key of before) {
    const failing = stateOf(key)?.failing;
    if (failing !== undefined)
      return { text: `It waits for ${labelOf(key)}, ${failsSince(failing)}`, ticket: failing.ticket };
  }
  const late = before.find((key) => stateOf(key)?.late !== undefined);
  if (late !== undefined) return { text: `It waits for ${labelOf(late)}, which is late, too` };
  const missing = directlyBefore(app, links).find((key) => (stateOf(key)?.lastSuccess?.endedAt ?? 0) <= (after ?? 0));
  const last = (missing === undefined ? own : stateOf(missing))?.lastSuccess;
  const success = last && `last succeeded at ${timeOf(last.endedAt)}`;
  if (missing === undefined) return { text: success ? `It ${success}` : 'No success of it is known', isUnknown: true };
  return { text: `It waits for ${labelOf(missing)}, ${success ? `which ${success}` : 'of which no success is known'}` };
}

/** The apps whose success reloads this app, or is one of several that do. */
const directlyBefore = (app: AppRef, links: CompiledChains['links']): readonly AppKey[] =>
  Object.values(links)
    .flat()
    .filter((link) => appKey(link.target) === appKey(app) && followsSuccess(link))
    .map(({ after }) => appKey(after));
