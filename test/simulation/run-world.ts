import type { StoredDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import { definitionId } from '../../src/core/document-ids.ts';
import type { AppRef } from '../../src/core/names.ts';
import type { OrderState } from '../../src/core/order-state.ts';
import { mayCancel } from '../../src/core/runs/may-cancel.ts';
import { readEvent } from '../../src/ledger/documents/event.ts';
import { readOrder } from '../../src/ledger/documents/order.ts';
import { comeToRest } from './at-rest.ts';
import { planAnotherDeployment } from './world/another-deployment.ts';
import { changeRules } from './world/change-rules.ts';
import type { Counters, Counts } from './world/counters.ts';
import type { Difference } from './world/flows.ts';
import { logProblems } from './world/log-truth.ts';
import { isOfTheirs } from './world/other-names.ts';
import { planPeople } from './world/people.ts';
import type { Random } from './world/random.ts';
import { ELSEWHERE } from './world/steps.ts';
import { ILL_FORMED_BODY } from './world/topology.ts';
import type { Settlement } from './world/truth.ts';
import type { Announcement } from './world/webhooks.ts';
import { type Violation, World, type WorldOptions } from './world/world.ts';

/** The result of one run. */
export interface RunResult {
  readonly seed: number;
  readonly hash: string;
  readonly lines: number;
  /** Ends that were stored as events. */
  readonly events: number;
  /**
   * `missed`: how many deadlines apps were said to have missed. `arrived`: how often a late app was said to have
   * arrived.
   */
  readonly missed: number;
  readonly arrived: number;
  /** Changes made to the world, by any actor. */
  readonly effects: number;
  readonly violation?: Violation;
  readonly counters: Counters;
  /** How each order of the ledger ended, and how often it was started; sorted. */
  readonly orders: readonly OrderEnd[];
}

interface OrderEnd {
  readonly target: string;
  readonly state: string;
  readonly outcome?: string;
  readonly starts: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const WEEK_MS = 7 * 24 * HOUR_MS;
const SWEEP_EVERY_MS = 5 * MINUTE_MS;
/** About two hundred ends a day. */
const MEAN_PAUSE_MS = 26 * MINUTE_MS;
/** People reload less if links form a loop. */
const LOOPED_PAUSE_MS = 3 * MEAN_PAUSE_MS;

/**
 * Runs a world: a first sweep, `hours` of people and faults, and then rest. A week later all webhooks come once more.
 */
export async function runWorld(options: WorldOptions, plan: (world: World) => void = planDay): Promise<RunResult> {
  const world = new World(options);
  try {
    await runDay(world, options, plan);
  } catch (error) {
    world.violate('bug', error instanceof Error ? String(error.stack) : String(error));
  }
  return resultOf(options.seed, world);
}

async function runDay(world: World, { scenario }: WorldOptions, plan: (world: World) => void): Promise<void> {
  world.faults.isOn = false;
  addHistory(world);
  await isDone(world, world.flows.sweep());
  world.faults.isOn = scenario.factor > 0;
  const sweeps = planSweeps(world);
  planAnotherDeployment(world);
  world.purges.plan(world.until);
  plan(world);
  while (world.scheduler.now < world.until && isFine(world)) {
    await world.scheduler.runUntil(Math.min(world.scheduler.now + SWEEP_EVERY_MS, world.until));
  }
  world.faults.isOn = false;
  if (isFine(world)) await comeToRest(world);
  sweeps.stop();
  if (isFine(world)) await checkRest(world);
  if (isFine(world)) await checkRebuilt(world);
  if (isFine(world)) await isDone(world, world.purges.run());
  if (isFine(world)) checkDefinitions(world);
  if (isFine(world)) await checkRebuilt(world);
  if (isFine(world)) await checkIdleSweep(world);
  if (isFine(world)) await tellAgain(world);
  if (isFine(world)) await checkRebuilt(world);
}

/** Adds reloads that ended before the first sweep. They must start nothing, however often they are listed. */
function addHistory(world: World): void {
  const { apps, late } = world.topology;
  apps.forEach((app, index) => {
    world.tenantOf(app).addHistory(app.appId, (index + 1) * 5 * MINUTE_MS);
  });
  late?.apps.forEach((app, index) => {
    world.tenantOf(app).addHistory(app.appId, 2 * HOUR_MS + index * 28 * HOUR_MS);
  });
}

const isFine = (world: World): boolean => world.violation === undefined;

/** Plans a day: people, a renamed chain file, and other events. */
function planDay(world: World): void {
  const { scheduler, faults, topology, webhooks } = world;
  const random = world.random('people');
  let loads = 0;
  const nextId = (what: string): string => {
    loads += 1;
    return `${what}-${loads}`;
  };
  planPeople(
    {
      scheduler,
      faults,
      random,
      topology,
      tenantOf: (app) => world.tenantOf(app),
      loadInEditor: (app) => loadInEditor(world, app, nextId('editor')),
      sessionApp: (app) => webhooks.sessionApp(world.tenantOf(app), app.appId, nextId('session')),
      callOff: () => callSomethingOff(world, random),
      callOffAll: () => callOffAll(world),
      byHand: (app, body) => scheduler.start(() => world.flows.byHand(app, body)),
      replay: () => replaySomething(world, random),
      garbled: (app) => webhooks.garbled(world.tenantOf(app), app.appId),
    },
    world.until,
    topology.maxHops === undefined && topology.automation === undefined ? MEAN_PAUSE_MS : LOOPED_PAUSE_MS,
  );
  callHostsOff(world);
  scheduler.at(random.between(scheduler.now, world.until), () => {
    if (!faults.may('redeployed')) return;
    faults.count('redeployed');
    world.deploy({ suffix: '-renamed' });
  });
  planChangedRules(world);
  scheduler.at(random.between(scheduler.now, world.until), () => {
    if (topology.late === undefined || !faults.may('link-added')) return;
    faults.count('link-added');
    world.deploy({ hasLate: true });
  });
}

/**
 * Plans changes of the chains, up to three, on every second day. The random numbers come from a stream of their own.
 */
function planChangedRules(world: World): void {
  const { scheduler, faults } = world;
  const random = world.random('changed rules');
  const count = random.chance(0.5) ? random.between(1, 3) : 0;
  for (let number = 1; number <= count; number += 1) {
    scheduler.at(random.between(scheduler.now, world.until), () => {
      if (!faults.may('rules-changed')) return;
      faults.count('rules-changed');
      // A person may also take a change back.
      const from = random.chance(0.3) ? world.topology : world.deployments.topology;
      world.deploy({}, changeRules(from, random, number));
    });
  }
}

function planSweeps(world: World): { stop(): void } {
  const { scheduler, faults } = world;
  const random = world.random('sweeps');
  let isStopped = false;
  const next = (): void => {
    if (isStopped) return;
    scheduler.after(SWEEP_EVERY_MS, next);
    const isDue = !faults.strikes('sweep-missed') && !world.areSweepsPaused();
    if (isDue) scheduler.start(() => world.call(() => world.flows.sweep()));
    const laterMs = random.between(0, 3_000);
    if (faults.strikes('two-sweeps')) scheduler.after(laterMs, () => scheduler.start(() => world.flows.sweep()));
  };
  scheduler.after(SWEEP_EVERY_MS, next);
  return {
    stop: () => {
      isStopped = true;
    },
  };
}

/**
 * A load from the data load editor. It happens only if no request of the app is near, since Cascade would take the load
 * for an attempt of it.
 */
function loadInEditor(world: World, app: AppRef, reloadId: string): void {
  const tenant = world.tenantOf(app);
  if (tenant.isActive(app.appId)) return;
  const at = world.scheduler.now;
  const told = world.webhooks.editorLoaded(tenant, app.appId, reloadId);
  const isNear = (): boolean =>
    tenant
      .ofApp(app.appId)
      .some(
        ({ acceptedAt, endedAt = Number.POSITIVE_INFINITY }) => acceptedAt < at + MINUTE_MS && endedAt > at - MINUTE_MS,
      );
  const end = { tenant: tenant.name, appId: app.appId, reloadId, outcome: 'SUCCEEDED', isUnlisted: true, at } as const;
  const isKnowable = (): boolean =>
    told.isTold && !isNear() && tenant.isListable(app.appId) && !world.isLeftForAge(end);
  world.truth.ended({ ...end, isKnowable });
}

/** A person calls off an order. When the command gets there, it may be too late. */
function callOff(world: World, order: string, random: Random): void {
  const { truth, flows, faults, scheduler } = world;
  truth.calledOff.add(order);
  const cancel = async (): Promise<void> => {
    if (await flows.cancel(order)) return;
    // If nobody repeats the command, the sweep finishes its work.
    if (faults.strikes('called-off-again')) scheduler.after(MINUTE_MS, () => scheduler.start(cancel));
  };
  scheduler.start(cancel);
  const laterMs = random.between(0, LATEST_SECOND_MS);
  if (faults.strikes('called-off-twice')) scheduler.after(laterMs, () => scheduler.start(cancel));
}

const LATEST_SECOND_MS = 400;

function callSomethingOff(world: World, random: Random): void {
  const orders = ordersOf(world);
  const order = orders.find(({ state }) => mayCancel(state as OrderState).kind === 'may');
  if (order !== undefined) callOff(world, order._id, random);
}

/** Calls off orders just while another order is being merged into them, or a little later. */
function callHostsOff(world: World): void {
  const random = world.random('hosts called off');
  world.onMerged = (into) => {
    const afterMs = random.between(0, random.chance(0.5) ? LATEST_SECOND_MS : 3 * MINUTE_MS);
    if (world.faults.strikes('host-called-off')) world.scheduler.after(afterMs, () => callOff(world, into, random));
  };
}

/** A person calls off all orders that are not in Qlik yet. */
function callOffAll(world: World): void {
  const { store, truth, flows, faults, scheduler } = world;
  const cancel = async (): Promise<void> => {
    const isDone = await flows.cancelAll();
    for (const { _id, state } of store.all()) if (state === 'called-off') truth.calledOff.add(_id);
    if (!isDone && faults.strikes('called-off-again')) scheduler.after(MINUTE_MS, () => scheduler.start(cancel));
  };
  scheduler.start(cancel);
}

/** A person has an event followed once more, or a dead letter read again. */
function replaySomething(world: World, random: Random): void {
  const { store, truth, flows, scheduler } = world;
  const events = store
    .all()
    .filter(({ _id, resolvedAt }) => resolvedAt !== undefined || _id.startsWith('dead:'))
    // Nobody replays what ended in a tenant that is not ours.
    .filter((document) => !isOfTheirs(document))
    .filter(({ heardFrom = '' }) => !String(heardFrom).endsWith(`-in-${ELSEWHERE}`));
  if (events.length === 0) return;
  const { _id, tenant, reloadId } = random.pick(events);
  if (_id.startsWith('event:')) truth.replayed({ tenant: String(tenant), reloadId: String(reloadId) }, scheduler.now);
  scheduler.start(() => flows.replay(_id));
}

async function isDone(world: World, work: Promise<unknown>): Promise<void> {
  let isOver = false;
  void work.then(() => {
    isOver = true;
  });
  while (!isOver && isFine(world)) await world.scheduler.runUntil(world.scheduler.now + 1_000);
}

async function checkRest(world: World): Promise<void> {
  const problems = world.truth.problems({
    settlementOf: (order) => settlementOf(world.store.lastKnown(order)),
    isCapped: (end, target) => isCapped(world.store.lastKnown(`event:${end.tenant}:${end.reloadId}`), target),
    isNotStored: (end, order) =>
      isNotStored(world.store.lastKnown(`event:${end.tenant}:${end.reloadId}`), order) &&
      world.store.lastKnown(`alert:not-stored:${order}`) !== undefined,
    isUnseen: ({ tenant, appId }) => world.tenantOf({ tenant }).unseen.has(appId) || !world.isEchoKnown(tenant),
    storedEnd: (end) => storedEnd(world.store.lastKnown(`event:${end.tenant}:${end.reloadId}`)),
    earliestEnd: (end) => earliestEnd(world.store.lastKnown(`event:${end.tenant}:${end.reloadId}`)),
    wasTooLate: (end, target) =>
      hasSkip(world.store.lastKnown(`event:${end.tenant}:${end.reloadId}`), 'too-late', target),
    isForgotten: (order, target) => isForgotten(world.store.lastKnown(order), target, world),
  });
  if (problems.length > 0) world.violate('owed', problems.join('\n'));
  const desk = world.desk.problems({
    hasEnded: (end) => world.truth.hasEnded(end),
    lastKnown: (id) => world.store.lastKnown(id),
    tickets: world.store.all().filter(({ _id }) => _id.startsWith('ticket:reload:')),
  });
  if (desk.length > 0) world.violate('desk', desk.join('\n'));
  const logs = logProblems(world.store.all(), world.tenants);
  if (logs.length > 0) world.violate('log', logs.join('\n'));
  const late = world.lateness.problems({
    lastKnown: (id) => world.store.lastKnown(id),
    isSeen: (app) =>
      world.isInAChain(app) && world.tenantOf(app).isListable(app.appId) && !world.deployments.wasAbsent(app),
    ends: world.truth.ends,
  });
  if (late.length > 0) world.violate('late', late.join('\n'));
  const unheard = world.unheard();
  if (unheard.length > 0) world.violate('notice', unheard.join('\n'));
  const refused = world.store.all().filter(({ _id }) => isRefusedUnduly(_id, world));
  if (refused.length > 0) world.violate('refused', refused.map(({ _id }) => _id).join('\n'));
  await checkIdleSweep(world);
}

/** Checks that the ledger has the chains that each document names, whatever the purges removed. */
function checkDefinitions(world: World): void {
  const named = [...world.store.all()].filter(
    (document) => document['definition'] !== undefined && !isOfTheirs(document),
  );
  const lost = named.find(
    ({ definition }) =>
      world.deployments.isStored(String(definition)) &&
      world.store.peek(definitionId(String(definition))) === undefined,
  );
  if (lost !== undefined) world.violate('purged', `${lost._id} names a definition that is gone`);
}

/**
 * Checks that `cascade rebuild` finds apps and tickets as the ends say, whatever the purges removed. Left out are apps
 * of which an end was told with a time in the future: the app may have counted it with another time than its event has.
 */
async function checkRebuilt(world: World): Promise<void> {
  let differences: readonly Difference[] | undefined;
  const work = world.flows.rebuild().then((found) => {
    differences = found?.filter(({ document }) => !world.desk.isFromFuture(document));
  });
  await isDone(world, work);
  if (differences?.length !== 0)
    world.violate('rebuild', differences?.map(textOf).join('\n') ?? 'cascade rebuild failed');
}

const textOf = ({ document, fields }: Difference): string => `${document} differs: ${JSON.stringify(fields)}`;

async function checkIdleSweep(world: World): Promise<void> {
  const writesBefore = world.writes;
  await isDone(world, world.flows.sweep());
  const writes = world.writes - writesBefore;
  // If each page takes seconds, a sweep must write how far it came.
  const isSlow = [...world.tenants.values()].some(({ traits }) => traits.isSlow);
  if (writes > 0 && !isSlow) world.violate('sweep-writes', `A sweep over finished work wrote ${writes} times`);
}

/** Whether an event's document says that the target was skipped for its hops. */
const isCapped = (document: StoredDocument | undefined, target: AppRef): boolean =>
  hasSkip(document, 'too-many-hops', target);

function hasSkip(
  document: StoredDocument | undefined,
  reason: 'too-many-hops' | 'too-late',
  { appId }: AppRef,
): boolean {
  const skips = document === undefined ? [] : (readEvent(document).skips ?? []);
  return skips.some((skip) => skip.reason === reason && skip.target.appId === appId);
}

const storedEnd = (document: StoredDocument | undefined): number | undefined =>
  document === undefined ? undefined : readEvent(document).endedAt;

function earliestEnd(document: StoredDocument | undefined): number | undefined {
  if (document === undefined) return undefined;
  const { endedAt, reportedEnd, storedAt } = readEvent(document);
  return reportedEnd === undefined ? endedAt : Math.min(endedAt, storedAt);
}

/**
 * Whether an id is that of an alert that the store refused a document, although no link has a body that the store
 * refuses.
 */
const isRefusedUnduly = (id: string, { topology: { links } }: World): boolean =>
  id.startsWith('alert:not-stored:') &&
  !links.some(
    ({ target, body }) =>
      body === ILL_FORMED_BODY && id.startsWith(`alert:not-stored:order:${target.tenant}:${target.appId}:`),
  );

/** Whether an event's document says that the store refuses the order. */
function isNotStored(document: StoredDocument | undefined, order: string): boolean {
  const skips = document === undefined ? [] : (readEvent(document).skips ?? []);
  return skips.some((skip) => skip.reason === 'not-stored' && skip.order === order);
}

function settlementOf(document: StoredDocument | undefined): Settlement | undefined {
  if (document === undefined) return undefined;
  const { state, into, reloadId, ends } = readOrder(document);
  return {
    ...{ state, ends },
    ...(into !== undefined && { into }),
    ...(reloadId !== undefined && { reloadId }),
  };
}

/** Room for the clocks of store and tenants, whose times have whole seconds. */
const CLOCKS_MS = 10_000;

function isForgotten(document: StoredDocument | undefined, target: AppRef, world: World): boolean {
  const doubt = document === undefined ? undefined : readOrder(document).doubt;
  if (doubt === undefined || document === undefined) return false;
  const tenant = world.tenantOf(target);
  const since = (doubt.absentAt ?? doubt.since) - CLOCKS_MS;
  const later = tenant
    .ofApp(target.appId)
    .filter((reload) => reload.acceptedAt >= since && reload.endedAt !== undefined);
  return later.length >= tenant.traits.keep && world.store.lastKnown(`alert:gave-up:${document._id}`) !== undefined;
}

/**
 * Delivers all webhooks once more, except those that Cascade cannot know again, and replays all letters that an earlier
 * version did not understand. The paper's form names no reload. A first webhook is news if it is of a load in the
 * editor, of an attempt that the lists no longer hold, of an app that cannot be listed, or of one that was in no chain
 * then. A webhook with a time in the far future is news if its event is purged.
 */
async function tellAgain(world: World): Promise<void> {
  const { scheduler, webhooks } = world;
  scheduler.now += WEEK_MS;
  // The checkpoint has to be a day later than the ends before a purge removes their events.
  for (const tenant of world.tenants.values()) tenant.addHistory('of-no-chain', MINUTE_MS);
  await isDone(world, world.flows.sweep());
  await isDone(world, world.purges.run());
  const startsBefore = countStarts(world);
  const known = webhooks.announced.filter((announcement) => !isNews(announcement, world));
  known.forEach((announcement, index) => {
    webhooks.deliver(announcement, index * 200);
  });
  for (const letter of world.misreadLetters()) await isDone(world, world.flows.replay(letter));
  await scheduler.runUntil(scheduler.now + known.length * 200 + 10 * MINUTE_MS);
  await isDone(world, world.flows.sweep());
  await scheduler.runUntil(scheduler.now + 10 * MINUTE_MS);
  const starts = countStarts(world) - startsBefore;
  if (starts > 0) world.violate('again', `All webhooks again, a week later, started ${starts} reloads`);
}

function isNews(announcement: Announcement, world: World): boolean {
  const { tenant, kind, appId, reloadId, isTold, isFromFuture } = announcement;
  if (isFromFuture === true && world.isForgotten(tenant, String(reloadId))) return true;
  if (kind !== 'final' && (kind !== 'attempt' || !isTold)) return true;
  const app = { tenant, appId };
  const isAlwaysThere = world.deployments.wasThereAtFirst(app) && !world.deployments.wasAbsent(app);
  if (isAlwaysThere && world.tenants.get(tenant)?.isListable(appId)) return false;
  const known = kind === 'final' ? ['event'] : ['event', 'hint'];
  return known.every((type) => world.store.lastKnown(`${type}:${tenant}:${reloadId}`) === undefined);
}

const countStarts = (world: World): number =>
  [...world.truth.starts.values()].reduce((sum, reloads) => sum + reloads.length, 0);

/** The orders of our tenants. */
const ordersOf = (world: World): readonly StoredDocument[] =>
  world.store.all().filter((document) => document._id.startsWith('order:') && !isOfTheirs(document));

function orderEnds(world: World): readonly OrderEnd[] {
  const orders = ordersOf(world);
  const ends = orders.map(readOrder).map(({ _id, appId, state, outcome }) => {
    const starts = world.truth.starts.get(_id)?.length ?? 0;
    return { target: appId, state, ...(outcome !== undefined && { outcome }), starts };
  });
  return ends.sort((a, b) => (a.target < b.target ? -1 : Number(a.target > b.target)));
}

function resultOf(seed: number, world: World): RunResult {
  return {
    seed,
    hash: world.trace.hash,
    lines: world.trace.lines,
    events: world.events,
    missed: world.lateness.missed,
    arrived: world.lateness.arrivals,
    effects: world.effects,
    ...(world.violation === undefined ? {} : { violation: world.violation }),
    orders: orderEnds(world),
    counters: {
      faults: { ...Object.fromEntries([...world.faults.counts, ...world.purges.counts]), ...traitsMet(world) },
      arrows: world.arrows.counts,
      answers: world.answers.counts,
      did: world.did.counts,
    },
  };
}

const traitsMet = (world: World): Counts =>
  Object.fromEntries([...world.tenants.values()].flatMap(({ met }) => [...met].map((name) => [name, 1])));
