import { type DurationMs, type EpochMs, minutes } from '../units.ts';
import type { OrderFact, Reason } from './facts.ts';

/** How often `schedule.yaml` fires the sweep. What is due for longer, nobody looks at. */
export const SWEEP_PERIOD: DurationMs = minutes(5);

/** What an alert's document tells people. */
export interface AlertFact {
  readonly _id: string;
  readonly kind: string;
  readonly subject: string;
  readonly message: string;
  readonly at: EpochMs;
  /** Where it was raised more than once. */
  readonly lastAt?: EpochMs;
}

/** What a dead letter tells people. */
export interface DeadFact {
  readonly _id: string;
  readonly tenant: string;
  readonly reason: Reason;
  readonly storedAt: EpochMs;
  readonly replayedAt?: EpochMs;
  readonly dismissedAt?: EpochMs;
}

/** Documents that are due for longer than the sweep's period: the oldest, and how many. */
export interface OverdueFact {
  readonly _id: string;
  readonly dueAt: EpochMs;
  readonly count: number;
  /** True where there are more than were counted. */
  readonly isMore: boolean;
}

/** Something that a person should look at. */
export type Problem =
  | { readonly kind: 'alert'; readonly alert: AlertFact; readonly at: EpochMs }
  | { readonly kind: 'gave-up'; readonly order: OrderFact; readonly at: EpochMs }
  | { readonly kind: 'dead-letter'; readonly dead: DeadFact; readonly at: EpochMs }
  | { readonly kind: 'overdue'; readonly overdue: OverdueFact; readonly at: EpochMs };

/** Where problems are looked for. */
export interface ProblemFacts {
  readonly alerts: readonly AlertFact[];
  readonly orders: readonly OrderFact[];
  readonly dead: readonly DeadFact[];
  readonly overdue?: OverdueFact;
}

/**
 * Everything that a person should look at, newest first; what is overdue before all else. That, and a dead letter that was
 * neither replayed nor dismissed, is told however old it is; an alert by when it was raised last.
 *
 * @param since - older alerts and given-up orders are left out.
 */
export function findProblems({ alerts, orders, dead, overdue }: ProblemFacts, since: EpochMs): readonly Problem[] {
  const gaveUp = orders.filter(({ state }) => state === 'gave-up');
  // The alert about a given-up order says the same as the order.
  const told = new Set<string>(gaveUp.map(({ _id }) => _id));
  const passing: Problem[] = [
    ...alerts
      .filter(({ kind, subject }) => kind !== 'gave-up' || !told.has(subject))
      .map((alert) => ({ kind: 'alert' as const, alert, at: alert.lastAt ?? alert.at })),
    ...gaveUp.map((order) => ({ kind: 'gave-up' as const, order, at: order.gaveUpAt ?? order.createdAt })),
  ];
  const lasting: Problem[] = dead
    .filter(({ replayedAt, dismissedAt }) => replayedAt === undefined && dismissedAt === undefined)
    .map((letter) => ({ kind: 'dead-letter' as const, dead: letter, at: letter.storedAt }));
  return [
    ...(overdue === undefined ? [] : [{ kind: 'overdue' as const, overdue, at: overdue.dueAt }]),
    ...[...passing.filter(({ at }) => at >= since), ...lasting].sort((a, b) => b.at - a.at),
  ];
}
