import { questionRequest } from '../../src/contracts/generated/question-request.cjs';
import type { NotifyRequest } from '../../src/contracts/notify-request.ts';
import { ACTION_LIMITS } from '../../src/core/action-limits.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import { defineAction } from '../../src/platform/define-action.ts';
import { openLedger } from '../../src/platform/open-ledger.ts';
import { readStepInput } from '../../src/platform/read-step-input.ts';
import { parseQuestionsChannel } from '../../src/platform/settings/question-settings.ts';
import { sleep } from '../../src/platform/sleep.ts';
import { storeQuestion } from './store-question.ts';

const NO_LEDGER = 'The setting COUCHDB_URL is missing: without a ledger there is nothing to store questions in.';

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
    const { deadline, now, log } = traced;
    const channel = parseQuestionsChannel(params);
    const store = openLedger(params, ACTION_LIMITS['questions-storer'].store, traced);
    if (store === undefined) throw new CascadeError('SETTINGS_INVALID', NO_LEDGER);
    const world = { store, channel, deadline, now, sleep, random: Math.random, log };
    const { did, owing } = await storeQuestion(question, traceId, world);
    log.info('Question stored', { site: question.site, question: question.questionId, did });
    return { did, notify: { traceId, documents: owing } satisfies NotifyRequest };
  },
  failed: (error) => ({ error }),
});
