/*
 * A person wants to know why a run took so long. A run is a first reload, and all reloads that follow from it. Its
 * critical path has the reloads for which the run's last end had to wait: if one of them had been faster, the run could
 * have ended earlier. The timeline of a run marks them. An order is a reload that Cascade owes.
 */

import { groupBy } from '../../src/core/group-by.ts';
import type { EventFact, LabelOf, OrderFact } from '../../src/core/runs/facts.ts';
import { ownersOf, type Run } from '../../src/core/runs/group-runs.ts';
import { causeFinder } from '../../src/core/runs/order-causes.ts';
import { reloadTimes, reloadTimesText, sumOfTimes } from '../../src/core/runs/reload-times.ts';
import { durationText } from '../../src/core/runs/time-words.ts';
import { byCause, causalPlace } from './causal-order.ts';

/**
 * Finds the critical path of a run: the ends of its reloads, the earliest first. It starts from the last end of the run
 * and goes back from each reload to its cause: the end that called for it. If a reload was a further attempt, its cause
 * is the attempt before it. If it waited for several apps, its cause is the last of their ends.
 *
 * @returns an empty list if no reload of the run has ended. If the device lacks a cause, the path begins after it.
 */
export function criticalPath({ events, orders }: Run): readonly EventFact[] {
  const ownerOf = ownersOf(orders);
  const byReload = groupBy(events, ({ tenant, reloadId }) => `${tenant}/${reloadId}`);
  const causeOf = causeFinder(events);
  const placeOf = (event: EventFact) => causalPlace(ownerOf(event), event.reloadId);
  const latest = (ends: readonly EventFact[]): EventFact | undefined =>
    [...ends].sort((a, b) => a.endedAt - b.endedAt || byCause(placeOf(a), placeOf(b))).at(-1);
  const before = (event: EventFact): EventFact | undefined => {
    const order = ownerOf(event);
    if (order === undefined) return undefined;
    const attempt = attemptBefore(order, event);
    if (attempt !== undefined) return byReload.get(`${order.tenant}/${attempt}`)?.[0];
    // `causeOf` gives one end for an order. So it is asked for each of the causes.
    return latest(order.causes.flatMap((cause) => causeOf({ ...order, causes: [cause] }) ?? []));
  };
  const path = new Set<EventFact>();
  // The set ends the loop if documents with a mistake name each other as causes.
  for (let event = latest(events); event !== undefined && !path.has(event); event = before(event)) path.add(event);
  return [...path].reverse();
}

/**
 * The reload id of the attempt before this one; undefined if this one was the first. An end that the order does not
 * know yet is its newest.
 */
function attemptBefore({ ends }: OrderFact, { reloadId }: EventFact): string | undefined {
  const index = ends.indexOf(reloadId);
  return index < 0 ? ends.at(-1) : ends[index - 1];
}

/**
 * Says in sentences which reloads are on the critical path, and, as far as Qlik said it, how long they were in its
 * queue, how long they ran, and how long the pauses between them were.
 *
 * @param path - see `criticalPath`. It has at least one end.
 */
export function criticalPathWords(path: readonly EventFact[], labelOf: LabelOf): string {
  const names = withoutRepeats(path.map(labelOf)).join(', then ');
  const spent = reloadTimesText(sumOfTimes(path.map(reloadTimes)));
  const pauses = pausesOn(path);
  const between = pauses === undefined ? '' : `${durationText(pauses)} between an end and the next reload`;
  const all = [spent, between].filter((each) => each !== '').join(', ');
  return `Critical path: ${names}.${all === '' ? '' : ` Together: ${all}.`}`;
}

/** Makes one name of equal names in a row, which are attempts of one order: `Route plan (3 attempts)`. */
const withoutRepeats = (names: readonly string[]): readonly string[] =>
  names.flatMap((name, index) => {
    if (name === names[index - 1]) return [];
    const next = names.findIndex((other, place) => place > index && other !== name);
    const attempts = (next < 0 ? names.length : next) - index;
    return attempts === 1 ? [name] : [`${name} (${attempts} attempts)`];
  });

/**
 * The sum of the pauses, in milliseconds. A pause lasts from an end on the path until Qlik was asked for the next
 * reload, or, if Qlik did not say that, until that reload began to run. Undefined if the path has only one end, or if a
 * pause is unknown.
 */
function pausesOn(path: readonly EventFact[]): number | undefined {
  const pauses = path.slice(1).map(({ createdAt, startedAt }, index) => {
    const askedAt = createdAt ?? startedAt;
    return askedAt === undefined ? undefined : Math.max(0, askedAt - (path[index]?.endedAt ?? askedAt));
  });
  if (pauses.length === 0 || pauses.includes(undefined)) return undefined;
  return pauses.reduce<number>((sum, pause) => sum + (pause ?? 0), 0);
}
