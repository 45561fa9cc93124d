import type { CouchPort, NewDocument, StoredDocument, Written } from '../../src/clients/couchdb/couchdb-port.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { isStorable } from './is-storable.ts';

const ILL_FORMED: Written = {
  kind: 'refused',
  message: 'CouchDB answered 400 (bad_request: invalid UTF-8 JSON)',
  isForGood: true,
};

type Call = Exclude<keyof CouchPort, 'now'>;

/** A store in memory, for unit tests: revs as generations, creation and update by rev, the due range. */
export interface MemoryCouch extends CouchPort {
  /** What was asked, as `put order:…`, `many 3`; in order. */
  readonly asked: string[];
  /** A document as it is now, read past the port; undefined if there is none. */
  peek(id: string): StoredDocument | undefined;
  /** Every document, by id. */
  all(): readonly StoredDocument[];
  /** Puts documents there past the port; a `_rev` in them is taken as it is, else they are of the first generation. */
  seed(...documents: readonly NewDocument[]): void;
  /** The next call of this kind fails with STORE_UNAVAILABLE: nothing stored (`before`), or stored and the answer lost. */
  fail(call: Call, when: 'before' | 'after', times?: number): void;
  /** Runs once, before the next call of this kind: somebody else's write. */
  intrude(call: Call, work: () => void): void;
}

const generationOf = (rev: string): number => Number.parseInt(rev, 10);
const copyOf = <T>(value: T): T => JSON.parse(JSON.stringify(value));

/** @param now - the store's clock; undefined before its first answer where `isCold`. */
export function memoryCouch(now: () => EpochMs, { isCold = false } = {}): MemoryCouch {
  const documents = new Map<string, StoredDocument>();
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
    return copyOf({ result }).result as T;
  }

  function write({ _rev, ...document }: NewDocument): Written {
    if (!isStorable(document)) return ILL_FORMED;
    const before = documents.get(document._id);
    if (before?._rev !== _rev) return { kind: 'conflict' };
    const rev = `${generationOf(before?._rev ?? '0') + 1}-${'a'.repeat(8)}`;
    documents.set(document._id, { ...copyOf(document), _id: document._id, _rev: rev });
    return { kind: 'stored', rev };
  }

  const sorted = (): StoredDocument[] => [...documents.values()].sort((a, b) => (a._id < b._id ? -1 : 1));
  const dueAtOf = (document: StoredDocument): number => Number(document['dueAt'] ?? Number.NaN);

  return {
    asked,
    now: () => (hasAnswered ? now() : undefined),
    get: (id) => answer('get', id, () => documents.get(id)),
    put: (document) => answer('put', document._id, () => write(document)),
    bulk: (list) => answer('bulk', list.map(({ _id }) => _id).join(' '), () => list.map(write)),
    async many(ids) {
      const found = await answer('many', ids.join(' '), () => ids.map((id) => documents.get(id) ?? null));
      return found.map((document) => document ?? undefined);
    },
    range: (prefix, { limit, after = '' }) =>
      answer('range', prefix, () =>
        sorted()
          .filter(({ _id }) => _id.startsWith(prefix) && _id > after)
          .slice(0, limit),
      ),
    due: ({ from, until, limit }) =>
      answer('due', limit, () => {
        const all = sorted().filter((document) => dueAtOf(document) >= from && dueAtOf(document) <= until);
        const page = all.sort((a, b) => dueAtOf(a) - dueAtOf(b)).slice(0, limit);
        return { documents: page, isFull: page.length === limit };
      }),
    identity: () => answer('identity', 0, () => 'memory'),
    peek: (id) => copyOf({ document: documents.get(id) }).document,
    all: () => copyOf(sorted()),
    seed: (...list) => {
      for (const { _rev = '1-seed', ...document } of list) {
        documents.set(document._id, { ...copyOf(document), _id: document._id, _rev });
      }
    },
    fail: (call, when, times = 1) => {
      for (let count = 0; count < times; count += 1) failures.push({ call, when });
    },
    intrude: (call, work) => void intrusions.push({ call, work }),
  };
}
