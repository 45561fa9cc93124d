/*
 * Cascade can also watch a Stack Exchange site for questions about Qlik, for people who answer them. Each question
 * becomes a ticket: something that a person may have to look after. The action `questions-collector` reads the
 * questions, and `questions-storer` stores the tickets.
 */

import type { EpochMs } from '../units.ts';

/** A question, as the site showed it when it was asked for. */
export interface Question {
  /** The site's name in the API, such as `stackoverflow`. */
  readonly site: string;
  readonly questionId: number;
  /** Plain text, without HTML entities. */
  readonly title: string;
  readonly link: string;
  /** Who asked; absent if the account is gone. */
  readonly author?: string;
  readonly reputation?: number;
  readonly tags: readonly string[];
  /** How many answers it has. */
  readonly answers: number;
  /** Whether one of the answers has a vote, or is accepted. */
  readonly isAnswered: boolean;
  /** Whether the author has accepted an answer. */
  readonly isAccepted: boolean;
  readonly score: number;
  readonly createdAt: EpochMs;
  /** When somebody last asked, answered or edited. A vote is no activity. */
  readonly activeAt: EpochMs;
  /** When Cascade asked the site, by CouchDB's clock. */
  readonly seenAt: EpochMs;
}

/** The ticket of a question. */
export type QuestionTicket = Question & { readonly _id: string };

/**
 * Whether a question has to be stored: it has no ticket, or it is newer than its ticket and differs from it in what
 * people see. If the same state comes late or twice, it need not be stored.
 *
 * @param ticket - undefined if the question has none.
 */
export function isNews(seen: Question, ticket: Question | undefined): boolean {
  if (ticket === undefined) return true;
  // These two may be gone from a question that had them.
  const { seenAt, ...shown } = { author: undefined, reputation: undefined, ...seen };
  const isNewer = seen.activeAt - ticket.activeAt || seenAt - ticket.seenAt;
  const hasChanged = (field: string): boolean =>
    JSON.stringify(shown[field as keyof typeof shown]) !== JSON.stringify(ticket[field as keyof Question]);
  return isNewer > 0 && Object.keys(shown).some(hasChanged);
}
