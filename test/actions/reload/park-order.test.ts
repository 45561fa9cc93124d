import { expect } from 'chai';
import type { NewDocument } from '../../../src/clients/couchdb/couchdb-port.ts';
import { busy, echoed, ledgerWorld, ORDER, over, planned, started, T, theirs } from './support/ledger-world.ts';

/** The slot of a full reload with no variables and the weight that Qlik takes when none is said. */
const SLOT = 'cedc9a8b99fa1c1b';
const OTHER = 'order:default:a:s:r8';
const other: NewDocument = {
  ...planned,
  _id: OTHER,
  state: 'parked',
  causes: ['r8'],
  claims: 1,
  owner: 'act0',
  dueAt: T + 200_000,
};
const park = (order: string, hops = 1): NewDocument => ({
  _id: 'park:default:a',
  schema: 1,
  type: 'park',
  slots: { [SLOT]: { order, hops } },
});
const parked = { ...planned, state: 'parked', claims: 1, owner: 'act0', dueAt: T + 200_000 };

describe('an order whose app is busy', () => {
  it('is parked where its app’s next end finds it, and looks by itself in 5 minutes', async () => {
    const world = ledgerWorld({ starts: [busy], lists: [[theirs]] });
    expect((await world.created()).did).to.equal('parked');
    expect(world.order()).to.deep.include({ state: 'parked', dueAt: T + 300_000 });
    expect(world.order()).to.not.have.property('doubt');
    expect(world.store.peek('park:default:a')?.['slots']).to.deep.equal({ [SLOT]: { order: ORDER, hops: 1 } });
  });

  it('is parked first, and the list is looked at last', async () => {
    const world = ledgerWorld({ starts: [busy], lists: [[theirs]] });
    await world.created();
    expect(world.did).to.deep.equal([
      `put ${ORDER}`,
      'POST',
      `put ${ORDER}`,
      'get park:default:a',
      'put park:default:a',
      'LIST',
    ]);
  });

  it('goes from the top where what kept the app busy ended before the park was written', async () => {
    const world = ledgerWorld({ starts: [busy, started], lists: [[over(theirs)]] });
    expect((await world.created()).did).to.equal('started');
    expect(world.order()?.['claims']).to.equal(2);
  });

  it('goes from the top at most three times in a run', async () => {
    const world = ledgerWorld({ starts: [busy, busy, busy, busy], lists: [[over(theirs)]] });
    expect((await world.created()).did).to.equal('parked');
    expect(world.posts).to.have.length(3);
  });

  it('stays parked where there is no list', async () => {
    const world = ledgerWorld({ starts: [busy], lists: ['unavailable'] });
    expect((await world.created()).did).to.equal('parked');
  });

  it('is not parked where another activation has taken it', async () => {
    const taken = { ...planned, _rev: '7-else', state: 'claimed', claims: 2, owner: 'act2', dueAt: T + 150_000 };
    const world = ledgerWorld({ starts: [busy], whilePosting: (store) => store.seed(taken) });
    expect((await world.created()).did).to.equal('taken');
    expect(world.store.peek('park:default:a')).to.equal(undefined);
  });
});

describe('a busy app and an older doubt', () => {
  const doubt = { since: T - 80_000, sentAt: T - 60_000 };
  const inDoubt = { ...planned, state: 'unknown', doubt, claims: 1, owner: 'act0', dueAt: T };

  it('may be our own reload, shown late: it is taken', async () => {
    const world = ledgerWorld({ documents: [inDoubt], starts: [busy], lists: [[], [echoed]] });
    expect((await world.due()).did).to.equal('adopted');
    expect(world.store.peek('park:default:a')).to.equal(undefined);
  });

  it('is kept by the parked order', async () => {
    const world = ledgerWorld({ documents: [inDoubt], starts: [busy], lists: [[], [], [theirs]] });
    expect((await world.due()).did).to.equal('parked');
    expect(world.order()).to.deep.include({ state: 'parked', doubt: { ...doubt, absentAt: T } });
  });
});

describe('an order whose app another order waits for', () => {
  it('merges into it where their bodies are equal', async () => {
    const world = ledgerWorld({ documents: [planned, other, park(OTHER)], starts: [busy], lists: [[theirs]] });
    expect(await world.created()).to.deep.include({ did: 'merged', state: 'merged', into: OTHER });
    expect(world.order()).to.not.have.property('dueAt');
    expect(world.did.slice(2)).to.deep.equal([
      `put ${ORDER}`,
      'get park:default:a',
      `get ${OTHER}`,
      `put ${ORDER}`,
      `get ${OTHER}`,
      `put ${ORDER}`,
    ]);
  });

  it('is due until it has read that one once more: a run that dies before must not be the last to look', async () => {
    const world = ledgerWorld({ documents: [planned, other, park(OTHER)], starts: [busy] });
    let merged: object | undefined;
    for (let gets = 0; gets < 2; gets += 1) world.store.intrude('get', () => undefined);
    world.store.intrude('get', () => (merged = world.order()));
    await world.created();
    expect(merged).to.deep.include({ state: 'merged', into: OTHER, dueAt: T + 60_000 });
  });

  it('raises the slot’s hops to its own before it merges', async () => {
    const deep = { ...planned, hops: 6 };
    const world = ledgerWorld({ documents: [deep, other, park(OTHER, 4)], starts: [busy] });
    await world.created();
    expect(world.store.peek('park:default:a')?.['slots']).to.deep.equal({ [SLOT]: { order: OTHER, hops: 6 } });
    expect(world.order()?.['state']).to.equal('merged');
  });

  for (const [what, fields] of [
    ['claimed', { state: 'claimed' }],
    ['posted', { state: 'posted', reloadId: 'r9' }],
    ['called off', { state: 'called-off' }],
    ['merged itself', { state: 'merged', into: 'order:default:a:s:r7' }],
    ['in doubt', { doubt: { since: T - 1_000 } }],
    ['another body’s by now', { body: { partial: true } }],
  ] as const) {
    it(`takes the slot where that one is ${what}`, async () => {
      const documents = [planned, { ...other, ...fields }, park(OTHER, 9)];
      const world = ledgerWorld({ documents, starts: [busy], lists: [[theirs]] });
      expect((await world.created()).did).to.equal('parked');
      expect(world.store.peek('park:default:a')?.['slots']).to.deep.equal({ [SLOT]: { order: ORDER, hops: 1 } });
    });
  }

  it('takes a slot of its own for another body', async () => {
    const partial = { ...planned, body: { partial: true } };
    const world = ledgerWorld({ documents: [partial, other, park(OTHER)], starts: [busy], lists: [[theirs]] });
    expect((await world.created()).did).to.equal('parked');
    const slots = world.store.peek('park:default:a')?.['slots'] as object;
    expect(Object.keys(slots)).to.have.length(2);
  });

  it('looks again where somebody changes the slots meanwhile', async () => {
    const world = ledgerWorld({ documents: [planned, other], starts: [busy], lists: [[theirs]] });
    for (let puts = 0; puts < 2; puts += 1) world.store.intrude('put', () => undefined);
    world.store.intrude('put', () => world.store.seed(park(OTHER)));
    expect((await world.created()).did).to.equal('merged');
  });

  it('is planned again where that one was called off while it merged', async () => {
    const world = ledgerWorld({ documents: [planned, other, park(OTHER)], starts: [busy] });
    for (let gets = 0; gets < 2; gets += 1) world.store.intrude('get', () => undefined);
    world.store.intrude('get', () => world.store.seed({ ...other, _rev: '2-person', state: 'called-off' }));
    expect((await world.created()).did).to.equal('planned-again');
    expect(world.order()).to.deep.include({ state: 'planned', dueAt: T + 60_000 });
    expect(world.order()).to.not.have.property('into');
  });
});

describe('a merged order whose run died before it looked at the other', () => {
  const merged = { ...planned, state: 'merged', into: OTHER, claims: 1, owner: 'act0', dueAt: T };

  for (const state of ['parked', 'claimed', 'posted', 'ended', 'merged']) {
    it(`is settled where that one is ${state}`, async () => {
      const world = ledgerWorld({ documents: [merged, { ...other, state }] });
      expect(await world.due()).to.deep.equal({ order: ORDER, did: 'merged', state: 'merged', into: OTHER });
      expect(world.order()).to.not.have.property('dueAt');
      expect(world.did).to.deep.equal([`many ${ORDER} gate:default tenant:default`, `get ${OTHER}`, `put ${ORDER}`]);
    });
  }

  it('is planned again where that one is called off', async () => {
    const world = ledgerWorld({ documents: [merged, { ...other, state: 'called-off' }] });
    expect((await world.due()).did).to.equal('planned-again');
    expect(world.order()).to.deep.include({ state: 'planned', dueAt: T + 60_000 });
    expect(world.order()).to.not.have.any.keys('into', 'reason');
  });

  it('is left to who planned it again meanwhile', async () => {
    const world = ledgerWorld({ documents: [merged, { ...other, state: 'called-off' }] });
    world.store.intrude('put', () => world.store.seed({ ...planned, _rev: '2-person' }));
    expect((await world.due()).did).to.equal('taken');
    expect(world.order()?.['_rev']).to.equal('2-person');
  });
});

describe('a parked order', () => {
  it('is taken up before it is due when its app’s reload ended', async () => {
    const world = ledgerWorld({ documents: [parked, park(ORDER)], starts: [started] });
    expect((await world.due({ wake: true })).did).to.equal('started');
  });

  it('has the greatest hops of what merged into it, in the order and in started', async () => {
    const world = ledgerWorld({ documents: [parked, park(ORDER, 7)], starts: [started] });
    await world.due({ wake: true });
    expect(world.order()?.['hops']).to.equal(7);
    expect(world.store.peek('started:default:r1')?.['hops']).to.equal(7);
  });

  it('has them also if the activation that claimed it first died', async () => {
    const doubt = { since: T - 220_000 };
    const claimed = { ...parked, state: 'claimed', doubt, dueAt: T - 70_000 };
    const world = ledgerWorld({ documents: [claimed, park(ORDER, 7)], starts: [started] });
    expect((await world.due()).did).to.equal('started');
    expect(world.order()?.['hops']).to.equal(7);
  });

  it('leaves alone the hops of a slot that is another order’s', async () => {
    const world = ledgerWorld({ documents: [parked, park(OTHER, 7)], starts: [started] });
    await world.due({ wake: true });
    expect(world.order()?.['hops']).to.equal(1);
  });

  for (const state of ['posted', 'ended', 'merged', 'gave-up', 'called-off']) {
    it(`gives its slot back when it is woken and ${state}`, async () => {
      const world = ledgerWorld({ documents: [{ ...planned, state, dueAt: undefined }, park(ORDER)] });
      expect((await world.due({ wake: true })).did).to.equal('finished');
      expect(world.store.peek('park:default:a')?.['slots']).to.deep.equal({});
    });
  }

  it('leaves another order’s slot alone when it is woken and finished', async () => {
    const world = ledgerWorld({ documents: [{ ...planned, state: 'ended' }, park(OTHER)] });
    await world.due({ wake: true });
    expect(world.store.peek('park:default:a')).to.deep.include(park(OTHER));
  });
});
