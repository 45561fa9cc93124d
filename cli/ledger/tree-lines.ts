/*
 * `cascade runs <run>` shows one run as a tree. This file makes the lines of the tree. An order is a reload that
 * Cascade owes or has started. If its reload fails, Cascade may start another attempt.
 */

import type { Paints } from '../../src/core/paint.ts';
import { earlierAttempts } from '../../src/core/runs/earlier-attempts.ts';
import { endWords } from '../../src/core/runs/end-words.ts';
import type { EventFact, LabelOf, OrderFact } from '../../src/core/runs/facts.ts';
import { isByHand, isReplay } from '../../src/core/runs/order-causes.ts';
import { isTimedOut, stateWords } from '../../src/core/runs/order-words.ts';
import { reloadTimes, reloadTimesText } from '../../src/core/runs/reload-times.ts';
import type { RunNode } from '../../src/core/runs/run-tree.ts';
import { outcomeWords, skipWords } from '../../src/core/runs/skip-words.ts';
import { durationText, instantText, shortInstantText } from '../../src/core/runs/time-words.ts';
import type { WaitNow, WaitSkip } from '../../src/core/runs/wait-now.ts';
import { linkWords } from '../../src/core/runs/wait-words.ts';
import { tooLongWords } from '../../src/core/too-long.ts';
import type { EpochMs } from '../../src/core/units.ts';

/** What the lines of a run's tree need. A run is a first reload, and all reloads that follow from it. */
export interface TreeTools {
  readonly labelOf: LabelOf;
  readonly now: EpochMs;
  readonly paints: Paints;
  /** What has become of an end that waited for other apps; undefined if nobody knows. */
  readonly waitOf: (skip: WaitSkip) => WaitNow | undefined;
}

/**
 * The lines of a run as a tree. Below each reload are the earlier attempts of its order, the reloads that followed it,
 * and the links that started none, each with the reason.
 */
export function treeLines(node: RunNode, tools: TreeTools): readonly string[] {
  const below = [
    ...(node.attempts ?? []).map((end) => [attemptText(end, node.order, tools)]),
    ...node.followers.map((follower) => treeLines(follower, tools)),
    ...node.skips.map((skip) => [tools.paints.dim(skipText(skip, tools))]),
  ];
  const indented = below.flatMap((lines, index) => {
    const [first, rest] = index === below.length - 1 ? ['└─', '  '] : ['├─', '│ '];
    return lines.map((line, number) => `${number === 0 ? first : rest} ${line}`);
  });
  return [nodeText(node, tools), ...indented];
}

/** A line for a skip: a link (this app follows that app) that the end did not set off, and why not. */
function skipText(skip: RunNode['skips'][number], { labelOf, waitOf }: TreeTools): string {
  if (!('target' in skip)) return skipWords(skip, labelOf);
  return linkWords(skip, waitOf, labelOf);
}

/** A line for an earlier attempt of an order, and for the delay that followed it. */
function attemptText(end: EventFact, order: OrderFact | undefined, { paints }: TreeTools): string {
  const attempt = order && earlierAttempts(order, [end]).find(({ reloadId }) => reloadId === end.reloadId);
  const number = attempt?.number ?? attemptIn(end);
  const words = `attempt${number === undefined ? '' : ` ${number}`} ${endWords(end, order)}`;
  const details = [
    `at ${instantText(end.endedAt)}`,
    reloadTimesText(reloadTimes(end)),
    `reload ${end.reloadId}`,
    end.error?.message.trim(),
    attempt?.delay && `delay ${durationText(attempt.delay)}`,
  ].filter((text) => text);
  return `${paints.red(words)}  ${paints.dim(details.join('  '))}`;
}

/** The number of the attempt. The resolver, the action that decides what follows an end, noted it in the event. */
const attemptIn = ({ skips = [] }: EventFact): number | undefined =>
  skips.flatMap((skip) => (skip.reason === 'will-retry' ? [skip.attempt] : []))[0];

/** A line for one reload: its app, how the reload ended or stands, and details. */
function nodeText(node: RunNode, { labelOf, now, paints }: TreeTools): string {
  const { app, order, event } = node;
  const outcome = event?.outcome ?? order?.outcome;
  const isTooLong = order !== undefined && isTimedOut(order);
  const ended = outcome && (isTooLong ? tooLongWords(order.policy) : outcomeWords(outcome));
  const state = ended ?? (order && stateWords(order, now));
  // This counts only if the reload has not succeeded.
  const hasFailed = outcome !== undefined || order?.state === 'gave-up';
  const paint = outcome === 'succeeded' ? paints.green : hasFailed ? paints.red : paints.yellow;
  const details = [
    timesText(node, now),
    event && reloadTimesText(reloadTimes(event)),
    reloadText(node),
    order && originText(order),
    event?.error?.message.trim(),
    order?.state === 'ended' ? undefined : order?._id,
  ].filter((text) => text);
  return `${paints.bold(labelOf(app))} ${paint(state ?? '')}${details.length === 0 ? '' : `  ${paints.dim(details.join('  '))}`}`;
}

/**
 * The times of a reload: `2026-11-22 02:14:05Z → 02:18:00Z` from its start to its end, `at …` for an end without an
 * order, or `owed since …` for an order without an end, unless the order is posted.
 */
function timesText({ order, event }: RunNode, now: EpochMs): string | undefined {
  const ended = event?.endedAt ?? order?.endedAt;
  if (order === undefined) return ended && `at ${instantText(ended)}`;
  const from = order.postedAt ?? order.createdAt;
  if (ended !== undefined) return `${instantText(from)} → ${shortInstantText(ended, from)}`;
  return order.state === 'posted' ? undefined : `owed since ${shortInstantText(order.createdAt, now)}`;
}

/** The reload's id, and who started it if Cascade did not. */
function reloadText({ order, event }: RunNode): string | undefined {
  const reloadId = event?.reloadId ?? order?.reloadId;
  const by = order === undefined && event?.startedBy !== undefined ? ` started by ${event.startedBy}` : '';
  return reloadId && `reload ${reloadId}${by}`;
}

function originText(order: NonNullable<RunNode['order']>): string {
  if (isByHand(order)) return 'by hand';
  return `chain ${order.chain}${isReplay(order) ? ', replayed' : ''}`;
}
