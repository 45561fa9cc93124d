import { expect } from 'chai';
import type { TenantName } from '../../src/core/names.ts';
import { minutes } from '../../src/core/units.ts';
import { SCENARIOS } from './world/scenarios.ts';
import { World } from './world/world.ts';

const PAGES = 20;

/** How long an activation's requests take to reach the tenant, in ms. Each goes through a port of its own. */
async function sendTimes(): Promise<readonly number[]> {
  const took: number[] = [];
  let sentAt = 0;
  const world: World = new World({
    ...{ seed: 1, hours: 1, apps: 2, scenario: SCENARIOS.calm, without: [] },
    write: ({ op, at }) => {
      if (op === 'qlik.ended') took.push(Date.parse(at) - sentAt);
    },
  });
  const [tenant] = world.tenants.keys();
  void world.host.runAction('collector', minutes(5), async (activation) => {
    for (let page = 1; page <= PAGES; page += 1) {
      sentAt = world.scheduler.now;
      await world.qlikOf(activation, tenant as TenantName).listEnded({ newestBy: 'end' }, minutes(1));
    }
  });
  await world.scheduler.runUntil(world.scheduler.now + minutes(5));
  return took;
}

describe('the calls of one activation', () => {
  it('take a time each: one slow page does not make all pages of a sweep slow', async () => {
    const took = await sendTimes();
    expect(took).to.have.length(PAGES);
    expect(new Set(took).size).to.be.greaterThan(PAGES / 2);
  });
});
