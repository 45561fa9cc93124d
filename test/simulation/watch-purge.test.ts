import { expect } from 'chai';
import { StoreModel } from '../support/store-model.ts';
import { watchPurge } from './world/watch-purge.ts';

const ORDER = {
  type: 'order',
  tenant: 'acme',
  state: 'unknown',
  dueAt: 1,
  ends: ['e1'],
  causes: ['c1'],
  root: 'event:acme:r1',
};
const LINEAGE = { cause: 'c1', others: ['north.c2'], root: 'event:acme:r1' };
const JOIN = {
  ...{
    type: 'join',
    tenant: 'acme',
    log: [{ app: 'north/a', reloadId: 'a1' }],
    baseHalves: [{ app: 'acme/b', reloadId: 'b1' }],
  },
  open: [{ order: 'order:acme:t:j1:c1', definition: 'abc', lineage: LINEAGE }],
};

/** What is wrong if a purge removes `removed` and the document, which then is `after`, stays. */
function problem(document: object, removed: string, after: object | undefined = document): string | undefined {
  const store = new StoreModel({ suffixOf: () => 'a' });
  const id = 'work:acme:w1';
  const [kept, other] = [
    { _id: id, _rev: '1-a' },
    { _id: removed, _rev: '1-a' },
  ];
  store.keep({ ...document, ...kept });
  store.keep(other);
  const findLost = watchPurge(store);
  store.keep({ ...after, ...kept });
  store.purge([other]);
  return findLost()?.replace(/^.* removed (.*), to .*$/, '$1');
}

/** Which of the ids a purge must not remove while the document stays as it is. */
const needed = (document: object, ids: readonly string[]): readonly string[] =>
  ids.filter((id) => problem(document, id) !== undefined);

describe('what a purge must not remove', () => {
  it('is what an open order refers to: causes, root, its reloads, the order that it is merged into, and the chains', () => {
    const causes = ['c1', 'north.c2', 'r1.c3', 'r2.north.c4', 'm.x'];
    const order = { ...ORDER, causes, reloadId: 'e2', into: 'order:acme:t:s:o', definition: 'abc' };
    const ids = [
      ...['event:acme:c1', 'event:north:c2', 'event:acme:c3', 'event:north:c4', 'event:acme:r1'],
      ...['event:acme:e1', 'started:acme:e1', 'event:acme:e2', 'started:acme:e2', 'order:acme:t:s:o', 'definition:abc'],
    ];
    expect(needed(order, [...ids, 'event:acme:z'])).to.deep.equal(ids);
  });

  it('is nothing for the sake of an order that is final, or becomes final meanwhile', () => {
    const { dueAt: _, ...rest } = ORDER;
    const final = { ...rest, state: 'ended' };
    expect(problem(final, 'event:acme:c1')).to.equal(undefined);
    expect(problem(ORDER, 'event:acme:c1', final)).to.equal(undefined);
  });

  it('is what a link remembers, and to what its open orders refer', () => {
    const ids = [
      ...['event:north:a1', 'event:acme:b1', 'order:acme:t:j1:c1', 'definition:abc'],
      ...['event:acme:c1', 'event:north:c2', 'event:acme:r1'],
    ];
    expect(needed(JOIN, [...ids, 'event:acme:a1'])).to.deep.equal(ids);
  });

  it('is the first failure of a ticket', () => {
    expect(needed({ type: 'ticket', tenant: 'acme', reloadId: 't1' }, ['event:acme:t1'])).to.have.length(1);
  });

  it('is the event and the start that a hint is about, as long as it is not settled', () => {
    const ids = ['event:acme:w1', 'started:acme:w1'];
    expect(needed({ type: 'hint', tenant: 'acme', dueAt: 1 }, ids)).to.deep.equal(ids);
    expect(needed({ type: 'hint', tenant: 'acme', settledAt: 1 }, ids)).to.deep.equal([]);
  });
});
