import type { Question } from '../../core/tickets/question.ts';
import type { DurationMs, EpochMs } from '../../core/units.ts';

/** A question as the API shows it. Whoever asks notes when that was. */
export type AskedQuestion = Omit<Question, 'seenAt'>;

/** Which questions to list: those active since an instant, the longest inactive first. */
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
      /** How long the API wants a pause; absent if it wants none. */
      readonly pause?: DurationMs;
      /** How many requests the quota of the day has left. */
      readonly quotaLeft: number;
    }
  /** The API takes no requests for so long, or it did not answer. */
  | { readonly kind: 'later'; readonly wait: DurationMs; readonly message: string }
  /** The API does not understand the request: a setting is wrong. */
  | { readonly kind: 'refused'; readonly message: string };

/** What Cascade needs from the Stack Exchange API. */
export interface QuestionsPort {
  /** One request. It never throws. If no answer comes within `timeout`, the API is down. */
  list(wanted: QuestionsWanted, timeout: DurationMs): Promise<QuestionsAnswer>;
}
