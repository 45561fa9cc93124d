import type { Paints } from '../../src/core/paint.ts';
import type { LabelOf } from '../../src/core/runs/facts.ts';
import { stateWords } from '../../src/core/runs/order-words.ts';
import { isByHand, isReplay, type RunNode } from '../../src/core/runs/run-tree.ts';
import { outcomeWords, skipWords } from '../../src/core/runs/skip-words.ts';
import { instantText, shortInstantText } from '../../src/core/runs/time-words.ts';
import type { EpochMs } from '../../src/core/units.ts';

export interface TreeTools {
  readonly labelOf: LabelOf;
  readonly now: EpochMs;
  readonly paints: Paints;
}

/** A run's tree in lines: each reload below the one whose end called for it, and the links that did not follow. */
export function treeLines(node: RunNode, tools: TreeTools): readonly string[] {
  return [nodeText(node, tools), ...below(node, tools)];
}

function below(node: RunNode, tools: TreeTools): readonly string[] {
  const parts: readonly (readonly string[])[] = [
    ...node.followers.map((follower) => treeLines(follower, tools)),
    ...node.skips.map((skip) => [tools.paints.dim(skipText(skip, tools))]),
  ];
  return parts.flatMap((lines, index) => {
    const isLast = index === parts.length - 1;
    return lines.map((line, number) => {
      if (number === 0) return `${isLast ? '└─' : '├─'} ${line}`;
      return `${isLast ? '  ' : '│ '} ${line}`;
    });
  });
}

const skipText = (skip: RunNode['skips'][number], { labelOf }: TreeTools): string =>
  'target' in skip ? `${labelOf(skip.target)}: not reloaded, ${skipWords(skip)}` : skipWords(skip);

function nodeText({ app, order, event }: RunNode, { labelOf, now, paints }: TreeTools): string {
  const label = paints.bold(labelOf(app));
  const outcome = event?.outcome ?? order?.outcome;
  const state = outcome === undefined ? (order === undefined ? '' : stateWords(order, now)) : outcomeWords(outcome);
  const paint =
    outcome === 'succeeded'
      ? paints.green
      : outcome !== undefined || order?.state === 'gave-up'
        ? paints.red
        : paints.yellow;
  const details = [
    timesText({ order, event }, now),
    reloadText({ order, event }),
    ...(order === undefined ? [] : [origin(order)]),
    ...(event?.error === undefined ? [] : [event.error.message.trim()]),
    ...(order === undefined || order.state === 'ended' ? [] : [order._id]),
  ].filter((text) => text !== '');
  return `${label} ${paint(state)}${details.length === 0 ? '' : `  ${paints.dim(details.join('  '))}`}`;
}

type Known = { readonly order: RunNode['order']; readonly event: RunNode['event'] };

/** `02:14:05Z → 02:18:00Z`: when it was started, and when it ended. */
function timesText({ order, event }: Known, now: EpochMs): string {
  const ended = event?.endedAt ?? order?.endedAt;
  if (order === undefined) return ended === undefined ? '' : `at ${instantText(ended)}`;
  const [from, until] = [order.postedAt ?? order.createdAt, ended];
  if (until === undefined)
    return order.state === 'posted' ? '' : `owed since ${shortInstantText(order.createdAt, now)}`;
  return `${instantText(from)} → ${shortInstantText(until, from)}`;
}

function reloadText({ order, event }: Known): string {
  const reloadId = event?.reloadId ?? order?.reloadId;
  if (reloadId === undefined) return '';
  const by = order === undefined && event?.startedBy !== undefined ? ` started by ${event.startedBy}` : '';
  return `reload ${reloadId}${by}`;
}

function origin(order: NonNullable<RunNode['order']>): string {
  if (isByHand(order)) return 'by hand';
  return `chain ${order.chain}${isReplay(order) ? ', replayed' : ''}`;
}
