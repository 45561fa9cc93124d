/*
 * `cascade runs --problems` lists what a person should look at. For that this file reads the whole ledger (Cascade's
 * memory in CouchDB), and collects the facts. `findProblems` (src/core) then decides which of the facts are problems.
 *
 * A document is overdue if the sweep, which runs every 5 minutes, should have worked on it and has not. A document is
 * stuck if nothing will ever work on it, or if it keeps other work from being done. A purge removes documents with
 * which nothing has been left to do for long enough (the retention).
 */

import type { CouchPort, StoredDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import { appStateId, SCHEMA_ID } from '../../src/core/document-ids.ts';
import type { AppRef } from '../../src/core/names.ts';
import type { OrderFact } from '../../src/core/runs/facts.ts';
import {
  type ChannelFact,
  type ExpiredFact,
  type OverdueFact,
  type ProblemFacts,
  PURGE_PERIOD,
  SWEEP_PERIOD,
  type WrongFact,
} from '../../src/core/runs/find-problems.ts';
import { expiredHalves } from '../../src/core/runs/join-words.ts';
import type { AlertFact, DeadFact } from '../../src/core/runs/open-problems.ts';
import { areSeconds } from '../../src/core/runs/time-words.ts';
import type { Act, ActKind } from '../../src/core/tickets/act.ts';
import { dismissals } from '../../src/core/tickets/dismissals.ts';
import { addMs, type DurationMs, type EpochMs } from '../../src/core/units.ts';
import { readOrLog } from '../../src/ledger/bad-document.ts';
import type { JoinDocument } from '../../src/ledger/documents/join.ts';
import { isLedgerId, LEDGER_READERS, type LedgerDocument } from '../../src/ledger/ledger-document.ts';
import { LEDGER_VERSION } from '../../src/ledger/ledger-version.ts';
import { readDeployedOf } from '../../src/ledger/retention/deployed-chains.ts';
import { longerRetention } from '../../src/ledger/retention/deployed-retention.ts';
import { lastPurge } from '../../src/ledger/retention/last-purge.ts';
import { FootprintReader } from '../../src/ledger/retention/read-footprints.ts';
import { FailureReader } from './failure-reader.ts';
import type { LedgerContext } from './ledger-command.ts';
import { lostMerges, type Merge, MOST_LOOKED_UP, mergeIn } from './lost-merges.ts';
import { eachDocument, readable } from './read-documents.ts';
import { tryWriting } from './try-writing.ts';
import { isFinishedAndDue, whyStuck } from './why-stuck.ts';

/** An act is one thing that a person did to a ticket or another problem. These kinds settle it, or bring it back. */
const SETTLING: readonly ActKind[] = ['dismiss', 'reopen'];

/** At most this many overdue documents are counted. */
const MOST_OVERDUE = 1_000;
/** At most this many documents with unknown ids are named. */
const MOST_FOREIGN = 1_000;
/** How many documents `foreignIds` reads at once. Usually the first id is Cascade's, and the others are not needed. */
const FOREIGN_PAGE = 50;

/** At most this many documents of one type are read: this file keeps little of each (`Findings`). */
const MOST_LOOKED_AT = 1_000_000;

/** What was found in the ledger, and sentences about what was not checked. */
export interface ReadProblems extends ProblemFacts {
  /** Sentences about what was not read or not checked: there may be more problems. */
  readonly missing: readonly string[];
  /** Sentences about what this user of CouchDB cannot check. */
  readonly notChecked: readonly string[];
}

/**
 * Keeps what matters of the documents that were read. It keeps little of each, because there may be millions of them.
 */
class Findings {
  readonly alerts: AlertFact[] = [];
  readonly orders: OrderFact[] = [];
  readonly dead: DeadFact[] = [];
  readonly channels: ChannelFact[] = [];
  readonly unreadable: WrongFact[] = [];
  readonly stuck: WrongFact[] = [];
  readonly merges: Merge[] = [];
  readonly expired: ExpiredFact[] = [];
  readonly acts: Act[] = [];
  readonly failures = new FailureReader();
  readonly #footprints: FootprintReader | undefined;

  /**
   * @param footprints - finds out what the next purge would remove. Undefined if there was a purge in the last week.
   */
  constructor(footprints: FootprintReader | undefined) {
    this.#footprints = footprints;
  }

  /** Takes what matters from a document. A document that cannot be read is a problem itself. */
  add(source: StoredDocument, read: (document: StoredDocument) => LedgerDocument, now: EpochMs): void {
    const { _id } = source;
    const document = readOrLog(source, read, { error: (why) => this.unreadable.push({ _id, why }) });
    this.#footprints?.add(source, document);
    if (document === undefined) return;
    const why = whyStuck(document, now);
    if (why !== undefined) this.stuck.push({ _id, why });
    this.failures.add(document, now);
    this.#keep(document, now);
  }

  #keep(document: LedgerDocument, now: EpochMs): void {
    if (document.type === 'act' && SETTLING.includes(document.kind)) this.acts.push(document);
    if (document.type === 'alert') this.alerts.push(document);
    if (document.type === 'dead') {
      // The body of a webhook may be large, and the list does not show it.
      const { body: _, ...dead } = document;
      this.dead.push(dead);
    }
    if (document.type === 'channel') this.channels.push(document);
    if (document.type === 'join') this.expired.push(...expiredIn(document, now));
    if (document.type !== 'order') return;
    const merge = mergeIn(document);
    if (document.state === 'gave-up') this.orders.push(document);
    if (merge !== undefined) this.merges.push(merge);
  }
}

/**
 * The ends (halves) with which a composite link has waited in vain. Such a link waits for several apps: the other apps
 * did not end in time. Empty if there is none.
 */
function expiredIn(join: JoinDocument, now: EpochMs): readonly ExpiredFact[] {
  const halves = expiredHalves(join, join.rule, now);
  const newest = halves.at(-1);
  if (newest === undefined) return [];
  const { _id, tenant, appId, chain, rule } = join;
  return [{ _id, tenant, appId, chain, rule, halves, at: addMs(newest.endedAt, rule.within) }];
}

/**
 * Leaves out what links waited for that no deployed chain has any more, and apps that fail or are late but are in no
 * deployed chain any more. Cascade ignores their ends, so they would be listed for ever.
 */
async function ofDeployed<Facts extends Pick<ProblemFacts, 'expired' | 'failing' | 'late'>>(
  facts: Facts,
  store: Pick<CouchPort, 'get' | 'many'>,
): Promise<Facts> {
  const { expired, failing, late } = facts;
  if (expired.length + failing.length + late.length === 0) return facts;
  const deployed = await readDeployedOf(store);
  const isInChains = (app: AppRef): boolean => deployed?.apps?.has(appStateId(app)) !== false;
  return {
    ...facts,
    expired: expired.filter(({ _id }) => deployed?.joins?.has(_id) !== false),
    failing: failing.filter(isInChains),
    late: late.filter(isInChains),
  };
}

/**
 * Searches the ledger for what a person should look at. It reads the documents by the same functions as the actions, so
 * it notices what an action could not read. It also writes one small document, to see whether the ledger takes writes.
 *
 * @param most - the most documents of one type that are read, 1,000,000 by default.
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function lookForProblems(context: LedgerContext, most = MOST_LOOKED_AT): Promise<ReadProblems> {
  const { store } = context;
  const writing = await tryWriting(context);
  const purgedAt = await lastPurge(store);
  const isPurgeLate = purgedAt === undefined || context.now() - purgedAt > PURGE_PERIOD;
  const footprints = isPurgeLate ? new FootprintReader() : undefined;
  const findings = new Findings(footprints);
  const cut = await readAll(findings, context, most);
  // If a part of the ledger was not read, a document there may still refer to an old one. Then nobody knows what may
  // go.
  const removable = footprints !== undefined && cut.length === 0 ? await removableOf(footprints, context) : 0;
  const foreign = await foreignIds(store);
  const { lost, isCut } = await lostMerges(findings.merges, store);
  const overdue = await overdueIn(store, context.now());
  const { alerts, orders, dead, channels, unreadable, stuck, acts } = findings;
  return {
    alerts,
    orders,
    dead,
    channels,
    dismissed: dismissals(acts),
    ...(await ofDeployed({ ...findings.failures.facts(), expired: findings.expired }, store)),
    unreadable: [
      ...unreadable,
      ...(await wrongSchema(store)),
      ...foreign.slice(0, MOST_FOREIGN).map((_id) => ({ _id, why: `The document ${_id} ${FOREIGN}` })),
    ],
    stuck: [...stuck, ...lost],
    ...(overdue !== undefined && { overdue }),
    ...(removable > 0 && { purge: { count: removable, last: purgedAt } }),
    ...(writing.kind === 'refused' && { noWrites: writing.why }),
    missing: [
      ...(writing.kind === 'reader' && writing.whoseUser === 'unknown' ? [UNCHECKED] : []),
      ...cut,
      ...(foreign.length > MOST_FOREIGN ? [MORE_FOREIGN] : []),
      ...(isCut ? [MORE_MERGES] : []),
    ],
    notChecked: writing.kind === 'reader' && writing.whoseUser === 'another' ? [READS_ONLY] : [],
  };
}

/**
 * Reads the ledger into `findings`, type by type.
 *
 * @returns a sentence for each type of which more than `most` documents exist. The others of that type were not read.
 */
async function readAll(findings: Findings, context: LedgerContext, most: number): Promise<readonly string[]> {
  const cut: string[] = [];
  for (const [type, read] of Object.entries(LEDGER_READERS)) {
    const add = (document: StoredDocument): void => findings.add(document, read, context.now());
    if (await eachDocument(context.store, `${type}:`, most, add)) cut.push(cutText(type, most));
  }
  return cut;
}

/** How many documents the next purge would remove. */
async function removableOf(footprints: FootprintReader, context: LedgerContext): Promise<number> {
  const now = context.now();
  const retention = await longerRetention(context.store, context.retention);
  return footprints.plan({ now, retention, deployed: await readDeployedOf(context.store) }).flat().length;
}

const READS_ONLY = 'Writes were not checked: this user may only read.';
const UNCHECKED =
  'Writes were not checked: this user may only read. Nothing says whether the actions have the same user. If they have another one, put their COUCHDB_URL into .env, without the password.';
const MORE_MERGES = `The ledger has more than ${MOST_LOOKED_UP} merged orders. The others were not checked, and their work may be lost.`;
const MORE_FOREIGN = `The ledger has more than ${MOST_FOREIGN} documents that are not Cascade’s. The others are not named.`;
const FOREIGN =
  'is not Cascade’s: Cascade gives no id like it. Did somebody change an id? Nothing works on it; delete it, or put it back.';

const cutText = (type: string, most: number): string =>
  `The ledger has more than ${most} documents of type ${type}. Only the first ${most} by id were read. There may be problems in the others.`;

/** What is wrong with the document in which deployment stores the ledger's version, if there is one. */
async function wrongSchema(store: Pick<CouchPort, 'get'>): Promise<readonly WrongFact[]> {
  const document = await store.get(SCHEMA_ID);
  if (document === undefined) return [];
  const { schema, type, version } = document;
  if (schema === 1 && type === 'schema' && version === LEDGER_VERSION) return [];
  const why = `The document ${SCHEMA_ID} says version ${JSON.stringify(version)}, and this Cascade works with ${LEDGER_VERSION}: was a newer one deployed, or has somebody changed it? Deploying writes a lower version anew.`;
  return [{ _id: SCHEMA_ID, why }];
}

/**
 * Finds ids that Cascade does not give: somebody changed an id, or uses this database for something else, too. It stops
 * once it has more than `MOST_FOREIGN` of them.
 *
 * It reads the ids from the first one on. At an id of Cascade's it jumps over all ids of the same type.
 */
async function foreignIds(store: Pick<CouchPort, 'range'>): Promise<readonly string[]> {
  const ids: string[] = [];
  let after = '';
  while (ids.length <= MOST_FOREIGN) {
    const page = await store.range('', { limit: FOREIGN_PAGE, ...(after !== '' && { after }) });
    const known = page.findIndex(({ _id }) => _id.startsWith('_') || isLedgerId(_id));
    ids.push(...(known < 0 ? page : page.slice(0, known)).map(({ _id }) => _id));
    // If no id of the page is Cascade's, `known` is -1, and `at(-1)` is the last document of the page.
    const next = page.at(known)?._id;
    if (next === undefined) break;
    after = known < 0 ? next : lastOfType(next);
  }
  return ids;
}

/**
 * The id after which `foreignIds` goes on: the last possible one of the same type, such as `order:` or `_design/`. An
 * id such as `schema` has no type, so only this id is jumped over: `schema-old` is not Cascade's.
 */
function lastOfType(id: string): string {
  const type = /^(?:[a-z]+:|_[a-z]+\/)/.exec(id)?.[0];
  return type === undefined ? id : `${type}\ufff0`;
}

/** The documents for which the sweep is late; undefined if there are none. */
async function overdueIn(store: Pick<CouchPort, 'due'>, now: EpochMs): Promise<OverdueFact | undefined> {
  const until = addMs(now, -SWEEP_PERIOD as DurationMs);
  const { documents, isFull } = await store.due({ from: 0 as EpochMs, until, limit: MOST_OVERDUE });
  const late = documents.filter(isWorkedOn);
  // People see the age of the oldest document. If its `dueAt` is in seconds instead of milliseconds, the age is wrong.
  // So such a document is shown only if there is no other.
  const oldest = late.find(({ dueAt }) => !areSeconds(Number(dueAt))) ?? late[0];
  if (oldest === undefined) return undefined;
  const tenants = [...new Set(late.map(({ tenant }) => String(tenant)))];
  const dueAt = Number(oldest['dueAt']) as EpochMs;
  return { _id: oldest._id, dueAt, count: late.length, isMore: isFull, tenants };
}

/** Whether the sweep can work on this due document: it is readable and not finished. */
function isWorkedOn(source: StoredDocument): boolean {
  const type = Object.keys(LEDGER_READERS).find((each) => source._id.startsWith(`${each}:`));
  if (type === undefined) return false;
  const document = readable<LedgerDocument>(source, LEDGER_READERS[type as keyof typeof LEDGER_READERS]);
  return document !== undefined && !isFinishedAndDue(document);
}
