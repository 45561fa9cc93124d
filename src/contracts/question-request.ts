import type { Question } from '../core/tickets/question.ts';

/**
 * What the action `invoker` passes to OpenWhisk's sequence `qhandler`, under the one key `seen`: a question on a Stack
 * Exchange site that is new or has changed. The sequence stores the question in the ledger (Cascade's memory), and
 * notifies people.
 */
export interface QuestionRequest {
  readonly traceId: string;
  readonly question: Question;
}
