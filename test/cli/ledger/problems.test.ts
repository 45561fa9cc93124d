import { expect } from 'chai';
import { showProblems } from '../../../cli/ledger/show-problems.ts';
import type { NewDocument } from '../../../src/clients/couchdb/couchdb-port.ts';
import type { DurationMs } from '../../../src/core/units.ts';
import { at, event, ledgerOf, order } from './ledger-of.ts';

const WEEK = 604_800_000 as DurationMs;
const ALERT = {
  _id: 'alert:quota:default/report',
  schema: 1,
  type: 'alert',
  kind: 'quota',
  subject: 'default/report',
  message: 'The quota of this app is used up.',
  traceId: 't',
  at: at('01:30'),
};
const DEAD = {
  _id: 'dead:9f86d081',
  schema: 1,
  type: 'dead',
  tenant: 'default',
  body: '{}',
  isBase64: false,
  reason: { code: 'EVENT_MALFORMED', message: 'The body is authentic, but no reload event.' },
  traceId: 't',
  storedAt: at('01:40'),
};
const GAVE_UP = order('report', 'r2', at('01:20'), {
  state: 'gave-up',
  reason: { code: 'QLIK_REFUSED', message: 'No such app.' },
});

describe('cascade runs --problems', () => {
  it('ends with 0 where there are none', async () => {
    const { context, printed } = ledgerOf([order('report', 'r2', at('01:20'), { dueAt: at('01:56') })]);
    expect(await showProblems(context, WEEK)).to.equal(0);
    expect(printed.out).to.equal('No problems; alerts and given-up orders of the last 7 d\n');
  });

  it('tells what a person should look at, newest first, and ends with 1', async () => {
    const { context, printed } = ledgerOf([ALERT, DEAD, GAVE_UP]);
    expect(await showProblems(context, WEEK)).to.equal(1);
    expect(printed.out).to.equal(
      [
        '2026-11-22 01:40:00Z  dead letter  The body is authentic, but no reload event. When it is fixed: cascade replay dead:9f86d081; where nothing is to become of it: the same with --dismiss',
        '2026-11-22 01:30:00Z  alert quota  The quota of this app is used up. (default/report)',
        '2026-11-22 01:20:00Z  gave up  Report: No such app. (order:default:report:s:r2)',
        '3 problems; alerts and given-up orders of the last 7 d',
        '',
      ].join('\n'),
    );
  });

  it('asks whether the sweep runs where something is due for longer than its period', async () => {
    const overdue = event('extract', 'r1', at('01:00'), { dueAt: at('01:54:59') });
    const { context, printed } = ledgerOf([overdue, order('report', 'r2', at('01:20'), { dueAt: at('01:55') })]);
    expect(await showProblems(context, WEEK)).to.equal(1);
    expect(printed.out.split('\n')[0]).to.equal(
      '2026-11-22 01:54:59Z  overdue  2 documents due for longer than the sweep’s 5 minutes, the oldest for 5 min 1 s: event:default:r1. Is the sweep running?',
    );
  });

  it('asks for no sweep where an alert that goes on explains all that is due', async () => {
    const moved = { ...ALERT, _id: 'alert:tenant-moved:default', kind: 'tenant-moved', subject: 'default' };
    const ours = event('extract', 'r1', at('01:00'), { dueAt: at('01:00') });
    const other = { ...ours, _id: 'event:other:r1', tenant: 'other', dueAt: at('01:10') };
    const lineOf = async (documents: readonly NewDocument[]): Promise<string> => {
      const { context, printed } = ledgerOf(documents);
      await showProblems(context, WEEK);
      return printed.out.split('\n').find((line) => line.includes('overdue')) ?? '';
    };
    expect(await lineOf([moved, ours]))
      .to.include('event:default:r1.')
      .and.to.not.include('Is the sweep running?');
    expect(await lineOf([moved, ours, other])).to.include('Is the sweep running?');
    expect(await lineOf([{ ...moved, at: at('00:49') }, ours])).to.include('Is the sweep running?');
  });

  it('leaves out what is older than asked for, but no dead letter', async () => {
    const { context, json } = ledgerOf([ALERT, DEAD, GAVE_UP], { json: true });
    expect(await showProblems(context, (10 * 60_000) as DurationMs)).to.equal(1);
    expect(json()['problems']).to.have.length(1).with.nested.property('[0].kind', 'dead-letter');
  });

  it('tells of an alert that goes on since when', async () => {
    const { context, printed } = ledgerOf([{ ...ALERT, lastAt: at('01:59') }]);
    expect(await showProblems(context, (10 * 60_000) as DurationMs)).to.equal(1);
    expect(printed.out.split('\n')[0]).to.equal(
      '2026-11-22 01:59:00Z  alert quota  The quota of this app is used up. (default/report; again and again since 2026-11-22 01:30:00Z)',
    );
  });

  it('prints them as JSON', async () => {
    const { context, json } = ledgerOf([ALERT, event('extract', 'r1', at('01:00'), { dueAt: at('01:00') })], {
      json: true,
    });
    expect(await showProblems(context, WEEK)).to.equal(1);
    expect(json()).to.deep.equal({
      ok: false,
      problems: [
        { kind: 'overdue', at: '2026-11-22T01:00:00.000Z', document: 'event:default:r1', count: 1, more: false },
        {
          kind: 'alert',
          at: '2026-11-22T01:30:00.000Z',
          firstAt: '2026-11-22T01:30:00.000Z',
          document: 'alert:quota:default/report',
          alert: 'quota',
          subject: 'default/report',
          message: 'The quota of this app is used up.',
        },
      ],
      missing: [],
    });
  });
});
