import type { CouchPort, StoredDocument } from '../../../src/clients/couchdb/couchdb-port.ts';
import type { NamespaceLimits } from '../../../src/clients/openwhisk/invoker-port.ts';
import type { QlikPort, StartRequest } from '../../../src/clients/qlik/qlik-port.ts';
import { PURGE_ID, SCHEMA_ID, tenantId } from '../../../src/core/document-ids.ts';
import { type AppRef, appKey, type TenantName } from '../../../src/core/names.ts';
import { timeConstants } from '../../../src/core/time-constants.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import { alertRefusals, type RefusalPorts } from '../../../src/ledger/alert-refusals.ts';
import { definitionHash } from '../../../src/ledger/definition-hash.ts';
import type { Log } from '../../../src/platform/log.ts';
import { StoreModel } from '../../support/store-model.ts';
import type { Activation } from './activation.ts';
import { ChannelModel } from './channel-model.ts';
import { Tally } from './counters.ts';
import { Deployments } from './deployments.ts';
import { DeskTruth } from './desk-truth.ts';
import { drawUnseen } from './draw-unseen.ts';
import { drawExpected } from './expected-apps.ts';
import { type FaultName, Faults } from './faults.ts';
import { Flows } from './flows.ts';
import { Host } from './host.ts';
import { LateTruth } from './late-truth.ts';
import { MisreadLetters } from './misread-letters.ts';
import { isOfTheirs, isTheirs, SILENT_TENANT, watchNames, withTheirNames } from './other-names.ts';
import { PURGE, Purges } from './purges.ts';
import { Random } from './random.ts';
import { RateLimit } from './rate-limit.ts';
import { drawLimits, drawRate, drawTraits, type Scenario } from './scenarios.ts';
import { Scheduler } from './scheduler.ts';
import { Spells } from './spells.ts';
import { addressOf, ELSEWHERE, qlikIdOf, Steps, type StepsWorld } from './steps.ts';
import { StoreClock } from './store-clock.ts';
import { purgePort, type StoreWorld, storePort } from './store-port.ts';
import { isKept } from './tenant-lists.ts';
import { type SimReload, TenantModel } from './tenant-model.ts';
import { tenantPort } from './tenant-port.ts';
import {
  compile,
  type Deployment,
  drawTopology,
  drawWithExtras,
  type Topology,
  withJoins,
  withPolicies,
} from './topology.ts';
import { Trace, type TraceLine } from './trace.ts';
import type { TrueEnd } from './true-end.ts';
import { Truth } from './truth.ts';
import { watchApp, watchEvent, watchOrder } from './watch-orders.ts';
import { watchPurge } from './watch-purge.ts';
import { WatchedGates } from './watched-gates.ts';
import { checkAnswer } from './webhook-answers.ts';
import { type Announcement, Webhooks } from './webhooks.ts';

export interface WorldOptions {
  readonly seed: number;
  readonly hours: number;
  readonly apps: number;
  readonly scenario: Scenario;
  readonly without: readonly FaultName[];
  /** The chains; drawn unless given. */
  readonly topology?: Topology;
  /** The host's limits; drawn unless given. Given limits also hold for concurrent invocations. */
  readonly limits?: NamespaceLimits;
  /** Whether webhooks and sweeps count as invocations of the host, and get a 429 beyond its limits. */
  readonly isDoorHeld?: boolean;
  /** Whether people hear of anything; default true. */
  readonly hasChannels?: boolean;
  /** Whether a channel gives no answer at a world time. */
  readonly isChannelDown?: (channel: string, now: number) => boolean;
  /**
   * The latest world time at which a document's notice may come that is owed since `owedAt`. Default: when everything
   * rests.
   */
  readonly latestNotice?: (document: string, channel: string, owedAt: number) => number;
  /** How many POSTs each tenant takes in five minutes; drawn unless given. */
  readonly rate?: number;
  /** Whoever makes the change to the world with this number crashes right after it. */
  readonly crashAfterEffect?: number;
  readonly write?: (line: TraceLine) => void;
  /** Plants a mistake between an action and its store or tenant. */
  readonly wrapStore?: (port: CouchPort) => CouchPort;
  readonly wrapQlik?: (port: QlikPort) => QlikPort;
}

/** Something that must never happen. */
export interface Violation {
  readonly kind: string;
  readonly message: string;
  /** World time, ISO 8601. */
  readonly at: string;
}

/** A POST as it reached a tenant, and what the tenant answered, at world time. */
export interface Post {
  readonly resourceId: string;
  readonly told: string;
  readonly at: number;
  /** If the tenant refuses the POST for rate: the world time until which it does. */
  readonly limitedUntil: number;
}

/** Random numbers for the calls of one activation. */
type Streams = Readonly<Record<'store' | 'qlik', Random>>;

const START = Date.parse('2026-11-01T00:00:00Z');
const HOUR_MS = 3_600_000;
/** The receiver ignores ends as too old a day before a purge may remove them. */
const RECEIVERS_DAY_MS = 24 * HOUR_MS;
/** The clocks of tenant, store and container together are off by less than this. */
const CLOCKS_OFF_MS = 10 * 60_000;
/** The ending of the names of the other deployment's actions. */
const OTHER = '-of-another-deployment';
const MAX_HOPS = 64;
const MAX_STARTS_PER_HOUR = 12;
/** The limit of starts in an hour, if an automation feeds a chain with its own ends. */
const FEW_STARTS_PER_HOUR = 4;
const STORE_OFFSET_MS = 2_300;
const AUTOMATION_MS = 30_000;
/** The host's status beyond its limits. */
const TOO_MANY = 429;
const NOT_UNDERSTOOD = 400;
const LAG_MS = { 'shown-late': 50_000, 'end-shown-late': 50_000 };

/** If an event has a time in the future, Cascade believes a time up to so long after its storing. */
const MOST_AHEAD_MS = 10 * 60_000;

/** The latest time that Cascade may take for that of an end. */
function latestTime(at: number, event: StoredDocument | undefined): number {
  if (event === undefined) return at;
  return Math.max(at, Math.min(Number(event['endedAt']), Number(event['storedAt']) + MOST_AHEAD_MS));
}

/** The whole world: the clock, the store, the tenants, the host, the messages between them, and the checks. */
export class World {
  readonly scheduler = new Scheduler(START);
  readonly arrows = new Tally();
  readonly answers = new Tally();
  readonly did = new Tally();
  readonly trace: Trace;
  readonly faults: Faults;
  readonly store: StoreModel;
  readonly truth: Truth;
  readonly desk = new DeskTruth();
  readonly lateness: LateTruth;
  readonly topology: Topology;
  readonly tenants: ReadonlyMap<string, TenantModel>;
  readonly host: Host;
  readonly flows: Flows;
  /** Another deployment on our database. */
  readonly other: Flows;
  /** The other deployment's chains and tenants. The tenants have the names of ours, or other names. */
  readonly otherTopology: Topology;
  readonly webhooks: Webhooks;
  readonly purges: Purges;
  readonly channels: ChannelModel;
  readonly until: number;
  violation: Violation | undefined;
  /** Called for each POST that reached a tenant. */
  onPost?: (post: Post) => void;
  /** Called with an order when another order was just merged into it. */
  onMerged: (into: string) => void = () => {};
  /** How many changes to the world have been made, by any actor. */
  effects = 0;
  /** How many events were stored. */
  events = 0;
  /** World time of the last start or end of a reload. */
  stirredAt = START;
  /** How many writes there were of documents that are not stuck (see `isStuck`). */
  writes = 0;
  /** When each tenant's checkpoint was last written with nothing left to list. */
  readonly listedAt = new Map<string, number>();
  readonly deployments: Deployments;
  /** The actions that are deployed beside Cascade, by name. */
  readonly deployed = new Map<string, (params: unknown) => Promise<void>>();
  /** Ends from before this time are history, and nobody hears of them. */
  readonly noticesSince: number;
  /** Ends that a list showed to a sweep that ended well, as `tenant/reload id`. */
  readonly #heard = new Set<string>();
  /** Since when the sweep of a tenant knows of the late apps. */
  readonly #noticedAt = new Map<string, number>();
  readonly #streams = new WeakMap<Activation, Streams>();
  readonly #spells: Spells;
  readonly #rates = new Map<string, RateLimit>();
  readonly #gates: WatchedGates;
  readonly #misread: MisreadLetters;
  /** Until when the tenant refuses the latest POST for rate. */
  #limited = 0;
  readonly #options: WorldOptions;

  constructor(options: WorldOptions) {
    this.#options = options;
    const { hours, apps, scenario, without, write } = options;
    this.until = START + hours * HOUR_MS;
    this.trace = new Trace(() => this.scheduler.now, write);
    this.faults = new Faults(this.random('faults'), new Set(without), scenario);
    const tenantCount = this.random('tenants').chance(0.3) ? 2 : 1;
    this.topology = options.topology ?? this.#drawn(apps, tenantCount);
    this.lateness = new LateTruth({ expected: this.topology.expected ?? [], now: () => this.scheduler.now });
    const hasOtherNames = this.random('names of another deployment').chance(0.5);
    this.otherTopology = hasOtherNames ? withTheirNames(this.topology) : this.topology;
    const { maxHops = MAX_HOPS } = this.topology;
    const echoOf = (tenant: string): string | undefined => this.tenants.get(tenant)?.traits.echo;
    this.truth = new Truth({
      maxHops,
      isEchoing: (tenant) => echoOf(tenant) !== 'none',
      isEchoingEnds: (tenant) => echoOf(tenant) === 'both',
      startedFor: ({ tenant, reloadId }) =>
        this.store.peek(`started:${tenant}:${reloadId}`)?.['order'] as string | undefined,
      orderNow: (order) => this.store.peek(order),
      eventOf: ({ app, reloadId }) => this.store.lastKnown(`event:${app.split('/')[0]}:${reloadId}`),
      definitionOf: (id) => this.store.lastKnown(id)?.['definition'] as string | undefined,
      latestOf: (end) => latestTime(end.at, this.store.lastKnown(`event:${end.tenant}:${end.reloadId}`)),
      mayDecide: (hash) => this.deployments.mayDecide(hash),
      isOpen: ({ tenant, reloadId }) =>
        this.store.lastKnown(`event:${tenant}:${reloadId}`)?.['resolvedAt'] === undefined,
      areHopsSure: () => [...this.tenants.keys()].every((tenant) => echoOf(tenant) === 'both'),
    });
    const spell = { from: START, until: this.until, factor: scenario.factor };
    const appKeys = this.topology.apps.map(appKey);
    this.#spells = new Spells(this.random('spells'), this.faults, spell, appKeys);
    this.store = new StoreModel({
      onWrite: (actor, before, after) => this.#written(actor, before, after),
      suffixOf: (write) => write.toString(16).padStart(8, '0'),
    });
    for (const name of this.topology.tenants) {
      const bound = { _id: tenantId(name), schema: 1, type: 'tenant', url: addressOf(name), id: qlikIdOf(name) };
      this.store.put('deployment', bound);
    }
    this.deployments = new Deployments({
      scheduler: this.scheduler,
      random: this.random('deployments'),
      store: this.store,
      topology: this.topology,
    });
    this.truth.deploy(this.deployments.newest);
    this.noticesSince = this.#upgraded();
    this.purges = new Purges({
      scheduler: this.scheduler,
      trace: this.trace,
      random: this.random('purges'),
      faults: new Faults(this.random('faults of purges'), new Set(without), scenario),
      violate: (kind, message) => this.violate(kind, message),
      purge: (activation) => this.flows.steps.purge(activation),
      watch: () => watchPurge(this.store),
    });
    const channelFaults = new Faults(this.random('faults of channels'), new Set(without), scenario);
    const { isChannelDown = () => false, latestNotice = () => Number.POSITIVE_INFINITY } = options;
    this.channels = new ChannelModel({
      isDown: (channel) => isChannelDown(channel, this.scheduler.now),
      latest: latestNotice,
      random: this.random('channels'),
      isHistory: (endedAt) => endedAt < this.noticesSince,
      trace: this.trace,
      now: () => this.scheduler.now,
      violate: (kind, message) => this.violate(kind, message),
      strikes: (fault) => {
        const isStriking = this.faults.isOn && channelFaults.draws(fault);
        if (isStriking) this.faults.count(fault);
        return isStriking;
      },
    });
    this.tenants = new Map(this.topology.tenants.map((name) => [name, this.#newTenant(name)]));
    this.#gates = new WatchedGates(STORE_OFFSET_MS);
    this.#misread = new MisreadLetters({
      random: this.random('misread letters'),
      faults: this.faults,
      scheduler: this.scheduler,
      store: this.store,
      until: this.until,
      isAlwaysThere: (app) => !this.isLate(app.appId) && !this.deployments.wasAbsent(app),
      replay: (id) => this.flows.replay(id),
    });
    drawUnseen(this.topology, this.tenants, this.random('unseen'), this.faults);
    this.host = this.#newHost();
    ({ flows: this.flows, other: this.other } = this.#newFlows());
    this.webhooks = new Webhooks({
      scheduler: this.scheduler,
      faults: this.faults,
      random: this.random('webhooks'),
      future: this.random('events from the future'),
      post: (announcement) => this.#post(announcement),
    });
  }

  /** The dead letters of webhooks that this version understands, and that nobody has replayed. */
  misreadLetters(): readonly string[] {
    return this.#misread.open();
  }

  /** Whether a purge has removed the event of an end. */
  isForgotten(tenant: string, reloadId: string): boolean {
    const id = `event:${tenant}:${reloadId}`;
    return this.store.lastKnown(id) !== undefined && !this.store.all().some(({ _id }) => _id === id);
  }

  /**
   * On every second day, a version that sends notices is deployed in the middle of the day. Earlier ends are history.
   */
  #upgraded(): number {
    const random = this.random('upgrade');
    const isUpgraded = random.chance(0.5) && this.faults.may('upgraded');
    if (isUpgraded) this.faults.count('upgraded');
    const noticesSince = isUpgraded ? random.between(START, this.until) : 0;
    this.store.put('deployment', { _id: SCHEMA_ID, schema: 1, type: 'schema', version: 1, noticesSince });
    return noticesSince;
  }

  /** An activation's random numbers. All its ports share them, as an action opens a port anew for each call. */
  #streamsOf(activation: Activation): Streams {
    const known = this.#streams.get(activation);
    const { id } = activation;
    const streams = known ?? { store: this.random(`store ${id}`), qlik: this.random(`qlik ${id}`) };
    this.#streams.set(activation, streams);
    return streams;
  }

  #drawn(apps: number, tenantCount: number): Topology {
    const plain = drawTopology(apps, tenantCount, this.random('topology'));
    const extended = drawWithExtras(plain, this.random('extras'), this.faults);
    // Each addition has a random stream of its own, so that it changes nothing else of a world.
    const joined = withJoins(extended, this.random('joins'), this.faults);
    const tried = withPolicies(joined, this.random('policies'), this.faults);
    return { ...tried, expected: drawExpected(tried.apps, this.random('expected'), START, this.until) };
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

  /** Deploys renamed chain files, the late links, or other chains. */
  deploy(change: Partial<Deployment>, topology?: Topology): void {
    this.deployments.deploy(change, topology);
    this.truth.deploy(this.deployments.newest);
    this.trace.add('person', 'deploy', JSON.stringify([this.deployments.newest.hash, this.deployments.deployment]));
  }

  /** Makes a call from outside, a webhook or a sweep; undefined if the host's limits refuse it. */
  async call<T>(work: () => Promise<T>): Promise<T | undefined> {
    if (this.#options.isDoorHeld !== true) return work();
    return this.host.admits() === 'accepted' ? this.host.holding(work) : undefined;
  }

  areSweepsPaused(): boolean {
    return this.#spells.isMet('sweeps-paused', this.scheduler.now);
  }

  /** What people should have heard and never heard, when nothing is left to do. */
  unheard(): readonly string[] {
    if (this.#options.hasChannels === false) return [];
    const alerts = this.store.all().filter((document) => document._id.startsWith('alert:') && !isOfTheirs(document));
    return this.channels.problems(this.desk.streaks, alerts);
  }

  isLate(appId: string): boolean {
    return this.topology.late?.apps.some((app) => app.appId === appId) === true;
  }

  isLateDeployed(): boolean {
    return this.deployments.deployment.hasLate;
  }

  /** Whether a sweep had to find an end, at the time `at`, that no webhook reports. */
  isSwept({ tenant, appId, reloadId, at }: Pick<TrueEnd, 'tenant' | 'appId' | 'reloadId' | 'at'>): boolean {
    const model = this.tenantOf({ tenant: tenant as TenantName });
    if (!model.isListable(appId) || this.deployments.wasAbsent({ tenant, appId })) return false;
    const reload = model.find(reloadId);
    // If the tenant's list lost the end before it was shown to a sweep that ended well, Cascade does not promise to
    // hear of it.
    if (reload !== undefined && !isKept(reload, model) && !this.#heard.has(`${tenant}/${reloadId}`)) return false;
    return !this.isLate(appId) || at > (this.#noticedAt.get(tenant) ?? Number.POSITIVE_INFINITY);
  }

  /**
   * Whether a document stays due for good. A hint or an order in doubt does if its app cannot be seen. An order in
   * doubt also does if no start was ever answered, because nobody then knows whether the tenant echoes.
   */
  isStuck(document: StoredDocument): boolean {
    const { type, appId, tenant, state } = document;
    if (typeof appId !== 'string' || typeof tenant !== 'string') return false;
    const isInDoubt = type === 'order' && (state === 'unknown' || state === 'claimed');
    if (isInDoubt && !this.isEchoKnown(tenant)) return true;
    return this.tenants.get(tenant)?.unseen.has(appId) === true && (type === 'hint' || isInDoubt);
  }

  /** Whether the ledger knows if the tenant echoes our ids. */
  isEchoKnown(tenant: string): boolean {
    return this.store.peek(`gate:${tenant}`)?.['echoes'] !== undefined;
  }

  #hear(lists: Activation['lists']): void {
    for (const [list, ids] of lists) {
      for (const id of ids ?? []) this.#heard.add(`${list.split('/')[0]}/${id}`);
    }
  }

  isInAChain(app: { readonly tenant: string; readonly appId: string }): boolean {
    return `${app.tenant}/${app.appId}` in this.deployments.of('receiver').compiled.apps;
  }

  #newTenant(name: TenantName): TenantModel {
    const { rate = drawRate(this.random(`rate ${name}`), this.#options.scenario) } = this.#options;
    this.#rates.set(name, new RateLimit(rate));
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
      limits: this.#options.limits ?? drawLimits(this.random('limits'), this.#options.scenario),
      isHeldAtOnce: this.#options.limits !== undefined,
      violate: (kind, message) => this.violate(kind, message),
      run: (name, params) => {
        const other = this.deployed.get(name);
        if (other !== undefined) return other(params);
        return name.endsWith(OTHER)
          ? this.other.run(name.slice(0, -OTHER.length), params)
          : this.flows.run(name, params);
      },
      isEndAfter: ({ name }) => {
        this.effects += 1;
        if (this.effects === this.#options.crashAfterEffect) return true;
        return name === 'cancel' && this.faults.strikes('call-off-dies');
      },
    });
  }

  #newFlows(): { readonly flows: Flows; readonly other: Flows } {
    const { wrapQlik = (port) => port } = this.#options;
    const random = this.random('actions');
    const world: StepsWorld = {
      random,
      times: timeConstants(),
      tenants: this.topology.tenants,
      store: (activation) => this.storeOf(activation),
      admin: (activation) => purgePort(activation, this.#storeWorld(activation)),
      retention: this.purges.retention,
      qlik: (activation, tenant) => wrapQlik(this.qlikOf(activation, tenant)),
      openwhisk: (activation) => this.host.invokerPort(activation),
      log: (activation) => this.logOf(activation),
      chains: (action) => this.deployments.of(action),
      channels: this.#options.hasChannels === false ? undefined : this.channels,
      stopwatch: () => this.scheduler.now,
      maxHops: this.topology.maxHops ?? MAX_HOPS,
      maxStartsPerHour: this.topology.automation === undefined ? MAX_STARTS_PER_HOUR : FEW_STARTS_PER_HOUR,
      onByHand: ({ order, tenant, appId, body }) =>
        this.truth.byHand(order, { tenant, appId }, body, this.scheduler.now),
    };
    const { host } = this;
    const now = (): number => this.scheduler.now;
    const told = {
      onDid: (did: string) => this.did.add(did),
      onHeard: (lists: Activation['lists']) => this.#hear(lists),
    };
    const steps = new Steps({ ...world, ...this.#elsewhere(world) });
    const elsewhere: Pick<Host, 'runAction'> = {
      runAction: (name, limitMs, work) => host.runAction(`${name}${OTHER}`, limitMs, work),
    };
    return {
      flows: new Flows({ host, steps: new Steps(world), now, ...told }),
      other: new Flows({ host: elsewhere, steps, now, onDid: () => {}, onHeard: () => {} }),
    };
  }

  /** What is different for another deployment on our database, as its tenants are elsewhere. */
  #elsewhere(ours: StepsWorld): Pick<StepsWorld, 'region' | 'tenants' | 'chains' | 'channels' | 'qlik' | 'openwhisk'> {
    return {
      channels: undefined,
      region: ELSEWHERE,
      tenants: this.otherTopology.tenants,
      chains: () => {
        const compiled = compile(this.otherTopology, this.deployments.deployment);
        return { compiled, hash: definitionHash(compiled) };
      },
      qlik: (activation, tenant) => {
        if (isTheirs(tenant)) return SILENT_TENANT;
        this.violate('other-tenant', `${activation.label} of another deployment had to do with ${tenant}`);
        return ours.qlik(activation, tenant);
      },
      openwhisk: (activation) => {
        const port = ours.openwhisk(activation);
        return { ...port, invoke: (action, params) => port.invoke(`${action}${OTHER}`, params) };
      },
    };
  }

  #refusalPorts(activation: Activation): RefusalPorts {
    const now = () => this.scheduler.now as EpochMs;
    return { traceId: activation.id, now, log: this.logOf(activation) };
  }

  /** An activation's way to the store. */
  storeOf(activation: Activation): CouchPort {
    const { wrapStore = (port) => port } = this.#options;
    return alertRefusals(wrapStore(this.#storePort(activation)), this.#refusalPorts(activation));
  }

  #storePort(activation: Activation): CouchPort {
    return storePort(activation, this.#storeWorld(activation));
  }

  #storeWorld(activation: Activation): StoreWorld {
    return {
      model: this.store,
      faults: activation.name === PURGE ? this.purges.faults : this.faults,
      random: this.#streamsOf(activation).store,
      trace: this.trace,
      isUp: () => !this.#spells.isMet('store-outage', this.scheduler.now),
      clock: () => new StoreClock(() => this.scheduler.now, STORE_OFFSET_MS),
    };
  }

  /** An activation's way to a tenant. */
  qlikOf(activation: Activation, name: TenantName): QlikPort {
    const tenant = this.tenantOf({ tenant: name });
    return tenantPort(activation, {
      tenant,
      faults: this.faults,
      random: this.#streamsOf(activation).qlik,
      trace: this.trace,
      now: () => this.scheduler.now,
      isUp: () => !this.#spells.isMet('tenant-outage', this.scheduler.now),
      hasToken: () => !this.#spells.isMet('no-token', this.scheduler.now),
      limitedUntil: () => this.#limitedUntil(name),
      isOverQuota: (appId) => this.#spells.until('over-quota', this.scheduler.now, `${name}/${appId}`) > 0,
      onStart: (request, told, by) => this.#posted(request, told, { tenant: name, by }),
      onCancel: (reload, isActive) => this.#canceling(activation, reload, isActive),
    });
  }

  logOf(activation: Activation): Log {
    const line =
      (level: string) =>
      (message: string, fields?: object): void =>
        this.trace.add(activation.label, `log.${level}`, message, { after: fields });
    return { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') };
  }

  /** Until when a tenant refuses a POST for rate; 0 if it accepts it. */
  #limitedUntil(tenant: string): number {
    const { now } = this.scheduler;
    const spell = this.#spells.until('rate-limited', now);
    if (spell > 0) this.faults.count('rate-limited');
    const isHeld = this.#options.rate !== undefined || this.faults.may('rate-spent');
    const spent = spell > 0 || !isHeld ? 0 : (this.#rates.get(tenant)?.take(now) ?? 0);
    if (spent > 0) this.faults.count('rate-spent');
    this.#limited = Math.max(spell, spent);
    return this.#limited;
  }

  #posted(
    { resourceId }: StartRequest,
    told: string,
    { tenant, by }: { readonly tenant: string; readonly by: Activation },
  ): void {
    this.onPost?.({ resourceId, told, at: this.scheduler.now, limitedUntil: this.#limited });
    const until = this.#gates.shutFor(tenant, by);
    if (until > this.scheduler.now) {
      this.violate('before-retry-after', `${resourceId} was posted before ${new Date(until).toISOString()}`);
    }
    if (told === 'HTTP-429') this.#gates.refused(by, this.#limited);
    this.answers.add(told);
    if (told === '401' || /^4\d\d$/.test(told)) this.truth.refusedFor(resourceId);
  }

  /** Checks a request to cancel. A worker cancels a second start, and the sweep cancels a reload that runs too long. */
  #canceling({ name }: Activation, reload: SimReload, isActive: boolean): void {
    if (name !== 'collector') return;
    const problem = this.truth.canceling(reload, this.scheduler.now);
    if (problem !== undefined) this.violate('cancel', problem);
    if (!isActive || reload.isCanceledByUs === true) return;
    this.faults.count('timed-out');
    reload.isCanceledByUs = true;
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
    const end = { tenant: tenant.name, appId, reloadId, outcome: status, at: this.scheduler.now };
    const isKnowable = (): boolean => told.some(({ kind, isTold }) => kind === 'final' && isTold) || this.isSwept(end);
    const { resourceId, isCanceledByUs, acceptedAt } = reload;
    const ours = { ...(resourceId && { resourceId }), ...(isCanceledByUs && { isCanceledByUs }) };
    const isSpent = this.truth.ended({ ...end, ...ours, ranMs: end.at - acceptedAt, isKnowable });
    if (isSpent) this.faults.count('attempts-spent');
    if (status === 'SUCCEEDED') this.#automate(end);
  }

  /** An automation outside of Cascade. */
  #automate({ tenant, appId }: { readonly tenant: string; readonly appId: string }): void {
    const { automation } = this.topology;
    if (automation?.after.tenant !== tenant || automation.after.appId !== appId || !this.faults.may('automation'))
      return;
    this.scheduler.after(AUTOMATION_MS, () => {
      const { target } = automation;
      const reload = { appId: target.appId, type: 'external', userId: 'robot', body: {} };
      if (this.tenantOf(target).accept(reload) !== undefined) this.faults.count('automation');
    });
  }

  #written(actor: string, before: StoredDocument | undefined, after: StoredDocument): void {
    this.trace.add(actor, 'store.written', after._id, { rev: after._rev, before: before ?? null, after });
    if (this.otherTopology !== this.topology) {
      const problem = watchNames(actor, actor.includes(OTHER), after);
      if (problem !== undefined) this.violate('other-tenant', problem);
    }
    // An alert may be about both deployments, if their tenants have the same names.
    if (after._id.startsWith('alert:')) this.channels.written(after);
    if (isOfTheirs(after) || after._id === PURGE_ID) return;
    this.#problem(this.#watchDefinition(actor, before, after));
    if (after._id.startsWith('event:')) {
      if (before === undefined) this.events += 1;
      this.#problem(watchEvent(before, after));
    }
    this.#problem(this.desk.written(before, after));
    this.#problem(this.lateness.written(before, after));
    this.#called(before, after);
    if (after._id.startsWith('gate:')) this.#gates.written(after, this.scheduler.now);
    if (after._id.startsWith('channel:')) this.channels.paced(actor, before, after);
    if (after._id.startsWith('ticket:question:')) this.channels.written(after);
    if (after._id.startsWith('app:')) {
      this.#problem(watchApp(after, this.scheduler.now));
      this.channels.written(after);
    }
    // An alert about something that never changes is written again now and then, and told again after a day.
    const isAlert = after._id.startsWith('alert:');
    const isToldAgain = before !== undefined && (isAlert || after._id.startsWith('channel:'));
    if (!isToldAgain && !this.isStuck(after)) this.writes += 1;
    if (!isToldAgain && isAlert) this.#alerted(String(after['kind']));
    if (after._id.startsWith('checkpoint:')) this.#moved(after);
    if (!after._id.startsWith('order:')) return;
    this.#problem(watchOrder(before, after, this.arrows));
    if (after['state'] === 'merged' && before?.['state'] !== 'merged') this.onMerged(String(after['into']));
  }

  /** Checks what links that wait for several apps call for. */
  #called(before: StoredDocument | undefined, after: StoredDocument): void {
    const problem = this.truth.called(before, after);
    if (problem !== undefined) this.violate('owed', problem);
  }

  /**
   * Checks that a resolved event, and an order that an end called for, name the chains that decided, and that this name
   * never changes.
   */
  #watchDefinition(actor: string, before: StoredDocument | undefined, after: StoredDocument): string | undefined {
    const { _id, definition } = after;
    if (before?.['definition'] !== undefined && before['definition'] !== definition) {
      return `${_id} named the definition ${before['definition']}, and now ${definition}`;
    }
    const isNew = before?.['definition'] === undefined && definition !== undefined;
    const isResolved = _id.startsWith('event:') && after['resolvedAt'] !== undefined;
    if (isResolved && definition === undefined) return `${_id} is resolved, and names no definition`;
    // An order of a composite link may be created long after the decision, and a person replays with the newest files.
    const isOfResolver =
      isResolved || (_id.startsWith('order:') && /^order:[^:]*:[^:]*:(s|weekly):(?!r\d+\.)/.test(_id));
    if (!isNew || !isOfResolver || actor.includes(OTHER)) return undefined;
    return this.deployments.mayDecide(String(definition))
      ? undefined
      : `${_id} was decided by ${definition}, which is not deployed`;
  }

  #alerted(kind: string): void {
    if (kind === 'too-many-hops') this.faults.count('hops-capped');
    if (kind === 'too-many-starts') this.faults.count('starts-guarded');
  }

  #moved({ _id, apps = [], gap, round }: StoredDocument): void {
    const tenant = _id.slice('checkpoint:'.length);
    if (gap === undefined && round === undefined) this.listedAt.set(tenant, this.scheduler.now);
    const isNoticed = Array.isArray(apps) && apps.some((appId) => this.isLate(String(appId)));
    if (isNoticed && !this.#noticedAt.has(tenant)) this.#noticedAt.set(tenant, this.scheduler.now);
  }

  #problem(problem: string | undefined): void {
    if (problem !== undefined) this.violate('document', problem);
  }

  /**
   * Whether Cascade may ignore the end for its age, as a purge may have removed its event. It does so if this is the
   * first webhook of the end, or if the app was in no chain before.
   */
  #mayBeTooOld({ tenant, about }: Announcement): boolean {
    const endedAt =
      about === undefined ? undefined : this.tenantOf({ tenant: tenant as TenantName }).find(about)?.endedAt;
    return endedAt !== undefined && this.#isMaybeTooOld(endedAt, this.scheduler.now);
  }

  #isMaybeTooOld(endedAt: number, now: number): boolean {
    return now - endedAt > this.purges.retention.receiver - RECEIVERS_DAY_MS - CLOCKS_OFF_MS;
  }

  /** Whether the sweep rightly settled the hint of a load without effect, because it had stayed due for too long. */
  isLeftForAge({ tenant, reloadId, at }: Pick<TrueEnd, 'tenant' | 'reloadId' | 'at'>): boolean {
    const hint = this.store.lastKnown(`hint:${tenant}:${reloadId}`);
    return hint?.['settledAs'] === 'too-old' && this.#isMaybeTooOld(at, Number(hint['settledAt']));
  }

  async #post(announcement: Announcement): Promise<number> {
    const isReload = announcement.kind !== 'session-app';
    const wasInAChain = this.isInAChain(announcement);
    const { tenant, about } = announcement;
    if (about !== undefined && this.isLate(announcement.appId)) this.truth.toldLate({ tenant, reloadId: about });
    if (this.#misread.take(announcement)) return NOT_UNDERSTOOD;
    const answer = await this.call(() => this.flows.webhook(announcement));
    if (answer === undefined) {
      this.trace.add(announcement.tenant, 'webhook.refused', announcement.reloadId ?? 'paper');
      return TOO_MANY;
    }
    const { status } = answer;
    // A deployment may have changed the chains in between.
    const isExpected = isReload && wasInAChain && this.isInAChain(announcement) && !this.#mayBeTooOld(announcement);
    this.trace.add(announcement.tenant, 'webhook.answered', announcement.reloadId ?? 'paper', { after: status });
    const isStored = (id: string): boolean => this.store.lastKnown(id) !== undefined;
    const isDeadLetter = (body: string): boolean => this.store.all().some((document) => document['body'] === body);
    const problem = checkAnswer(announcement, answer, isExpected, isStored, isDeadLetter);
    if (problem !== undefined) this.violate('answer', problem);
    return status;
  }
}
