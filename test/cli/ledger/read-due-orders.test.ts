import { expect } from 'chai';
import { readDueOrders } from '../../../cli/ledger/read-due-orders.ts';
import { at, event, ledgerOf, order } from './ledger-of.ts';

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
});
