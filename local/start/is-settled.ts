/*
 * `npm start` runs all of Cascade on one machine, with a simulated tenant of Qlik Cloud. With `--once` it ends when the
 * examples have run. This file finds out whether any reload can still follow. It looks at the tenant's reloads, and at
 * what the actions answered to webhooks and to sweeps (a sweep takes up what was left undone).
 */

import { groupBy } from '../../src/core/group-by.ts';
import { appKey } from '../../src/core/names.ts';
import type { SeenReload, WatchedReload } from './reload-watch.ts';

type Delivered = Extract<SeenReload, { kind: 'delivered' }>;

/** The parts of an answer to a webhook, or of a sweep's answer, that show whether more reloads come. */
interface Answer {
  /** The orders (reloads that Cascade owes), each with the activation (run of an action) that asks Qlik for it. */
  readonly orders?: readonly { readonly activationId?: string }[];
  /** What was not started, and why. In `will-retry`, `attempt` is the number of the attempt that failed. */
  readonly skips?: readonly { readonly reason: string; readonly order?: string; readonly attempt?: number }[];
}

function readAnswer(answer: string): Answer {
  try {
    return Object(JSON.parse(answer)) as Answer;
  } catch {
    return {};
  }
}

/** The ids of the activations that were started, by the answer to a webhook or by a sweep's answer. */
export const activationsIn = (answer: string): readonly string[] =>
  (readAnswer(answer).orders ?? []).flatMap(({ activationId }) => activationId ?? []);

/** Whether an answer announces a further attempt, and `reloads` does not have this attempt yet. */
export const awaitsAttempt = (reloads: readonly WatchedReload[], answers: readonly string[]): boolean =>
  answers
    .flatMap((answer) => readAnswer(answer).skips ?? [])
    .filter(({ reason }) => reason === 'will-retry')
    .some(
      ({ order, attempt = 0 }) =>
        !reloads.some((reload) => reload.attempt?.order === order && reload.attempt?.number === attempt + 1),
    );

/**
 * Which reload each activation of the action `reload` started, by the activation's id; undefined if it started none.
 */
export type EndedActivations = ReadonlyMap<string, string | undefined>;

/**
 * Whether nothing more can happen by itself. These conditions have to be met:
 *
 * - Every reload has ended, and each app has at least as many deliveries of webhooks as reloads.
 * - Every activation that the answers to webhooks or the sweeps' answers name has ended.
 * - `reloads` has each reload that such an activation started, and each further attempt that was announced.
 *
 * @param sweeps - the answers of the sweeps.
 */
export function isSettled(
  reloads: readonly WatchedReload[],
  deliveries: readonly Delivered[],
  sweeps: readonly string[],
  activations: EndedActivations,
): boolean {
  if (reloads.some(({ outcome }) => outcome === undefined)) return false;
  const delivered = groupBy(deliveries, ({ app }) => appKey(app));
  for (const [key, ofApp] of groupBy(reloads, appKey)) {
    if (ofApp.length > (delivered.get(key)?.length ?? 0)) return false;
  }
  const answers = [...deliveries.map(({ answer }) => answer), ...sweeps];
  if (awaitsAttempt(reloads, answers)) return false;
  const known = new Set(reloads.map(({ reloadId }) => reloadId));
  return answers.flatMap(activationsIn).every((id) => {
    const reloadId = activations.get(id);
    return activations.has(id) && (reloadId === undefined || known.has(reloadId));
  });
}
