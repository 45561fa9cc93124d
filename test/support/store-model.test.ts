import { expect } from 'chai';
import { type EmbeddedStore, startStore } from '../../local/store/start-store.ts';
import type {
  CouchPort,
  DuePage,
  NewDocument,
  StoredDocument,
  Written,
} from '../../src/clients/couchdb/couchdb-port.ts';
import { httpCouchdb } from '../../src/clients/couchdb/http-couchdb.ts';
import type { DurationMs, EpochMs } from '../../src/core/units.ts';
import { installLedger } from '../../src/ledger/install-ledger.ts';
import { Random } from '../simulation/world/random.ts';
import { memoryCouch } from './memory-couch.ts';

const OPERATIONS = 400;
const IDS = ['order:a:1', 'order:a:2', 'order:b:1~1', 'event:a:é', 'event:a:x.y', 'park:a:1', 'park:a'];

/** A document with only the generation of its rev, as the servers choose the rest of the rev. */
const seen = (document: StoredDocument | undefined) =>
  document && { ...document, _rev: Number.parseInt(document._rev, 10) };

/**
 * The part of a page that CouchDB promises. It promises no order among equal times, so it does not promise which of
 * them end a full page.
 */
function promised({ documents, isFull }: DuePage) {
  const last = documents.at(-1)?.['dueAt'];
  const sure = documents.filter(({ dueAt }) => !isFull || dueAt !== last);
  return { times: documents.map(({ dueAt }) => dueAt), ids: sure.map(({ _id }) => _id).sort(), isFull };
}

const outcome = (written: Written) => (written.kind === 'stored' ? Number.parseInt(written.rev, 10) : written.kind);

/** Makes the same calls of the embedded store and of the model, each with its own revs. A step has both answers. */
class Pair {
  readonly #real: CouchPort;
  readonly #model: CouchPort = memoryCouch(() => 0 as EpochMs);
  readonly #random: Random;
  /** The revs of the real store and of the model, oldest first. */
  readonly #revs = new Map<string, { readonly real: string; readonly model: string }[]>();

  constructor(real: CouchPort, random: Random) {
    this.#real = real;
    this.#random = random;
  }

  step(): Promise<Step> {
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
        return this.#both('many', async (couch) => (await couch.many(IDS)).map(seen));
      case 4:
        return this.#range();
      case 5: {
        const id = this.#random.pick(IDS);
        return this.#both(`get ${id}`, async (couch) => seen(await couch.get(id)));
      }
      default:
        return this.#due();
    }
  }

  async #both(what: string, ask: (couch: CouchPort) => Promise<unknown>): Promise<Step> {
    return [what, await ask(this.#real), await ask(this.#model)];
  }

  async #write(drawn: readonly Drawn[], op: 'put' | 'bulk'): Promise<Step> {
    const write = async (couch: CouchPort, server: 'real' | 'model'): Promise<readonly Written[]> => {
      const sent = drawn.map(({ fields, revs }) => ({ ...fields, ...(revs && { _rev: revs[server] }) }));
      return op === 'bulk' ? couch.bulk(sent) : Promise.all(sent.map((document) => couch.put(document)));
    };
    const [real, model] = [await write(this.#real, 'real'), await write(this.#model, 'model')];
    drawn.forEach(({ fields }, index) => {
      const [a, b] = [real[index], model[index]];
      if (a?.kind !== 'stored' || b?.kind !== 'stored') return;
      this.#revs.set(fields._id, [...(this.#revs.get(fields._id) ?? []), { real: a.rev, model: b.rev }]);
    });
    return [op, real.map(outcome), model.map(outcome)];
  }

  #range(): Promise<Step> {
    const prefix = this.#random.pick(['order:', 'order:a:', 'event:', 'park:', 'none:']);
    const within = IDS.filter((id) => id.startsWith(prefix));
    const after = within.length > 0 && this.#random.chance(0.3) ? { after: this.#random.pick(within) } : {};
    const options = { limit: this.#random.between(1, 4), ...after };
    return this.#both(`range ${prefix}`, async (couch) => (await couch.range(prefix, options)).map(seen));
  }

  #due(): Promise<Step> {
    const from = this.#random.between(0, 5) as EpochMs;
    const until = (from + this.#random.between(0, 8)) as EpochMs;
    const range = { from, until, limit: this.#random.pick([1, 2, 3, 50]) };
    return this.#both('due', async (couch) => promised(await couch.due(range)));
  }

  /** Draws a creation, an update by the last rev, or an update by a stale rev. */
  #draw(ids: readonly string[] = IDS): Drawn {
    const _id = this.#random.pick(ids);
    const known = this.#revs.get(_id) ?? [];
    const dueAt = this.#random.pick([undefined, 1, 3, 5, 9, 10, '7', null]);
    // The ledger's own rule refuses an event that is finished and not recorded. The model has no such rule, so each
    // event is recorded.
    const recorded = _id.startsWith('event:') && { recordedAt: 1 };
    const fields = { _id, n: this.#random.between(1, 1_000), ...recorded, ...(dueAt !== undefined && { dueAt }) };
    const kind = this.#random.next();
    const revs = kind < 0.3 ? undefined : kind < 0.85 ? known.at(-1) : known[0];
    return revs === undefined ? { fields } : { fields, revs };
  }
}

/** A call, and the answers of the real store and of the model. */
type Step = readonly [what: string, real: unknown, model: unknown];

interface Drawn {
  readonly fields: NewDocument;
  readonly revs?: { readonly real: string; readonly model: string };
}

describe('the tests’ model of the store', () => {
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
