import type { CouchPort, NewDocument, StoredDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import type { PurgePort } from '../../src/clients/couchdb/purge-port.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { StoreModel } from './store-model.ts';

type Call = Exclude<keyof CouchPort, 'now'> | 'purge' | 'compact';

/** A store in memory for unit tests. It is the model of the store, with failures and foreign writes on demand. */
export interface MemoryCouch extends CouchPort {
  /** The calls in order, as `put order:…` or `many 3`. */
  readonly asked: string[];
  /** Reads a document without a call of the port; undefined if there is none. */
  peek(id: string): StoredDocument | undefined;
  /** Reads every document, by id. */
  all(): readonly StoredDocument[];
  /**
   * Stores documents without a call of the port. A document keeps its `_rev`. Without one it is of the first
   * generation.
   */
  seed(...documents: readonly NewDocument[]): void;
  /**
   * Makes the next call of this kind fail with STORE_UNAVAILABLE. `before`: nothing is stored. `after`: it is stored,
   * and the answer is lost.
   */
  fail(call: Call, when: 'before' | 'after', times?: number): void;
  /** The administrator's port. `fail('purge', …)` works for it, too. */
  readonly admin: PurgePort;
  /** Runs `work` once, before the next call of this kind, as a write of somebody else. */
  intrude(call: Call, work: () => void): void;
}

/** @param now - the store's clock. If `isCold`, the client does not know it before the first answer. */
export function memoryCouch(now: () => EpochMs, { isCold = false } = {}): MemoryCouch {
  const model = new StoreModel({ suffixOf: () => 'aaaaaaaa' });
  const failures: { call: Call; when: 'before' | 'after' }[] = [];
  const intrusions: { call: Call; work: () => void }[] = [];
  const asked: string[] = [];
  let hasAnswered = !isCold;

  async function answer<T>(call: Call, subject: string | number, work: () => T): Promise<T> {
    asked.push(`${call} ${subject}`);
    const at = intrusions.findIndex((each) => each.call === call);
    if (at >= 0) intrusions.splice(at, 1)[0]?.work();
    const failing = failures.findIndex((each) => each.call === call);
    const failure = failing < 0 ? undefined : failures.splice(failing, 1)[0];
    if (failure?.when === 'before') throw new CascadeError('STORE_UNAVAILABLE', 'no answer, nothing done');
    const result = work();
    if (failure?.when === 'after') throw new CascadeError('STORE_UNAVAILABLE', 'no answer, but done');
    hasAnswered = true;
    return result;
  }

  const write = (document: NewDocument) => model.put('test', document);

  return {
    asked,
    now: () => (hasAnswered ? now() : undefined),
    get: (id) => answer('get', id, () => model.get(id)),
    put: (document) => answer('put', document._id, () => write(document)),
    bulk: (list) => answer('bulk', list.map(({ _id }) => _id).join(' '), () => list.map(write)),
    many: (ids) => answer('many', ids.join(' '), () => ids.map((id) => model.get(id))),
    range: (prefix, options) => answer('range', prefix, () => model.range(prefix, options)),
    due: (range) => answer('due', range.limit, () => model.due(range)),
    latest: (field, page) => answer('latest', field, () => model.latest(field, page)),
    ofRun: (root) => answer('ofRun', root, () => model.ofRun(root)),
    identity: () => answer('identity', 0, () => 'memory'),
    admin: {
      purge: (list) => answer('purge', list.map(({ _id }) => _id).join(' '), () => model.purge(list)),
      compact: () => answer('compact', 0, () => {}),
    },
    peek: (id) => model.get(id),
    all: () => model.range('', { limit: Number.POSITIVE_INFINITY }),
    seed: (...list) => {
      for (const document of list) model.keep({ _rev: '1-seed', ...document });
    },
    fail: (call, when, times = 1) => {
      for (let count = 0; count < times; count += 1) failures.push({ call, when });
    },
    intrude: (call, work) => void intrusions.push({ call, work }),
  };
}
