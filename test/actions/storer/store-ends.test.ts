import { expect } from 'chai';
import { storeEnds } from '../../../actions/storer/store-ends.ts';
import type { NewDocument } from '../../../src/clients/couchdb/couchdb-port.ts';
import type { ReloadFinished } from '../../../src/core/reload-finished.ts';
import { timeConstants } from '../../../src/core/time-constants.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import { memoryCouch } from '../../support/memory-couch.ts';
import { ORDER, planned, T } from '../reload/support/ledger-world.ts';

const endOf = (reloadId: string, agoMs: number, appId = 'a'): ReloadFinished =>
  ({ tenant: 'default', appId, reloadId, outcome: 'succeeded', endedAt: T - agoMs, partial: false }) as ReloadFinished;
const posted: NewDocument = { ...planned, state: 'posted', claims: 1, owner: 'act1', reloadId: 'r1', isCertain: true };

function world(...documents: readonly NewDocument[]) {
  const store = memoryCouch(() => T as EpochMs);
  store.seed(...documents);
  const lines: string[] = [];
  const log = { info() {}, warn() {}, error: (message: string) => void lines.push(message) };
  let elapsedMs = 0;
  const slept: (readonly [ms: number, asked: number])[] = [];
  const patience = {
    deadline: (T + 60_000) as EpochMs,
    now: () => (T + elapsedMs) as EpochMs,
    sleep: async (durationMs: number) => {
      slept.push([durationMs, store.asked.length]);
      elapsedMs += durationMs;
    },
    random: () => 0.5,
  };
  const store_ = (...events: readonly ReloadFinished[]) =>
    storeEnds({ traceId: 't1', events }, { store, times: timeConstants(1), log, ...patience });
  return { store, lines, slept, record: store_ };
}

describe('a record of ended reloads', () => {
  it('ends their orders and moves their apps on', async () => {
    const { store, record } = world(posted);
    const echoed = { ...endOf('r1', 5_000), orderId: ORDER };
    expect(await record(echoed, endOf('r2', 4_000, 'b'))).to.deep.equal({
      ended: [{ order: ORDER, reloadId: 'r1' }],
      apps: 2,
    });
    expect(store.peek(ORDER)?.['state']).to.equal('ended');
    expect(store.peek('app:default:a')).to.deep.equal({
      _id: 'app:default:a',
      _rev: '1-aaaaaaaa',
      schema: 1,
      type: 'app',
      last: echoed,
    });
  });

  it('begins 50 ms late, so that a webhook’s sender does not wait for its requests', async () => {
    const { slept, record } = world(posted);
    await record(endOf('r1', 5_000));
    expect(slept).to.deep.equal([[50, 0]]);
  });

  it('changes nothing the second time', async () => {
    const { store, record } = world(posted);
    const echoed = { ...endOf('r1', 5_000), orderId: ORDER };
    await record(echoed);
    const before = store.all();
    expect(await record(echoed)).to.deep.equal({ ended: [], apps: 0 });
    expect(store.all()).to.deep.equal(before);
  });

  it('shows each app’s latest end, in whatever order they are told', async () => {
    const { store, record } = world();
    await record(endOf('r2', 2_000), endOf('r1', 3_000));
    await record(endOf('r0', 4_000));
    expect(store.peek('app:default:a')).to.deep.include({ _rev: '1-aaaaaaaa', last: endOf('r2', 2_000) });
    await record(endOf('r3', 1_000));
    expect(store.peek('app:default:a')?.['last']).to.deep.equal(endOf('r3', 1_000));
  });

  it('looks again where somebody else moved the app on', async () => {
    const { store, record } = world();
    const theirs = (last: ReloadFinished) => ({ _id: 'app:default:a', schema: 1, type: 'app', last });
    store.intrude('bulk', () => store.seed(theirs(endOf('r1', 9_000))));
    expect((await record(endOf('r2', 2_000))).apps).to.equal(1);
    store.intrude('bulk', () => store.seed({ ...theirs(endOf('r9', 500)), _rev: '7-else' }));
    expect((await record(endOf('r3', 1_000))).apps).to.equal(0);
    expect(store.peek('app:default:a')?.['last']).to.deep.equal(endOf('r9', 500));
  });

  it('is not kept by one spoilt order from recording the other ends', async () => {
    const other = { ...posted, _id: 'order:default:a:s:r8', reloadId: 'r2' };
    const { store, lines, record } = world({ ...posted, hops: 'many' }, other);
    const ends = [
      { ...endOf('r1', 5_000), orderId: ORDER },
      { ...endOf('r2', 4_000), orderId: other._id },
    ] as unknown as readonly ReloadFinished[];
    expect((await record(...ends)).ended).to.deep.equal([{ order: 'order:default:a:s:r8', reloadId: 'r2' }]);
    expect(lines).to.have.length(1);
    expect(store.peek('app:default:a')?.['last']).to.deep.include({ reloadId: 'r2' });
  });

  it('stores what is told of an end and nothing that travels with it', async () => {
    const { store, record } = world();
    const travelling = { ...endOf('r1', 5_000), stored: { rev: '1-a' }, _id: 'order:default:a:s:r0' } as ReloadFinished;
    await record(travelling);
    expect(store.peek('app:default:a')?.['last']).to.deep.equal(endOf('r1', 5_000));
  });

  it('puts an app right whose last end is in the future, by its next end', async () => {
    const last = { ...endOf('r0', 0), endedAt: (T + 300_001) as EpochMs };
    const { store, record } = world({ _id: 'app:default:a', schema: 1, type: 'app', last });
    await record(endOf('r1', 5_000));
    expect(store.peek('app:default:a')?.['last']).to.deep.equal(endOf('r1', 5_000));
  });

  it('leaves an app whose last end is 5 minutes ahead: clocks differ', async () => {
    const last = { ...endOf('r0', 0), endedAt: (T + 300_000) as EpochMs };
    const { store, record } = world({ _id: 'app:default:a', schema: 1, type: 'app', last });
    expect((await record(endOf('r1', 5_000))).apps).to.equal(0);
    expect(store.peek('app:default:a')?.['last']).to.deep.equal(last);
  });

  it('believes no end in the future itself', async () => {
    const { store, record } = world();
    await record({ ...endOf('r1', 0), endedAt: (T + 9_000_000) as EpochMs });
    expect(store.peek('app:default:a')).to.have.nested.property('last.endedAt', T + 300_000);
  });

  it('writes an app anew that somebody spoilt, and moves the others on', async () => {
    const spoilt = { _id: 'app:default:a', schema: 1, type: 'app', last: 'yesterday' };
    const { store, lines, record } = world(spoilt);
    expect((await record(endOf('r1', 5_000), endOf('r2', 4_000, 'b'))).apps).to.equal(2);
    expect(store.peek('app:default:a')).to.deep.include({ schema: 1, type: 'app', last: endOf('r1', 5_000) });
    expect(store.peek('app:default:b')?.['last']).to.deep.equal(endOf('r2', 4_000, 'b'));
    expect(lines).to.have.length(1);
  });

  it('moves the apps on though the orders cannot be ended, and the other way round', async () => {
    const echoed = { ...endOf('r1', 5_000), orderId: ORDER };
    const noOrders = world(posted);
    noOrders.store.fail('put', 'before', 100);
    expect(await noOrders.record(echoed).catch((reason) => reason)).to.have.property('code', 'STORE_UNAVAILABLE');
    expect(noOrders.store.peek('app:default:a')?.['last']).to.deep.equal(echoed);
    const noApps = world(posted);
    noApps.store.fail('bulk', 'before', 100);
    expect(await noApps.record(echoed).catch((reason) => reason)).to.have.property('code', 'STORE_UNAVAILABLE');
    expect(noApps.store.peek(ORDER)?.['state']).to.equal('ended');
  });

  it('is over only when all of it is: a frozen container would go on hours later', async () => {
    const { store, record } = world(posted);
    store.put = async () => ({ kind: 'refused', message: 'forbidden', isForGood: false });
    store.fail('bulk', 'before', 3);
    const error = await record({ ...endOf('r1', 5_000), orderId: ORDER }).catch((reason) => reason);
    expect(error).to.have.property('code', 'STORE_REFUSED');
    expect(store.peek('app:default:a')?.['last']).to.deep.include({ reloadId: 'r1' });
  });

  it('is tried again while the store does not answer', async () => {
    const { store, record } = world(posted);
    store.fail('many', 'before', 3);
    store.fail('bulk', 'after');
    await record({ ...endOf('r1', 5_000), orderId: ORDER });
    expect(store.peek(ORDER)?.['state']).to.equal('ended');
    expect(store.peek('app:default:a')?.['last']).to.deep.include({ reloadId: 'r1' });
  });

  it('fails where the store does not answer until the time is over', async () => {
    const { store, record } = world();
    store.fail('many', 'before', 100);
    const error = await record(endOf('r1', 5_000)).catch((reason) => reason);
    expect(error).to.have.property('code', 'STORE_UNAVAILABLE');
  });
});
