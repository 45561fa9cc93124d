import { expect } from 'chai';
import { historyOf } from '../../dashboard/model/run-history.ts';
import type { EventFact, OrderFact } from '../../src/core/runs/facts.ts';
import type { Run } from '../../src/core/runs/group-runs.ts';
import type { Act } from '../../src/core/tickets/act.ts';
import type { Ticket } from '../../src/core/tickets/ticket.ts';

const end = (reloadId: string, appId: string, more: object = {}) =>
  ({
    ...{ _id: `event:default:${reloadId}`, tenant: 'default', appId, reloadId, outcome: 'succeeded' },
    ...{ endedAt: 10_000, partial: false, source: 'webhook', storedAt: 10_500, ...more },
  }) as EventFact;
const order = (appId: string, causes: readonly string[], more: object = {}) =>
  ({
    ...{ _id: `order:default:${appId}:c:${causes[0]}`, tenant: 'default', appId, chain: 'sales', state: 'ended' },
    ...{ causes, hops: 1, root: 'event:default:e', ends: [], createdAt: 11_000, ...more },
  }) as unknown as OrderFact;
const ticket = (id: string, appId: string, more: object = {}) =>
  ({
    ...{ _id: `ticket:reload:default:${id}`, tenant: 'default', appId, reloadId: id, chains: [], waiting: [] },
    ...{ failedAt: 20_000, lastFailedAt: 20_000, times: 1, ...more },
  }) as unknown as Ticket;
const act = (subject: string, at: number, more: object) =>
  ({ _id: `act:${subject}:${at.toString(36).padStart(9, '0')}:abc123`, by: 'anna', at, ...more }) as unknown as Act;

const lines = (
  run: Pick<Run, 'events' | 'orders'>,
  { tickets = [], acts = [] }: { tickets?: readonly Ticket[]; acts?: readonly Act[] } = {},
) => historyOf({ root: 'event:default:e', ...run }, { tickets, acts }, ({ appId }) => appId);
const texts = (...given: Parameters<typeof lines>) => lines(...given).map(({ at, what }) => `${at} ${what}`);

describe('the history of a run', () => {
  it('says what happened, from the first reload to what a person did', () => {
    const events = [
      end('e', 'extract', { createdAt: 1_000, startedAt: 2_000, resolvedAt: 12_000, recordedAt: 13_000 }),
      end('p', 'report', {
        ...{ outcome: 'failed', createdAt: 14_000, startedAt: 16_000, endedAt: 20_000, storedAt: 21_000 },
        ...{ source: 'sweep', error: { code: 'X', message: 'no disk' } },
      }),
    ];
    const orders = [order('report', ['e'], { reloadId: 'p', ends: ['p'], postedAt: 14_000 })];
    const failed = ticket('p', 'report');
    const acts = [act(failed._id, 30_000, { kind: 'note', value: 'on it' })];
    expect(texts({ events, orders }, { tickets: [failed, ticket('q', 'stock')], acts })).to.deep.equal([
      '1000 Qlik put a reload of extract into its queue',
      '2000 extract began to run',
      '10000 extract succeeded',
      '10500 Cascade heard from a webhook that extract succeeded',
      '11000 Cascade ordered a reload of report, because of extract',
      '12000 Cascade looked up what follows extract',
      '13000 Cascade counted the end for extract',
      '14000 Cascade started the reload of report in Qlik',
      '16000 report began to run',
      '20000 report failed',
      '20000 Since then report is failing, and has a ticket',
      '21000 Cascade heard from the sweep, in Qlik’s list of reloads that report failed',
      '30000 anna, about the ticket of report: noted: on it',
    ]);
    const failure = lines({ events, orders }).find(({ what }) => what === 'report failed');
    expect(failure).to.include({ state: 'failed', error: 'no disk' });
  });

  it('has causes before what they caused, if Qlik’s full seconds are the same', () => {
    const events = [
      end('e', 'extract', { storedAt: 10_100 }),
      end('p', 'report', { createdAt: 10_000, startedAt: 10_000, storedAt: 10_700 }),
    ];
    const orders = [order('report', ['e'], { reloadId: 'p', ends: ['p'], createdAt: 10_300, postedAt: 10_400 })];
    expect(texts({ events, orders })).to.deep.equal([
      '10000 extract succeeded',
      '10100 Cascade heard from a webhook that extract succeeded',
      '10300 Cascade ordered a reload of report, because of extract',
      '10400 Cascade started the reload of report in Qlik',
      '10000 report began to run',
      '10000 report succeeded',
      '10700 Cascade heard from a webhook that report succeeded',
    ]);
  });

  it('says why apps were not reloaded, and for which app', () => {
    const skips = [
      {
        ...{ reason: 'outcome-not-matched', on: 'failed', outcome: 'succeeded', chain: 'sales' },
        ...{ tenant: 'default', appId: 'extract', reloadId: 'e', target: { tenant: 'default', appId: 'stock' } },
      },
    ];
    const [, , resolved] = lines({ events: [end('e', 'extract', { resolvedAt: 12_000, skips })], orders: [] });
    expect(resolved?.notes).to.deep.equal(['stock: not reloaded: the link in chain sales follows only a failure']);
  });

  it('has the attempts, what Cascade canceled, gave up, and what a person called off or asked for', () => {
    const tooLong = order('report', ['e'], {
      ...{ reloadId: 'p2', ends: ['p1'], postedAt: 50_000, cancelRequestedAt: { p1: 30_000 }, state: 'gave-up' },
      ...{ gaveUpAt: 60_000, reason: { code: 'GONE', message: 'The app is gone.' } },
    });
    const byHand = order('stock', ['m.1'], { state: 'called-off', calledOffAt: 70_000, createdAt: 12_000 });
    const events = [end('p1', 'report', { outcome: 'canceled', createdAt: 15_000, endedAt: 31_000, storedAt: 32_000 })];
    const all = lines({ events, orders: [tooLong, byHand] });
    expect(all.map(({ at, what }) => `${at} ${what}`)).to.deep.equal([
      '11000 Cascade ordered a reload of report',
      '12000 Cascade ordered a reload of stock, because a person asked for it',
      '15000 Qlik put a reload of report into its queue',
      '30000 Cascade asked Qlik to cancel the reload of report, because it ran too long',
      '31000 report ran longer than its timeout, and Cascade canceled it',
      '32000 Cascade heard from a webhook that report ran longer than its timeout, and Cascade canceled it',
      '50000 Cascade started the reload of report in Qlik: attempt 2',
      '60000 Cascade gave up the reload of report',
      '70000 A person called off the reload of stock',
    ]);
    expect(all.find(({ at }) => at === 60_000)).to.include({ state: 'failed', error: 'The app is gone.' });
  });

  it('has only tickets of failures in this run, and acts about its tickets and orders', () => {
    const events = [end('p', 'report', { outcome: 'failed', endedAt: 20_000, storedAt: 20_000 })];
    const owed = order('stock', ['p'], { createdAt: 21_000, state: 'gave-up' });
    const tickets = [
      ticket('p0', 'report', { failedAt: 5_000 }),
      ticket('early', 'report', { failedAt: 1_000, recoveredAt: 4_000 }),
      ticket('later', 'report', { failedAt: 90_000 }),
    ];
    const acts = [
      act('ticket:reload:default:p0', 30_000, { kind: 'own', value: 'anna' }),
      act('ticket:reload:default:early', 31_000, { kind: 'own', value: 'anna' }),
      act(owed._id, 32_000, { kind: 'dismiss' }),
    ];
    expect(lines({ events, orders: [owed] }, { tickets, acts }).filter(({ ticket: id }) => id)).to.have.length(2);
    expect(texts({ events, orders: [owed] }, { tickets, acts })).to.deep.equal([
      '5000 Since then report is failing, and has a ticket',
      '20000 report failed',
      '20000 Cascade heard from a webhook that report failed',
      '21000 Cascade ordered a reload of stock, because of report',
      '30000 anna, about the ticket of report: took it',
      '32000 anna, about the order of stock: dismissed it',
    ]);
  });

  it('says that a reload ended whose end was removed', () => {
    const removed = order('report', ['e'], { reloadId: 'p', ends: ['p'], endedAt: 40_000, outcome: 'failed' });
    expect(texts({ events: [], orders: [removed] })).to.deep.equal([
      '11000 Cascade ordered a reload of report',
      '40000 The reload of report ended; the ledger no longer has its end',
    ]);
  });
});
