import { expect } from 'chai';
import type { MemoryCouch } from '../../support/memory-couch.ts';
import { ledgerWorld, noAnswer, ORDER, planned, type Script, started, T, waitOf } from './support/ledger-world.ts';

describe('an order whose tenant has no room for it', () => {
  it('waits at a shut gate, and is not posted', async () => {
    const world = ledgerWorld({ starts: [started] });
    expect((await world.created({ gateUntil: T + 9_000 })).did).to.equal('waiting');
    expect(world.order()).to.deep.include({ state: 'waiting', dueAt: T + 9_000 });
    expect(world.order()).to.not.have.property('doubt');
    expect(world.posts).to.deep.equal([]);
  });

  it('goes through a gate that is open again', async () => {
    expect((await ledgerWorld({ starts: [started] }).created({ gateUntil: T })).did).to.equal('started');
  });

  it('shuts the gate and waits as long as the rate limit says', async () => {
    const world = ledgerWorld({ starts: [waitOf('QLIK_RATE_LIMITED', 13_000)] });
    expect((await world.created()).did).to.equal('waiting');
    expect(world.store.peek('gate:default')).to.deep.include({ schema: 1, type: 'gate', until: T + 14_000 });
    expect(world.order()).to.deep.include({ state: 'waiting', dueAt: T + 14_000 });
    expect(world.order()).to.not.have.property('doubt');
  });

  it('waits behind the slots that were given to others', async () => {
    const gate = { _id: 'gate:default', schema: 1, type: 'gate', until: T - 1_000, lastSlot: T + 70_000 };
    const world = ledgerWorld({ starts: [started], documents: [planned, gate] });
    expect((await world.due()).did).to.equal('waiting');
    expect(world.order()).to.deep.include({ dueAt: T + 70_000 });
    expect(world.posts).to.deep.equal([]);
  });

  it('goes through an open gate where it has a slot, though others have later ones', async () => {
    const gate = { _id: 'gate:default', schema: 1, type: 'gate', until: T - 1_000, lastSlot: T + 70_000 };
    const world = ledgerWorld({ starts: [started], documents: [planned, gate] });
    expect((await world.due({ hasSlot: true })).did).to.equal('started');
  });

  it('waits at a gate that was shut for more than 10 s beyond its slot', async () => {
    const gate = { _id: 'gate:default', schema: 1, type: 'gate', until: T + 10_001, lastSlot: T + 70_000 };
    const world = ledgerWorld({ starts: [started], documents: [planned, gate] });
    expect((await world.due({ hasSlot: true })).did).to.equal('waiting');
    expect(world.order()).to.deep.include({ dueAt: T + 10_001 });
    expect(world.posts).to.deep.equal([]);
  });

  it('reads the gate again where its invocation came more than 10 s late', async () => {
    for (const [storeNow, did] of [
      [T - 10_000, 'started'],
      [T - 10_001, 'waiting'],
    ] as const) {
      const world = ledgerWorld({ starts: [started] });
      world.store.seed({ _id: 'gate:default', schema: 1, type: 'gate', until: T + 9_000 });
      expect((await world.created({ storeNow })).did).to.equal(did);
    }
  });

  it('goes by its slot also if the gate is read again', async () => {
    const gate = { _id: 'gate:default', schema: 1, type: 'gate', until: T - 60_000, lastSlot: T + 70_000 };
    const world = ledgerWorld({ starts: [started], documents: [planned, gate] });
    // The claim's answer comes 11 s after the gate was read.
    world.store.intrude('put', () => void world.ports.sleep(11_000));
    expect((await world.due({ hasSlot: true })).did).to.equal('started');
    expect(world.did).to.include('get gate:default');
  });

  it('waits for a gate that somebody shut for longer', async () => {
    const gate = { _id: 'gate:default', schema: 1, type: 'gate', until: T + 50_000 };
    const world = ledgerWorld({ starts: [waitOf('QLIK_RATE_LIMITED', 13_000)] });
    world.store.seed(gate);
    await world.created();
    expect(world.order()?.['dueAt']).to.equal(T + 50_000);
    expect(world.store.peek('gate:default')).to.deep.include(gate);
  });

  it('waits an hour for its app’s quota, with one alert, and leaves the gate open', async () => {
    const world = ledgerWorld({ starts: [waitOf('QLIK_QUOTA', 3_600_000)] });
    await world.created();
    expect(world.order()).to.deep.include({ state: 'waiting', dueAt: T + 3_600_000 });
    expect(world.store.peek('alert:quota:default:a')?.['kind']).to.equal('quota');
    expect(world.store.peek('gate:default')).to.not.have.property('until');
  });

  const unreachable = [waitOf('QLIK_UNREACHABLE', 60_000)];

  it('waits a minute for a tenant that cannot be reached, without a doubt, and leaves the gate open', async () => {
    const world = ledgerWorld({ starts: unreachable });
    expect((await world.created()).did).to.equal('waiting');
    expect(world.order()).to.deep.include({ state: 'waiting', dueAt: T + 60_000 });
    expect(world.order()).to.not.have.property('doubt');
    expect(world.did.filter((each) => each === 'LIST' || each.includes('gate:'))).to.deep.equal([]);
  });

  for (const [sinceMs, isTold] of [
    [3_600_000, true],
    [3_599_999, false],
  ] as const) {
    it(`tells people ${isTold ? '' : 'not yet '}of a tenant that cannot be reached for what is owed for ${sinceMs} ms`, async () => {
      const world = ledgerWorld({ starts: unreachable, documents: [{ ...planned, createdAt: T - sinceMs }] });
      await world.created();
      expect(world.store.peek('alert:unreachable:default') !== undefined).to.equal(isTold);
    });
  }

  it('is given up where the tenant refuses it, with an alert', async () => {
    const refused = { kind: 'permanent', code: 'QLIK_REFUSED', message: 'Qlik answered 403' } as const;
    const world = ledgerWorld({ starts: [refused] });
    expect(await world.created()).to.deep.equal({
      order: ORDER,
      did: 'gave-up',
      state: 'gave-up',
      reason: { code: 'QLIK_REFUSED', message: 'Qlik answered 403' },
    });
    expect(world.order()).to.not.have.any.keys('dueAt', 'doubt');
    expect(world.store.peek(`alert:gave-up:${ORDER}`)?.['kind']).to.equal('gave-up');
  });
});

describe('an order whose slot has come, in a tenant that refuses it for a moment', () => {
  const gate = { _id: 'gate:default', schema: 1, type: 'gate', until: T - 1_000, lastSlot: T + 70_000 };
  const refusedFor = (ms: number) => waitOf('QLIK_RATE_LIMITED', ms);

  /** The world of an order with a slot; `postedAt` gets the store's clock at each POST. */
  function slotWorld(script: Script) {
    const postedAt: number[] = [];
    const whilePosting = (store: MemoryCouch) => {
      postedAt.push((store.now() ?? 0) - T);
      script.whilePosting?.(store);
    };
    const world = ledgerWorld({ documents: [planned, gate], ...script, whilePosting });
    return { ...world, postedAt, run: () => world.due({ hasSlot: true }) };
  }

  it('shuts the gate, waits until Retry-After and a second are over, and posts the same once more', async () => {
    const world = slotWorld({ starts: [refusedFor(2_000), started] });
    expect((await world.run()).did).to.equal('started');
    expect(world.postedAt).to.deep.equal([0, 3_000]);
    expect(world.posts[1]).to.deep.equal(world.posts[0]);
    expect(world.store.peek('gate:default')).to.deep.include({ until: T + 3_000, lastSlot: T + 70_000 });
    expect(world.order()).to.deep.include({ state: 'posted', reloadId: 'r1', claims: 1 });
  });

  it('stays claimed and in doubt while it waits: if the activation dies, the order is due after the lease', async () => {
    const seen: unknown[] = [];
    const whilePosting = (store: MemoryCouch) => void seen.push(store.peek(ORDER));
    await slotWorld({ starts: [refusedFor(2_000), started], whilePosting }).run();
    const claimed = { state: 'claimed', doubt: { since: T }, dueAt: T + 150_000, _rev: '2-aaaaaaaa' };
    for (const order of seen) expect(order).to.deep.include(claimed);
    expect(seen).to.have.length(2);
  });

  it('waits in the ledger if it would be more than 10 s after the claim', async () => {
    const soon = slotWorld({ starts: [refusedFor(9_000), started] });
    expect((await soon.run()).did).to.equal('started');
    expect(soon.postedAt).to.deep.equal([0, 10_000]);
    const late = slotWorld({ starts: [refusedFor(9_001), started] });
    expect((await late.run()).did).to.equal('waiting');
    expect(late.order()).to.deep.include({ state: 'waiting', dueAt: T + 10_001 });
    expect(late.order()).to.not.have.property('doubt');
  });

  it('is posted once more only: refused again, it waits in the ledger', async () => {
    const world = slotWorld({ starts: [refusedFor(2_000), refusedFor(1_000), started] });
    expect((await world.run()).did).to.equal('waiting');
    expect(world.postedAt).to.deep.equal([0, 3_000]);
    expect(world.order()).to.deep.include({ state: 'waiting', dueAt: T + 5_000 });
    expect(world.order()).to.not.have.property('doubt');
  });

  it('waits in the ledger without a slot, however short it is refused', async () => {
    const world = ledgerWorld({ starts: [refusedFor(1_000), started] });
    expect((await world.due()).did).to.equal('waiting');
    expect(world.posts).to.have.length(1);
  });

  it('waits in the ledger if the activation would have too little time for another POST', async () => {
    // Seven seconds later 24 s are left; a call of 5 s and 20 s for storing need 25 s.
    const world = slotWorld({ starts: [refusedFor(6_000), started], runsForMs: 31_000 });
    expect((await world.run()).did).to.equal('waiting');
  });

  it('waits for a gate that is shut for a moment, and is not posted before', async () => {
    const shut = { ...gate, until: T + 4_000 };
    const world = slotWorld({ documents: [planned, shut], starts: [started] });
    expect((await world.run()).did).to.equal('started');
    expect(world.postedAt).to.deep.equal([4_000]);
  });

  it('waits longer if another activation shut the gate for longer meanwhile', async () => {
    const world = slotWorld({ starts: [refusedFor(2_000), started] });
    const sleep = world.ports.sleep;
    Object.assign(world.ports, {
      sleep: async (ms: number) => {
        if (world.postedAt.length === 1) world.store.seed({ ...gate, until: T + 7_000 });
        await sleep(ms);
      },
    });
    expect((await world.run()).did).to.equal('started');
    expect(world.postedAt).to.deep.equal([0, 7_000]);
  });

  it('reads the gate again after it has waited there, and waits in the ledger if that was shut for long meanwhile', async () => {
    const world = slotWorld({ documents: [planned, { ...gate, until: T + 4_000 }], starts: [started] });
    const sleep = world.ports.sleep;
    Object.assign(world.ports, {
      sleep: async (ms: number) => {
        world.store.seed({ ...gate, until: T + 50_000 });
        await sleep(ms);
      },
    });
    expect((await world.run()).did).to.equal('waiting');
    expect(world.order()).to.deep.include({ state: 'waiting', dueAt: T + 50_000 });
    expect(world.posts).to.deep.equal([]);
  });

  it('waits 10 s in all, however often the gate is shut for a moment', async () => {
    const world = slotWorld({ documents: [planned, { ...gate, until: T + 4_000 }], starts: [started] });
    const sleep = world.ports.sleep;
    let until = T + 4_000;
    Object.assign(world.ports, {
      sleep: async (ms: number) => {
        until += 4_000;
        world.store.seed({ ...gate, until });
        await sleep(ms);
      },
    });
    expect((await world.run()).did).to.equal('waiting');
    expect(world.order()).to.deep.include({ state: 'waiting', dueAt: T + 12_000 });
    expect(world.posts).to.deep.equal([]);
  });

  it('waits until Retry-After is over although the gate could not be shut', async () => {
    const whilePosting = (store: MemoryCouch) => store.fail('put', 'before');
    const world = slotWorld({ starts: [refusedFor(2_000), started], whilePosting });
    await world.run();
    expect(world.postedAt).to.deep.equal([0, 3_000]);
    expect(world.store.peek('gate:default')).to.deep.include({ until: T - 1_000 });
  });

  it('is in doubt if its second POST gets no answer', async () => {
    const world = slotWorld({ starts: [refusedFor(2_000), noAnswer] });
    expect((await world.run()).did).to.equal('unknown');
    expect(world.order()).to.deep.include({ state: 'unknown', doubt: { since: T, sentAt: T + 3_000 } });
  });
});
