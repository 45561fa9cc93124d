import { expect } from 'chai';
import { readDueOrders } from '../../../cli/ledger/read-due-orders.ts';
import type { CouchPort } from '../../../src/clients/couchdb/couchdb-port.ts';
import { at, commands, event, ledgerOf, order } from './ledger-of.ts';

const { cancelAll } = commands;

/** The same store, whose answers list at most so many documents. */
const listingAtMost = (most: number, store: CouchPort): CouchPort => ({
  ...store,
  due: ({ limit, ...range }) => store.due({ ...range, limit: Math.min(limit, most) }),
});

describe('the orders that are due', () => {
  const due = (cause: string, time: string) => order('report', cause, at('01:00'), { dueAt: at(time) });

  it('are read page by page, each once, also where more than a page is due at one instant', async () => {
    const orders = [
      due('r1', '02:00'),
      ...['r2', 'r3', 'r4', 'r5', 'r6'].map((cause) => due(cause, '02:01')),
      due('r7', '02:02'),
    ];
    const { store } = ledgerOf([...orders, event('extract', 'e1', at('01:00'), { dueAt: at('02:01') })]);
    for (const size of [1, 2, 3, 7, 8, 50]) {
      const { found } = await readDueOrders(store, size);
      expect(found.map(({ causes: [cause] }) => cause)).to.deep.equal(['r1', 'r2', 'r3', 'r4', 'r5', 'r6', 'r7']);
    }
  });

  it('leave out what is no order of this version, by name', async () => {
    const { store } = ledgerOf([{ ...due('r1', '02:00'), state: 'odd' }, due('r2', '02:00')]);
    const { found, malformed } = await readDueOrders(store);
    expect([found.map(({ _id }) => _id), malformed]).to.deep.equal([
      ['order:default:report:s:r2'],
      ['order:default:report:s:r1'],
    ]);
  });

  it('are read in part, and the instant named, where more are due at one than an answer lists; those behind it are read', async () => {
    const orders = [
      ...['r1', 'r2', 'r3', 'r4', 'r5'].map((cause) => due(cause, '02:00')),
      ...['r6', 'r7', 'r8'].map((cause) => due(cause, '02:01')),
    ];
    const store = listingAtMost(4, ledgerOf(orders).store);
    const { found, crowded } = await readDueOrders(store, 2);
    expect(found.map(({ causes: [cause] }) => cause)).to.deep.equal(['r1', 'r2', 'r3', 'r4', 'r6', 'r7', 'r8']);
    expect(crowded).to.deep.equal([at('02:00')]);
  });

  it('are called off in passes where they are too many for one answer', async () => {
    const orders = ['r1', 'r2', 'r3', 'r4', 'r5'].map((cause) => due(cause, '02:00'));
    const { context, store, printed } = ledgerOf(orders);
    expect(await cancelAll({ ...context, store: listingAtMost(2, store) })).to.equal(0);
    expect(store.all().map(({ state }) => state)).to.deep.equal(Array(5).fill('called-off'));
    expect([printed.out.split('\n').at(-2), printed.error]).to.deep.equal(['5 orders called off', '']);
  });

  it('are not all called off where what cannot be called off fills the answer: cancel names the instant, and fails', async () => {
    const events = ['e1', 'e2'].map((id) => event('extract', id, at('01:00'), { dueAt: at('02:00') }));
    const { context, store, printed } = ledgerOf([...events, due('r1', '02:00'), due('r2', '02:01')]);
    expect(await cancelAll({ ...context, store: listingAtMost(2, store) })).to.equal(1);
    expect(printed.error).to.equal(
      'More documents are due at 2026-11-22T02:00:00.000Z than one answer of CouchDB lists: some orders may not have been read. Let the sweep work on them, then cancel again.\n',
    );
    expect(store.peek('order:default:report:s:r1')).to.include({ state: 'planned' });
    expect(store.peek('order:default:report:s:r2')).to.include({ state: 'called-off' });
  });
});
