import { expect } from 'chai';
import { type EmbeddedStore, startStore } from '../../local/store/start-store.ts';
import type { CouchPort, NewDocument, StoredDocument, Written } from '../../src/clients/couchdb/couchdb-port.ts';
import { httpCouchdb } from '../../src/clients/couchdb/http-couchdb.ts';
import type { DurationMs, EpochMs } from '../../src/core/units.ts';
import { installLedger } from '../../src/ledger/install-ledger.ts';
import { Random } from './world/random.ts';
import { StoreModel } from './world/store-model.ts';

const OPERATIONS = 400;
const IDS = ['order:a:1', 'order:a:2', 'order:b:1~1', 'event:a:é', 'event:a:x.y', 'park:a:1', 'park:a'];

/** A document without what the servers make up: of its rev only the generation counts. */
const seen = (document: StoredDocument | undefined) =>
  document && { ...document, _rev: Number.parseInt(document._rev, 10) };

const outcome = (written: Written) => (written.kind === 'stored' ? Number.parseInt(written.rev, 10) : written.kind);

/** Does the same to both, each with its own revs, and tells what both answered. */
class Pair {
  readonly #couch: CouchPort;
  readonly #model = new StoreModel(() => {});
  readonly #random: Random;
  /** Revs that each of the two gave, oldest first. */
  readonly #revs = new Map<string, { readonly real: string; readonly model: string }[]>();

  constructor(couch: CouchPort, random: Random) {
    this.#couch = couch;
    this.#random = random;
  }

  async step(): Promise<readonly [string, unknown, unknown]> {
    switch (this.#random.between(0, 6)) {
      case 0:
      case 1:
        return this.#write([this.#draw()], 'put');
      case 2:
        return this.#write(
          [this.#draw(IDS.slice(0, 3)), this.#draw(IDS.slice(3, 5)), this.#draw(IDS.slice(5))],
          'bulk',
        );
      case 3:
        return ['many', (await this.#couch.many(IDS)).map(seen), IDS.map((id) => seen(this.#model.get(id)))];
      case 4:
        return this.#range();
      case 5:
        return this.#get(this.#random.pick(IDS));
      default:
        return this.#due();
    }
  }

  async #write(drawn: readonly Drawn[], op: 'put' | 'bulk'): Promise<readonly [string, unknown, unknown]> {
    const sent = drawn.map(({ fields, revs }) => ({ ...fields, ...(revs && { _rev: revs.real }) }));
    const [first] = sent;
    const real = op === 'bulk' ? await this.#couch.bulk(sent) : [await this.#couch.put(first ?? { _id: '' })];
    const model = drawn.map(({ fields, revs }) =>
      this.#model.put('test', { ...fields, ...(revs && { _rev: revs.model }) }),
    );
    drawn.forEach(({ fields }, index) => {
      const [a, b] = [real[index], model[index]];
      if (a?.kind !== 'stored' || b?.kind !== 'stored') return;
      this.#revs.set(fields._id, [...(this.#revs.get(fields._id) ?? []), { real: a.rev, model: b.rev }]);
    });
    return [op, real.map(outcome), model.map(outcome)];
  }

  async #get(id: string): Promise<readonly [string, unknown, unknown]> {
    return [`get ${id}`, seen(await this.#couch.get(id)), seen(this.#model.get(id))];
  }

  async #range(): Promise<readonly [string, unknown, unknown]> {
    const prefix = this.#random.pick(['order:', 'order:a:', 'event:', 'park:', 'none:']);
    const within = IDS.filter((id) => id.startsWith(prefix));
    const after = within.length > 0 && this.#random.chance(0.3) ? { after: this.#random.pick(within) } : {};
    const options = { limit: this.#random.between(1, 4), ...after };
    const real = await this.#couch.range(prefix, options);
    return [`range ${prefix}`, real.map(seen), this.#model.range(prefix, options).map(seen)];
  }

  async #due(): Promise<readonly [string, unknown, unknown]> {
    const from = this.#random.between(0, 5) as EpochMs;
    const until = (from + this.#random.between(0, 8)) as EpochMs;
    const range = { from, until, limit: this.#random.pick([1, 2, 3, 50]) };
    const [real, model] = [await this.#couch.due(range), this.#model.due(range)];
    // Which of two that are due at once comes first, and so which of them a full page ends with, is nobody's promise.
    const isPromised = (page: typeof real, dueAt: unknown): boolean =>
      !page.isFull || dueAt !== page.documents.at(-1)?.['dueAt'];
    const sorted = (page: typeof real) => ({
      times: page.documents.map(({ dueAt }) => dueAt),
      ids: page.documents.flatMap(({ _id, dueAt }) => (isPromised(page, dueAt) ? [_id] : [])).sort(),
      isFull: page.isFull,
    });
    return ['due', sorted(real), sorted(model)];
  }

  /** A creation, an update by the last rev, or by one that is stale. */
  #draw(ids: readonly string[] = IDS): Drawn {
    const _id = this.#random.pick(ids);
    const known = this.#revs.get(_id) ?? [];
    const dueAt = this.#random.pick([undefined, 1, 3, 5, 9, 10, '7', null]);
    const fields = { _id, n: this.#random.between(1, 1_000), ...(dueAt !== undefined && { dueAt }) };
    const kind = this.#random.next();
    const revs = kind < 0.3 ? undefined : kind < 0.85 ? known.at(-1) : known[0];
    return revs === undefined ? { fields } : { fields, revs };
  }
}

interface Drawn {
  readonly fields: NewDocument;
  readonly revs?: { readonly real: string; readonly model: string };
}

describe('the simulation’s model of the store', () => {
  let store: EmbeddedStore;
  before(async () => {
    store = await startStore({ port: 0 });
  });
  after(() => store.close());

  for (const seed of [1, 2]) {
    it(`answers ${OPERATIONS} random operations as the embedded store does (seed ${seed})`, async () => {
      const authorization = `Basic ${Buffer.from(`${store.user}:${store.password}`).toString('base64')}`;
      const admin = { url: store.url, database: `model${seed}`, authorization };
      await installLedger({ store: admin, admin });
      const couch = httpCouchdb(admin, { stopwatch: () => performance.now(), timeout: 10_000 as DurationMs });
      const pair = new Pair(couch, new Random(seed, 'operations'));
      for (let operation = 0; operation < OPERATIONS; operation += 1) {
        const [what, real, model] = await pair.step();
        expect(model, `operation ${operation}, ${what}`).to.deep.equal(real);
      }
    });
  }
});
