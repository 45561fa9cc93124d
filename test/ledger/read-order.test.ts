import { expect } from 'chai';
import { readOrder } from '../../src/ledger/documents/order.ts';
import { plannedOrder } from '../support/planned-order.ts';

describe('an order’s document', () => {
  const order = { ...plannedOrder, _rev: '1-a', createdAt: 1 };

  it('may have a doubt with the four times that it knows', () => {
    const doubt = { since: 1, sentAt: 2, first: 1, absentAt: 3 };
    expect(readOrder({ ...order, doubt })).to.deep.include({ doubt });
  });

  for (const time of ['since', 'sentAt', 'first', 'absentAt']) {
    it(`is refused where ${time} of its doubt is no number`, () => {
      expect(() => readOrder({ ...order, doubt: { since: 1, [time]: 'soon' } }))
        .to.throw()
        .with.property('code', 'LEDGER_MALFORMED');
    });
  }
});
