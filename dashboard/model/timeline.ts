/*
 * A person sees a run on a line of time: which reload waited, which one ran long. A run is a first reload, and all
 * reloads that follow from it. This file computes the line, with a bar for each reload. An order is a reload that
 * Cascade owes; it may need several attempts, and each attempt is a reload of its own in Qlik.
 */

import type { EventFact, LabelOf, OrderFact } from '../../src/core/runs/facts.ts';
import { ownersOf, type Run } from '../../src/core/runs/group-runs.ts';
import { addMs, type DurationMs, days, type EpochMs, minutes, seconds } from '../../src/core/units.ts';
import { byCause, type CausalPlace, causalPlace } from './causal-order.ts';
import { type MarkState, nodeState } from './mark.ts';

/** How a reload is named: by its app, and by its attempt. */
export interface ReloadName {
  readonly label: string;
  /** Which attempt of its order it is, from 1. `outOf`: how many attempts the order may have. Absent if that is one. */
  readonly attempt?: { readonly number: number; readonly outOf: number };
}

/** One reload on the line of time. */
export interface TimelineBar extends ReloadName {
  readonly id: string;
  readonly state: MarkState;
  /**
   * When Qlik was asked for the reload. If Qlik did not say that: when it began to run. Without either, when Cascade
   * asked for it, or when it ended.
   */
  readonly from: EpochMs;
  /** When it left Qlik's queue and began to run; absent if that is unknown. */
  readonly startedAt?: EpochMs;
  /** When it ended. If it has not: now. */
  readonly to: EpochMs;
  /** Whether it has not ended. */
  readonly isOpen: boolean;
  /** Whether it is on the critical path: the end of the run had to wait for it. */
  readonly isCritical: boolean;
}

/** A run on a line of time. */
export interface Timeline {
  readonly from: EpochMs;
  /** Later than `from`, so that the line has a length. */
  readonly to: EpochMs;
  /** The earliest first. */
  readonly bars: readonly TimelineBar[];
  /**
   * Orders of which a reload (the first or the next attempt) is not started in Qlik, as far as Cascade knows. The name
   * says which reload this is. It has no bar.
   */
  readonly withoutBar: readonly (ReloadName & { readonly order: OrderFact })[];
}

/**
 * Puts the reloads of a run on a line of time.
 *
 * @param path - the critical path of the run: see `criticalPath`.
 * @returns undefined if there is no reload to draw.
 */
export function timelineOf(run: Run, path: readonly EventFact[], labelOf: LabelOf, now: EpochMs): Timeline | undefined {
  const ownerOf = ownersOf(run.orders);
  const withEnd = new Set(run.events.map(({ tenant, reloadId }) => `${tenant}/${reloadId}`));
  const ended = run.events.map((event) => {
    const order = ownerOf(event);
    return { ...endedBar(event, order, path.includes(event), labelOf), place: causalPlace(order, event.reloadId) };
  });
  const others = run.orders
    .filter(({ tenant, reloadId }) => !withEnd.has(`${tenant}/${reloadId}`))
    .flatMap((order) => {
      const bar = barWithoutEnd(order, labelOf, now);
      return bar === undefined ? [] : [{ ...bar, place: causalPlace(order, undefined) }];
    });
  const bars = [...ended, ...others].sort(inTime).map(({ place: _, ...bar }) => bar);
  const [first] = bars;
  if (first === undefined) return undefined;
  const to = Math.max(...bars.map((bar) => bar.to), first.from + 1) as EpochMs;
  const withoutBar = run.orders
    .filter(({ state }) => NOT_STARTED.includes(state))
    .map((order) => ({ order, label: labelOf(order), ...attemptOf(order, undefined) }));
  return { from: first.from, to, bars, withoutBar };
}

type Placed = TimelineBar & { readonly place: CausalPlace };

/** The earliest first. If two bars begin at the same instant, the cause comes before what it caused. */
const inTime = (a: Placed, b: Placed): number =>
  a.from - b.from || byCause(a.place, b.place) || a.to - b.to || (a.id < b.id ? -1 : 1);

const NOT_STARTED: readonly OrderFact['state'][] = ['planned', 'claimed', 'unknown', 'parked', 'waiting'];

function endedBar(event: EventFact, order: OrderFact | undefined, isCritical: boolean, labelOf: LabelOf): TimelineBar {
  const { _id: id, createdAt, startedAt, endedAt, reloadId } = event;
  const postedAt = order?.reloadId === reloadId ? order.postedAt : undefined;
  const from = Math.min(createdAt ?? startedAt ?? postedAt ?? endedAt, endedAt) as EpochMs;
  return {
    ...{ id, label: labelOf(event), state: nodeState({ event, ...(order && { order }) }), from },
    ...(startedAt !== undefined && { startedAt }),
    ...{ to: endedAt, isOpen: false, isCritical },
    ...(order && attemptOf(order, reloadId)),
  };
}

/** The bar of an order's last reload, if the device does not have its end; undefined if that reload was not started. */
function barWithoutEnd(order: OrderFact, labelOf: LabelOf, now: EpochMs): TimelineBar | undefined {
  const { _id: id, state, postedAt, endedAt } = order;
  if (postedAt === undefined || (state !== 'posted' && state !== 'ended')) return undefined;
  return {
    ...{ id, label: labelOf(order), state: nodeState({ order }), from: postedAt, isCritical: false },
    ...{ to: Math.max(postedAt, (state === 'posted' ? now : endedAt) ?? postedAt) as EpochMs },
    ...{ isOpen: state === 'posted', ...attemptOf(order, undefined) },
  };
}

function attemptOf(order: OrderFact, reloadId: string | undefined): Pick<ReloadName, 'attempt'> {
  const { attempt: number } = causalPlace(order, reloadId);
  const outOf = Math.max(1 + (order.policy?.retry?.attempts ?? 0), number, order.ends.length);
  return outOf === 1 ? {} : { attempt: { number, outOf } };
}

/** The text for a reload: `Sales report, attempt 2 of 3`. */
export const barLabel = ({ label, attempt }: ReloadName): string =>
  attempt === undefined ? label : `${label}, attempt ${attempt.number} of ${attempt.outOf}`;

/** Where an instant is on the line of time, in percent of its length. */
export const percentAt = ({ from, to }: Pick<Timeline, 'from' | 'to'>, at: EpochMs): number =>
  Math.min(100, Math.max(0, ((at - from) / (to - from)) * 100));

/** The usual distances between two marks of the axis, from 1 s to 14 days. */
const STEPS: readonly DurationMs[] = [
  ...[1, 2, 5, 10, 15, 30].map(seconds),
  ...[1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720].map(minutes),
  ...[1, 2, 7, 14].map(days),
];

/** From this length on, the texts of the axis have dates. They are longer, so there are fewer marks. */
export const DATED_FROM: DurationMs = days(1);

/**
 * The instants at which the axis has marks: 5 at the most, at round times of the device's clock, such as full minutes.
 *
 * @param offset - what the device's time zone adds to UTC.
 */
export function axisMarks({ from, to }: Pick<Timeline, 'from' | 'to'>, offset: DurationMs): readonly EpochMs[] {
  const span = to - from;
  const most = span < DATED_FROM ? 4 : 2;
  const step = STEPS.find((each) => each >= span / most) ?? (Math.ceil(span / most) as DurationMs);
  const first = Math.ceil((from + offset) / step) * step - offset;
  const count = Math.max(0, Math.floor((to - first) / step) + 1);
  return Array.from({ length: count }, (_, index) => addMs(first as EpochMs, (index * step) as DurationMs));
}
