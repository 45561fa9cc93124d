import type { CouchPort } from '../../src/clients/couchdb/couchdb-port.ts';
import { DEFAULT_LIMITS, type NamespaceLimits } from '../../src/clients/openwhisk/invoker-port.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import type { Link } from '../../src/core/link.ts';
import type { AppId, AppRef, ChainName, TenantName } from '../../src/core/names.ts';
import { runWorld } from './run-world.ts';
import type { FaultName } from './world/faults.ts';
import { deployQuestions } from './world/question-flows.ts';
import { QuestionSite } from './world/question-site.ts';
import { SCENARIOS, type ScenarioName } from './world/scenarios.ts';
import type { Topology } from './world/topology.ts';
import type { World } from './world/world.ts';

/** Questions that come in bursts, and reloads whose webhooks come at the same time. */
export interface QuestionsOptions {
  readonly questions: number;
  /** How many of them change once more. */
  readonly changes: number;
  /** All questions and changes come within so many minutes. */
  readonly minutes: number;
  readonly hours: number;
  /** How many reloads end while questions are being passed on. */
  readonly reloads: number;
  /** How often host and store are killed. */
  readonly kills: number;
  readonly scenario: ScenarioName;
  /** Faults that do not happen. */
  readonly without?: readonly FaultName[];
  readonly quota?: number;
  /** Default: OpenWhisk's defaults. */
  readonly limits?: NamespaceLimits;
  readonly seed: number;
}

/** The result of `runQuestions`. */
export interface QuestionsReport {
  /** Questions whose ticket has their newest state. */
  readonly stored: number;
  readonly once: number;
  readonly again: number;
  readonly never: number;
  readonly requests: number;
  /** The requests that broke the site's rules. */
  readonly broken: readonly string[];
  /** The most activations that questions took in a minute of the clock. */
  readonly mostInAMinute: number;
  /** Webhooks that came, and those that the host refused. */
  readonly webhooks: number;
  readonly refusedWebhooks: number;
  /** From the first question until the last is stored. */
  readonly minutesTaken: number;
  readonly violation?: string;
}

const TENANT = 'default' as TenantName;
const MINUTE_MS = 60_000;
const BURSTS = 8;
/** How long the store is away after host and store were killed. */
const DOWN_MS = 40_000;
const ALARM_MS = 10 * MINUTE_MS;
/** How often the world's alarm comes. It also stands for a person who starts `socron` by hand. */
const BY_HAND_MS = MINUTE_MS;

const app = (name: string, index: number): AppRef => ({ tenant: TENANT, appId: `${name}-${index}` as AppId });

function chainsOf(reloads: number): Topology {
  const links = Array.from(
    { length: reloads },
    (_, index): Link => ({
      ...{ chain: 'beside' as ChainName, after: app('first', index), target: app('follower', index) },
      ...{ on: 'succeeded', clause: 's', body: {}, paused: false },
    }),
  );
  const apps = links.flatMap(({ after, target }) => [after, target]);
  return { tenants: [TENANT], apps, stranger: app('stranger', 0), links };
}

/** Runs the questions pipeline beside Cascade in a virtual world, until every question is stored and announced. */
export async function runQuestions(options: QuestionsOptions): Promise<QuestionsReport> {
  const { seed, hours, scenario, without = [], quota = 10_000, limits = DEFAULT_LIMITS } = options;
  let world: World | undefined;
  let site: QuestionSite | undefined;
  let storeDownUntil = 0;
  let [webhooks, refusedWebhooks, minutesTaken] = [0, 0, 0];
  const perMinute = new Map<number, number>();
  const { violation } = await runWorld(
    {
      ...{ seed, hours, apps: 0, without, topology: chainsOf(options.reloads) },
      ...{ limits, isDoorHeld: true, rate: 250 },
      scenario: {
        ...SCENARIOS[scenario],
        traits: { echo: 'both', isAdmin: true, isEngineEventSent: false, isSlow: false, isEveryReloadFine: true },
      },
      wrapStore: (port) => downAtTimes(port, () => (world?.scheduler.now ?? 0) < storeDownUntil),
      write: ({ op, id }) => {
        const now = world?.scheduler.now ?? 0;
        if (world === undefined || now > world.until) return;
        if (op === 'webhook.refused') refusedWebhooks += 1;
        if (op.startsWith('webhook.')) webhooks += 1;
        if (op !== 'host.invoke' || !id.startsWith('questions-')) return;
        const minute = Math.floor(now / MINUTE_MS);
        perMinute.set(minute, (perMinute.get(minute) ?? 0) + 1);
      },
    },
    (started) => {
      world = started;
      const failures = scenario === 'calm' && options.kills === 0 ? 0 : 0.1;
      site = new QuestionSite({ failures, backoffs: failures / 2, quota }, started.random('site'));
      const begun = started.scheduler.now;
      planQuestions(started, site, options);
      planAlarm(started, site, deployQuestions(started, site), () => {
        minutesTaken = (started.scheduler.now - begun) / MINUTE_MS;
      });
      planReloads(started, options);
      for (let kill = 1; kill <= options.kills; kill += 1) {
        started.scheduler.after(kill * 9.5 * MINUTE_MS, () => {
          started.host.kill();
          storeDownUntil = started.scheduler.now + DOWN_MS;
        });
      }
    },
  );
  if (world === undefined || site === undefined) throw new Error('The world was never there.');
  const { once, again, never } = questionTally(world);
  return {
    ...{ stored: storedIn(world, site), once, again, never, requests: site.requests, broken: site.broken },
    ...{ mostInAMinute: Math.max(0, ...perMinute.values()), webhooks, refusedWebhooks, minutesTaken },
    ...(violation !== undefined && { violation: `${violation.kind}: ${violation.message}` }),
  };
}

/** A store that does not answer while it is down. */
function downAtTimes(port: CouchPort, isDown: () => boolean): CouchPort {
  return new Proxy(port, {
    get: (target, name: keyof CouchPort) => {
      const method = target[name];
      if (name === 'now') return method;
      return async (...given: readonly unknown[]) => {
        if (isDown()) throw new CascadeError('STORE_UNAVAILABLE', 'CouchDB was killed (simulated).');
        return (method as (...args: readonly unknown[]) => unknown)(...given);
      };
    },
  });
}

function planQuestions(world: World, site: QuestionSite, { questions, changes, minutes }: QuestionsOptions): void {
  const random = world.random('people who ask');
  const { scheduler } = world;
  const burstMs = Array.from({ length: BURSTS }, () => random.between(0, minutes * MINUTE_MS));
  for (let id = 1; id <= questions; id += 1) {
    const afterMs = (burstMs[id % BURSTS] ?? 0) + random.between(0, 2_000);
    scheduler.after(afterMs, () => site.put(id, {}, scheduler.now));
    if (id > changes) continue;
    const laterMs = afterMs + random.between(MINUTE_MS, minutes * MINUTE_MS);
    const change = { answers: id % 7, score: (id % 5) - 2, isAccepted: id % 3 === 0, title: `Question ${id}, edited` };
    scheduler.after(laterMs, () => site.put(id, change, scheduler.now));
  }
}

/** Starts `socron` every minute, and every ten minutes after `world.until`. It stops when everything is stored. */
function planAlarm(world: World, site: QuestionSite, socron: () => Promise<void>, onStored: () => void): void {
  const { scheduler } = world;
  let isStored = false;
  const next = (): void => {
    const isAll = storedIn(world, site) === site.questions.size && site.questions.size > 0;
    if (isAll && !isStored) onStored();
    isStored = isAll;
    if (scheduler.now > world.until && isAll) return;
    scheduler.start(async () => {
      await world.call(socron);
    });
    scheduler.after(scheduler.now > world.until ? ALARM_MS : BY_HAND_MS, next);
  };
  next();
}

function planReloads(world: World, { reloads, minutes }: QuestionsOptions): void {
  for (let index = 0; index < reloads; index += 1) {
    world.scheduler.after(Math.floor(((index + 0.5) * minutes * 2 * MINUTE_MS) / reloads), () => {
      const { appId } = app('first', index);
      world.tenantOf({ tenant: TENANT }).accept({ appId, type: 'chronos', userId: 'person', body: {} });
    });
  }
}

const SHOWN = ['title', 'answers', 'isAccepted', 'score', 'activeAt'] as const;

const storedIn = (world: World, site: QuestionSite): number =>
  [...site.questions.values()].filter((question) => {
    const ticket = world.store.peek(`ticket:question:stackoverflow:${question.questionId}`);
    return SHOWN.every((field) => ticket?.[field] === question[field]);
  }).length;

const questionTally = (world: World) => world.channels.tally('default', 'ticket:question:');
