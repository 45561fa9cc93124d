import type { CouchPort } from '../../src/clients/couchdb/couchdb-port.ts';
import type { TenantName } from '../../src/core/names.ts';
import { runWorld } from './run-world.ts';
import type { ChannelTally } from './world/channel-model.ts';
import { deployQuestions } from './world/question-flows.ts';
import { QuestionSite } from './world/question-site.ts';
import { SCENARIOS } from './world/scenarios.ts';
import { numberedApp, unrelatedApps } from './world/unrelated-apps.ts';
import type { Violation, World } from './world/world.ts';

export interface InTurnOptions {
  /** What comes for an hour, faster than the channel takes messages: `BETWEEN_MS` lies between two of these notices. */
  readonly flood: 'questions' | 'reloads';
  readonly seed?: number;
  /** Plants a mistake between an action and the store. */
  readonly wrapStore?: (port: CouchPort) => CouchPort;
}

/** The result of `inTurn`. */
export interface InTurnReport {
  /** The notices owed to `default`: those of questions, and those of apps. */
  readonly questions: ChannelTally;
  readonly apps: ChannelTally;
  /** Messages that `default` took. */
  readonly messages: number;
  readonly violation?: Violation;
}

const TENANT = 'default' as TenantName;
const MINUTE_MS = 60_000;
/** Seventeen questions, or fourteen notices of apps, in the 85 s in which the channel takes five messages. */
const BETWEEN_MS = { questions: 5_000, reloads: 6_000 };
const FLOOD_MS = 60 * MINUTE_MS;
/** Each of these apps fails during the flood of questions, and recovers three minutes later. */
const STEADY = 9;
/** Each of these apps fails in the first half of the flood of reloads, and recovers half an hour later. */
const FLOODING = FLOOD_MS / BETWEEN_MS.reloads / 2;
/** What finds no slot is due 85 s later at most. The next sweep is 5 minutes later at most. The rest is its steps’. */
const LATEST_MS = 7 * MINUTE_MS;
/** From a failed reload's notice until its message, if only questions flood the channel. */
const LATEST_BESIDE_QUESTIONS_MS = MINUTE_MS / 2;

/**
 * Floods a channel with notices for an hour. None of them may be overtaken by newer ones for longer than 7 minutes. And
 * questions, however many, must not hold up the news that a reload failed.
 */
export async function inTurn({ flood, seed = 1, wrapStore }: InTurnOptions): Promise<InTurnReport> {
  const count = flood === 'questions' ? STEADY : FLOODING;
  let messages = 0;
  let world: World | undefined;
  const { violation } = await runWorld(
    {
      ...{ seed, hours: 2, apps: 0, without: [], rate: 250 },
      topology: unrelatedApps(count),
      limits: { invocationsPerMinute: 10_000, concurrentInvocations: 100 },
      scenario: {
        ...SCENARIOS.calm,
        traits: {
          ...{ echo: 'both', isAdmin: true, isEngineEventSent: false, page: 100, isEveryReloadFine: true },
          fateOf: (_, nth) => ({ outcome: nth === 1 ? 'FAILED' : 'SUCCEEDED', runMs: 1_000 }),
        },
      },
      latestNotice: (document, _channel, owedAt) =>
        owedAt + (flood === 'questions' && document.startsWith('app:') ? LATEST_BESIDE_QUESTIONS_MS : LATEST_MS),
      write: ({ op, id }) => {
        if (op === 'channel.post' && id === 'default') messages += 1;
      },
      ...(wrapStore !== undefined && { wrapStore }),
    },
    (started) => {
      world = started;
      if (flood === 'questions') planQuestions(started);
      const [everyMs, recoversMs] =
        flood === 'questions' ? [6 * MINUTE_MS, 3 * MINUTE_MS] : [BETWEEN_MS.reloads, FLOOD_MS / 2];
      for (let index = 0; index < count; index += 1) {
        reload(started, index, 5 * MINUTE_MS + index * everyMs);
        reload(started, index, 5 * MINUTE_MS + index * everyMs + recoversMs);
      }
    },
  );
  if (world === undefined) throw new Error('The world was never there.');
  const [questions, apps] = ['ticket:question:', 'app:'].map((ids) => world?.channels.tally('default', ids));
  if (questions === undefined || apps === undefined) throw new Error('Nobody counted.');
  return { questions, apps, messages, ...(violation !== undefined && { violation }) };
}

function reload(world: World, index: number, afterMs: number): void {
  world.scheduler.after(afterMs, () => {
    world
      .tenantOf({ tenant: TENANT })
      .accept({ appId: numberedApp(index).appId, type: 'chronos', userId: 'person', body: {} });
  });
}

/** Passes a new question to `qhandler` every few seconds. */
function planQuestions(world: World): void {
  const { scheduler, deployed } = world;
  deployQuestions(world, new QuestionSite({ failures: 0, backoffs: 0, quota: 0 }, world.random('site')));
  for (let questionId = 1; questionId * BETWEEN_MS.questions < FLOOD_MS; questionId += 1) {
    scheduler.after(questionId * BETWEEN_MS.questions, () => {
      const at = scheduler.now;
      const question = {
        ...{ site: 'stackoverflow', questionId, title: `Question ${questionId}`, tags: ['qlik'], answers: 0, score: 0 },
        ...{ link: `https://stackoverflow.com/q/${questionId}`, isAnswered: false, isAccepted: false },
        ...{ createdAt: at, activeAt: at, seenAt: at },
      };
      scheduler.start(async () => {
        await deployed.get('questions-qhandler')?.({ seen: { traceId: 't1', question } });
      });
    });
  }
}
