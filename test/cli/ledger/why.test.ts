import { expect } from 'chai';
import { withDeployedNames } from '../../../cli/ledger/deployed-names.ts';
import type { Expectation } from '../../../src/core/desk/expected.ts';
import { minutes } from '../../../src/core/units.ts';
import { at, CHAINS, commands, done, event, lastEnd, ledgerOf, NOT_MATCHED, order } from './ledger-of.ts';

const { showWhy } = commands;

const EXTRACTED = event('extract', 'r1', at('01:00'), { startedBy: 'hub' });
const TRANSFORMED = event('transform', 'r2', at('01:05'));
const REPORTED = event('report', 'r3', at('01:09'));
const RAN = [
  EXTRACTED,
  lastEnd(EXTRACTED),
  order('transform', 'r1', at('01:00:01'), done('r2', at('01:00:02'), at('01:05'))),
  TRANSFORMED,
  lastEnd(TRANSFORMED),
  order('report', 'r2', at('01:05:01'), { ...done('r3', at('01:05:02'), at('01:09')), hops: 2 }),
  REPORTED,
  lastEnd(REPORTED),
];

describe('cascade why', () => {
  it('says why an app last ran, up to who began it', async () => {
    const { context, printed } = ledgerOf(RAN);
    expect(await showWhy(context, 'report')).to.equal(0);
    expect(printed.out).to.equal(
      'Report last ended at 2026-11-22 01:09:00Z: succeeded, because Transform succeeded at 01:05:00Z, because Extract succeeded at 01:00:00Z. Extract was started by hand in Qlik (hub).\n',
    );
  });

  it('goes by what `started` remembers where neither the order nor Qlik tells', async () => {
    const claimed = order('report', 'r2', at('01:05:01'), { state: 'claimed', hops: 2, dueAt: at('02:01') });
    const started = {
      _id: 'started:default:r3',
      schema: 1,
      type: 'started',
      order: 'order:default:report:s:r2',
      also: [],
      isGuess: true,
      hops: 2,
      root: 'event:default:r1',
    };
    const { context, json } = ledgerOf([...RAN.filter(({ _id }) => !_id.includes('report:s')), claimed, started], {
      json: true,
    });
    await showWhy(context, 'report');
    expect(json()).to.have.nested.property('because[0].reloadId', 'r2');
    expect(json()).to.have.nested.property('because[1].reloadId', 'r1');
  });

  it('reads the events where the storer’s documents are missing', async () => {
    const { context, printed } = ledgerOf(RAN.filter(({ _id }) => !_id.startsWith('app:')));
    await showWhy(context, 'report');
    expect(printed.out).to.match(/^Report last ended at 2026-11-22 01:09:00Z: succeeded, because Transform succeeded/);
  });

  it('says first what it waits for', async () => {
    const again = event('transform', 'r8', at('01:30'));
    const parked = order('report', 'r8', at('01:30:01'), { state: 'parked', dueAt: at('02:04') });
    const { context, printed } = ledgerOf([...RAN, again, parked]);
    await showWhy(context, 'nightly/report');
    expect(printed.out.split('\n')[0]).to.equal(
      'Report waits until its app is free: another reload is pending; Cascade looks again at 02:04:00Z at the latest, and earlier if the app is free. It is owed because Transform succeeded at 01:30:00Z. order:default:report:s:r8',
    );
  });

  it('says why nothing happened', async () => {
    const { context, printed } = ledgerOf([{ ...EXTRACTED, skips: [NOT_MATCHED] }, lastEnd(EXTRACTED)]);
    await showWhy(context, 'repair');
    expect(printed.out).to.equal(
      'Cascade knows of no finished reload of Repair yet.\nExtract succeeded at 01:00:00Z, but the link in chain nightly is on failed.\n',
    );
  });

  it('prints it as JSON', async () => {
    const { context, json } = ledgerOf(RAN, { json: true });
    await showWhy(context, 'report');
    expect(json()).to.deep.include({
      ok: true,
      app: { tenant: 'default', appId: 'report', label: 'Report' },
      waits: [],
      upstreams: [
        {
          app: { tenant: 'default', appId: 'transform', label: 'Transform' },
          chain: 'nightly',
          on: 'succeeded',
          paused: false,
          came: 'ordered',
        },
      ],
    });
  });

  it('asks for what it needs, and not for all that there is', async () => {
    const { context, store } = ledgerOf(RAN);
    await showWhy(context, 'report');
    expect(store.asked.filter((asked) => asked.startsWith('range'))).to.deep.equal([
      'range order:default:report:',
      'range order:default:transform:',
    ]);
    expect(store.asked.length).to.be.at.most(13);
  });

  it('lists the earlier attempts of the reload that ended last, with their delays', async () => {
    const retry = { attempts: 1, delay: 300_000 };
    const failed = event('transform', 'r7', at('01:02'), { outcome: 'failed' });
    const tried = order('transform', 'r1', at('01:00:01'), {
      ...{ ...done('r2', at('01:04'), at('01:05')), try: 2, ends: ['r7', 'r2'], policy: { retry } },
    });
    const documents = [...RAN.filter(({ _id }) => !_id.startsWith('order:default:transform')), tried, failed];
    const { context, printed } = ledgerOf(documents);
    await showWhy(context, 'transform');
    expect(printed.out.split('\n')[1]).to.equal(
      'Attempt 1 of 2 failed at 01:02:00Z (reload r7). Delay after it: 5 min.',
    );
    const other = ledgerOf(documents, { json: true });
    await showWhy(other.context, 'transform');
    expect(other.json()).to.have.nested.property('order.try', 2);
    expect(other.json()).to.have.nested.property('order.attempts[0].delaySeconds', 300);
    expect(other.json()).to.have.nested.property('order.attempts[0].end.outcome', 'failed');
  });

  it('knows by the order of a cause that it ran too long', async () => {
    const canceled = event('transform', 'r2', at('01:05'), { outcome: 'canceled' });
    const owner = order('transform', 'r1', at('01:00:01'), {
      ...{ ...done('r2', at('01:00:02'), at('01:05')), outcome: 'canceled', policy: { timeout: 60_000 } },
      cancelRequestedAt: { r2: at('01:04') },
    });
    const started = {
      _id: 'started:default:r2',
      schema: 1,
      type: 'started',
      order: owner._id,
      also: [],
      isGuess: false,
    };
    const parked = order('report', 'r2', at('01:05:01'), { state: 'parked', dueAt: at('02:04') });
    const { context, printed } = ledgerOf([canceled, owner, { ...started, hops: 1, root: 'event:default:r1' }, parked]);
    await showWhy(context, 'report');
    expect(printed.out).to.contain(
      'because Transform ran longer than its timeout (1 min), and Cascade canceled it at 01:05:00Z.',
    );
  });

  describe('of an app that is expected', () => {
    const EXPECTED = { cron: '0 7 * * *', zone: 'Europe/Stockholm', grace: minutes(10) };
    const expecting = (expected: Expectation) => {
      const report = CHAINS.apps['default/report'];
      if (report === undefined) throw new Error('The chains have no report.');
      return { ...CHAINS, apps: { ...CHAINS.apps, 'default/report': { ...report, expected } } };
    };

    it('says by when, and since when a success counts', async () => {
      const { context, printed } = ledgerOf([], { chains: expecting(EXPECTED) });
      await showWhy(context, 'report');
      expect(printed.out).to.contain(
        '\nReport is expected by 2026-11-22 06:00:00Z (07:00 in Europe/Stockholm), and late 10 min after that. A success after 2026-11-21 06:10:00Z counts.\n',
      );
    });

    it('says that the last reload counts, also with --json', async () => {
      const { context, printed } = ledgerOf(RAN, { chains: expecting({ cron: '30 19 * * *', zone: 'UTC' }) });
      await showWhy(context, 'report');
      expect(printed.out).to.contain(
        '\nReport is expected by 2026-11-22 19:30:00Z (19:30 in UTC). A success after 2026-11-21 19:30:00Z counts: the last reload does.\n',
      );
      const other = ledgerOf(RAN, { chains: expecting(EXPECTED), json: true });
      await showWhy(other.context, 'report');
      expect(other.json()).to.deep.include({
        expected: {
          by: '2026-11-22T06:00:00.000Z',
          lateAfter: '2026-11-22T06:10:00.000Z',
          countsAfter: '2026-11-21T06:10:00.000Z',
          isMet: true,
        },
      });
    });
  });

  describe('of an app that is late', () => {
    const EXPECTED = { cron: '30 1 * * *', zone: 'Europe/Stockholm', grace: minutes(10) };
    const report = CHAINS.apps['default/report'];
    if (report === undefined) throw new Error('The chains have no report.');
    const chains = { ...CHAINS, apps: { ...CHAINS.apps, 'default/report': { ...report, expected: EXPECTED } } };
    const late = { ...lastEnd(event('report', 'r3', at('00:10'))), late: { deadline: at('00:30'), to: [] } };
    const FAILED = event('extract', 'r1', at('00:05'), { outcome: 'failed' });
    const LATE = 'Report is late: it was expected by 2026-11-22 00:30:00Z';
    const CAUSE = 'It waits for Extract, failing since 2026-11-22 00:05:00Z (ticket:reload:default:r1).';

    it('says since which deadline, what it waits for, and when the next deadline is', async () => {
      const { context, printed } = ledgerOf([late, FAILED, lastEnd(FAILED)], { chains });
      await showWhy(context, 'report');
      expect(printed.out).to.contain(
        [
          `\n${LATE} (01:30 in Europe/Stockholm). ${CAUSE}`,
          'Report is expected by 2026-11-23 00:30:00Z (01:30 in Europe/Stockholm), and late 10 min after that. A success after 2026-11-22 00:40:00Z counts.\n',
        ].join('\n'),
      );
    });

    it('says the same with --json, also if the chain files no longer expect it', async () => {
      const { context, json } = ledgerOf([late, FAILED, lastEnd(FAILED)], { json: true });
      await showWhy(context, 'report');
      const ticket = 'ticket:reload:default:r1';
      expect(json()).to.deep.include({ late: { deadline: '2026-11-22T00:30:00.000Z', cause: CAUSE, ticket } });
      expect(json()).not.to.have.property('expected');
    });

    it('says when it last succeeded if nothing explains it', async () => {
      const fine = event('transform', 'r2', at('00:20'));
      const { context, printed } = ledgerOf([late, fine, lastEnd(fine)]);
      await showWhy(context, 'report');
      expect(printed.out).to.contain(`${LATE}. It last succeeded at 2026-11-22 00:10:00Z.\n`);
    });
  });

  it('is a misuse for an app that no chain has', async () => {
    const failure = await showWhy(ledgerOf(RAN).context, 'repot').catch((error: unknown) => error);
    expect(failure).to.include({ code: 'PARAMETERS_INVALID' });
    expect(failure).to.have.property('message').that.includes('Did you mean "report"?');
  });

  describe('and the chains that are deployed', () => {
    // sha256sum of {"apps":{},"links":{}}, its first 16 digits.
    const NONE = '7a9957b3041a0ed8';
    const OLD = '1111111111111111';
    const definition = (hash: string, chains: object) => ({
      ...{ _id: `definition:${hash}`, schema: 1, type: 'definition', hash, part: 1, parts: 1, storedAt: 1, chains },
    });
    const deployed = (hash: string, ...before: readonly string[]) => ({
      ...{ _id: 'deployed', schema: 1, type: 'deployed', hash, since: at('00:30') },
      before: before.map((each) => ({ hash: each, since: at('00:10') })),
    });
    const BY_OLD = RAN.map((document) =>
      document._id === 'order:default:report:s:r2' ? { ...document, definition: OLD } : document,
    );

    it('says that the rule was removed since, and that the files here are others', async () => {
      const documents = [
        ...BY_OLD,
        definition(OLD, CHAINS),
        definition(NONE, { links: {}, apps: {} }),
        deployed(NONE, OLD),
      ];
      const { context, printed } = ledgerOf(documents);
      await showWhy(context, 'report');
      expect(printed.out).to.contain(
        'The link that called for it has been removed since (chain nightly, after Transform, on succeeded).',
      );
      expect(printed.out).to.contain(
        'The chain files here are not those that are deployed (definition 7a9957b3041a0ed8, since 2026-11-22 00:30:00Z). What an app is said to follow is from the files here. If the deployed files are in another folder, give --chains <folder>.',
      );
    });

    it('says the same with --json', async () => {
      const documents = [
        ...BY_OLD,
        definition(OLD, CHAINS),
        definition(NONE, { links: {}, apps: {} }),
        deployed(NONE, OLD),
      ];
      const { context, json } = ledgerOf(documents, { json: true });
      await showWhy(context, 'report');
      expect(json()).to.deep.include({
        rule: { kind: 'removed', chain: 'nightly', on: 'succeeded' },
        deployed: { definition: NONE, since: '2026-11-22T00:30:00.000Z', isOfTheseFiles: false },
      });
    });

    it('names and explains an app by the chains that are deployed, if the files here do not have it', async () => {
      const skipped = { ...EXTRACTED, skips: [NOT_MATCHED] };
      const documents = [skipped, lastEnd(EXTRACTED), definition(OLD, CHAINS), deployed(OLD)];
      const { context, printed } = ledgerOf(documents, { chains: { links: {}, apps: {} } });
      const named = await withDeployedNames(context);
      await showWhy({ ...context, ...named }, 'nightly/repair');
      expect(printed.out).to.equal(
        'Cascade knows of no finished reload of Repair yet.\nExtract succeeded at 01:00:00Z, but the link in chain nightly is on failed.\nThe chain files here are not those that are deployed (definition 1111111111111111, since 2026-11-22 00:30:00Z). What an app is said to follow is from those that are deployed. If the deployed files are in another folder, give --chains <folder>.\n',
      );
    });

    it('says if the ledger no longer has the chains that decided', async () => {
      const { context, printed } = ledgerOf(BY_OLD);
      await showWhy(context, 'report');
      expect(printed.out).to.contain(
        'The ledger does not have the chains that called for it (definition 1111111111111111).',
      );
    });

    it('knows an app that only earlier chains name', async () => {
      const documents = [
        ...BY_OLD,
        definition(OLD, CHAINS),
        definition(NONE, { links: {}, apps: {} }),
        deployed(NONE, OLD),
      ];
      const { context, printed } = ledgerOf(documents, { chains: { links: {}, apps: {} } });
      expect(await showWhy(context, 'nightly/report')).to.equal(0);
      expect(printed.out).to.contain('last ended at 2026-11-22 01:09:00Z: succeeded');
      expect(printed.out).to.contain('The link that called for it has been removed since');
      expect(printed.out).not.to.contain('The chain files here');
    });
  });
});
