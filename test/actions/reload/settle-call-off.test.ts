import { expect } from 'chai';
import { ledgerWorld, ORDER, planned, T } from './support/ledger-world.ts';

/** An order that was called off by a command that died right after that. */
const left = { ...planned, state: 'called-off', dueAt: T - 1_000 };
const MERGED = 'order:default:a:s:r1';
const mergedInto = (into: string, _id = MERGED) => ({
  ...planned,
  _id,
  state: 'merged',
  into,
  reason: { code: 'merged', message: 'Another order waits.' },
  dueAt: undefined,
});

describe('an order whose call-off nobody finished', () => {
  it('has what was merged into it owed again, and is not due any more', async () => {
    const world = ledgerWorld({ documents: [left, mergedInto(ORDER)] });
    expect((await world.due()).did).to.equal('call-off-settled');
    expect(world.order(MERGED)).to.include({ state: 'planned', dueAt: T + 60_000 });
    expect(world.order(MERGED)).not.to.have.any.keys('into', 'reason');
    expect(world.order()).to.include({ state: 'called-off' });
    expect(world.order()).not.to.have.property('dueAt');
    expect(world.posts).to.deep.equal([]);
  });

  it('finds it behind any number of others, and leaves what merged into another order alone', async () => {
    const others = Array.from({ length: 250 }, (_, n) => mergedInto('order:default:a:s:r9', `order:default:a:s:q${n}`));
    const ofLongName = mergedInto(ORDER, 'order:default:ab:s:r1');
    const last = mergedInto(ORDER, 'order:default:a:s:r1');
    const world = ledgerWorld({ documents: [left, ...others, ofLongName, last] });
    await world.due();
    expect(world.order(last._id)).to.include({ state: 'planned' });
    const untouched = [...others, ofLongName].filter(({ _id }) => world.order(_id)?.['state'] !== 'merged');
    expect(untouched).to.deep.equal([]);
    expect(world.did.filter((asked) => asked.startsWith('range'))).to.have.length(3);
  });

  it('waits for the command until a minute after the call-off', async () => {
    const world = ledgerWorld({ documents: [{ ...left, dueAt: T + 1 }, mergedInto(ORDER)] });
    expect((await world.due()).did).to.equal('not-due');
    expect(world.order(MERGED)).to.include({ state: 'merged' });
  });

  it('stays due where the store is silent in the middle', async () => {
    const world = ledgerWorld({ documents: [left, mergedInto(ORDER)] });
    world.store.fail('put', 'before');
    const failure = await world.due().catch((error: unknown) => error);
    expect(failure).to.include({ code: 'STORE_UNAVAILABLE' });
    expect(world.order()).to.include({ dueAt: T - 1_000 });
    expect((await world.due()).did).to.equal('call-off-settled');
    expect(world.order(MERGED)).to.include({ state: 'planned' });
  });

  it('is left to a second command that is quicker, and plans nothing twice', async () => {
    const world = ledgerWorld({ documents: [left, mergedInto(ORDER)] });
    world.store.intrude('put', () =>
      world.store.seed({ ...mergedInto(ORDER), _rev: '2-x', state: 'claimed', into: undefined }),
    );
    expect((await world.due()).did).to.equal('call-off-settled');
    expect(world.order(MERGED)).to.include({ state: 'claimed', _rev: '2-x' });
  });

  it('plans it again also where its own worker has just settled the merge, having looked before the call-off', async () => {
    const world = ledgerWorld({ documents: [left, { ...mergedInto(ORDER), dueAt: T + 1_000 }] });
    world.store.intrude('put', () => world.store.seed({ ...mergedInto(ORDER), _rev: '2-x' }));
    await world.due();
    expect(world.order(MERGED)).to.include({ state: 'planned', dueAt: T + 60_000 });
  });

  it('is not kept from that by an order that somebody spoilt', async () => {
    const spoilt = { ...mergedInto(ORDER, 'order:default:a:s:r0a'), causes: 'r0' };
    const world = ledgerWorld({ documents: [left, spoilt, mergedInto(ORDER)] });
    expect((await world.due()).did).to.equal('call-off-settled');
    expect(world.order(MERGED)).to.include({ state: 'planned' });
  });

  it('is over where nothing is left to do', async () => {
    const world = ledgerWorld({ documents: [{ ...left, dueAt: undefined }] });
    expect((await world.due()).did).to.equal('finished');
  });
});
