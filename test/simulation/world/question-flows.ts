import { fanOutPorts, newHost } from '../../../actions/invoker/fan-out-ports.ts';
import { invokePlan } from '../../../actions/invoker/invoke-plan.ts';
import { type Collected, collectQuestions } from '../../../actions/questions-collector/collect-questions.ts';
import { storeQuestion } from '../../../actions/questions-storer/store-question.ts';
import type { QuestionsAnswer } from '../../../src/clients/stack-exchange/questions-port.ts';
import { plan as planSchema } from '../../../src/contracts/generated/plan.cjs';
import { questionRequest } from '../../../src/contracts/generated/question-request.cjs';
import type { Plan } from '../../../src/contracts/plan.ts';
import { ACTION_LIMITS } from '../../../src/core/action-limits.ts';
import type { ChannelName } from '../../../src/core/desk/notice.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import type { Activation } from './activation.ts';
import type { QuestionSite } from './question-site.ts';
import type { World } from './world.ts';

/** Sets the actions of the package `questions` apart from Cascade's actions of the same names. */
const PREFIX = 'questions-';
const INVOKER = `${PREFIX}invoker`;
const SILENT: QuestionsAnswer = { kind: 'later', wait: 60_000 as never, message: 'no answer (simulated)' };

/** Deploys the package `questions` beside Cascade. @returns what an alarm starts: `socron`. */
export function deployQuestions(world: World, site: QuestionSite): () => Promise<void> {
  const { host, scheduler } = world;
  const random = world.random('questions');
  const patienceOf = (activation: Activation) => ({
    now: () => activation.now() as EpochMs,
    deadline: activation.deadline as EpochMs,
    sleep: (ms: number) => activation.sleep(ms),
    random: () => random.next(),
    log: world.logOf(activation),
  });

  async function invoke(given: unknown): Promise<void> {
    if (!planSchema(given)) throw new Error('The plan is not one.');
    const plan: Plan = given;
    await host.runAction(INVOKER, ACTION_LIMITS.invoker.limit, async (activation) => {
      const patience = patienceOf(activation);
      const known = activation.container.remembered('host', () => newHost(patience.now));
      const ports = { openwhisk: host.invokerPort(activation), packagePath: `/guest/questions/${PREFIX}`, ...patience };
      return invokePlan(plan, { ...(await fanOutPorts(plan, known, ports)), log: patience.log });
    });
  }

  async function handle(given: unknown): Promise<void> {
    if (!questionRequest(given)) throw new Error('The question is not one.');
    const { question, traceId } = given;
    const { limit } = ACTION_LIMITS['questions-storer'];
    const stored = await host.runAction(`${PREFIX}storer`, limit, (activation) => {
      const ports = { store: world.storeOf(activation), channel: 'default' as ChannelName, traceId };
      return storeQuestion(question, { ...ports, ...patienceOf(activation) });
    });
    if (stored.kind !== 'done' || stored.value.owing.length === 0) return;
    const { owing } = stored.value;
    await host.runAction('notifier', ACTION_LIMITS.notifier.limit, (activation) =>
      world.flows.steps.notifier(activation, owing),
    );
  }

  world.deployed.set(INVOKER, (params) => invoke((params as { readonly plan: unknown }).plan));
  world.deployed.set(`${PREFIX}qhandler`, (params) => handle((params as { readonly seen: unknown }).seen));
  return async () => {
    const { limit } = ACTION_LIMITS['questions-collector'];
    const collected = await host.runAction<Collected>(`${PREFIX}collector`, limit, (activation) =>
      collectQuestions({
        store: world.storeOf(activation),
        site: 'stackoverflow',
        api: {
          list: (wanted) =>
            activation.call<QuestionsAnswer>({
              effect: () => ({ value: site.list(wanted, scheduler.now) }),
              onTimeout: () => ({ value: SILENT }),
              ...{ timeoutMs: 20_000, isWrite: false },
            }),
        },
        ...patienceOf(activation),
      }),
    );
    if (collected.kind !== 'done') return;
    const { questions, until } = collected.value;
    const calls = questions.map((question) => {
      const about = `ticket:question:stackoverflow:${question.questionId}`;
      return { action: 'qhandler', about, params: { seen: { traceId: 't1', question } } };
    });
    const head = { traceId: 't1', source: 'sweep', receivedAt: scheduler.now, orders: [], skips: [], ignored: [] };
    await invoke({ ...head, calls, until });
  };
}
