import { questionRequest } from '../../src/contracts/generated/question-request.cjs';
import type { NotifyRequest } from '../../src/contracts/notify-request.ts';
import { defineAction } from '../../src/platform/define-action.ts';
import { neededLedger } from '../../src/platform/open-ledger.ts';
import { readStepInput } from '../../src/platform/read-step-input.ts';
import { parseQuestionsChannel } from '../../src/platform/settings/question-settings.ts';
import { storeQuestion } from './store-question.ts';

/**
 * The action `questions/storer`. It stores a question of a Stack Exchange site as a ticket, so that people see it
 * beside their failed reloads. It is the first step of the sequence `qhandler`, which runs for each question that is
 * new or has changed. If people have to hear of the question, it passes the ticket's id to the second step, the
 * notifier.
 */
export const main = defineAction({
  name: 'questions-storer',
  work: async (params, context) => {
    const { traceId, question } = readStepInput(params, 'seen', questionRequest);
    const traced = context.withTraceId(traceId);
    const channel = parseQuestionsChannel(params);
    const store = neededLedger(params, 'questions-storer', traced);
    const { did, owing } = await storeQuestion(question, { ...traced, store, channel });
    traced.log.info('Question stored', { site: question.site, question: question.questionId, did });
    return { did, notify: { traceId, documents: owing } satisfies NotifyRequest };
  },
  failed: (error) => ({ error }),
});
