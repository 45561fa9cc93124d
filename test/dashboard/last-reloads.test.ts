import { expect } from 'chai';
import { lastReloads } from '../../dashboard/model/last-reloads.ts';
import type { AppId, TenantName } from '../../src/core/names.ts';
import type { EventFact, OrderFact } from '../../src/core/runs/facts.ts';

const app = { tenant: 'default' as TenantName, appId: 'extract' as AppId };
const end = (reloadId: string, endedAt: number, outcome = 'succeeded', appId = 'extract') =>
  ({ _id: `event:default:${reloadId}`, tenant: 'default', appId, reloadId, outcome, endedAt }) as unknown as EventFact;

describe('the last reloads of an app', () => {
  it('are five at most, the latest first, without those of other apps', () => {
    const ends = [1, 2, 3, 4, 5, 6].map((minute) => end(`r${minute}`, minute));
    const shown = lastReloads(app, [...ends, end('r9', 9, 'failed', 'report')], []);
    expect(shown.map(({ event }) => event.reloadId)).to.deep.equal(['r6', 'r5', 'r4', 'r3', 'r2']);
  });

  it('say failed of a reload that Cascade canceled because it ran too long, and canceled if a person did it', () => {
    const order = { ...app, ends: [], reloadId: 'r1', cancelRequestedAt: { r1: 1 } } as unknown as OrderFact;
    const shown = lastReloads(app, [end('r1', 1, 'canceled'), end('r2', 2, 'canceled')], [order]);
    expect(shown.map(({ event, state }) => [event.reloadId, state])).to.deep.equal([
      ['r2', 'canceled'],
      ['r1', 'failed'],
    ]);
  });
});
