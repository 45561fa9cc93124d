/*
 * Cascade can watch a Stack Exchange site for questions with certain tags, such as qlik-sense. This file says what the
 * action questions-collector needs from the site's API, and how the API may answer.
 */

import type { Question } from '../../core/tickets/question.ts';
import type { DurationMs, EpochMs } from '../../core/units.ts';

/** A question as the API shows it. The caller adds `seenAt`, the time at which it asked. */
export type AskedQuestion = Omit<Question, 'seenAt'>;

/**
 * Which questions to list: those that were active (answered or edited, for example) since an instant, the latest last.
 */
export interface QuestionsWanted {
  readonly since: EpochMs;
  /** From 1. */
  readonly page: number;
}

/** An answer of the Stack Exchange API, or why there is none. */
export type QuestionsAnswer =
  | {
      readonly kind: 'listed';
      readonly questions: readonly AskedQuestion[];
      readonly hasMore: boolean;
      /** How long the API wants no further request; absent if it does not say. */
      readonly pause?: DurationMs;
      /** How many requests the quota of the day has left; absent if the API does not say it. */
      readonly quotaLeft?: number;
    }
  /**
   * `later`: the API takes no requests now, or it did not answer. `refused`: probably a setting is wrong. The caller
   * may ask again after `wait`.
   */
  | { readonly kind: 'later' | 'refused'; readonly wait: DurationMs; readonly message: string };

/** Asks the Stack Exchange API. */
export interface QuestionsPort {
  /** Sends one request, and does not throw if it fails. Without an answer within `timeout`, the API counts as down. */
  list(wanted: QuestionsWanted, timeout: DurationMs): Promise<QuestionsAnswer>;
}
