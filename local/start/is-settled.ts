import { groupBy } from '../../src/core/chains/group-by.ts';
import { appKey } from '../../src/core/names.ts';
import type { SeenReload, WatchedReload } from './reload-watch.ts';

type Delivered = Extract<SeenReload, { kind: 'delivered' }>;

/** What the examples' end depends on in the answer to a webhook, or of a sweep. */
interface Answer {
  readonly orders?: readonly { readonly activationId?: string }[];
  readonly skips?: readonly { readonly reason: string; readonly order?: string; readonly attempt?: number }[];
}

function readAnswer(answer: string): Answer {
  try {
    return Object(JSON.parse(answer)) as Answer;
  } catch {
    return {};
  }
}

/** The ids of the activations that the answer to a webhook, or of a sweep, lists as started. */
export const activationsIn = (answer: string): readonly string[] =>
  (readAnswer(answer).orders ?? []).flatMap(({ activationId }) => activationId ?? []);

/** Whether one of these answers says that a further attempt of a reload comes, and it is not among the reloads yet. */
export const awaitsAttempt = (reloads: readonly WatchedReload[], answers: readonly string[]): boolean =>
  answers
    .flatMap((answer) => readAnswer(answer).skips ?? [])
    .filter(({ reason }) => reason === 'will-retry')
    .some(
      ({ order, attempt = 0 }) =>
        !reloads.some((reload) => reload.attempt?.order === order && reload.attempt?.number === attempt + 1),
    );

/** The reload that each activation of `reload` started, by the activation's id; undefined if it started none. */
export type EndedActivations = ReadonlyMap<string, string | undefined>;

/**
 * Whether nothing more can happen by itself: every reload has ended, its webhook was answered, every activation in such an
 * answer or in a sweep's is over, the reload that the activation started is among these, and so is every further attempt.
 *
 * @param sweeps - the sweeps' answers.
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
