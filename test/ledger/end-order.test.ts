import { expect } from 'chai';
import type { NewDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import type { AppId, OrderId, ReloadId, TenantName } from '../../src/core/names.ts';
import type { ReloadFinished } from '../../src/core/reload-finished.ts';
import { timeConstants } from '../../src/core/time-constants.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { endOrder } from '../../src/ledger/end-order.ts';
import { memoryCouch } from '../support/memory-couch.ts';
import { plannedOrder } from '../support/planned-order.ts';

const T = 1_800_000_000_000 as EpochMs;
const ORDER = 'order:default:a:s:r0' as OrderId;
const OTHER = 'order:default:a:s:r8' as OrderId;
const posted: NewDocument = {
  ...plannedOrder,
  state: 'posted',
  claims: 1,
  owner: 'act1',
  reloadId: 'r1',
  isCertain: true,
  createdAt: T - 90_000,
  postedAt: T - 80_000,
  dueAt: T + 820_000,
};
const { reloadId: _, isCertain: __, postedAt: ___, ...open } = posted;
const claimed = { ...open, state: 'claimed', doubt: { since: T - 90_000 }, dueAt: T + 60_000 };
const note = (order: OrderId, also: readonly OrderId[] = [], isGuess = false): NewDocument => ({
  _id: 'started:default:r1',
  schema: 1,
  type: 'started',
  order,
  also,
  isGuess,
  hops: 1,
  root: 'event:default:r0',
});
const event: ReloadFinished = {
  tenant: 'default' as TenantName,
  appId: 'a' as AppId,
  reloadId: 'r1' as ReloadId,
  outcome: 'failed',
  endedAt: (T - 10_000) as EpochMs,
  partial: false,
};
const echo: ReloadFinished = { ...event, orderId: ORDER };

function world(...documents: readonly NewDocument[]) {
  const store = memoryCouch(() => T);
  store.seed(...documents);
  const log = { info() {}, warn() {}, error() {} };
  const end = async (told: ReloadFinished) => (await endOrder(told, { store, times: timeConstants(1), log })).ended;
  return { store, end };
}

describe('the end of an order', () => {
  it('is written for the echoed one though what started remembers was spoilt', async () => {
    const { end } = world(posted, { ...note(ORDER), also: 'nobody' });
    expect(await end(echo)).to.deep.equal([ORDER]);
  });

  it('is written for the others that took the reload for theirs where one of them was spoilt', async () => {
    const { end } = world({ ...posted, hops: -1 }, { ...posted, _id: OTHER }, note(ORDER, [OTHER]));
    expect(await end(event)).to.deep.equal([OTHER]);
  });

  it('is that of its reload, found by what started remembers', async () => {
    const { store, end } = world(posted, note(ORDER));
    expect(await end(event)).to.deep.equal([ORDER]);
    const { dueAt: _dueAt, ...rest } = posted;
    expect(store.peek(ORDER)).to.deep.equal({
      ...rest,
      _rev: '2-aaaaaaaa',
      state: 'ended',
      outcome: 'failed',
      endedAt: T - 10_000,
      ends: ['r1'],
    });
  });

  it('is found by Qlik’s echo, without started', async () => {
    const { store, end } = world(posted);
    expect(await end(echo)).to.deep.equal([ORDER]);
    expect(store.peek(ORDER)?.['state']).to.equal('ended');
  });

  it('changes nothing when it is told again', async () => {
    const { store, end } = world(posted, note(ORDER));
    await end(echo);
    const before = store.all();
    expect(await end(echo)).to.deep.equal([]);
    expect(store.all()).to.deep.equal(before);
  });

  for (const state of ['claimed', 'unknown']) {
    it(`may come before posted was written: the order is still ${state}`, async () => {
      for (const told of [[echo], [event, note(ORDER)]] as const) {
        const { store, end } = world({ ...claimed, state }, ...told.slice(1).map((each) => each as NewDocument));
        expect(await end(told[0])).to.deep.equal([ORDER]);
        expect(store.peek(ORDER)).to.deep.include({ state: 'ended', reloadId: 'r1', outcome: 'failed' });
        expect(store.peek(ORDER)).to.not.have.any.keys('doubt', 'dueAt');
      }
    });
  }

  for (const state of ['planned', 'parked', 'waiting', 'merged', 'gave-up', 'called-off']) {
    it(`is not that of an order which is ${state}`, async () => {
      const { store, end } = world({ ...open, state });
      expect(await end(echo)).to.deep.equal([]);
      expect(store.peek(ORDER)?.['state']).to.equal(state);
    });
  }

  it('ends also the orders that took the same reload for theirs, and no other', async () => {
    const third = 'order:default:a:s:r7' as OrderId;
    const { store, end } = world(
      posted,
      { ...posted, _id: OTHER, isCertain: false },
      { ...posted, _id: third, reloadId: 'r5' },
      note(ORDER, [OTHER, third]),
    );
    expect(await end(event)).to.deep.equal([ORDER, OTHER]);
    expect(store.peek(third)?.['state']).to.equal('posted');
  });

  it('does not end an order that only shares the guess and did not take the reload yet', async () => {
    const { store, end } = world(posted, { ...claimed, _id: OTHER }, note(ORDER, [OTHER]));
    expect(await end(event)).to.deep.equal([ORDER]);
    expect(store.peek(OTHER)?.['state']).to.equal('claimed');
  });

  it('is not that of a second reload of the same order', async () => {
    const { store, end } = world({ ...posted, reloadId: 'r5' }, note(ORDER));
    expect(await end(echo)).to.deep.equal([]);
    expect(store.peek(ORDER)?.['state']).to.equal('posted');
  });

  it('is what Qlik echoes, where the order only guessed another reload', async () => {
    const { store, end } = world({ ...posted, reloadId: 'r5', isCertain: false });
    expect(await end(echo)).to.deep.equal([ORDER]);
    expect(store.peek(ORDER)).to.deep.include({ reloadId: 'r1', isCertain: true });
  });

  it('is not believed of another app or tenant: anybody can send our resourceId', async () => {
    for (const told of [
      { ...echo, appId: 'b' as AppId },
      { ...echo, tenant: 'eu' as TenantName },
    ]) {
      expect(await world(posted).end(told)).to.deep.equal([]);
    }
  });

  it('is written on what the order is by then', async () => {
    const { store, end } = world(claimed, note(ORDER));
    store.intrude('put', () => store.seed({ ...posted, _rev: '5-posted' }));
    expect(await end(event)).to.deep.equal([ORDER]);
    expect(store.peek(ORDER)).to.deep.include({ _rev: '6-aaaaaaaa', state: 'ended', postedAt: T - 80_000 });
  });

  it('costs one read where no order started the reload', async () => {
    const { store, end } = world();
    expect(await end(event)).to.deep.equal([]);
    expect(store.asked.filter((each) => !each.endsWith(' '))).to.deep.equal(['many started:default:r1']);
  });

  it('fails where the store does not answer: the sweep ends what is posted', async () => {
    const { store, end } = world(posted);
    store.fail('put', 'before');
    const error = await end(echo).catch((reason) => reason);
    expect(error).to.be.instanceOf(CascadeError).with.property('code', 'STORE_UNAVAILABLE');
  });
});
