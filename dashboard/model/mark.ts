/*
 * The page marks how something stands, such as an app or a reload. It does so by colour, border, glyph and word at the
 * same time, because some people do not see colours or shapes. This file names the states, and finds the state of a
 * reload. An order is a reload that Cascade owes; an event is a reload that ended.
 */

import type { Outcome } from '../../src/core/reload-finished.ts';
import { nextAttempt } from '../../src/core/runs/attempt-words.ts';
import type { EventFact, OrderFact } from '../../src/core/runs/facts.ts';
import { isTimedOut, isTooLong } from '../../src/core/runs/order-words.ts';
import type { RunNode } from '../../src/core/runs/run-tree.ts';

/** How something stands. `style.css` has a class for each state. */
export type MarkState =
  | 'succeeded'
  | 'failed'
  | 'running'
  | 'late'
  | 'retrying'
  | 'waiting'
  | 'canceled'
  | 'disabled'
  | 'never-ran'
  | 'unknown';

/**
 * The glyph and the word of each state. The glyphs are ones that most fonts have, and that browsers do not show as an
 * emoji.
 */
export const MARKS: Readonly<Record<MarkState, { readonly glyph: string; readonly word: string }>> = {
  succeeded: { glyph: '✓', word: 'succeeded' },
  failed: { glyph: '✕', word: 'failed' },
  running: { glyph: '►', word: 'running' },
  late: { glyph: '!', word: 'late' },
  retrying: { glyph: '↻', word: 'trying again' },
  waiting: { glyph: '‖', word: 'waiting' },
  canceled: { glyph: '○', word: 'canceled' },
  disabled: { glyph: '–', word: 'disabled' },
  'never-ran': { glyph: '○', word: 'never ran' },
  unknown: { glyph: '○', word: 'unknown' },
};

/** How a reload stands: by its end if that is known, else by its order. Without either it is `unknown`. */
export function nodeState({ order, event }: Pick<RunNode, 'order' | 'event'>): MarkState {
  if (event !== undefined) return endState(event, order);
  return order === undefined ? 'unknown' : orderMark(order);
}

const endState = (event: EventFact, order: OrderFact | undefined): MarkState =>
  isTooLong(event, order) ? 'failed' : markOfOutcome(event.outcome);

function markOfOutcome(outcome: Outcome | undefined): MarkState {
  switch (outcome) {
    case undefined:
      return 'unknown';
    case 'succeeded':
    case 'failed':
    case 'canceled':
      return outcome;
    case 'exceeded-limit':
      return 'failed';
    default:
      return outcome satisfies never;
  }
}

/** How an order stands, if the device does not have the end of its reload. */
function orderMark(order: OrderFact): MarkState {
  const { state } = order;
  switch (state) {
    case 'posted':
    case 'claimed':
      return 'running';
    case 'planned':
    case 'parked':
    case 'waiting':
    case 'unknown':
      return nextAttempt(order) === undefined ? 'waiting' : 'retrying';
    case 'gave-up':
      return 'failed';
    case 'merged':
    case 'called-off':
      return 'canceled';
    case 'ended':
      return isTimedOut(order) ? 'failed' : markOfOutcome(order.outcome);
    default:
      return state satisfies never;
  }
}
