import { expect } from 'chai';
import type { Link } from '../../../src/core/link.ts';
import type { AppId, ChainName, TenantName } from '../../../src/core/names.ts';
import { replayEvent } from '../../../src/core/runs/replay-event.ts';
import { ended } from './some-facts.ts';

const link = (target: string, more: Partial<Link> = {}): Link => ({
  chain: 'nightly' as ChainName,
  after: { tenant: 'default' as TenantName, appId: 'extract' as AppId },
  on: 'succeeded',
  target: { tenant: 'default' as TenantName, appId: target as AppId },
  clause: 's',
  body: { weight: 3 },
  paused: false,
  ...more,
});

describe('a replay', () => {
  const links = {
    'default/extract': [
      link('transform'),
      link('rates', { clause: 'morning', target: { tenant: 'asia' as TenantName, appId: 'rates' as AppId } }),
      link('repair', { on: 'failed' }),
    ],
  };
  const replay = replayEvent(ended('extract', 'r1', '01:00'), links, { hops: 2, root: 'event:default:r0' });

  it('gives each order an id of its own, one hop further in the same run', () => {
    expect(replay.ordersOf(4)).to.deep.equal([
      {
        order: {
          order: 'order:default:transform:s:r4.r1',
          tenant: 'default',
          appId: 'transform',
          body: { weight: 3 },
          chain: 'nightly',
        },
        lineage: { cause: 'r4.r1', hops: 3, root: 'event:default:r0' },
      },
      {
        order: {
          order: 'order:asia:rates:morning:r4.default.r1',
          tenant: 'asia',
          appId: 'rates',
          body: { weight: 3 },
          chain: 'nightly',
        },
        lineage: { cause: 'r4.default.r1', hops: 3, root: 'event:default:r0' },
      },
    ]);
  });

  it('says why the rest does not follow', () => {
    expect(replay.skips.map(({ reason }) => reason)).to.deep.equal(['outcome-not-matched']);
  });

  it('hands on that the hops are not sure', () => {
    const unsure = replayEvent(ended('extract', 'r1', '01:00'), links, {
      hops: 0,
      root: 'event:default:r1',
      areHopsUnsure: true,
    });
    expect(unsure.ordersOf(1)[0]?.lineage).to.deep.equal({
      cause: 'r1.r1',
      hops: 1,
      root: 'event:default:r1',
      areHopsUnsure: true,
    });
  });

  it('does not count for a link that waits for several apps, and says which', () => {
    const join = { of: { 'default/extract': 'succeeded' }, atLeast: 1, within: 1 } as unknown as NonNullable<
      Link['join']
    >;
    const composite = link('report', { clause: 'j1', join });
    const both = replayEvent(
      ended('extract', 'r1', '01:00'),
      { 'default/extract': [composite, link('transform')] },
      { hops: 0, root: 'event:default:r1' },
    );
    expect(both.ordersOf(1).map(({ order }) => order.appId)).to.deep.equal(['transform']);
    expect(both.joins).to.deep.equal([composite]);
  });
});
