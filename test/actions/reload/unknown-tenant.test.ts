import { expect } from 'chai';
import { reloadOrder } from '../../../actions/reload/reload-order.ts';
import type { CreatedOrder } from '../../../src/contracts/order-request.ts';
import { CascadeError } from '../../../src/core/cascade-error.ts';
import type { OrderId } from '../../../src/core/names.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import { ledgerWorld, ORDER, planned, T } from './support/ledger-world.ts';

const ALERT = 'alert:tenant-unknown:default';

/** A ledger with one planned order of a tenant that the settings do not know. */
function lostTenant() {
  const world = ledgerWorld({ documents: [planned] });
  const qlikOf = (): never => {
    throw new CascadeError('SETTINGS_INVALID', 'no such tenant');
  };
  return { ...world, ports: { ...world.ports, addressOf: () => undefined, qlikOf } };
}

describe('an order whose tenant the settings do not know', () => {
  for (const how of ['due', 'just created'] as const) {
    it(`stays as it is, with an alert: ${how}`, async () => {
      const { ports, store } = lostTenant();
      const before = store.peek(ORDER) as unknown as CreatedOrder;
      const created = { created: before, storeNow: T as EpochMs };
      const request = { traceId: 't1', ...(how === 'due' ? { due: ORDER as OrderId } : created) };
      const failure = await reloadOrder(request, ports).catch((error: unknown) => error);
      expect(failure).to.include({ code: 'SETTINGS_INVALID' });
      expect(store.peek(ORDER)).to.deep.equal(before);
      expect(store.peek(ALERT)).to.include({ subject: 'default', traceId: 't1', at: T });
    });
  }
});
