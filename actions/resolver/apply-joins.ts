import type { CouchPort, StoredDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import { joinId } from '../../src/core/document-ids.ts';
import { type JoinedEvent, type JoinedOrder, type JoinState, joinEvent } from '../../src/core/joins/join-event.ts';
import type { ReloadFinished } from '../../src/core/reload-finished.ts';
import type { Skip } from '../../src/core/skip.ts';
import type { TimeConstants } from '../../src/core/time-constants.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { whenAllSettled } from '../../src/core/when-all-settled.ts';
import { type Change, changeDocument } from '../../src/ledger/change-document.ts';
import { joinFields, NEW_JOIN, readJoin } from '../../src/ledger/documents/join.ts';
import type { Log } from '../../src/platform/log.ts';

/** What applying ends to composite links needs from the world. */
export interface JoinPorts {
  readonly store: Pick<CouchPort, 'get' | 'many' | 'put'>;
  readonly times: TimeConstants;
  /** The store's clock. */
  readonly storeNow: () => EpochMs;
  readonly log: Pick<Log, 'error'>;
}

/** What the composite links say to one event. */
export interface JoinAnswer {
  readonly orders: readonly JoinedOrder[];
  readonly skips: readonly Skip[];
  /** The roots of runs that have too many hops to go on. */
  readonly tooFar: readonly string[];
  /** True if a link could not be asked: the event is to stay due. */
  readonly isUndecided: boolean;
}

/** One link's steps through its events; undefined if its document could not be read or written. */
type LinkAnswer = { readonly open: readonly JoinedOrder[]; readonly steps: readonly LinkStep[] } | undefined;
interface LinkStep {
  readonly skip?: Skip;
  readonly tooFar?: string;
}

/**
 * Applies events to the composite links that they concern, one write for each link that changes (ledger.md §5).
 *
 * Another activation may write the same link between: it is read and the events are applied again, which changes nothing
 * that was applied before.
 *
 * @param joined - in the order of the ends.
 * @param documentOf - the links' documents as they were read before; asked once for each.
 * @returns the answer to each event that a composite link concerns.
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function applyJoins(
  joined: readonly JoinedEvent[],
  documentOf: (id: string) => StoredDocument | undefined,
  ports: JoinPorts,
): Promise<ReadonlyMap<ReloadFinished, JoinAnswer>> {
  const byLink = new Map<string, JoinedEvent[]>();
  for (const each of joined) {
    const id = joinId(each.link);
    byLink.set(id, [...(byLink.get(id) ?? []), each]);
  }
  const links = [...byLink];
  const answers = await whenAllSettled(links.map(([id, events]) => applyToLink(id, events, documentOf(id), ports)));
  const byEvent = new Map<ReloadFinished, JoinAnswer>();
  for (const [index, [, events]] of links.entries()) {
    for (const [event, answer] of answersOf(events, answers[index])) {
      byEvent.set(event, together(byEvent.get(event), answer));
    }
  }
  return byEvent;
}

const NOTHING: JoinAnswer = { orders: [], skips: [], tooFar: [], isUndecided: false };

const together = (a: JoinAnswer = NOTHING, b: JoinAnswer): JoinAnswer => ({
  orders: [...a.orders, ...b.orders],
  skips: [...a.skips, ...b.skips],
  tooFar: [...a.tooFar, ...b.tooFar],
  isUndecided: a.isUndecided || b.isUndecided,
});

/** One link's answer, by event. Its open orders go with the last event, whichever end called for them. */
function answersOf(
  events: readonly JoinedEvent[],
  answer: LinkAnswer,
): readonly (readonly [ReloadFinished, JoinAnswer])[] {
  if (answer === undefined) return events.map(({ event }) => [event, { ...NOTHING, isUndecided: true }]);
  return events.map(({ event }, index) => {
    const { skip, tooFar } = answer.steps[index] ?? {};
    return [
      event,
      {
        orders: index === events.length - 1 ? answer.open : [],
        skips: skip === undefined ? [] : [skip],
        tooFar: tooFar === undefined ? [] : [tooFar],
        isUndecided: false,
      },
    ];
  });
}

async function applyToLink(
  id: string,
  events: readonly JoinedEvent[],
  read: StoredDocument | undefined,
  ports: JoinPorts,
): Promise<LinkAnswer> {
  try {
    const answer = await changeDocument(id, ports.store, (found) => applyAll(found, events, ports), read ?? 'absent');
    if (answer === undefined) ports.log.error(`Others write ${id} all the time: the events stay due`);
    return answer;
  } catch (error) {
    if (!isOfDocument(error)) throw error;
    ports.log.error(`The events stay due: ${error.message}`, { code: error.code });
    return undefined;
  }
}

/** Whether it is this one document that is at fault: the other links go on. */
const isOfDocument = (error: unknown): error is CascadeError =>
  error instanceof CascadeError && (error.code === 'LEDGER_MALFORMED' || error.code === 'DOCUMENT_REFUSED');

async function applyAll(
  found: StoredDocument | undefined,
  events: readonly JoinedEvent[],
  ports: JoinPorts,
): Promise<Change<NonNullable<LinkAnswer>>> {
  const { times, storeNow } = ports;
  const known = found === undefined ? undefined : readJoin(found);
  const before: JoinState = known === undefined ? NEW_JOIN : { ...known, open: await fewOpen(known.open, ports) };
  let state = before;
  const steps = events.map((event): LinkStep => {
    const step = joinEvent(state, event);
    state = step.state ?? state;
    return step;
  });
  const result = { open: state.open, steps };
  const link = events.at(-1)?.link;
  if (state === before || link === undefined) return { result };
  return { result, write: joinFields(link, state, { now: storeNow(), times, dueAt: known?.dueAt }) };
}

/** So many open orders travel with each end; they are mostly stored, and the sweep takes them out. */
const MOST_OPEN = 16;

/** If the sweep does not come, leaves those orders out that are stored: the document and the plans must not grow for ever. */
async function fewOpen(open: readonly JoinedOrder[], { store }: JoinPorts): Promise<readonly JoinedOrder[]> {
  if (open.length <= MOST_OPEN) return open;
  const stored = await store.many(open.map(({ order }) => order));
  return open.filter((_, index) => stored[index] === undefined);
}
