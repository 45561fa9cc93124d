import type { CouchPort, StoredDocument } from '../../../src/clients/couchdb/couchdb-port.ts';
import type { QlikPort, StartRequest } from '../../../src/clients/qlik/qlik-port.ts';
import type { CompiledChains } from '../../../src/core/link.ts';
import { type AppRef, appKey, type TenantName } from '../../../src/core/names.ts';
import { timeConstants } from '../../../src/core/time-constants.ts';
import type { Log } from '../../../src/platform/log.ts';
import type { Activation } from './activation.ts';
import { Tally } from './counters.ts';
import { type FaultName, Faults } from './faults.ts';
import { Flows } from './flows.ts';
import { Host } from './host.ts';
import { Random } from './random.ts';
import { drawTraits, type Scenario } from './scenarios.ts';
import { Scheduler } from './scheduler.ts';
import { Spells } from './spells.ts';
import { Steps } from './steps.ts';
import { StoreClock, StoreModel } from './store-model.ts';
import { storePort } from './store-port.ts';
import { type SimReload, TenantModel } from './tenant-model.ts';
import { tenantPort } from './tenant-port.ts';
import { compile, drawTopology, type Topology } from './topology.ts';
import { Trace, type TraceLine } from './trace.ts';
import { Truth } from './truth.ts';
import { watchEvent, watchOrder } from './watch-orders.ts';
import { checkAnswer } from './webhook-answers.ts';
import { type Announcement, Webhooks } from './webhooks.ts';

export interface WorldOptions {
  readonly seed: number;
  readonly hours: number;
  readonly apps: number;
  readonly scenario: Scenario;
  readonly without: readonly FaultName[];
  /** Drawn unless given. */
  readonly topology?: Topology;
  /** Whoever makes the so-many-eth change to the world ends right after it. */
  readonly crashAfterEffect?: number;
  readonly write?: (line: TraceLine) => void;
  /** To plant a mistake between an action and its store or tenant. */
  readonly wrapStore?: (port: CouchPort) => CouchPort;
  readonly wrapQlik?: (port: QlikPort) => QlikPort;
}

/** What must never be. */
export interface Violation {
  readonly kind: string;
  readonly message: string;
  /** World time, ISO 8601. */
  readonly at: string;
}

export const START = Date.parse('2026-11-01T00:00:00Z');
const HOUR_MS = 3_600_000;
const STORE_OFFSET_MS = 2_300;
const LAG_MS = { 'shown-late': 50_000, 'end-shown-late': 50_000 };

/** Everything at once: the clock, the store, the tenants, the host, what they tell each other, and what must hold. */
export class World {
  readonly scheduler = new Scheduler(START);
  readonly arrows = new Tally();
  readonly answers = new Tally();
  readonly did = new Tally();
  readonly trace: Trace;
  readonly faults: Faults;
  readonly store: StoreModel;
  readonly truth: Truth;
  readonly topology: Topology;
  readonly tenants: ReadonlyMap<string, TenantModel>;
  readonly host: Host;
  readonly flows: Flows;
  readonly webhooks: Webhooks;
  readonly until: number;
  violation: Violation | undefined;
  /** Changes to the world made so far, by any actor. */
  effects = 0;
  /** Events that were stored. */
  events = 0;
  /** World time of the last start or end of a reload. */
  stirredAt = START;
  /** Of each chain's name: what a redeployment changes. */
  chainSuffix = '';
  readonly #spells: Spells;
  readonly #compiled = new Map<string, CompiledChains>();
  readonly #options: WorldOptions;

  constructor(options: WorldOptions) {
    this.#options = options;
    const { hours, apps, scenario, without, write } = options;
    this.until = START + hours * HOUR_MS;
    this.trace = new Trace(() => this.scheduler.now, write);
    this.faults = new Faults(this.random('faults'), new Set(without), scenario);
    const tenantCount = this.random('tenants').chance(0.3) ? 2 : 1;
    this.topology = options.topology ?? drawTopology(apps, tenantCount, this.random('topology'));
    this.truth = new Truth(this.topology.links, (tenant) => this.tenants.get(tenant)?.traits.echo !== 'none');
    const spell = { from: START, until: this.until, factor: scenario.factor };
    const appKeys = this.topology.apps.map(appKey);
    this.#spells = new Spells(this.random('spells'), this.faults, spell, appKeys);
    this.store = new StoreModel((actor, before, after) => this.#written(actor, before, after));
    this.tenants = new Map(this.topology.tenants.map((name) => [name, this.#newTenant(name)]));
    this.host = this.#newHost();
    this.flows = this.#newFlows();
    this.webhooks = new Webhooks({
      scheduler: this.scheduler,
      faults: this.faults,
      random: this.random('webhooks'),
      post: (announcement) => this.#post(announcement),
    });
  }

  random(name: string): Random {
    return new Random(this.#options.seed, name);
  }

  tenantOf({ tenant }: Pick<AppRef, 'tenant'>): TenantModel {
    const model = this.tenants.get(tenant);
    if (model === undefined) throw new Error(`There is no tenant ${tenant}.`);
    return model;
  }

  violate(kind: string, message: string): void {
    this.violation ??= { kind, message, at: new Date(this.scheduler.now).toISOString() };
  }

  /** The chains as they are deployed now. */
  chains(): CompiledChains {
    const compiled = this.#compiled.get(this.chainSuffix) ?? compile(this.topology, this.chainSuffix);
    this.#compiled.set(this.chainSuffix, compiled);
    return compiled;
  }

  isInAChain(app: { readonly tenant: string; readonly appId: string }): boolean {
    return `${app.tenant}/${app.appId}` in this.chains().apps;
  }

  #newTenant(name: TenantName): TenantModel {
    const traits = drawTraits(this.random(`traits ${name}`), this.#options.scenario);
    const random = this.random(`tenant ${name}`);
    const model: TenantModel = new TenantModel(
      name,
      traits,
      { scheduler: this.scheduler, random, trace: this.trace },
      {
        onAccepted: (reload) => this.#accepted(reload),
        onEnded: (reload) => this.#ended(reload, model),
        lagMs: (what) => (this.faults.strikes(what) ? random.between(1_000, LAG_MS[what]) : 0),
      },
    );
    return model;
  }

  #newHost(): Host {
    return new Host({
      scheduler: this.scheduler,
      faults: this.faults,
      random: this.random('host'),
      trace: this.trace,
      violate: (kind, message) => this.violate(kind, message),
      run: (name, params) => this.flows.run(name, params),
      isEndAfter: () => {
        this.effects += 1;
        return this.effects === this.#options.crashAfterEffect;
      },
    });
  }

  #newFlows(): Flows {
    const { wrapStore = (port) => port, wrapQlik = (port) => port } = this.#options;
    const random = this.random('actions');
    const steps = new Steps({
      random,
      times: timeConstants(),
      tenants: this.topology.tenants,
      store: (activation) => wrapStore(this.#storePort(activation)),
      qlik: (activation, tenant) => wrapQlik(this.#qlikPort(activation, tenant)),
      openwhisk: (activation) => this.host.invokerPort(activation),
      log: (activation) => this.#log(activation),
      chains: () => this.chains(),
    });
    return new Flows({ host: this.host, steps, now: () => this.scheduler.now, onDid: (did) => this.did.add(did) });
  }

  #storePort(activation: Activation): CouchPort {
    return storePort(activation, {
      model: this.store,
      faults: this.faults,
      random: this.random(`store ${activation.id}`),
      trace: this.trace,
      isUp: () => !this.#spells.isMet('store-outage', this.scheduler.now),
      clock: () => new StoreClock(() => this.scheduler.now, STORE_OFFSET_MS),
    });
  }

  #qlikPort(activation: Activation, name: TenantName): QlikPort {
    const tenant = this.tenantOf({ tenant: name });
    return tenantPort(activation, {
      tenant,
      faults: this.faults,
      random: this.random(`qlik ${activation.id}`),
      trace: this.trace,
      now: () => this.scheduler.now,
      isUp: () => !this.#spells.isMet('tenant-outage', this.scheduler.now),
      limitedUntil: () => this.#spells.until('rate-limited', this.scheduler.now),
      isOverQuota: (appId) => this.#spells.until('over-quota', this.scheduler.now, `${name}/${appId}`) > 0,
      onStart: (request, told) => this.#posted(request, told),
    });
  }

  #log(activation: Activation): Log {
    const line =
      (level: string) =>
      (message: string, fields?: object): void =>
        this.trace.add(activation.label, `log.${level}`, message, { after: fields });
    return { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') };
  }

  #posted({ resourceId }: StartRequest, told: string): void {
    this.answers.add(told);
    if (told === '401' || /^4\d\d$/.test(told)) this.truth.refusedFor(resourceId);
  }

  #accepted(reload: SimReload): void {
    this.stirredAt = this.scheduler.now;
    const problem = this.truth.started(reload);
    if (problem !== undefined) this.violate('start', problem);
  }

  #ended(reload: SimReload, tenant: TenantModel): void {
    this.stirredAt = this.scheduler.now;
    const { appId, id: reloadId, status } = reload;
    if (status === 'QUEUED' || status === 'RELOADING') throw new Error(`${reloadId} did not end.`);
    const announced = this.webhooks.announced.length;
    this.webhooks.ended(reload, tenant);
    const told = this.webhooks.announced.slice(announced);
    const isKnowable = (): boolean =>
      tenant.traits.keep === Number.POSITIVE_INFINITY || told.some(({ kind, isTold }) => kind === 'final' && isTold);
    this.truth.ended({ tenant: tenant.name, appId, reloadId, outcome: status, at: this.scheduler.now, isKnowable });
  }

  #written(actor: string, before: StoredDocument | undefined, after: StoredDocument): void {
    this.trace.add(actor, 'store.written', after._id, { rev: after._rev, before: before ?? null, after });
    if (after._id.startsWith('event:')) {
      if (before === undefined) this.events += 1;
      this.#problem(watchEvent(before, after));
    }
    if (!after._id.startsWith('order:')) return;
    if (after['state'] === 'called-off') this.truth.calledOff.add(after._id);
    this.#problem(watchOrder(before, after, this.arrows));
  }

  #problem(problem: string | undefined): void {
    if (problem !== undefined) this.violate('document', problem);
  }

  async #post(announcement: Announcement): Promise<number> {
    const answer = await this.flows.webhook(announcement);
    const { status } = answer;
    this.trace.add(announcement.tenant, 'webhook.answered', announcement.reloadId ?? 'paper', { after: status });
    const isExpected = announcement.kind !== 'session-app' && this.isInAChain(announcement);
    const problem = checkAnswer(announcement, answer, isExpected, (id) => this.store.peek(id) !== undefined);
    if (problem !== undefined) this.violate('answer', problem);
    return status;
  }
}
