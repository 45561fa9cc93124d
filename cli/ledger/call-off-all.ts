import { groupBy } from '../../src/core/chains/group-by.ts';
import { appKey } from '../../src/core/names.ts';
import { isFinal } from '../../src/core/order-state.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { readOrLog, skipBadDocument } from '../../src/ledger/bad-document.ts';
import { type OrderDocument, readOrder } from '../../src/ledger/documents/order.ts';
import { moveOrder } from '../../src/ledger/move-order.ts';
import {
  type CalledOff,
  type CallOffOutcome,
  callOff,
  callOffTimes,
  type NotCalledOff,
  settleCallOffs,
  writtenOrder,
} from './call-off.ts';
import type { LedgerContext } from './ledger-command.ts';
import { readDueOrders } from './read-due-orders.ts';

/** While others work, orders move and new ones come; after so many passes nothing but stopping them helps. */
const MOST_PASSES = 10;

/** What came of calling everything off. */
export interface AllOutcomes {
  readonly calledOff: readonly CalledOff[];
  /** What the last pass found and left. */
  readonly left: readonly NotCalledOff[];
  /** The ids of due orders that are not what Cascade writes. */
  readonly malformed: readonly string[];
  /** Sentences about documents that cannot be read, or that CouchDB refuses for good; each names its document. */
  readonly problems: readonly string[];
  /** False if every pass found something new. */
  readonly isQuiet: boolean;
}

/** What a pass works with. */
interface PassTools extends LedgerContext {
  readonly log: { readonly error: (message: string) => void };
  /** The ids of orders that a document stopped: later passes leave them alone. */
  readonly stopped: Set<string>;
}

/** What a pass did. */
interface Pass {
  readonly outcomes: readonly CallOffOutcome[];
  /** True if it changed an order: another pass may find more. */
  readonly hasMoved: boolean;
}

/**
 * Calls off every due order that may be called off, in passes, until a pass changes nothing.
 *
 * One document that is spoilt, or that CouchDB refuses for good, stops no other order.
 *
 * @throws CascadeError STORE_UNAVAILABLE; STORE_REFUSED if this user may not write.
 */
export async function callOffAll(context: LedgerContext): Promise<AllOutcomes> {
  const problems = new Set<string>();
  const log = { error: (message: string) => void problems.add(message) };
  const tools: PassTools = { ...context, log, stopped: new Set() };
  const calledOff: CalledOff[] = [];
  for (let pass = 1; ; pass += 1) {
    const { found, malformed, crowded } = await readDueOrders(context.store);
    const due = found.filter(({ _id }) => !tools.stopped.has(_id));
    const { outcomes, hasMoved } = await passOver(due, tools);
    calledOff.push(...outcomes.filter((outcome) => outcome.kind === 'called-off'));
    if (hasMoved && pass < MOST_PASSES) continue;
    const left = outcomes.filter((outcome) => outcome.kind === 'refused');
    for (const at of crowded) problems.add(crowdedText(at));
    return { calledOff, left, malformed, problems: [...problems], isQuiet: !hasMoved };
  }
}

const crowdedText = (at: EpochMs): string =>
  `More documents are due at ${new Date(at).toISOString()} than one answer of CouchDB lists: some orders may not have been read. Let the sweep work on them, then cancel again.`;

async function passOver(due: readonly OrderDocument[], tools: PassTools): Promise<Pass> {
  const outcomes: CallOffOutcome[] = [];
  const off: OrderDocument[] = [];
  let hasFreed = false;
  for (const order of due) {
    if (order.state === 'called-off') off.push(order);
    else if (isFinal(order.state))
      hasFreed = (await unlessStopped([order], () => free(order, tools), tools)) || hasFreed;
    else {
      const called = await unlessStopped([order], () => callOff(tools, order), tools);
      if (called !== undefined) outcomes.push(called.outcome);
      if (called?.outcome.kind === 'called-off') off.push(called.order);
    }
  }
  for (const ofApp of groupBy(off, appKey).values())
    await unlessStopped(ofApp, () => settleCallOffs(tools, ofApp, tools.log), tools);
  return { outcomes, hasMoved: hasFreed || off.length > 0 };
}

/** What `work` gives; undefined if one document stopped it: a problem then, and later passes leave these orders alone. */
async function unlessStopped<T>(
  orders: readonly OrderDocument[],
  work: () => Promise<T>,
  { log, stopped }: PassTools,
): Promise<T | undefined> {
  const done = await skipBadDocument(async () => ({ value: await work() }), log);
  if (done === undefined) for (const { _id } of orders) stopped.add(_id);
  return done?.value;
}

/**
 * A merged order is due while nobody has made sure that the other one still goes on. The sweep plans it again if that one
 * is called off, spoilt or gone: better now, for the next pass to call it off.
 *
 * @returns whether it was changed, by us or by somebody else.
 */
async function free(order: OrderDocument, tools: PassTools): Promise<boolean> {
  if (order.state !== 'merged' || (await goesOn(order, tools))) return false;
  const changes = { into: undefined, reason: undefined };
  await writtenOrder(tools.store, moveOrder('person', order, 'planned', callOffTimes(tools), changes));
  return true;
}

/** Whether the order that this one was merged into does for it. */
async function goesOn({ into }: OrderDocument, { store, log }: PassTools): Promise<boolean> {
  const found = into === undefined ? undefined : await store.get(into);
  const other = readOrLog(found, readOrder, log);
  return other !== undefined && other.state !== 'called-off';
}
