import { expect } from 'chai';
import { orderJson } from '../../../cli/ledger/json-facts.ts';
import { readOrder } from '../../../src/ledger/documents/order.ts';
import { ONE_OF_EACH } from '../../support/one-of-each.ts';

describe('--json', () => {
  it('prints of an order the definition that called for it, its attempt, and the order that it merged into', () => {
    const more = { definition: '0123456789abcdef', try: 2, into: 'order:default:a:s:r9' };
    const order = readOrder({ ...ONE_OF_EACH.order, ...more, _rev: '1-a' });
    expect(orderJson(order, ({ appId }) => appId)).to.include(more);
  });

  it('prints each instant as a text, also the first there is', () => {
    const order = readOrder({ ...ONE_OF_EACH.order, _rev: '1-a', dueAt: 0 });
    expect(orderJson(order, ({ appId }) => appId).dueAt).to.equal('1970-01-01T00:00:00.000Z');
  });
});
