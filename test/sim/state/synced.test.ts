import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { countSyncs } from '../../support/count-syncs.ts';
import { TenantInTest } from '../support/use-tenant.ts';

describe('sim: a tenant’s state file', () => {
  it('is synced before the tenant answers for a change, and not for a read', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'cascade-synced-'));
    const tenant = new TenantInTest({ state: join(directory, 'tenant.json') });
    await tenant.start();
    const syncs = await countSyncs();
    try {
      await tenant.app('a', { durationMs: 3_600_000 });
      const afterApp = syncs.count;
      expect(afterApp).to.be.at.least(1);
      await tenant.call('GET', '/api/v1/reloads?appId=a');
      expect(syncs.count).to.equal(afterApp);
      await tenant.reload('a');
      expect(syncs.count).to.be.above(afterApp);
    } finally {
      syncs.restore();
      await tenant.sim.close();
      await rm(directory, { recursive: true });
    }
  });
});
