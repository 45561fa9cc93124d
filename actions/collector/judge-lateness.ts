/*
 * A chain file can say by when an app must have been reloaded (`expected`). An app that is not reloaded causes no
 * webhook, so nothing else would notice. The sweep, which runs every 5 minutes, looks here for apps that missed such a
 * deadline. It writes that into the apps' documents, with a notice (a message) for people. It also writes there which
 * deadline is next, for the dashboard.
 *
 * A deadline has a grace: some time after the deadline in which the app is not late yet.
 */

import type { NewDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import { type AppState, FRESH_APP } from '../../src/core/desk/app-state.ts';
import { type Expectation, expectedText } from '../../src/core/desk/expected.ts';
import { type Deadline, isBeforeKnown, isNewlyLate, lateApp } from '../../src/core/desk/judge-late.ts';
import { channelsNamed } from '../../src/core/desk/routes-of.ts';
import { appStateId } from '../../src/core/document-ids.ts';
import { type AppKey, type AppRef, appKey, appOfKey, type TenantName } from '../../src/core/names.ts';
import { addMs, type DurationMs, type EpochMs } from '../../src/core/units.ts';
import { readOrLog } from '../../src/ledger/bad-document.ts';
import { lastDeadline, nextDeadline } from '../../src/ledger/deadlines.ts';
import { appStateDocument, readAppState } from '../../src/ledger/documents/app-state.ts';
import { storeTime } from '../../src/ledger/ledger-ports.ts';
import { retryOnConflict } from '../../src/ledger/retry-on-conflict.ts';
import { type CollectorPorts, lastCall } from './collector-ports.ts';
import { earlierSuccess } from './list/earlier-success.ts';
import { appsWithOpenEvents } from './open-events.ts';
import { documentsById, partsOf } from './store-parts.ts';
import type { KnownEnds } from './sweep-tenant.ts';
import type { SweptTenants } from './swept-tenants.ts';

const NO_GRACE = 0 as DurationMs;

/** An app that is expected, and the last deadline that this sweep may judge. */
interface ExpectedApp {
  readonly app: AppRef;
  readonly expected: Expectation;
  /** Absent if no deadline with its grace is over yet, or if this sweep does not know all ends of the app. */
  readonly passed?: Deadline;
}

/** The new state of an app, which replaces the one in its document. */
interface Next {
  readonly state: AppState;
  readonly isLate: boolean;
}

/**
 * Judges which apps have missed a deadline (docs/sweep.md, "Late apps"). It also notes in an app's document since when
 * the app is expected.
 *
 * A sweep judges an app only if it knows all ends of the app: Qlik's list was complete and is newer than the deadline
 * with its grace, each end in it is stored, and each stored end is recorded (counted in the app's document). Otherwise
 * a later sweep judges. If two sweeps judge at once, one notice is written, because both write the app's document by
 * its rev (CouchDB's name of a version): the second write is a conflict.
 *
 * @param known - the apps of which all ends are stored, and up to when.
 * @returns the ids of the documents of the apps that have just become late. They owe notices.
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function judgeLateness(
  known: readonly KnownEnds[],
  tenants: SweptTenants,
  ports: CollectorPorts,
): Promise<readonly string[]> {
  const expected = expectedApps(known, tenants, ports);
  if (expected.length === 0 || ports.now() >= lastCall(ports)) return [];
  const states = await readStates(expected, ports);
  // A deadline counts only if the app was expected before it. So an app's document first says since when the app is
  // expected.
  const now = storeTime(ports);
  const unnoted = expected.filter((each) => isUnnoted(each, states) || isNextOver(each, states, now));
  const nextOf = remembered(nextDeadline);
  await changeApps(unnoted, (each, state) => noted(each, state, nextOf, now), ports);
  const missed = expected.filter((each) => !isUnnoted(each, states) && hasMissed(each, states.get(appKey(each.app))));
  if (missed.length === 0) return [];
  // An end that is stored, but not recorded in its app's document, may be the success that the app seems to lack.
  const open = await appsWithOpenEvents(ports);
  if (open === undefined) return [];
  const judged = missed.filter(({ app }) => !open.has(appKey(app)));
  const successes = await earlierSuccesses(
    judged.filter((each) => isAskedFor(each, states)),
    tenants,
    ports,
  );
  return changeApps(judged, (each, state) => judge(each, state, successes.get(appKey(each.app)), ports), ports);
}

/** The apps of the chains that are expected. Left out are apps of a tenant that is not in the settings or has moved. */
function expectedApps(
  known: readonly KnownEnds[],
  tenants: SweptTenants,
  { apps, tenants: ours }: CollectorPorts,
): readonly ExpectedApp[] {
  const passedOf = remembered(lastDeadline);
  const untilOf = new Map(known.flatMap(({ until, apps: all }) => all.map((app) => [appKey(app), until] as const)));
  return Object.entries(apps).flatMap(([key, { expected }]): readonly ExpectedApp[] => {
    const app = appOfKey(key as AppKey);
    if (expected === undefined || !ours.includes(app.tenant) || tenants.isMoved(app.tenant)) return [];
    const until = untilOf.get(appKey(app));
    const passed = until === undefined ? undefined : passedOf(expected, until);
    return [{ app, expected, ...(passed !== undefined && { passed }) }];
  });
}

/**
 * `deadlineOf` with a memory, because many apps have the same deadline, and it takes up to a millisecond to work out.
 */
function remembered(deadlineOf: typeof lastDeadline): typeof lastDeadline {
  const known = new Map<string, Deadline | undefined>();
  return (expected, until) => {
    const key = `${expectedText(expected)} ${until}`;
    if (!known.has(key)) known.set(key, deadlineOf(expected, until));
    return known.get(key);
  };
}

/**
 * The states in the apps' documents. `spoilt`: the document is malformed. The sweep leaves such an app alone until a
 * person repairs the document.
 */
type States = ReadonlyMap<AppKey, AppState | 'spoilt'>;

async function readStates(apps: readonly ExpectedApp[], { store, log }: CollectorPorts): Promise<States> {
  const documents = await documentsById(
    apps.map(({ app }) => appStateId(app)),
    store,
  );
  return new Map(
    apps.flatMap(({ app }) => {
      const document = documents.get(appStateId(app));
      return document === undefined ? [] : [[appKey(app), readOrLog(document, readAppState, log) ?? 'spoilt'] as const];
    }),
  );
}

const isSpoilt = (state: AppState | 'spoilt' | undefined): state is 'spoilt' => state === 'spoilt';

/** Whether the app's document does not say yet since when the app has this deadline. */
function isUnnoted({ app, expected }: ExpectedApp, states: States): boolean {
  const state = states.get(appKey(app));
  return !isSpoilt(state) && state?.expectedSince?.text !== expectedText(expected);
}

/** Whether the app's document does not say which deadline is next now. That changes once with each deadline. */
function isNextOver({ app, expected }: ExpectedApp, states: States, now: EpochMs): boolean {
  const state = states.get(appKey(app));
  return state !== undefined && !isSpoilt(state) && !isCurrent(state.expectedSince?.next, expected, now);
}

const isCurrent = (next: Deadline | undefined, { grace = NO_GRACE }: Expectation, now: EpochMs): boolean =>
  next !== undefined && (next.after ?? 0) <= now && now < addMs(next.deadline, grace);

/** Notes since when the app has this deadline, and which one is next. */
function noted(
  { expected }: ExpectedApp,
  state: AppState,
  nextOf: typeof nextDeadline,
  now: EpochMs,
): Next | undefined {
  const text = expectedText(expected);
  const known = state.expectedSince?.text === text ? state.expectedSince : undefined;
  if (isCurrent(known?.next, expected, now)) return undefined;
  const next = nextOf(expected, now);
  if (known !== undefined && next === undefined) return undefined;
  const since = { ...(known ?? { text, at: now }), ...(next !== undefined && { next }) };
  return { state: { ...state, expectedSince: since }, isLate: false };
}

/** Whether the app has missed its deadline, by its document as it was read. */
const hasMissed = ({ passed }: ExpectedApp, state: AppState | 'spoilt' | undefined): boolean =>
  passed !== undefined && state !== undefined && !isSpoilt(state) && isNewlyLate(state, passed);

/**
 * Whether only Qlik knows if the app has succeeded in time: a part of that time was before Cascade knew that the app is
 * expected.
 */
function isAskedFor({ app, passed }: ExpectedApp, states: States): boolean {
  const state = states.get(appKey(app));
  return passed !== undefined && state !== undefined && !isSpoilt(state) && isBeforeKnown(state, passed);
}

/**
 * Asks Qlik for the newest success of each app. If Qlik does not answer for an app, this asks no more for apps of its
 * tenant. A later sweep does.
 */
async function earlierSuccesses(
  apps: readonly ExpectedApp[],
  tenants: SweptTenants,
  ports: CollectorPorts,
): Promise<ReadonlyMap<AppKey, EpochMs>> {
  const successes = new Map<AppKey, EpochMs>();
  const silent = new Set<TenantName>();
  for (const { app, passed } of apps) {
    if (silent.has(app.tenant) || !(await tenants.mayAsk(app.tenant))) continue;
    const success = await earlierSuccess(app, passed?.after, ports);
    if (success === undefined) silent.add(app.tenant);
    else successes.set(appKey(app), success);
  }
  return successes;
}

/**
 * Judges one app by its present document. It notes what Qlik said. If the app is late, it also notes that.
 *
 * @param success - the newest success that Qlik lists; undefined if Qlik was not asked.
 */
function judge(
  { app, expected, passed }: ExpectedApp,
  state: AppState,
  success: EpochMs | undefined,
  ports: CollectorPorts,
): Next | undefined {
  const { expectedSince } = state;
  if (passed === undefined || expectedSince?.text !== expectedText(expected)) return undefined;
  const known = success === undefined ? state : { ...state, expectedSince: { ...expectedSince, success } };
  const onlyAnswer = known === state ? undefined : { state: known, isLate: false };
  if (!isNewlyLate(known, passed) || isBeforeKnown(known, passed)) return onlyAnswer;
  const { state: late, dropped } = lateApp(known, passed, {
    to: channelsNamed(app, 'late', ports.apps),
    now: storeTime(ports),
    traceId: ports.traceId,
  });
  if (dropped > 0)
    ports.log.error('An app has too many notices that nobody took: the oldest are dropped', { app: appKey(app) });
  return { state: late, isLate: true };
}

/**
 * Changes the documents of apps, each by its rev. After a conflict this reads and decides again. After `MOST_CONFLICTS`
 * tries a later sweep judges.
 *
 * @param change - gets an app's state. It returns undefined if nothing is to be written.
 * @returns the ids of the documents of the apps that became late.
 */
async function changeApps(
  apps: readonly ExpectedApp[],
  change: (app: ExpectedApp, state: AppState) => Next | undefined,
  ports: CollectorPorts,
): Promise<readonly string[]> {
  const late: string[] = [];
  for (const part of partsOf(apps)) {
    let open = part;
    await retryOnConflict(async () => {
      open = await changeOnce(open, change, late, ports);
      return open.length === 0 ? true : undefined;
    });
    if (open.length > 0)
      ports.log.warn('Apps are judged later: others change them all the time', { apps: open.length });
  }
  return late;
}

/**
 * Reads the documents of apps, and writes what `change` makes of them. The documents of apps that became late go into
 * `late`.
 *
 * @returns the apps that others changed meanwhile.
 */
async function changeOnce(
  apps: readonly ExpectedApp[],
  change: (app: ExpectedApp, state: AppState) => Next | undefined,
  late: string[],
  ports: CollectorPorts,
): Promise<readonly ExpectedApp[]> {
  const { store, log } = ports;
  const documents = await documentsById(
    apps.map(({ app }) => appStateId(app)),
    store,
  );
  const writes = apps.flatMap((each) => {
    const found = documents.get(appStateId(each.app));
    const state = found === undefined ? FRESH_APP : readOrLog(found, readAppState, log);
    const next = state && change(each, state);
    return next === undefined ? [] : [{ each, next, document: appStateDocument(each.app, next.state, found?._rev) }];
  });
  if (writes.length === 0) return [];
  const written = await store.bulk(writes.map(({ document }): NewDocument => document));
  return writes.flatMap(({ each, next, document }, index) => {
    const outcome = written[index];
    if (outcome?.kind === 'conflict') return [each];
    if (outcome?.kind === 'refused') log.error(`CouchDB refuses ${document._id}: ${outcome.message}`);
    if (outcome?.kind === 'stored' && next.isLate) late.push(document._id);
    return [];
  });
}
