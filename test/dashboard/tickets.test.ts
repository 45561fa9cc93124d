import { expect } from 'chai';
import { choicesIn, ticketMark, ticketQuery, ticketSearch, ticketsFor } from '../../dashboard/model/tickets.ts';
import type { Act } from '../../src/core/tickets/act.ts';
import type { ListedTicket } from '../../src/core/tickets/list-tickets.ts';
import { type AnyTicket, isReloadTicket, type Ticket } from '../../src/core/tickets/ticket.ts';
import { ONE_QUESTION } from '../support/one-of-each.ts';

const ticket = (name: string, lastFailedAt: number, more: object = {}) =>
  ({
    ...{ _id: `ticket:reload:default:${name}`, tenant: 'default', appId: name, reloadId: name, chains: ['sales'] },
    ...{
      failedAt: lastFailedAt,
      lastFailedAt,
      times: 1,
      waiting: [],
      error: { code: 'QLIK', message: 'Table not found' },
    },
    ...more,
  }) as unknown as Ticket;
/** An act on a ticket, at a millisecond after 1970 below 36. */
const act = (name: string, at: number, by: string, kind: string, value?: unknown) =>
  ({
    _id: `act:ticket:reload:default:${name}:00000000${at.toString(36)}:000000`,
    by,
    at,
    kind,
    value,
  }) as unknown as Act;

const TICKETS = [
  ticket('extract', 50),
  ticket('report', 40, { chains: ['finance'], error: { code: 'QLIK', message: 'Time-out after 3 h' } }),
  ticket('stock', 30, { recoveredAt: 35 }),
  ticket('wages', 20),
  ticket('rent', 10, { log: 'Connector DB2 lost' }),
];
const ACTS = [
  act('extract', 1, 'ann', 'own', 'ann'),
  act('extract', 2, 'ann', 'tag', 'urgent'),
  act('report', 1, 'bob', 'own', 'bob'),
  act('report', 2, 'bob', 'note', 'Asked the DBA'),
  act('wages', 1, 'bob', 'reject', 'Not ours'),
  act('wages', 2, 'bob', 'tag', 'payroll'),
  act('wages', 3, 'bob', 'untag', 'payroll'),
  act('rent', 1, 'ann', 'answer', 20),
  act('rent', 2, 'ann', 'dismiss'),
];
const shown = (search: string, tickets: readonly AnyTicket[] = TICKETS) =>
  ticketsFor(
    { tickets, acts: ACTS },
    ticketQuery(new URLSearchParams(search)),
    'ann',
    ({ appId }) => `App ${appId}`,
  ).map((ticket) => (isReloadTicket(ticket) ? ticket.appId : String(ticket.questionId)));

describe('the page’s tickets', () => {
  it('are the open ones, the one that failed last first', () => {
    expect(shown('')).to.deep.equal(['extract', 'report']);
  });

  it('are also settled ones if asked', () => {
    expect(shown('with=recovered')).to.deep.equal(['extract', 'report', 'stock']);
    expect(shown('with=rejected,recovered')).to.deep.equal(['extract', 'report', 'stock', 'wages']);
    expect(shown('with=answered')).to.deep.equal(['extract', 'report']);
    expect(shown('with=dismissed')).to.deep.equal(['extract', 'report', 'rent']);
  });

  it('are mine, nobody’s, or somebody’s', () => {
    expect(shown('whose=mine')).to.deep.equal(['extract']);
    expect(shown('owner=bob')).to.deep.equal(['report']);
    expect(shown('whose=nobody&with=recovered')).to.deep.equal(['stock']);
    expect(shown('whose=other')).to.deep.equal(['extract', 'report']);
  });

  it('have a tag, or are of a chain', () => {
    expect(shown('tag=urgent')).to.deep.equal(['extract']);
    expect(shown('tag=finance')).to.deep.equal(['report']);
    expect(shown('tag=urg')).to.deep.equal([]);
  });

  it('have a text in name, error, log, note or tag, in small or capital letters', () => {
    expect(shown('text=APP%20report')).to.deep.equal(['report']);
    expect(shown('text=time-out')).to.deep.equal(['report']);
    expect(shown('text=dba')).to.deep.equal(['report']);
    expect(shown('text=URGENT')).to.deep.equal(['extract']);
    expect(shown('text=db2&with=dismissed')).to.deep.equal(['rent']);
    expect(shown('text=not%20ours&with=rejected')).to.deep.equal(['wages']);
    expect(shown('text=payroll&with=rejected')).to.deep.equal([]);
  });

  it('have all words of a text, in any order and in several fields, with or without accents', () => {
    expect(shown('text=report%20%20app')).to.deep.equal(['report']);
    expect(shown('text=dba%20H%20tIMe%20finance')).to.deep.equal(['report']);
    expect(shown('text=report%20db2&with=dismissed')).to.deep.equal([]);
    const accents = [ticket('lager', 60, { error: { code: 'QLIK', message: 'Årsprognos: fält saknas' } })];
    expect(shown('text=falt%20arsprognos', accents)).to.deep.equal(['lager']);
    expect(shown('text=F%C3%84LT', accents)).to.deep.equal(['lager']);
  });

  it('are questions, too, beside the reloads or alone', () => {
    const question = (questionId: number, more: object) =>
      ({
        ...ONE_QUESTION,
        _id: `ticket:question:stackoverflow:${questionId}`,
        questionId,
        ...more,
      }) as unknown as AnyTicket;
    const both = [
      ...TICKETS,
      question(7, { activeAt: 45, title: 'Why is "Sum" 0? 🎉', author: 'Cleo' }),
      question(8, { activeAt: 60, tags: ['qlikview'] }),
    ];
    expect(shown('', both)).to.deep.equal(['8', 'extract', '7', 'report']);
    expect(shown('source=questions', both)).to.deep.equal(['8', '7']);
    expect(shown('source=reloads', both)).to.deep.equal(['extract', 'report']);
    expect(shown('source=questions&text=%22sum%22%200%3F%20🎉', both)).to.deep.equal(['7']);
    expect(shown('text=cleo', both)).to.deep.equal(['7']);
    expect(shown('tag=qlikview', both)).to.deep.equal(['8']);
    expect(choicesIn(both, []).tags).to.deep.equal(['finance', 'qlik-sense', 'qlikview', 'sales']);
  });

  it('are asked for by the URL, and what is as usual is not in it', () => {
    const full = {
      whose: 'mine',
      source: 'questions',
      owner: 'bob',
      tag: 'x',
      with: 'rejected,dismissed',
      text: 'a b',
      notes: 'shown',
    };
    expect(ticketSearch(ticketQuery(new URLSearchParams(full)))).to.deep.equal(full);
    expect(ticketSearch(ticketQuery(new URLSearchParams('whose=all&with=nonsense')))).to.deep.equal({});
  });

  it('can be chosen by everybody who did or got something, and by every tag and chain', () => {
    const acts = [...ACTS, act('extract', 3, 'ann', 'own', 'cleo'), act('extract', 4, 'ann', 'own', null)];
    expect(choicesIn(TICKETS, acts)).to.deep.equal({
      people: ['ann', 'bob', 'cleo'],
      tags: ['finance', 'payroll', 'sales', 'urgent'],
    });
  });

  it('say by mark and word how they stand', () => {
    const mark = (state: string, dismissedAt?: number) =>
      ticketMark({ acts: { state, dismissedAt } } as unknown as ListedTicket);
    expect(mark('open')).to.deep.equal({ state: 'failed', word: 'open' });
    expect(mark('open', 5)).to.deep.equal({ state: 'canceled', word: 'open, dismissed' });
    expect(mark('rejected')).to.deep.equal({ state: 'canceled', word: 'rejected' });
    expect(mark('answered')).to.deep.equal({ state: 'succeeded', word: 'answered' });
    expect(mark('recovered')).to.deep.equal({ state: 'succeeded', word: 'recovered' });
  });
});
