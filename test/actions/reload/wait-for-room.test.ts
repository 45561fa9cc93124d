import { expect } from 'chai';
import { ledgerWorld, ORDER, planned, started, T, waitOf } from './support/ledger-world.ts';

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

  it('waits at a gate that was shut beyond its slot', async () => {
    const gate = { _id: 'gate:default', schema: 1, type: 'gate', until: T + 5_000, lastSlot: T + 70_000 };
    const world = ledgerWorld({ starts: [started], documents: [planned, gate] });
    expect((await world.due({ hasSlot: true })).did).to.equal('waiting');
    expect(world.order()).to.deep.include({ dueAt: T + 5_000 });
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
