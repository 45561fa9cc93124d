import { expect } from 'chai';
import type { AppId, OrderId, TenantName } from '../../src/core/names.ts';
import { causeOf, orderId, resourceIdOf } from '../../src/core/order.ts';

const target = { tenant: 'acme-eu' as TenantName, appId: 'a-1' as AppId };

describe('the ids of an order', () => {
  it('are made of tenant, app, clause and cause', () => {
    expect(orderId(target, 's', '6a84')).to.equal('order:acme-eu:a-1:s:6a84');
    expect(orderId(target, 'nightly', 'm.act1')).to.equal('order:acme-eu:a-1:nightly:m.act1');
  });

  it('name the reload as cause, and its tenant where that is another', () => {
    expect(causeOf({ tenant: 'acme-eu', reloadId: 'r1' }, target)).to.equal('r1');
    expect(causeOf({ tenant: 'default', reloadId: 'r1' }, target)).to.equal('default.r1');
  });

  it('carry the number of the try when they go to Qlik', () => {
    expect(resourceIdOf('order:acme-eu:a-1:s:6a84' as OrderId, 1)).to.equal('order:acme-eu:a-1:s:6a84~1');
    expect(resourceIdOf('order:acme-eu:a-1:s:6a84' as OrderId, 12)).to.equal('order:acme-eu:a-1:s:6a84~12');
  });
});
