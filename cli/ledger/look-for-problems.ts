import type { CouchPort, StoredDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import { isLedgerId } from '../../src/core/document-ids.ts';
import type { OrderFact } from '../../src/core/runs/facts.ts';
import {
  type AlertFact,
  type DeadFact,
  type OverdueFact,
  type ProblemFacts,
  SWEEP_PERIOD,
  type WrongFact,
} from '../../src/core/runs/find-problems.ts';
import { areSeconds } from '../../src/core/runs/time-words.ts';
import { addMs, type DurationMs, type EpochMs } from '../../src/core/units.ts';
import { LEDGER_VERSION, SCHEMA_ID } from '../../src/ledger/install-ledger.ts';
import { LEDGER_READERS, type LedgerDocument } from '../../src/ledger/ledger-document.ts';
import type { LedgerContext } from './ledger-command.ts';
import { lostMerges, type Merge, MOST_LOOKED_UP, mergeIn } from './lost-merges.ts';
import { readDocuments } from './read-documents.ts';
import { tryWriting } from './try-writing.ts';
import { isFinishedAndDue, whyStuck } from './why-stuck.ts';

const MOST_OVERDUE = 1_000;
/** So many documents that Cascade does not know are named. */
const MOST_FOREIGN = 1_000;

/** How many documents of one type are read at most. Little is kept of each, so it may be more than elsewhere. */
const MOST_LOOKED_AT = 1_000_000;

/** The facts, and in words what is not known of them. */
export interface ReadProblems extends ProblemFacts {
  /** What there is more of than was read: there may be problems in it. */
  readonly missing: readonly string[];
  /** What this user cannot check. */
  readonly notChecked: readonly string[];
}

/** What one document has to say to people. */
type Said =
  | { readonly kind: 'alert'; readonly alert: AlertFact }
  | { readonly kind: 'order'; readonly order: OrderFact }
  | { readonly kind: 'merge'; readonly merge: Merge }
  | { readonly kind: 'dead'; readonly dead: DeadFact }
  | { readonly kind: 'unreadable' | 'stuck'; readonly wrong: WrongFact };

/**
 * Looks through all of the ledger for what a person should look at: each document is read as the actions read it, and one
 * is written.
 *
 * @param most - how many documents of one type are read at most.
 */
export async function lookForProblems(context: LedgerContext, most = MOST_LOOKED_AT): Promise<ReadProblems> {
  const { store } = context;
  const tried = await tryWriting(context);
  const said: Said[] = [];
  const missing: string[] = tried.kind === 'reader' && tried.whoseUser === 'unknown' ? [UNCHECKED] : [];
  for (const [type, read] of Object.entries(LEDGER_READERS)) {
    const look = (document: StoredDocument): readonly Said[] => saidBy(document, read, context.now());
    const { found, isCut } = await readDocuments(store, `${type}:`, look, most);
    for (const each of found) said.push(...each);
    if (isCut) missing.push(cutText(type, most));
  }
  const { named, areMore } = await foreign(store);
  said.push(...(await schemaIn(store)), ...named);
  if (areMore) missing.push(MORE_FOREIGN);
  const merges = said.flatMap((each) => (each.kind === 'merge' ? each.merge : []));
  const { lost, isCut: areMoreMerges } = await lostMerges(merges, store);
  if (areMoreMerges) missing.push(MORE_MERGES);
  const overdue = await overdueIn(store, context.now());
  return {
    alerts: said.flatMap((each) => (each.kind === 'alert' ? each.alert : [])),
    orders: said.flatMap((each) => (each.kind === 'order' ? each.order : [])),
    dead: said.flatMap((each) => (each.kind === 'dead' ? each.dead : [])),
    unreadable: said.flatMap((each) => (each.kind === 'unreadable' ? each.wrong : [])),
    stuck: [...said.flatMap((each) => (each.kind === 'stuck' ? each.wrong : [])), ...lost],
    ...(overdue !== undefined && { overdue }),
    ...(tried.kind === 'refused' && { noWrites: tried.why }),
    missing,
    notChecked: tried.kind === 'reader' && tried.whoseUser === 'another' ? [READS_ONLY] : [],
  };
}

const READS_ONLY = 'Writes were not checked: this user may only read.';
const UNCHECKED =
  'Writes were not checked: this user may only read, and nothing says whether the actions have the same one. If they have another, put their COUCHDB_URL into .env (it needs no password there).';
const MORE_MERGES = `The ledger has more than ${MOST_LOOKED_UP} merged orders. Only so many were checked; the work of the others may be lost.`;
const MORE_FOREIGN = `The ledger has more than ${MOST_FOREIGN} documents that are none of Cascade’s: only so many are named.`;

const cutText = (type: string, most: number): string =>
  `The ledger has more than ${most} documents of type ${type}: only so many were read, by id. What is wrong with the others is not told.`;

const NOTHING: readonly Said[] = [];

function saidBy(
  document: StoredDocument,
  read: (document: StoredDocument) => LedgerDocument,
  now: EpochMs,
): readonly Said[] {
  const { _id } = document;
  const one = readOrWhy(document, read);
  if (typeof one === 'string') return [{ kind: 'unreadable', wrong: { _id, why: one } }];
  const why = whyStuck(one, now);
  return [...tellingIn(one), ...(why === undefined ? NOTHING : [{ kind: 'stuck', wrong: { _id, why } } as const])];
}

function readOrWhy(
  document: StoredDocument,
  read: (document: StoredDocument) => LedgerDocument,
): LedgerDocument | string {
  try {
    return read(document);
  } catch (error) {
    if (error instanceof CascadeError && error.code === 'LEDGER_MALFORMED') return error.message;
    throw error;
  }
}

/** What is kept of a document: little, since there may be tens of thousands. */
function tellingIn(document: LedgerDocument): readonly Said[] {
  switch (document.type) {
    case 'alert':
      return [{ kind: 'alert', alert: document }];
    case 'order': {
      if (document.state === 'gave-up') return [{ kind: 'order', order: document }];
      const merge = mergeIn(document);
      return merge === undefined ? NOTHING : [{ kind: 'merge', merge }];
    }
    case 'dead': {
      const { body: _, ...dead } = document;
      return [{ kind: 'dead', dead }];
    }
    default:
      return NOTHING;
  }
}

/** What is wrong with deployment's own document, if there is one. */
async function schemaIn(store: Pick<CouchPort, 'get'>): Promise<readonly Said[]> {
  const document = await store.get(SCHEMA_ID);
  if (document === undefined) return NOTHING;
  const { schema, type, version } = document;
  if (schema === 1 && type === 'schema' && version === LEDGER_VERSION) return NOTHING;
  const why = `The document ${SCHEMA_ID} says version ${JSON.stringify(version)}, and this Cascade works with ${LEDGER_VERSION}: was a newer one deployed, or has somebody changed it? Deploying writes a lower version anew.`;
  return [{ kind: 'unreadable', wrong: { _id: SCHEMA_ID, why } }];
}

/** Documents whose ids Cascade does not give: somebody changed an id, or has something else in this database. */
async function foreign(
  store: Pick<CouchPort, 'range'>,
): Promise<{ readonly named: readonly Said[]; readonly areMore: boolean }> {
  const ids: string[] = [];
  let after = '';
  while (ids.length <= MOST_FOREIGN) {
    const page = await store.range('', { limit: FOREIGN_PAGE, ...(after !== '' && { after }) });
    const known = page.findIndex(({ _id }) => isPassedOver(_id));
    ids.push(...(known < 0 ? page : page.slice(0, known)).map(({ _id }) => _id));
    const next = page[known < 0 ? page.length - 1 : known]?._id;
    if (next === undefined) break;
    after = known < 0 ? next : lastBeside(next);
  }
  const wrong = ids.slice(0, MOST_FOREIGN).map((_id) => ({ _id, why: `The document ${_id} ${FOREIGN}` }));
  return { named: wrong.map((each) => ({ kind: 'unreadable', wrong: each })), areMore: ids.length > MOST_FOREIGN };
}

const FOREIGN_PAGE = 50;
const FOREIGN =
  'is none of Cascade’s: no id of ours is like it. Did somebody change an id? Nobody works on it; delete it, or put it back.';

/** Ours, or a design document: not told here. */
const isPassedOver = (id: string): boolean => id.startsWith('_') || isLedgerId(id);

/** Behind all ids of the same type: those were read. */
const lastBeside = (id: string): string => `${/^(?:[a-z]+:|_[a-z]+\/)/.exec(id)?.[0] ?? id}\ufff0`;

async function overdueIn(store: Pick<CouchPort, 'due'>, now: EpochMs): Promise<OverdueFact | undefined> {
  const until = addMs(now, -SWEEP_PERIOD as DurationMs);
  const { documents, isFull } = await store.due({ from: 0 as EpochMs, until, limit: MOST_OVERDUE });
  const readable = documents.filter(isWorkedOn);
  // An age is told of one whose dueAt can be right, if there is one.
  const oldest = readable.find(({ dueAt }) => !areSeconds(Number(dueAt))) ?? readable[0];
  if (oldest === undefined) return undefined;
  const tenants = [...new Set(readable.map(({ tenant }) => String(tenant)))];
  const dueAt = Number(oldest['dueAt']) as EpochMs;
  return { _id: oldest._id, dueAt, count: readable.length, isMore: isFull, tenants };
}

/** What cannot be read, or is finished, is told as that: the sweep does nothing about it, however well it runs. */
function isWorkedOn(document: StoredDocument): boolean {
  const read = Object.entries(LEDGER_READERS).find(([type]) => document._id.startsWith(`${type}:`))?.[1];
  const one = read === undefined ? '' : readOrWhy(document, read);
  return typeof one !== 'string' && !isFinishedAndDue(one);
}
