import { expect } from 'chai';
import { fanOutChains, upstreamOf } from '../../bench/support/fan-out-chains.ts';
import { webhookBody } from '../../bench/support/webhook-body.ts';
import { DEFAULT_TENANT } from '../../src/core/names.ts';
import { planOrders } from '../../src/core/plan-orders.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { normaliseEvent, RELOAD_FINISHED } from '../../src/core/webhook/normalise-event.ts';

describe('the chains and the webhook of the fan-out', () => {
  const { links } = fanOutChains([1, 5, 50]);

  for (const size of [1, 5, 50]) {
    it(`call for ${size} different apps`, () => {
      const body: unknown = JSON.parse(webhookBody(upstreamOf(size), 'tenant-1', 'reload-1', new Date(0)));
      const told = normaliseEvent(body, {
        tenant: DEFAULT_TENANT,
        receivedAt: 0 as EpochMs,
        activationId: 'a',
        countedType: RELOAD_FINISHED,
      });
      const { orders } = planOrders(told.kind === 'event' ? [told.event] : [], links);
      expect(new Set(orders.map(({ appId }) => appId)).size).to.equal(size);
      expect(orders).to.have.length(size);
    });
  }
});
