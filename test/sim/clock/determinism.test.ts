import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { useReceiver } from '../support/use-receiver.ts';
import { TenantInTest } from '../support/use-tenant.ts';

const HOUR = 3_600_000;

describe('sim: the seed', () => {
  const receiver = useReceiver();

  /** A busy day: reloads of drawn durations, lost and doubled deliveries, refused calls. */
  async function journalOf(seed: string, state?: string): Promise<string> {
    const tenant = new TenantInTest({ clock: 'hand', seed, ...(state === undefined ? {} : { state }) });
    await tenant.start();
    try {
      await receiver.subscribe(tenant);
      await receiver.subscribe(tenant);
      await tenant.switches({
        'reloads.concurrency': 2,
        'delivery.drop': 20,
        'delivery.duplicate': 30,
        'delivery.reorder': 30,
        'delivery.attempts': 2,
      });
      const outcomes = ['succeeded', 'failed', 'canceled'];
      for (const id of ['a', 'b', 'c']) {
        await tenant.app(id, { spaceId: 's', durationMs: [1000, HOUR], outcomes, engineAttempts: 2 });
        for (let hour = 1; hour <= 10; hour += 1) {
          await tenant.call('POST', `/_sim/apps/${id}/reload`, { type: 'chronos', afterMs: hour * HOUR });
        }
      }
      await tenant.reload('a', { variables: { n: '21' } });
      await tenant.reload('nobody');
      await tenant.advance(5 * HOUR);
      if (state !== undefined) {
        await tenant.sim.close();
        await tenant.start();
      }
      await tenant.reload('b');
      await tenant.advance(19 * HOUR);
      return JSON.stringify((await tenant.call('GET', '/_sim/journal')).body);
    } finally {
      await tenant.sim.close();
    }
  }

  it('gives the same journal for the same calls, byte for byte, when the clock is moved by hand', async () => {
    const one = await journalOf('night shift');
    const other = await journalOf('night shift');
    expect(other).to.equal(one);
    expect(one.length).to.be.above(30_000);
  });

  it('gives the same journal if the tenant is ended in mid-run and goes on from its state', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'cascade-state-'));
    try {
      const interrupted = await journalOf('night shift', join(directory, 'tenant.json'));
      expect(interrupted).to.equal(await journalOf('night shift'));
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  it('gives another journal for another seed', async () => {
    expect(await journalOf('night shift')).not.to.equal(await journalOf('day shift'));
  });

  it('gives the same identity, too', async () => {
    const [one, other, stranger] = [
      new TenantInTest({ seed: 's' }),
      new TenantInTest({ seed: 's' }),
      new TenantInTest({ seed: 't' }),
    ];
    for (const tenant of [one, other, stranger]) {
      await tenant.start();
      await tenant.sim.close();
    }
    for (const name of ['tenantId', 'apiKey', 'clientId', 'clientSecret'] as const) {
      expect(other.sim[name]).to.equal(one.sim[name]);
      expect(stranger.sim[name]).not.to.equal(one.sim[name]);
    }
  });
});
