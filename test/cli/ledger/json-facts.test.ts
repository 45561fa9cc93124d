import { expect } from 'chai';
import { orderJson } from '../../../cli/ledger/json-facts.ts';
import { readOrder } from '../../../src/ledger/documents/order.ts';
import { ONE_OF_EACH } from '../../support/one-of-each.ts';

describe('--json', () => {
  it('prints each instant as a text, also the first there is', () => {
    const order = readOrder({ ...ONE_OF_EACH.order, _rev: '1-a', dueAt: 0 });
    expect(orderJson(order, ({ appId }) => appId).dueAt).to.equal('1970-01-01T00:00:00.000Z');
  });
});
