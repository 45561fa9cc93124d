import type { Question } from '../core/tickets/question.ts';

/** What the invoker passes to the sequence `qhandler`, under the one key `seen`: a question that is new or has changed. */
export interface QuestionRequest {
  readonly traceId: string;
  readonly question: Question;
}
