/*
 * The action `questions/collector` is the first step of the sequence `socron`, which an alarm starts every 10 minutes.
 * It finds questions on a Stack Exchange site, so that people who look after Qlik apps see what their community asks.
 * This file reads the action's parameters and settings.
 */

import { httpStackExchange } from '../../src/clients/stack-exchange/http-stack-exchange.ts';
import type { Plan } from '../../src/contracts/plan.ts';
import type { QuestionRequest } from '../../src/contracts/question-request.ts';
import { questionTicketId } from '../../src/core/document-ids.ts';
import { defineAction } from '../../src/platform/define-action.ts';
import { neededLedger } from '../../src/platform/open-ledger.ts';
import { parseQuestionSettings } from '../../src/platform/settings/question-settings.ts';
import { collectQuestions } from './collect-questions.ts';

/**
 * The action. It needs no parameters, so that any cron can start it. It returns a plan for the next step, the invoker:
 * one activation of `qhandler`, which stores the question and notifies people, for each question that is new or has
 * changed.
 */
export const main = defineAction({
  name: 'questions-collector',
  work: async (params, context) => {
    const { traceId, now, log } = context;
    const settings = parseQuestionSettings(params);
    const store = neededLedger(params, 'questions-collector', context);
    const api = httpStackExchange(settings);
    const { questions, until } = await collectQuestions({ ...context, store, api, site: settings.site });
    log.info('Questions collected', { questions: questions.length });
    const head = { traceId, source: 'sweep', receivedAt: now(), orders: [], skips: [], ignored: [] } as const;
    const calls = questions.map((question) => {
      const seen: QuestionRequest = { traceId, question };
      return { action: 'qhandler', about: questionTicketId(question.site, question.questionId), params: { seen } };
    });
    return { plan: { ...head, calls, until } satisfies Plan };
  },
  failed: (error) => ({ error }),
});
