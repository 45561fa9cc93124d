import { expect } from 'chai';
import type { NewDocument } from '../../../src/clients/couchdb/couchdb-port.ts';
import type { CompiledChains } from '../../../src/core/link.ts';
import type { DurationMs } from '../../../src/core/units.ts';
import { at, CHAINS, commands, event, ledgerOf, order } from './ledger-of.ts';

const { listRuns, showProblems, showRun, showWhy } = commands;
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

  describe('cascade runs <id>, in the tree', () => {
    const skip = {
      ...{ reason: 'waits-for', tenant: 'default', appId: 'extract', reloadId: 'r1', chain: 'nightly' },
      target: { tenant: 'default', appId: 'report' },
      missing: [{ tenant: 'default', appId: 'transform' }],
      closesAt: at('02:30'),
    };
    const waiting = event('extract', 'r1', at('01:30'), { skips: [skip] });
    const lineOf = async (...documents: readonly NewDocument[]): Promise<string> => {
      const { context, printed } = ledgerOf([waiting, ...documents], { chains });
      await showRun(context, 'r1');
      return printed.out.split('\n').find((line) => line.includes('Report: ')) ?? '';
    };
    const withEnds = (...more: readonly object[]): NewDocument => {
      const document = join(at('01:30'));
      return { ...document, log: [...(document['log'] as readonly object[]), ...more] };
    };
    const nextEnd = (appId: string, time: string, more: object = {}) => ({
      ...{ app: `default/${appId}`, reloadId: `${appId}-2`, endedAt: at(time), outcome: 'succeeded', hops: 0 },
      ...{ root: `event:default:${appId}-2`, ...more },
    });

    it('names what is ready and since when, what is missing, and until when', async () => {
      expect(await lineOf(join(at('01:30')))).to.equal(
        '└─ Report: not reloaded yet, chain nightly has Extract since 01:30:00Z, and waits for Transform, until 2026-11-22 02:30:00Z',
      );
    });

    it('counts an end until the last millisecond of its time', async () => {
      expect(await lineOf(join(at('01:00')))).to.contain('has Extract since 01:00:00Z, and waits for Transform');
    });

    it('names the order that the link called for in the end, whichever run it belongs to', async () => {
      const usedBy = { app: 'default/transform', reloadId: 't2' };
      const used = { ...join(at('01:30')), log: [{ ...nextEnd('extract', '01:30'), reloadId: 'r1', usedBy }] };
      // The log of an earlier version does not say what used an end.
      const earlier = withEnds({ ...nextEnd('transform', '01:50'), reloadId: 't2' });
      for (const document of [used, earlier]) {
        expect(await lineOf(document)).to.equal(
          '└─ Report: waited for Transform in chain nightly, and was then called for: order:default:report:j1:t2',
        );
      }
    });

    it('says if a later end took its place, or the time is over', async () => {
      expect(await lineOf(withEnds(nextEnd('extract', '01:40')))).to.equal(
        '└─ Report: not reloaded: a later end of the app had taken its place in chain nightly',
      );
      expect(await lineOf({ ...join(at('00:30')) })).to.equal(
        '└─ Report: not reloaded: chain nightly waited for Transform in vain, until 2026-11-22 01:30:00Z',
      );
    });

    it('knows the link’s document although it names another chain that has the same link', async () => {
      expect(await lineOf({ ...join(at('01:30')), chain: 'weekly' })).to.equal(
        '└─ Report: not reloaded yet, chain nightly has Extract since 01:30:00Z, and waits for Transform, until 2026-11-22 02:30:00Z',
      );
    });

    it('says what was so then if the link remembers the end no more, or another link’s document does', async () => {
      const then = '└─ Report: not reloaded then: chain nightly waited for Transform, until 2026-11-22 02:30:00Z';
      expect(await lineOf()).to.equal(then);
      const rule = { ...RULE, of: { 'default/extract': 'succeeded', 'default/repair': 'succeeded' } };
      expect(await lineOf({ ...join(at('01:30')), chain: 'weekly', rule })).to.equal(then);
      const emptied = { ...join(at('01:30')), log: [] };
      const other = { ...join(at('01:30')), _id: 'join:default:report:both', clause: 'both', chain: 'weekly' };
      expect(await lineOf(emptied, other)).to.equal(then);
    });

    it('with --json has it as `now` of the skip', async () => {
      const { context, json } = ledgerOf([waiting, join(at('01:30'))], { chains, json: true });
      await showRun(context, 'r1');
      expect(json()).to.have.nested.property('run.tree[0].skips[0].now.kind', 'waits');
    });
  });

  describe('cascade runs, in the list', () => {
    const skip = {
      ...{ reason: 'waits-for', tenant: 'default', appId: 'extract', reloadId: 'r1', chain: 'nightly' },
      target: { tenant: 'default', appId: 'report' },
      missing: [{ tenant: 'default', appId: 'transform' }],
      closesAt: at('02:30'),
    };
    const waiting = event('extract', 'r1', at('01:30'), { skips: [skip] });
    const used = (): NewDocument => {
      const document = join(at('01:30'));
      const usedBy = { app: 'default/transform', reloadId: 't2' };
      return { ...document, log: (document['log'] as readonly object[]).map((end) => ({ ...end, usedBy })) };
    };

    it('says that a link waits with an end of the run', async () => {
      const { context, printed } = ledgerOf([waiting, join(at('01:30'))], { chains });
      await listRuns(context, { limit: 20 });
      expect(printed.out).to.contain('finished 0 s          1 link waits for other apps  event:default:r1');
      const { context: asJson, json } = ledgerOf([waiting, join(at('01:30'))], { chains, json: true });
      await listRuns(asJson, { limit: 20 });
      expect(json()).to.deep.nested.include({ 'runs[0].waiting': 1, 'runs[0].ordersElsewhere': 0 });
    });

    it('counts a link once that is in two chains', async () => {
      const both = event('extract', 'r1', at('01:30'), { skips: [skip, { ...skip, chain: 'weekly' }] });
      const { context, printed } = ledgerOf([both, join(at('01:30'))], { chains });
      await listRuns(context, { limit: 20 });
      expect(printed.out).to.contain('  1 link waits for other apps  event:default:r1');
    });

    it('says that an end helped to call for an order of another run', async () => {
      const { context, printed } = ledgerOf([waiting, used()], { chains });
      await listRuns(context, { limit: 20 });
      expect(printed.out).to.contain('  helped to call for 1 order of other runs  event:default:r1');
    });

    it('says so also if the end did not wait, because both ends were worked off at the same moment', async () => {
      const own = order('report', 't2', at('01:50'), {
        ...{ _id: 'order:default:report:j1:t2', causes: ['t2', 'r1'], clause: 'j1', root: 'event:default:t2' },
        ...{ state: 'parked', dueAt: at('02:10') },
      });
      const documents = [event('extract', 'r1', at('01:30')), used(), event('transform', 't2', at('01:30')), own];
      const { context, printed } = ledgerOf(documents, { chains });
      await listRuns(context, { limit: 20 });
      expect(printed.out).to.match(/ {2}helped to call for 1 order of other runs {2}event:default:r1\n/);
      expect(printed.out).to.match(/ {2}1 order: 1 parked +event:default:t2\n/);
      const { context: tree, printed: shown } = ledgerOf(documents, { chains });
      await showRun(tree, 'r1');
      expect(shown.out).to.contain('finished, 0 s; helped to call for 1 order of other runs\n');
    });

    it('counts the order once if it is one of the run', async () => {
      const own = order('report', 't2', at('01:50'), {
        ...{ _id: 'order:default:report:j1:t2', clause: 'j1', root: 'event:default:r1' },
        ...{ state: 'parked', dueAt: at('02:10') },
      });
      const { context, printed } = ledgerOf([waiting, used(), own], { chains });
      await listRuns(context, { limit: 20 });
      expect(printed.out).to.contain('  1 order: 1 parked  event:default:r1');
    });

    it('says that nothing followed if the link waited in vain', async () => {
      const { context, printed } = ledgerOf([waiting, join(at('00:30'))], { chains });
      await listRuns(context, { limit: 20 });
      expect(printed.out).to.contain('  nothing followed  event:default:r1');
    });
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
      'waited in vain  Report (chain nightly): Extract ended at 2026-11-22 00:30:00Z; no end of Transform counted with it. ' +
        'It waits for all of Extract, Transform within 1 h (join:default:report:j1)',
    );
  });

  it('cascade runs --problems names each end once, and the app that was missing', async () => {
    const document = join(at('00:10'));
    const transform = { ...(document['log'] as readonly object[])[0], app: 'default/transform', reloadId: 't1' };
    const { context, printed } = ledgerOf([
      {
        ...document,
        rule: { ...RULE, of: { ...RULE.of, 'default/repair': 'succeeded' }, atLeast: 3 },
        log: [...(document['log'] as readonly object[]), { ...transform, endedAt: at('00:20') }],
      },
    ]);
    await showProblems(context, WEEK);
    expect(printed.out).to.contain(
      'Report (chain nightly): Extract ended at 2026-11-22 00:10:00Z, Transform ended at 2026-11-22 00:20:00Z; no end of Repair counted with them. ' +
        'It waits for all of Extract, Transform, Repair within 1 h (join:',
    );
  });

  it('cascade runs --problems leaves out a link that no deployed chain has any more', async () => {
    const hash = 'dddddddddddddddd';
    const deployed = { _id: 'deployed', schema: 1, type: 'deployed', hash, since: at('01:00'), before: [] };
    const withLinks = (links: object): NewDocument => ({
      ...{ _id: `definition:${hash}`, schema: 1, type: 'definition', hash, part: 1, parts: 1, storedAt: at('01:00') },
      chains: { links, apps: {} },
    });
    const problemsWith = async (...documents: readonly NewDocument[]): Promise<string> => {
      const { context, printed } = ledgerOf([join(at('00:30')), ...documents], { chains });
      await showProblems(context, WEEK);
      return printed.out;
    };
    expect(await problemsWith(deployed, withLinks({}))).to.not.contain('waited in vain');
    expect(await problemsWith(deployed, withLinks(chains.links))).to.contain('waited in vain');
    // Nobody knows which links are deployed.
    expect(await problemsWith(deployed)).to.contain('waited in vain');
    expect(await problemsWith()).to.contain('waited in vain');
  });

  it('cascade runs --problems --json has such an end with its app, its time and its link', async () => {
    const { context, json } = ledgerOf([join(at('00:30'))], { chains, json: true });
    await showProblems(context, WEEK);
    const { problems } = json() as { problems: { halves: object[] }[] };
    expect(problems[0]).to.deep.include({
      ...{ kind: 'expired-join', at: '2026-11-22T01:30:00.000Z', document: 'join:default:report:j1', chain: 'nightly' },
      app: { tenant: 'default', appId: 'report', label: 'Report' },
      missing: [{ tenant: 'default', appId: 'transform', label: 'Transform' }],
    });
    expect(problems[0]?.halves[0]).to.include({ app: 'default/extract', reloadId: 'r1', endedAt: at('00:30') });
  });
});
