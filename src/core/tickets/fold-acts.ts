/*
 * A ticket is something that a person may have to look after. An act is one thing that a person did to it: take it, tag
 * it, answer it. Acts are only added, never changed, so people can work offline at the same time. This file computes
 * from its acts how a ticket stands. `cascade ticket` and the dashboard show the result.
 */

import type { EpochMs } from '../units.ts';
import type { Act } from './act.ts';
import { actIdParts } from './act-id.ts';

/** `recovered`: the app succeeded again. The other states are what a person decided, or did not decide yet. */
export const TICKET_STATES = ['open', 'rejected', 'answered', 'recovered'] as const;
export type TicketState = (typeof TICKET_STATES)[number];

/** How a ticket stands by its acts. */
export interface FoldedActs {
  readonly state: TicketState;
  /** Absent: nobody's. */
  readonly owner?: string;
  /** Sorted. */
  readonly tags: readonly string[];
  /** Why it was rejected last, if it is rejected. */
  readonly reason?: string;
  /** The minutes of all its answers. */
  readonly minutes: number;
  /** When it was dismissed, by the device's clock, if nobody has reopened it since. */
  readonly dismissedAt?: EpochMs;
  /** Its acts, oldest first. */
  readonly history: readonly Act[];
}

/** What acts are about: a ticket, an order (a reload that Cascade owes) or an alert. */
export interface Subject {
  readonly _id: string;
  readonly recoveredAt?: EpochMs;
}

/**
 * Computes how a subject stands: applies its acts in the order of their ids. So everybody who has the same acts sees
 * the same state, in whatever order the acts came.
 *
 * If the app has recovered, the ticket is `recovered`, unless a person decided otherwise: a rejected or answered ticket
 * stays so, and a ticket that was reopened after the recovery is open.
 *
 * @param acts - acts of any subjects. If an act is given twice, it counts once.
 */
export function foldActs({ _id, recoveredAt }: Subject, acts: readonly Act[]): FoldedActs {
  const history = inOrder(acts.filter((act) => actIdParts(act._id)?.subject === _id));
  const tags = new Set<string>();
  let owner: string | null = null;
  let minutes = 0;
  let verdict: Act | undefined;
  let dismissedAt: EpochMs | undefined;
  for (const act of history) {
    switch (act.kind) {
      case 'own':
        owner = act.value;
        break;
      case 'tag':
        tags.add(act.value);
        break;
      case 'untag':
        tags.delete(act.value);
        break;
      case 'answer':
        minutes += act.value;
        verdict = act;
        break;
      case 'reject':
        verdict = act;
        break;
      case 'reopen':
        verdict = act;
        dismissedAt = undefined;
        break;
      case 'dismiss':
        dismissedAt = act.at;
        break;
      case 'note':
        break;
      default:
        act satisfies never;
    }
  }
  return {
    state: stateBy(verdict, recoveredAt),
    ...(owner !== null && { owner }),
    tags: [...tags].sort(),
    ...(verdict?.kind === 'reject' && { reason: verdict.value }),
    minutes,
    ...(dismissedAt !== undefined && { dismissedAt }),
    history,
  };
}

/** @param verdict - the last act that rejected, answered or reopened the ticket. */
function stateBy(verdict: Act | undefined, recoveredAt: EpochMs | undefined): TicketState {
  if (verdict?.kind === 'reject') return 'rejected';
  if (verdict?.kind === 'answer') return 'answered';
  const isReopened = verdict !== undefined && recoveredAt !== undefined && verdict.at > recoveredAt;
  return recoveredAt === undefined || isReopened ? 'open' : 'recovered';
}

/**
 * The acts sorted by id, each once. Texts are compared by code units and not by a language, so that all devices agree.
 */
function inOrder(acts: readonly Act[]): readonly Act[] {
  const byId = new Map(acts.map((act) => [act._id, act]));
  return [...byId.values()].sort((one, other) => (one._id < other._id ? -1 : 1));
}
