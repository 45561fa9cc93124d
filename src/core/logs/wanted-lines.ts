/*
 * `cascade logs` shows the log lines of a run, an order or a trace. They are spread over the logs of many activations
 * (runs of actions). This file says which activations to look at, and which of their lines to show.
 *
 * An event is a reload that ended, and an order is a reload that Cascade owes because of an event. A run of reloads is
 * everything that followed from one first event. A trace is the work that one event caused: its log lines have the same
 * trace id.
 */

import { isFinal } from '../order-state.ts';
import type { EventFact, History, OrderFact } from '../runs/facts.ts';
import { addMs, type DurationMs, type EpochMs, minutes } from '../units.ts';
import { type LogLine, traceIdOf } from './log-line.ts';

/** From one instant to another, both inclusive. */
export interface Span {
  readonly from: EpochMs;
  readonly to: EpochMs;
}

/** Which lines of which activations belong to a run, an order or a trace. */
export interface Wanted {
  /** Lines with one of these trace ids. */
  readonly traceIds: ReadonlySet<string>;
  /**
   * Lines that name one of these orders or reloads. The sweep, which runs every 5 minutes and does what was left
   * undone, works on many ends and has a trace id of its own. So its lines are found only like this.
   */
  readonly ids: ReadonlySet<string>;
  /** When the activations may have started, the earliest first. Spans do not overlap. */
  readonly spans: readonly Span[];
}

/**
 * How long before a known instant an activation may have started. It starts before it stores anything, and CouchDB's
 * clock may be ahead of the host's.
 */
const BEFORE: DurationMs = minutes(2);
/**
 * How long after a known instant work may go on: the next sweep, within 5 minutes, does what an activation left undone.
 */
const AFTER: DurationMs = minutes(6);

/**
 * The lines about these events and orders, with all lines of their traces.
 *
 * @param now - the end of the span of an event or order that is not finished.
 */
export const wantedOf = ({ events, orders }: History, now: EpochMs): Wanted => ({
  traceIds: new Set([...events, ...orders].flatMap(({ traceId }) => traceId ?? [])),
  ids: new Set([...events.flatMap(idsOfEvent), ...orders.flatMap(idsOfOrder)]),
  spans: spansOf({ events, orders }, now),
});

/**
 * The lines about one order and its reloads. The order's trace is not wanted as a whole, because it also has the lines
 * of the other orders that the same end called for.
 *
 * @param events - the ends of its reloads.
 */
export const wantedOfOrder = (order: OrderFact, events: readonly EventFact[], now: EpochMs): Wanted => ({
  traceIds: new Set(),
  ids: new Set(idsOfOrder(order)),
  spans: spansOf({ events, orders: [order] }, now),
});

/** The lines of traces, in activations that started around an instant. */
export const wantedOfTraces = (traceIds: readonly string[], at: EpochMs, now: EpochMs): Wanted => ({
  ...{ traceIds: new Set(traceIds), ids: new Set<string>(), spans: joined([around({ from: at, to: at }, now)]) },
});

/** The spans, without their part before an instant. */
export const spansSince = ({ spans }: Wanted, since: EpochMs): readonly Span[] =>
  spans.filter(({ to }) => to >= since).map(({ from, to }) => ({ from: Math.max(from, since) as EpochMs, to }));

/**
 * The same lines in one span, from the first known instant until another one. It has the times in between, too, because
 * a channel may take a message long after the end that it is about.
 */
export function spansUntil(wanted: Wanted, until: EpochMs): Wanted {
  const [first] = wanted.spans;
  const last = wanted.spans.at(-1);
  if (first === undefined || last === undefined || until <= last.to) return wanted;
  return { ...wanted, spans: [{ from: first.from, to: until }] };
}

/**
 * The wanted lines of one activation. If none of its lines is wanted for its own sake, the list is empty. Otherwise
 * these lines come with them:
 *
 * - all other lines of an activation of `reload`, because it works on one order only,
 * - lines without a trace id, such as the stack of a crash,
 * - if traces are wanted: lines that have the activation's own id as their trace id. The activation wrote them before
 *   it knew the trace id.
 */
export function wantedLines(
  lines: readonly LogLine[],
  { activationId, action }: { readonly activationId: string; readonly action: string },
  { traceIds, ids }: Wanted,
): readonly LogLine[] {
  const isNamed = ({ text }: LogLine): boolean => ids.size > 0 && wordsOf(text).some((word) => ids.has(word));
  const isOf = (line: LogLine): boolean => traceIds.has(traceIdOf(line) ?? '') || isNamed(line);
  const isAtWork = lines.some(isOf);
  const isCompanion = (line: LogLine): boolean => {
    const traceId = traceIdOf(line);
    return action === 'reload' || traceId === undefined || (traceId === activationId && traceIds.size > 0);
  };
  return isAtWork ? lines.filter((line) => isOf(line) || isCompanion(line)) : [];
}

/** Splits a line into its values and words. In `<order>~<attempt>`, `~` ends the order's id. */
const wordsOf = (text: string): readonly string[] => text.split(/["~\s]+|[:,;.](?=["\s]|$)/);

const idsOfEvent = ({ reloadId, orderId }: EventFact): readonly string[] => [reloadId, ...(orderId ? [orderId] : [])];

const idsOfOrder = ({ _id, reloadId, ends }: OrderFact): readonly string[] => [
  ...[_id, ...ends],
  ...(reloadId ? [reloadId] : []),
];

function spansOf({ events, orders }: History, now: EpochMs): readonly Span[] {
  const last = Math.max(...events.map((event) => spanOfEvent(event, now).to)) as EpochMs;
  const spans = [
    ...events.map((event) => spanOfEvent(event, now)),
    ...orders.map((order) => spanOfOrder(order, Math.max(order.createdAt, last) as EpochMs, now)),
  ];
  return joined(spans.map((span) => around(span, now)));
}

function spanOfEvent({ storedAt, resolvedAt, recordedAt, dueAt }: EventFact, now: EpochMs): Span {
  const to = dueAt === undefined ? Math.max(storedAt, resolvedAt ?? 0, recordedAt ?? 0) : now;
  return { from: storedAt, to: to as EpochMs };
}

/**
 * When activations worked on an order.
 *
 * @param last - the last known instant of the run. An order that was merged or called off counts until then.
 */
function spanOfOrder(order: OrderFact, last: EpochMs, now: EpochMs): Span {
  const { createdAt, postedAt, gaveUpAt, state, cancelRequestedAt = {} } = order;
  const known = [postedAt, gaveUpAt, ...Object.values(cancelRequestedAt)].filter((at) => at !== undefined);
  const isStarted = state === 'posted' || state === 'ended' || state === 'gave-up';
  const to = isStarted && known.length > 0 ? Math.max(createdAt, ...known) : isFinal(state) ? last : now;
  return { from: createdAt, to: to as EpochMs };
}

const around = ({ from, to }: Span, now: EpochMs): Span => ({
  from: addMs(from, -BEFORE as DurationMs),
  to: Math.max(from, Math.min(addMs(to, AFTER), now)) as EpochMs,
});

/** Spans that overlap become one. */
function joined(spans: readonly Span[]): readonly Span[] {
  const result: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last === undefined || span.from > last.to) result.push(span);
    else result[result.length - 1] = { from: last.from, to: Math.max(last.to, span.to) as EpochMs };
  }
  return result;
}
