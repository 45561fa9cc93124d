import { expect } from 'chai';
import { changesAfter } from '../../dashboard/replica/changes.ts';
import { type Ask, databaseState, firstLoad } from '../../dashboard/replica/first-load.ts';
import type { EpochMs } from '../../src/core/units.ts';

const SINCE = 1_000 as EpochMs;
const NEWEST = 1_000_000;

interface Query {
  readonly limit: number;
  readonly skip: number;
  readonly start_key?: string;
  readonly sort?: readonly Readonly<Record<string, string>>[];
}

/**
 * A store with so many events, each a millisecond older than the one before, and so many dead letters.
 *
 * @returns `asked`: of each question for events, and for dead letters, how many documents it wants.
 */
function storeOf({ events = 0, letters = 0 }) {
  const asked = { events: [] as number[], letters: [] as number[] };
  const ask: Ask = async (path, body) => {
    const { limit, skip, start_key = '', sort: [sort = {}] = [] } = body as Query;
    if (path === '/_find') {
      if (sort['endedAt'] === undefined) return { docs: [] };
      const { $lte } = (body as { selector: { endedAt: { $lte: number } } }).selector.endedAt;
      asked.events.push(limit);
      const all = Array.from({ length: events }, (_, index) => ({
        ...{ _id: `event:default:r${index}`, _rev: '1-a' },
        endedAt: NEWEST - index,
      }));
      return { docs: all.filter(({ endedAt }) => endedAt <= $lte).slice(skip, skip + limit) };
    }
    if (!start_key.startsWith('dead')) return { rows: [] };
    asked.letters.push(limit);
    const ids = Array.from({ length: letters }, (_, index) => `dead:${String(index).padStart(5, '0')}`);
    const rows = ids.filter((id) => id >= start_key).slice(skip, skip + limit);
    return { rows: rows.map((id) => ({ doc: { _id: id, _rev: '1-a' } })) };
  };
  return { ask, asked };
}

async function loaded(ask: Ask, reached = {}): Promise<readonly number[]> {
  const counts: number[] = [];
  for await (const { documents } of firstLoad(ask, SINCE, reached)) {
    if (documents.length > 0) counts.push(documents.length);
  }
  return counts;
}

describe('the first load of the page', () => {
  it('has 300 ends in its first page, so that a person sees something soon, and 1,000 in any later one', async () => {
    const { ask, asked } = storeOf({ events: 2_000 });
    expect(await loaded(ask)).to.deep.equal([300, 1_000, 700]);
    expect(asked.events).to.deep.equal([300, 1_000, 1_000]);
  });

  it('goes on with pages of 1,000 where an earlier load was interrupted', async () => {
    const { ask, asked } = storeOf({ events: 2_000 });
    expect(await loaded(ask, { event: NEWEST - 299, order: SINCE })).to.deep.equal([1_000, 701]);
    expect(asked.events).to.deep.equal([1_000, 1_000]);
  });

  it('reads how everything stands in pages of 1,000', async () => {
    const { ask, asked } = storeOf({ letters: 1_500 });
    expect(await loaded(ask)).to.deep.equal([1_000, 500]);
    expect(asked.letters).to.deep.equal([1_000, 1_000]);
  });
});

describe('the page asks for the state of the database', () => {
  it('and takes the number of its last change, which CouchDB gives as a text, and when it was created', async () => {
    const stateOf = (info: object) => databaseState(async () => info);
    expect(await stateOf({ update_seq: '5-g1AAAACTeJz', instance_start_time: '1700000000' })).to.deep.equal({
      last: '5-g1AAAACTeJz',
      life: '1700000000',
    });
    expect(await stateOf({ update_seq: 5 })).to.deep.equal({ last: 5, life: undefined });
    expect(await stateOf({ db_name: 'cascade' }).catch((error: unknown) => error)).to.include({ status: 200 });
  });
});

describe('the page asks for changes', () => {
  /** The question, and whether an answer with so many changes is full. */
  async function changes(isPatient: boolean, count: number) {
    let asked = '';
    const rows = Array.from({ length: count }, (_, index) => ({ doc: { _id: `dead:${index}`, _rev: '1-a' } }));
    const ask: Ask = async (path) => {
      asked = path;
      return { results: rows, last_seq: '9-x' };
    };
    const { isFull, until, documents } = await changesAfter(ask, '7-x', SINCE, isPatient);
    expect([until, documents.length]).to.deep.equal(['9-x', count]);
    return { asked: Object.fromEntries(new URLSearchParams(asked.split('?')[1])), isFull };
  }
  const ALWAYS = { filter: '_selector', include_docs: 'true', since: '7-x', limit: '1000' };

  it('and waits for one for 25 s, because proxies end requests that take much longer', async () => {
    expect(await changes(true, 1)).to.deep.equal({
      asked: { ...ALWAYS, feed: 'longpoll', timeout: '25000' },
      isFull: false,
    });
  });

  it('at most 1,000 at once, and at once for the next ones if there may be more', async () => {
    expect(await changes(false, 999)).to.deep.equal({ asked: ALWAYS, isFull: false });
    expect(await changes(false, 1_000)).to.deep.equal({ asked: ALWAYS, isFull: true });
  });
});
