/*
 * A week of demo data. The actions themselves make it, on a virtual clock: receiver, resolver, invoker, reload, storer
 * and collector run as in the simulation, against a tenant and a store in memory. So the documents are such as Cascade
 * writes. The same call gives the same documents.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileDirectory } from '../../../src/chain-files/compile-directory.ts';
import type { NewDocument } from '../../../src/clients/couchdb/couchdb-port.ts';
import type { ReloadRecord } from '../../../src/clients/qlik/qlik-port.ts';
import { DEPLOYED_ID, definitionId, tenantId } from '../../../src/core/document-ids.ts';
import type { CompiledChains } from '../../../src/core/link.ts';
import { type CountedActivation, countActivations, freshStat } from '../../../src/core/metrics/stat.ts';
import { type AppId, DEFAULT_TENANT } from '../../../src/core/names.ts';
import { actId } from '../../../src/core/tickets/act-id.ts';
import { timeConstants } from '../../../src/core/time-constants.ts';
import { type DurationMs, type EpochMs, minutes } from '../../../src/core/units.ts';
import { definitionHash } from '../../../src/ledger/definition-hash.ts';
import { statDocument } from '../../../src/ledger/documents/stat.ts';
import { Faults } from '../../simulation/world/faults.ts';
import { Flows } from '../../simulation/world/flows.ts';
import { Host } from '../../simulation/world/host.ts';
import { Random } from '../../simulation/world/random.ts';
import { Scheduler } from '../../simulation/world/scheduler.ts';
import { addressOf, qlikIdOf, Steps } from '../../simulation/world/steps.ts';
import { Trace } from '../../simulation/world/trace.ts';
import { type MemoryCouch, memoryCouch } from '../memory-couch.ts';
import { otherActivations } from './other-activations.ts';
import {
  ACTS,
  BY_HAND,
  FATES,
  type Fate,
  LAST_DAY,
  LETTER,
  LOST_WEBHOOKS,
  NIGHTLY,
  OTHERWISE_MINUTES,
  USUAL_MINUTES,
} from './plan.ts';
import { weekQuestions } from './questions.ts';
import { type ReloadFate, WeekTenant } from './week-tenant.ts';

const DAY_MS = 86_400_000;
/** Any number would do. It decides how long reloads take, and their ids. */
const SEED = 7;
const SWEEP_EVERY_MS = 5 * 60_000;
/** After 09:00 little happens. So fewer sweeps are enough, and the week is made faster. */
const SELDOM_FROM_MS = 9 * 3_600_000;
const SELDOM_EVERY_MS = 30 * 60_000;
/** How long after an end Qlik posts its webhook. */
const WEBHOOK_MS = 1_500;
const FOLDER = fileURLToPath(new URL('./chains', import.meta.url));

/** The chain files of the week, by name. */
export const weekChains = (): Readonly<Record<string, string>> =>
  Object.fromEntries(readdirSync(FOLDER).map((name) => [name, readFileSync(join(FOLDER, name), 'utf8')]));

/** The end of the week by default: the morning of Wednesday, 2 December 2026. */
export const WEEK_ENDS = Date.parse('2026-12-02T07:42:00Z') as EpochMs;

/** The last instant before `now` at which a week may end: 07:42 UTC. */
export const lastMorning = (now: number): EpochMs =>
  (Math.floor((now - (WEEK_ENDS % DAY_MS)) / DAY_MS) * DAY_MS + (WEEK_ENDS % DAY_MS)) as EpochMs;

/**
 * Makes the documents of a week's ledger, without revs.
 *
 * @param endsAt - 07:42 UTC of any day. Somebody opens the dashboard then.
 */
export async function makeWeek(endsAt: EpochMs = WEEK_ENDS): Promise<readonly NewDocument[]> {
  const { compiled } = await compileDirectory(FOLDER);
  if (compiled === undefined) throw new Error('The chains of the week have mistakes: run cascade check.');
  const week = new Week(compiled, endsAt);
  await week.run();
  return week.documents();
}

class Week {
  readonly #chains: CompiledChains;
  readonly #hash: string;
  readonly #endsAt: EpochMs;
  /** Midnight before day 0. */
  readonly #start: number;
  readonly #scheduler: Scheduler;
  readonly #store: MemoryCouch;
  readonly #tenant: WeekTenant;
  readonly #flows: Flows;
  readonly #appOf: ReadonlyMap<string, AppId>;
  readonly #nameOf: ReadonlyMap<AppId, string>;
  readonly #random = new Random(SEED, 'week');
  /** How many reloads an app has had on a day, by `<app> <day>`. */
  readonly #counts = new Map<string, number>();
  readonly #activations = new Map<string, CountedActivation[]>();

  constructor(chains: CompiledChains, endsAt: EpochMs) {
    this.#chains = chains;
    this.#hash = definitionHash(chains);
    this.#endsAt = endsAt;
    this.#start = Math.floor(endsAt / DAY_MS) * DAY_MS - LAST_DAY * DAY_MS;
    this.#scheduler = new Scheduler(this.#start - SWEEP_EVERY_MS);
    this.#store = memoryCouch(() => this.#scheduler.now as EpochMs);
    const names = Object.values(chains.apps).map(({ appId, names: [name = ''] }) => [name, appId] as const);
    this.#appOf = new Map(names);
    this.#nameOf = new Map(names.map(([name, appId]) => [appId, name]));
    this.#tenant = new WeekTenant({
      scheduler: this.#scheduler,
      random: new Random(SEED, 'tenant'),
      fateOf: (appId) => this.#fateOf(appId),
      onEnded: (reload) => this.#ended(reload),
    });
    this.#flows = this.#newFlows();
  }

  async run(): Promise<void> {
    this.#deploy();
    this.#sweepAgainAndAgain();
    for (let day = 0; day <= LAST_DAY; day += 1) {
      for (const [app, at] of NIGHTLY) this.#at(day, at, () => this.#startInQlik(app, 'chronos'));
    }
    for (const [day, at, app] of BY_HAND) this.#at(day, at, () => this.#startInQlik(app, 'hub'));
    for (const [day, at, app, by, act] of ACTS) this.#at(day, at, () => this.#act(app, by, act));
    this.#at(LETTER.day, LETTER.at, () => this.#post(LETTER.body));
    await this.#scheduler.runUntil(this.#endsAt);
  }

  documents(): readonly NewDocument[] {
    return [
      ...this.#store.all().map(({ _rev, ...document }) => document),
      ...this.#stats(),
      ...weekQuestions((day, clock) => this.#timeOf(day, clock), this.#endsAt, new Random(SEED, 'questions')),
    ];
  }

  #timeOf(day: number, clock: string): EpochMs {
    const [hours = 0, mins = 0] = clock.split(':').map(Number);
    return (this.#start + day * DAY_MS + (hours * 60 + mins) * 60_000) as EpochMs;
  }

  #at(day: number, clock: string, run: () => void): void {
    this.#scheduler.at(this.#timeOf(day, clock), run);
  }

  /** Writes the documents that deployment writes. */
  #deploy(): void {
    const storedAt = this.#scheduler.now;
    const common = { schema: 1, hash: this.#hash };
    this.#store.seed(
      {
        _id: tenantId(DEFAULT_TENANT),
        schema: 1,
        type: 'tenant',
        url: addressOf(DEFAULT_TENANT),
        id: qlikIdOf(DEFAULT_TENANT),
      },
      {
        _id: definitionId(this.#hash),
        ...common,
        type: 'definition',
        part: 1,
        parts: 1,
        chains: this.#chains,
        storedAt,
      },
      { _id: DEPLOYED_ID, ...common, type: 'deployed', since: storedAt, before: [] },
    );
  }

  #sweepAgainAndAgain(): void {
    const isSeldom = this.#scheduler.now % DAY_MS >= SELDOM_FROM_MS;
    this.#scheduler.after(isSeldom ? SELDOM_EVERY_MS : SWEEP_EVERY_MS, () => this.#sweepAgainAndAgain());
    this.#scheduler.start(() => this.#flows.sweep());
  }

  #startInQlik(app: string, type: 'chronos' | 'hub'): void {
    const appId = this.#appOf.get(app);
    if (appId === undefined) throw new Error(`No chain has ${app}.`);
    this.#tenant.accept({ appId, type, userId: 'person', partial: false });
  }

  #fateOf(appId: AppId): ReloadFate {
    const name = this.#nameOf.get(appId) ?? '';
    const key = this.#keyOf(name, this.#scheduler.now);
    const nth = this.#counts.get(key) ?? 0;
    this.#counts.set(key, nth + 1);
    const fate: Fate | undefined = FATES[key]?.[nth];
    const usual = minutes(USUAL_MINUTES[name] ?? OTHERWISE_MINUTES);
    const share = fate === undefined ? 0.85 + 0.3 * this.#random.next() : 0.2 + 0.2 * this.#random.next();
    const queued = this.#random.chance(0.8)
      ? this.#random.between(2_000, 25_000)
      : this.#random.between(30_000, 240_000);
    return {
      outcome: 'succeeded',
      ...fate,
      queued: queued as DurationMs,
      ran: Math.round(usual * share) as DurationMs,
    };
  }

  #keyOf(name: string, at: number): string {
    return `${name} ${Math.floor((at - this.#start) / DAY_MS)}`;
  }

  /** Posts the webhook of an ended reload, unless it is one of the lost webhooks. */
  #ended(reload: ReloadRecord): void {
    const name = this.#nameOf.get(reload.appId) ?? '';
    if (LOST_WEBHOOKS.has(this.#keyOf(name, this.#scheduler.now))) return;
    this.#scheduler.after(WEBHOOK_MS, () => this.#post(JSON.stringify(finishedBody(reload))));
  }

  #post(body: string): void {
    this.#scheduler.start(async () => void (await this.#flows.webhook({ tenant: DEFAULT_TENANT, body })));
  }

  /** Adds an act of a person to the newest ticket of an app. */
  #act(app: string, by: string, act: object): void {
    const tickets = this.#store.all().filter(({ type, appId }) => type === 'ticket' && appId === this.#appOf.get(app));
    const [ticket] = tickets.sort((a, b) => Number(b['failedAt']) - Number(a['failedAt']));
    if (ticket === undefined) throw new Error(`${app} has no ticket.`);
    const at = this.#scheduler.now as EpochMs;
    const suffix = this.#random.between(36 ** 5, 36 ** 6 - 1).toString(36);
    this.#store.seed({ _id: actId({ subject: ticket._id, at }, suffix), schema: 1, type: 'act', by, at, ...act });
  }

  #newFlows(): Flows {
    const scheduler = this.#scheduler;
    const calm = { factor: 0 };
    const world = { scheduler, faults: new Faults(new Random(SEED, 'faults'), new Set(), calm), random: this.#random };
    const host = new Host({
      ...world,
      trace: new Trace(() => scheduler.now),
      limits: { invocationsPerMinute: 10_000, concurrentInvocations: 1_000 },
      violate: (kind, message) => {
        throw new Error(`${kind}: ${message}`);
      },
      run: (name, params) => this.#flows.run(name, params),
      isEndAfter: () => false,
    });
    const quiet = { debug() {}, info() {}, warn() {}, error() {} };
    const steps = new Steps({
      ...{ random: this.#random, times: timeConstants(), tenants: [DEFAULT_TENANT], channels: undefined },
      ...{ maxHops: 64, maxStartsPerHour: 12, stopwatch: () => scheduler.now, onByHand: () => {} },
      store: () => this.#store,
      admin: () => this.#store.admin,
      qlik: () => this.#tenant.port(),
      openwhisk: (activation) => host.invokerPort(activation),
      log: () => quiet,
      chains: () => ({ compiled: this.#chains, hash: this.#hash }),
      retention: { receiver: (30 * DAY_MS) as DurationMs, purge: (30 * DAY_MS) as DurationMs },
    });
    const counted: Pick<Host, 'runAction'> = {
      runAction: async (name, limitMs, work) => {
        const start = scheduler.now as EpochMs;
        const outcome = await host.runAction(name, limitMs, work);
        this.#count(name, start, outcome.kind === 'done');
        return outcome;
      },
    };
    return new Flows({ host: counted, steps, now: () => scheduler.now, onDid: () => {}, onHeard: () => {} });
  }

  #count(name: string, start: EpochMs, isFine: boolean): void {
    const known = this.#activations.get(name) ?? [];
    const isCold = start - (known.at(-1)?.start ?? 0) > 10 * 60_000;
    const durationMs = this.#scheduler.now - start + this.#random.between(5, 90);
    const status = isFine ? 'success' : 'application_error';
    known.push({
      ...{ activationId: `${name}-${known.length}`, start, status, durationMs },
      ...(isCold && { initMs: this.#random.between(60, 260) }),
    });
    this.#activations.set(name, known);
  }

  /** The documents with the numbers of activations, as the meter writes them. */
  #stats(): readonly NewDocument[] {
    const range = { from: this.#start, to: this.#endsAt };
    const others = otherActivations(this.#activations, range, new Random(SEED, 'others'));
    return [...this.#activations, ...others].map(([action, activations]) => {
      const stat = countActivations(freshStat(0 as EpochMs), activations, this.#endsAt);
      return statDocument(action, stat, undefined);
    });
  }
}

const iso = (at: EpochMs | undefined): string => (at === undefined ? '' : new Date(at).toISOString());

/** `com.qlik.v1.reload.finished`, as in test/fixtures/webhooks/. */
const finishedBody = (reload: ReloadRecord): object => ({
  ...{ id: `event-${reload.id}`, specversion: '1.0', type: 'com.qlik.v1.reload.finished', source: 'com.qlik/reloads' },
  ...{ time: iso(reload.endedAt), datacontenttype: 'application/json', toplevelresourceid: reload.appId },
  traceparent: `00-${reload.id.padStart(32, '0')}-b7ad6b7169203331-01`,
  data: {
    ...{ id: reload.id, appId: reload.appId, userId: reload.userId, type: reload.type, partial: reload.partial },
    ...{ status: reload.status, succeeded: reload.status === 'SUCCEEDED' },
    ...(reload.resourceId !== undefined && { resourceType: 'api', resourceId: reload.resourceId }),
    ...{ creationTime: iso(reload.createdAt), startTime: iso(reload.startedAt) },
    ...{ errorCode: reload.error?.code ?? '', errorMessage: reload.error?.message ?? '' },
  },
});
