import type { CouchPort, NewDocument, Written } from '../../../src/clients/couchdb/couchdb-port.ts';
import type { PurgePort } from '../../../src/clients/couchdb/purge-port.ts';
import { type BulkAnswer, type WriteOnce, writeApart } from '../../../src/clients/couchdb/write-apart.ts';
import { ACTION_LIMITS } from '../../../src/core/action-limits.ts';
import { CascadeError } from '../../../src/core/cascade-error.ts';
import { ILL_FORMED, isStorable, type StoreModel } from '../../support/store-model.ts';
import type { Activation, Answer } from './activation.ts';
import type { Faults } from './faults.ts';
import type { Random } from './random.ts';
import type { StoreClock } from './store-clock.ts';
import type { Trace } from './trace.ts';

export interface StoreWorld {
  readonly model: StoreModel;
  readonly faults: Faults;
  readonly random: Random;
  readonly trace: Trace;
  /** Whether the store answers now. */
  readonly isUp: () => boolean;
  readonly clock: () => StoreClock;
}

/** How long a call of a person's command may take (cli/ledger/open-couchdb.ts). */
const TERMINAL_TIMEOUT_MS = 30_000;

const timeoutOf = (action: string): number =>
  Object.entries(ACTION_LIMITS).find(([name]) => name === action)?.[1].store ?? TERMINAL_TIMEOUT_MS;

const unavailable = (why: string): CascadeError =>
  new CascadeError('STORE_UNAVAILABLE', `The simulated store gave no answer (${why}).`);

const refused = (): CascadeError => new CascadeError('STORE_REFUSED', 'The simulated store refused the request.');

const REFUSED: Written = { kind: 'refused', message: 'forbidden (simulated)', isForGood: false };

/** One request to the store. `ask` gets the number of documents that it may write. */
type StoreCall = <T>(op: string, id: string, size: number, ask: (most: number) => T) => Promise<T>;

function storeCall(activation: Activation, world: StoreWorld, clock: StoreClock): StoreCall {
  const { random, trace, faults } = world;
  return <T>(op: string, id: string, size: number, ask: (most: number) => T): Promise<T> => {
    const isWrite = size > 0;
    const effect = (): Answer<T> => {
      if (faults.strikes('store-refused')) return { error: refused() };
      const lost = whatIsLost(world, size);
      trace.add(activation.label, op, id, lost === undefined ? {} : { after: lost });
      if (lost === 'store-lost-before' || lost === 'store-outage') return { error: unavailable(lost) };
      const value = ask(lost === 'store-bulk-cut' ? random.between(0, size - 1) : size);
      if (lost !== undefined) return { error: unavailable(lost) };
      clock.heard();
      return { value };
    };
    const onTimeout = () => ({ error: unavailable('time-out') });
    return activation.call({ effect, timeoutMs: timeoutOf(activation.name), onTimeout, isWrite });
  };
}

/** An administrator's way to the store; a purge may be cut in the middle. */
export function purgePort(activation: Activation, world: StoreWorld): PurgePort {
  const call = storeCall(activation, world, world.clock());
  return {
    purge: (documents) =>
      call('store.purge', documents.map(({ _id }) => _id).join(' '), documents.length, (most) =>
        world.model.purge(documents.slice(0, most)),
      ),
    compact: () => call('store.compact', '', 1, () => {}),
  };
}

/**
 * An activation's way to the store. The request or the answer of a write may be lost, and a bulk write may be cut in
 * the middle.
 */
export function storePort(activation: Activation, world: StoreWorld): CouchPort {
  const { model, faults } = world;
  const clock = world.clock();
  const call = storeCall(activation, world, clock);

  const read = <T>(op: string, id: string, ask: () => T): Promise<T> =>
    call(op, id, 0, () => {
      model.reads += 1;
      return ask();
    });

  const bulk = (documents: readonly NewDocument[], most: number): BulkAnswer => {
    if (!documents.every(isStorable)) return { kind: 'refused-bulk', message: ILL_FORMED.message, isForContents: true };
    return documents
      .slice(0, most)
      .map((document) => (faults.strikes('store-refused') ? REFUSED : model.put(activation.label, document)));
  };
  const once: WriteOnce = {
    bulk: (sent) => call('store.bulk', sent.map(({ _id }) => _id).join(' '), sent.length, (most) => bulk(sent, most)),
    put: (sent) => call('store.put', sent._id, 1, () => model.put(activation.label, sent)),
  };

  return {
    now: () => clock.now(),
    get: (id) => read('store.get', id, () => model.get(id)),
    put: (document) => once.put(snapshot(document)),
    bulk: (documents) => writeApart(documents.map(snapshot), once),
    many: async (ids) =>
      ids.length === 0 ? [] : read('store.many', ids.join(' '), () => ids.map((id) => model.get(id))),
    range: (prefix, options) => read('store.range', prefix, () => model.range(prefix, options)),
    due: (range) => read('store.due', `${range.from}..${range.until}`, () => model.due(range)),
    latest: (field, page) => read('store.latest', field, () => model.latest(field, page)),
    ofRun: (root) => read('store.ofRun', root, () => model.ofRun(root)),
    identity: () => read('store.identity', '', () => 'simulated-store'),
  };
}

/** A copy of what is sent, which the sender cannot change later. */
const snapshot = (document: NewDocument): NewDocument => JSON.parse(JSON.stringify(document)) as NewDocument;

type Lost = 'store-outage' | 'store-lost-before' | 'store-lost-after' | 'store-bulk-cut';

function whatIsLost({ faults, isUp }: StoreWorld, size: number): Lost | undefined {
  if (!isUp()) return 'store-outage';
  if (faults.strikes('store-lost-before')) return 'store-lost-before';
  if (size > 1 && faults.strikes('store-bulk-cut')) return 'store-bulk-cut';
  return size > 0 && faults.strikes('store-lost-after') ? 'store-lost-after' : undefined;
}
