import { expect } from 'chai';
import type { NewDocument } from '../../../src/clients/couchdb/couchdb-port.ts';
import type { CompiledChains } from '../../../src/core/link.ts';
import type { DurationMs } from '../../../src/core/units.ts';
import { at, CHAINS, commands, event, ledgerOf } from './ledger-of.ts';

const { showProblems, showRun, showWhy } = commands;
const WEEK = 604_800_000 as DurationMs;

const RULE = {
  of: { 'default/extract': 'succeeded', 'default/transform': 'succeeded' },
  atLeast: 2,
  within: 3_600_000,
};
const half = (appId: string) => ({
  ...{ chain: 'nightly', after: { tenant: 'default', appId }, on: 'succeeded', clause: 'j1', body: {}, paused: false },
  ...{ target: { tenant: 'default', appId: 'report' }, join: RULE },
});
const chains = {
  ...CHAINS,
  links: { 'default/extract': [half('extract')], 'default/transform': [half('transform')] },
} as unknown as CompiledChains;

const join = (endedAt: number): NewDocument => ({
  ...{ _id: 'join:default:report:j1', schema: 1, type: 'join', tenant: 'default', appId: 'report', chain: 'nightly' },
  ...{ clause: 'j1', rule: RULE, baseHalves: [], open: [] },
  log: [
    {
      ...{ app: 'default/extract', reloadId: 'r1', endedAt, outcome: 'succeeded', hops: 0 },
      root: 'event:default:r1',
    },
  ],
});

describe('a link that waits for several apps, on the command line', () => {
  it('cascade why says which app is ready, until when, and which is missing', async () => {
    const { context, printed } = ledgerOf([join(at('01:30'))], { chains });
    await showWhy(context, 'report');
    expect(printed.out).to.equal(
      'Cascade knows of no finished reload of Report yet.\n' +
        'In chain nightly it waits for all of Extract, Transform. Extract is ready since 01:30:00Z, and counts until 02:30:00Z. Missing: Transform.\n',
    );
  });

  it('cascade why does not call a link paused that stands in another chain, too', async () => {
    const links = { 'default/extract': [half('extract'), { ...half('extract'), chain: 'weekly', paused: true }] };
    const both = { ...chains, links } as unknown as CompiledChains;
    const { context, printed } = ledgerOf([join(at('01:30'))], { chains: both });
    await showWhy(context, 'report');
    expect(printed.out).not.to.contain('paused');
  });

  it('cascade why --json has each app of the link once', async () => {
    const { context, json } = ledgerOf([join(at('01:30'))], { chains, json: true });
    await showWhy(context, 'report');
    expect(json()['upstreams']).to.deep.equal([]);
    expect(json()['joins']).to.deep.equal([
      {
        ...{ chain: 'nightly', paused: false, atLeast: 2, withinSeconds: 3_600 },
        apps: [
          {
            app: { tenant: 'default', appId: 'extract', label: 'Extract' },
            ...{ isReady: true, reloadId: 'r1', endedAt: '2026-11-22T01:30:00.000Z' },
            countsUntil: '2026-11-22T02:30:00.000Z',
          },
          { app: { tenant: 'default', appId: 'transform', label: 'Transform' }, isReady: false },
        ],
      },
    ]);
  });

  it('cascade runs <id> names the apps that are missing, in the tree', async () => {
    const skip = {
      ...{ reason: 'waits-for', tenant: 'default', appId: 'extract', reloadId: 'r1', chain: 'nightly' },
      target: { tenant: 'default', appId: 'report' },
      missing: [{ tenant: 'default', appId: 'transform' }],
      closesAt: at('02:30'),
    };
    const { context, printed } = ledgerOf([event('extract', 'r1', at('01:30'), { skips: [skip] })], { chains });
    await showRun(context, 'r1');
    expect(printed.out).to.contain(
      'Report: not reloaded, and chain nightly waits for Transform, until 2026-11-22 02:30:00Z',
    );
  });

  it('cascade runs --problems names ends that waited in vain during the last day', async () => {
    const { context, printed } = ledgerOf(
      [join(at('00:30')), { _id: 'schema', schema: 1, type: 'schema', version: 1 }],
      {
        chains,
      },
    );
    expect(await showProblems(context, WEEK)).to.equal(1);
    expect(printed.out).to.contain(
      'waited in vain  Report (chain nightly): Extract ended at 2026-11-22 00:30:00Z, and the others did not in time (join:default:report:j1)',
    );
  });
});
