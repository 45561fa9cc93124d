import { expect } from 'chai';
import type { AppId, AppKey, ChainName, ReloadId, TenantName } from '../../../src/core/names.ts';
import type { Act } from '../../../src/core/tickets/act.ts';
import { actId } from '../../../src/core/tickets/act-id.ts';
import { actWords } from '../../../src/core/tickets/act-words.ts';
import { dismissals } from '../../../src/core/tickets/dismissals.ts';
import { listTickets, type TicketFilter } from '../../../src/core/tickets/list-tickets.ts';
import type { Ticket } from '../../../src/core/tickets/ticket.ts';
import type { EpochMs } from '../../../src/core/units.ts';

const at = (ms: number) => ms as EpochMs;

const ticket = (name: string, lastFailedAt: number, more: Partial<Ticket> = {}): Ticket => ({
  _id: `ticket:reload:default:${name}`,
  tenant: 'default' as TenantName,
  appId: name as AppId,
  chains: ['c' as ChainName],
  reloadId: name as ReloadId,
  failedAt: at(1),
  lastFailedAt: at(lastFailedAt),
  times: 1,
  waiting: ['default/x' as AppKey],
  ...more,
});

const act = (name: string, ms: number, kind: Act['kind'], value?: unknown): Act =>
  ({
    _id: actId({ subject: `ticket:reload:default:${name}`, at: at(ms) }, 'aaaaaa'),
    ...{ by: 'ann', at: ms, kind, value },
  }) as Act;

const TICKETS = [
  ticket('old', 10),
  ticket('mine', 30),
  ticket('new', 40),
  ticket('well', 50, { recoveredAt: at(60) }),
  ticket('rejected', 20),
  ticket('dismissed', 25),
];
const ACTS = [
  act('mine', 31, 'own', 'ann'),
  act('mine', 32, 'tag', 'etl'),
  act('well', 61, 'tag', 'etl'),
  act('well', 62, 'own', 'ann'),
  act('rejected', 21, 'reject', 'r'),
  act('dismissed', 26, 'dismiss'),
];

const listed = (filter: TicketFilter) => listTickets(TICKETS, ACTS, filter).map(({ appId }) => String(appId));

describe('the list of tickets', () => {
  it('has the open ones, the one that failed last first', () => {
    expect(listed({})).to.deep.equal(['new', 'mine', 'old']);
  });

  it('has the others, too, if all are wanted', () => {
    expect(listed({ isAll: true })).to.deep.equal(['well', 'new', 'mine', 'dismissed', 'rejected', 'old']);
  });

  it('has only somebody’s, nobody’s, or those with a tag', () => {
    expect(listed({ owner: 'ann' })).to.deep.equal(['mine']);
    expect(listed({ owner: 'ann', isAll: true })).to.deep.equal(['well', 'mine']);
    expect(listed({ owner: 'bob' })).to.deep.equal([]);
    expect(listed({ isUnassigned: true })).to.deep.equal(['new', 'old']);
    expect(listed({ tag: 'etl' })).to.deep.equal(['mine']);
    expect(listed({ tag: 'etl', isAll: true })).to.deep.equal(['well', 'mine']);
  });

  it('gives tickets that failed at one time in the order of their ids', () => {
    const tickets = [ticket('b', 5), ticket('a', 5)];
    expect(listTickets(tickets, [], {}).map(({ appId }) => String(appId))).to.deep.equal(['a', 'b']);
  });
});

describe('what was dismissed', () => {
  it('is each subject, when it was dismissed last', () => {
    const acts = [act('a', 5, 'dismiss'), act('a', 9, 'dismiss'), act('a', 7, 'dismiss'), act('b', 1, 'note', 'n')];
    expect([...dismissals(acts)]).to.deep.equal([['ticket:reload:default:a', 9]]);
  });

  it('is no ticket that was reopened after that', () => {
    const acts = [act('a', 7, 'reopen'), act('a', 5, 'dismiss'), act('b', 5, 'reopen'), act('b', 6, 'dismiss')];
    expect([...dismissals(acts)]).to.deep.equal([['ticket:reload:default:b', 6]]);
  });
});

describe('an act in words', () => {
  it('says what somebody did', () => {
    const words = [
      act('x', 1, 'own', 'ann'),
      act('x', 1, 'own', 'bob'),
      act('x', 1, 'own', null),
      act('x', 1, 'tag', 'etl'),
      act('x', 1, 'untag', 'etl'),
      act('x', 1, 'note', 'The disk was full.'),
      act('x', 1, 'reject', 'a test'),
      act('x', 1, 'answer', 30),
      act('x', 1, 'reopen'),
      act('x', 1, 'dismiss'),
    ].map(actWords);
    expect(words).to.deep.equal([
      'took it',
      'gave it to bob',
      'made it nobody’s',
      'added the tag etl',
      'removed the tag etl',
      'noted: The disk was full.',
      'rejected it: a test',
      'answered it in 30 min',
      'reopened it',
      'dismissed it',
    ]);
  });
});
