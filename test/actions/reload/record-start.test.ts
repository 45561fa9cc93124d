import { expect } from 'chai';
import { ledgerWorld, ORDER, planned, started, T } from './support/ledger-world.ts';

describe('writing down a 201', () => {
  it('is tried again until the store answers', async () => {
    const world = ledgerWorld({ starts: [started] });
    world.store.fail('bulk', 'before', 4);
    expect((await world.created()).did).to.equal('started');
    expect(world.order()?.['state']).to.equal('posted');
    expect(world.posts).to.have.length(1);
  });

  it('is fine where only the answer was lost', async () => {
    const world = ledgerWorld({ starts: [started] });
    world.store.fail('bulk', 'after');
    expect((await world.created()).did).to.equal('started');
    expect(world.store.peek('started:default:r1')).to.deep.include({ order: ORDER, also: [], isGuess: false });
    expect(world.order()).to.deep.include({ state: 'posted', reloadId: 'r1' });
  });

  it('is fine where the reload’s end came first', async () => {
    const ended = { ...planned, _rev: '3-end', state: 'ended', reloadId: 'r1', ends: ['r1'], outcome: 'succeeded' };
    const world = ledgerWorld({ starts: [started], whilePosting: (store) => store.seed(ended) });
    expect(await world.created()).to.deep.include({ did: 'started', state: 'ended' });
    expect(world.order()).to.deep.include(ended);
  });

  it('is written again where somebody left the order open meanwhile', async () => {
    const meanwhile = {
      ...planned,
      _rev: '4-else',
      state: 'unknown',
      claims: 2,
      owner: 'act2',
      doubt: { since: T },
      dueAt: T + 60_000,
    };
    const world = ledgerWorld({ starts: [started], whilePosting: (store) => store.seed(meanwhile) });
    expect((await world.created()).did).to.equal('started');
    expect(world.order()).to.deep.include({ state: 'posted', reloadId: 'r1', isCertain: true, claims: 3 });
  });

  it('cancels ours and tells a person where the order has another reload already', async () => {
    const other = {
      ...planned,
      _rev: '4-else',
      state: 'posted',
      claims: 2,
      owner: 'act2',
      reloadId: 'r5',
      isCertain: true,
      dueAt: T + 1,
    };
    const world = ledgerWorld({ starts: [started], whilePosting: (store) => store.seed(other) });
    expect((await world.created()).did).to.equal('second-start');
    expect(world.did).to.include('CANCEL r1');
    expect(world.order()).to.deep.include(other);
    expect(world.store.peek(`alert:second-start:${ORDER}`)?.['kind']).to.equal('second-start');
  });

  it('cancels ours where the order was settled without it', async () => {
    const merged = {
      ...planned,
      _rev: '5-else',
      state: 'merged',
      claims: 2,
      owner: 'act2',
      into: 'order:default:a:s:r8',
    };
    const world = ledgerWorld({ starts: [started], whilePosting: (store) => store.seed(merged) });
    expect((await world.created()).did).to.equal('second-start');
    expect(world.did).to.include('CANCEL r1');
  });

  it('leaves alone an order that asks for a further reload by now', async () => {
    const further = { ...planned, _rev: '5-else', state: 'waiting', claims: 1, owner: 'act1', try: 2, dueAt: T + 1 };
    const world = ledgerWorld({ starts: [started], whilePosting: (store) => store.seed(further) });
    await world.created();
    expect(world.order()).to.deep.include(further);
  });

  it('takes the reload from an order that only guessed it', async () => {
    const guess = {
      _id: 'started:default:r1',
      schema: 1,
      type: 'started',
      order: 'order:default:a:s:r8',
      also: [],
      isGuess: true,
      hops: 5,
      root: 'event:default:r8',
    };
    const world = ledgerWorld({ starts: [started], documents: [planned, guess] });
    await world.created();
    expect(world.store.peek('started:default:r1')).to.deep.include({
      order: ORDER,
      also: ['order:default:a:s:r8'],
      isGuess: false,
      hops: 1,
      root: 'event:default:r0',
    });
  });
});
