import { expect } from 'chai';
import type { NewDocument } from '../../../src/clients/couchdb/couchdb-port.ts';
import type { DurationMs } from '../../../src/core/units.ts';
import { act, at, commands, done, event, lastEnd, ledgerOf, order, ticket } from './ledger-of.ts';

const { showProblems } = commands;
const WEEK = 604_800_000 as DurationMs;
const ERROR = { code: 'EngineReloadFailed', message: 'No connection.' };
const FAILED = event('extract', 'r1', at('01:00'), { outcome: 'failed', error: ERROR });
const TICKET = ticket('extract', 'r1', at('01:00'));
const DISMISSED = act('r1', at('01:30'), 'dismiss');

async function linesOf(...documents: readonly NewDocument[]): Promise<readonly string[]> {
  const { context, printed } = ledgerOf(documents);
  await showProblems(context, WEEK);
  return printed.out.trimEnd().split('\n');
}

const ONE = { succeeded: 0, failed: 2, canceled: 1, 'exceeded-limit': 0 };
const NONE = 'No problems (alerts and given-up orders: only of the last 7 d)';

describe('cascade runs --problems, of failures', () => {
  it('lists an app that is failing and the run of the failed reload, each with its ticket, and ends with 1', async () => {
    const { context, printed } = ledgerOf([FAILED, lastEnd(FAILED), TICKET]);
    expect(await showProblems(context, WEEK)).to.equal(1);
    expect(printed.out).to.equal(
      [
        '2026-11-22 01:00:00Z  failing  Extract has failed 1 time since 2026-11-22 01:00:00Z: No connection. (ticket:reload:default:r1)',
        '2026-11-22 01:00:00Z  failed run  Extract failed at 2026-11-22 01:00:00Z (ticket:reload:default:r1): cascade runs event:default:r1',
        '2 problems (alerts and given-up orders: only of the last 7 d)',
        '',
      ].join('\n'),
    );
  });

  it('lists the same as JSON', async () => {
    const { context, json } = ledgerOf([FAILED, lastEnd(FAILED), TICKET], { json: true });
    await showProblems(context, WEEK);
    const app = { tenant: 'default', appId: 'extract', label: 'Extract' };
    const [time, id] = ['2026-11-22T01:00:00.000Z', 'ticket:reload:default:r1'];
    expect(json()['problems']).to.deep.equal([
      {
        ...{ kind: 'failing', at: time, app, times: 1, since: time, lastFailedAt: time, reloadId: 'r1', ticket: id },
        error: ERROR,
      },
      {
        ...{ kind: 'failed-run', at: time, root: 'event:default:r1' },
        reloads: [{ app, reloadId: 'r1', endedAt: time, ticket: id }],
      },
    ]);
  });

  it('lists no app as failing or late that is in no deployed chain any more', async () => {
    const hash = 'dddddddddddddddd';
    const deployed = { _id: 'deployed', schema: 1, type: 'deployed', hash, since: at('01:00'), before: [] };
    const withApps = (apps: object): NewDocument => ({
      ...{ _id: `definition:${hash}`, schema: 1, type: 'definition', hash, part: 1, parts: 1, storedAt: at('01:00') },
      chains: { links: {}, apps },
    });
    const late = { deadline: at('01:15'), after: at('00:15'), to: [] };
    const kindsWith = async (...documents: readonly NewDocument[]): Promise<readonly unknown[]> => {
      const { context, json } = ledgerOf([{ ...lastEnd(FAILED), late }, TICKET, ...documents], { json: true });
      await showProblems(context, WEEK);
      return (json()['problems'] as readonly { readonly kind: string }[]).map(({ kind }) => kind);
    };
    const extract = { 'default/extract': { tenant: 'default', appId: 'extract', label: 'Extract', names: [] } };
    expect(await kindsWith(deployed, withApps({}))).to.deep.equal([]);
    expect(await kindsWith(deployed, withApps(extract))).to.deep.equal(['late', 'failing']);
    // Nobody knows which chains are deployed.
    expect(await kindsWith()).to.deep.equal(['late', 'failing']);
  });

  it('lists an app that is late until it has succeeded', async () => {
    const late = { deadline: at('01:15'), after: at('00:15'), to: [] };
    const app = { ...lastEnd(event('extract', 'r1', at('00:10'))), late };
    const { context, printed } = ledgerOf([app]);
    expect(await showProblems(context, WEEK)).to.equal(1);
    const last = '2026-11-22 00:10:00Z';
    expect(printed.out.split('\n')[0]).to.equal(
      `2026-11-22 01:15:00Z  late  Extract was expected by 2026-11-22 01:15:00Z, and it last succeeded at ${last}`,
    );
    const inJson = ledgerOf([app], { json: true });
    await showProblems(inJson.context, WEEK);
    expect(inJson.json()['problems']).to.deep.equal([
      {
        ...{ kind: 'late', at: '2026-11-22T01:15:00.000Z', deadline: '2026-11-22T01:15:00.000Z' },
        app: { tenant: 'default', appId: 'extract', label: 'Extract' },
        lastSuccess: '2026-11-22T00:10:00.000Z',
      },
    ]);
  });

  it('says that there is no ticket if an earlier version wrote none', async () => {
    expect((await linesOf(lastEnd(FAILED)))[0]).to.equal(
      '2026-11-22 01:00:00Z  failing  Extract has failed 1 time since 2026-11-22 01:00:00Z: Qlik did not say why. (no ticket; cascade dismiss ticket:reload:default:r1 settles it)',
    );
    expect(await linesOf(FAILED, lastEnd(FAILED), DISMISSED)).to.deep.equal([NONE]);
  });

  it('says why the last failed reload failed, also if somebody has canceled a reload since', async () => {
    const streak = { since: at('01:00'), first: 'r1', times: 2, lastFailedAt: at('01:20'), ticket: TICKET._id };
    const canceled = event('extract', 'r3', at('01:30'), { outcome: 'canceled' });
    const app = {
      ...lastEnd(canceled),
      ...{ counts: ONE, seconds: ONE, seen: [], over: [], notices: [], failing: streak },
    };
    const second = event('extract', 'r2', at('01:20'), {
      outcome: 'failed',
      error: { code: 'E', message: 'Disk full.' },
    });
    expect((await linesOf(FAILED, second, canceled, app, TICKET))[0]).to.equal(
      '2026-11-22 01:20:00Z  failing  Extract has failed 2 times since 2026-11-22 01:00:00Z, last at 2026-11-22 01:20:00Z: Disk full. (ticket:reload:default:r1)',
    );
    // A purge has removed that end.
    expect((await linesOf(FAILED, canceled, app, TICKET))[0]).to.include(': The ledger does not say why. (ticket:');
    // Qlik gave no error.
    const { error: _, ...mute } = second;
    expect((await linesOf(FAILED, mute, canceled, app, TICKET))[0]).to.include(': Qlik did not say why. (ticket:');
    // The app's document says it.
    const error = { code: 'E', message: 'No disk.' };
    const noted = { ...app, failing: { ...streak, error, errorAt: at('01:20') } };
    expect((await linesOf(FAILED, second, noted, TICKET))[0]).to.include(': No disk. (ticket:');
    const stale = { ...app, failing: { ...streak, error } };
    expect((await linesOf(FAILED, second, stale, TICKET))[0]).to.include(': Disk full. (ticket:');
  });

  it('lists neither once the ticket is dismissed, and both if it is reopened', async () => {
    const settled = [FAILED, lastEnd(FAILED), TICKET, DISMISSED];
    expect(await linesOf(...settled)).to.deep.equal([NONE]);
    expect(await linesOf(...settled, act('r1', at('01:40'), 'reopen'))).to.have.length(3);
    // The next streak.
    const again = event('extract', 'r5', at('01:50'), { outcome: 'failed' });
    const next = ticket('extract', 'r5', at('01:50'), { failedAt: at('01:50') });
    const titles = (await linesOf(FAILED, TICKET, DISMISSED, again, lastEnd(again), next)).map(
      (line) => line.split('  ')[1],
    );
    expect(titles).to.deep.equal(['failing', 'failed run', undefined]);
  });

  it('names the run that an order says, also if only the order has failed: its reload ran too long', async () => {
    const reason = { code: 'TIMED_OUT', message: 'Too long.' };
    const failed = { ...done('r3', at('01:10'), at('01:20')), outcome: 'canceled', reason };
    const lines = await linesOf(
      event('transform', 'r2', at('01:05'), { outcome: 'failed' }),
      order('transform', 'r1', at('01:01'), { ...done('r2', at('01:02'), at('01:05')), outcome: 'failed' }),
      order('report', 'r2', at('01:06'), failed),
      event('report', 'r3', at('01:20'), { outcome: 'canceled' }),
    );
    expect(lines).to.deep.equal([
      '2026-11-22 01:20:00Z  failed run  Transform failed at 2026-11-22 01:05:00Z (no ticket); Report ran longer than its timeout, and Cascade canceled it at 2026-11-22 01:20:00Z (no ticket): cascade runs event:default:r1',
      '1 problem (alerts and given-up orders: only of the last 7 d)',
    ]);
  });

  it('says by the order that a reload ran too long, if an earlier version noted no error in its app', async () => {
    const reason = { code: 'TIMED_OUT', message: 'Too long.' };
    const ended = { ...done('r3', at('01:10'), at('01:20')), outcome: 'canceled', reason };
    const canceled = event('report', 'r3', at('01:20'), { outcome: 'canceled' });
    const app = lastEnd({ ...canceled, outcome: 'failed' });
    expect(await linesOf(canceled, app, order('report', 'r2', at('01:06'), ended))).to.include(
      '2026-11-22 01:20:00Z  failing  Report has failed 1 time since 2026-11-22 01:20:00Z: Too long. (no ticket; cascade dismiss ticket:reload:default:r3 settles it)',
    );
  });

  it('finds the run by the order that Qlik echoed', async () => {
    const owner = order('transform', 'r1', at('01:01'));
    const echoed = event('transform', 'r9', at('01:05'), { outcome: 'failed', orderId: owner._id });
    expect((await linesOf(echoed, { ...owner, dueAt: at('01:58') }))[0]).to.include('cascade runs event:default:r1');
  });

  it('lists no attempt that another one follows, no end that is not resolved, and none older than a day', async () => {
    const retried = {
      outcome: 'failed',
      skips: [
        {
          reason: 'will-retry',
          tenant: 'default',
          appId: 'extract',
          reloadId: 'r1',
          order: 'order:default:extract:s:r0',
        },
      ],
    };
    expect(await linesOf(event('extract', 'r1', at('01:00'), retried))).to.deep.equal([NONE]);
    const fresh = { outcome: 'failed', resolvedAt: undefined, dueAt: at('01:58') };
    expect(await linesOf(event('extract', 'r1', at('01:57'), fresh))).to.deep.equal([NONE]);
    const day = 86_400_000;
    const failedAt = (ago: number) =>
      event('extract', 'r1', (at('02:00') - ago) as ReturnType<typeof at>, { outcome: 'failed' });
    expect(await linesOf(failedAt(day))).to.have.length(2);
    expect(await linesOf(failedAt(day + 1))).to.deep.equal([NONE]);
  });

  it('lists a given-up order only until its app has succeeded later', async () => {
    const gaveUp = order('report', 'r2', at('01:20'), { state: 'gave-up', gaveUpAt: at('01:30') });
    const succeeded = (time: string) => lastEnd(event('report', 'r7', at(time)));
    expect(await linesOf(gaveUp, succeeded('01:29'))).to.have.length(2);
    expect(await linesOf(gaveUp, succeeded('01:31'))).to.deep.equal([NONE]);
  });
});
