import { expect } from 'chai';
import type { AppId, TenantName } from '../../../src/core/names.ts';
import { ONE_QUESTION } from '../../support/one-of-each.ts';
import { act, at, CHAINS, commands, ledgerOf, ticket } from '../ledger/ledger-of.ts';

const { showTicket, showTickets } = commands;

const OTHER = { _id: 'ticket:reload:other:r1', tenant: 'other' };
const ERROR = { error: { code: 'RELOADS-001', message: 'Connector timed out.' } };
const DOCUMENTS = [
  ticket('extract', 'r1', at('01:30'), { times: 3, waiting: ['default/transform', 'default/report'], ...ERROR }),
  ticket('repair', 'r5', at('01:10'), { recoveredAt: at('01:20') }),
  act('r1', at('01:35'), 'own', 'ann'),
  act('r1', at('01:40'), 'tag', 'etl'),
  act('r1', at('01:45'), 'note', 'The disk is full.'),
];

describe('cascade tickets', () => {
  it('prints the open ones, and how many others there are', async () => {
    const { context, printed } = ledgerOf(DOCUMENTS);
    expect(await showTickets(context, {})).to.equal(0);
    expect(printed).to.deep.equal({
      out: [
        '2026-11-22 01:30:00Z  open  ann  Extract, failed 3 times #etl  ticket:reload:default:r1',
        '1 ticket; 1 not shown (--all shows the settled ones, too)',
        '',
      ].join('\n'),
      error: '',
    });
  });

  it('prints all, in columns', async () => {
    const { context, printed } = ledgerOf([...DOCUMENTS, act('r5', at('01:50'), 'dismiss')]);
    await showTickets(context, { isAll: true });
    expect(printed.out.split('\n')).to.deep.equal([
      '2026-11-22 01:30:00Z  open                  ann  Extract, failed 3 times #etl  ticket:reload:default:r1',
      '2026-11-22 01:10:00Z  recovered, dismissed  -    Repair, failed once           ticket:reload:default:r5',
      '2 tickets',
      '',
    ]);
  });

  it('says that there are none', async () => {
    const { context, printed } = ledgerOf([]);
    expect(await showTickets(context, {})).to.equal(0);
    expect(printed.out).to.equal('No tickets\n');
  });

  it('prints the same in JSON', async () => {
    const { context, json } = ledgerOf(DOCUMENTS, { json: true });
    await showTickets(context, { owner: 'ann' });
    expect(json()).to.deep.equal({
      ok: true,
      tickets: [
        {
          ticket: 'ticket:reload:default:r1',
          app: { tenant: 'default', appId: 'extract', label: 'Extract' },
          state: 'open',
          owner: 'ann',
          tags: ['etl'],
          minutes: 0,
          chains: ['nightly'],
          reloadId: 'r1',
          failedAt: '2026-11-22T01:00:00.000Z',
          lastFailedAt: '2026-11-22T01:30:00.000Z',
          times: 3,
          ...ERROR,
          waiting: ['default/transform', 'default/report'],
        },
      ],
      missing: [],
    });
  });

  it('leaves spoilt tickets and acts out, and says so', async () => {
    const spoilt = { ...act('r1', at('01:50'), 'own', 'bob'), at: at('01:51') };
    const { context, printed } = ledgerOf([...DOCUMENTS, spoilt, ticket('x', 'r9', at('01:00'), { times: 0 })]);
    expect(await showTickets(context, { owner: 'ann' })).to.equal(0);
    expect(printed.out).to.include('ticket:reload:default:r1');
    expect(printed.error).to.equal(
      '1 ticket cannot be read, and left out: cascade runs --problems says why.\n1 act cannot be read, and left out: cascade runs --problems says why.\n',
    );
  });
});

describe('cascade ticket', () => {
  it('prints one with all that people did to it', async () => {
    const { context, printed } = ledgerOf([
      ...DOCUMENTS.slice(0, 2),
      ticket('extract', 'r2', at('01:30')),
      ...DOCUMENTS.slice(2),
      act('r1', at('01:55'), 'reject', 'A test app.'),
      act('r2', at('01:55'), 'own', 'bob'),
    ]);
    expect(await showTicket(context, 'ticket:reload:default:r1')).to.equal(0);
    expect(printed.out.split('\n')).to.deep.equal([
      'Extract  ticket:reload:default:r1',
      '  state      rejected: A test app.',
      '  owner      ann',
      '  tags       etl',
      '  failed     3 times, last at 2026-11-22 01:30:00Z, since 2026-11-22 01:00:00Z',
      '  error      Connector timed out.',
      '  waiting    Transform, Report',
      '  chains     nightly',
      '  run        cascade runs r1',
      '2026-11-22 01:35:00Z  ann took it',
      '2026-11-22 01:40:00Z  ann added the tag etl',
      '2026-11-22 01:45:00Z  ann noted: The disk is full.',
      '2026-11-22 01:55:00Z  ann rejected it: A test app.',
      '',
    ]);
  });

  it('finds it by the reload that failed first, and prints what else is known', async () => {
    const more = { recoveredAt: at('01:40'), log: 'line 1\r\nline 2\n' };
    const { context, printed } = ledgerOf([
      ticket('repair', 'r7', at('01:00'), more),
      act('r7', at('01:50'), 'answer', 30),
    ]);
    await showTicket(context, 'r7');
    expect(printed.out.split('\n')).to.deep.equal([
      'Repair  ticket:reload:default:r7',
      '  state      answered',
      '  owner      nobody',
      '  minutes    30',
      '  failed     once, since 2026-11-22 01:00:00Z',
      '  recovered  2026-11-22 01:40:00Z',
      '  chains     nightly',
      '  run        cascade runs r7',
      '  log:',
      '    line 1',
      '    line 2',
      '2026-11-22 01:50:00Z  ann answered it in 30 min',
      '',
    ]);
  });

  it('prints the acts in JSON', async () => {
    const { context, json } = ledgerOf(DOCUMENTS, { json: true });
    await showTicket(context, 'r1');
    const { acts, log, state } = json();
    expect([log, state]).to.deep.equal([undefined, 'open']);
    expect((acts as object[])[0]).to.deep.equal({
      act: DOCUMENTS[2]?._id,
      ...{ by: 'ann', at: '2026-11-22T01:35:00.000Z', kind: 'own', value: 'ann' },
    });
  });

  it('refuses a ticket that there is not, and one that two tenants have', async () => {
    const { context } = ledgerOf(DOCUMENTS);
    for (const id of ['r2', 'ticket:reload:default:r2']) {
      const failure = await showTicket(context, id).catch((error: unknown) => error);
      expect(failure).to.include({ code: 'PARAMETERS_INVALID' });
      expect((failure as Error).message).to.include('There is no ticket');
    }
    const other = { tenant: 'other' as TenantName, appId: 'x' as AppId, label: 'X', names: [] };
    const chains = { ...CHAINS, apps: { ...CHAINS.apps, 'other/x': other } };
    const both = ledgerOf([...DOCUMENTS, { ...ticket('x', 'r1', at('01:00')), ...OTHER }], { chains }).context;
    const failure = await showTicket(both, 'r1').catch((error: Error) => error);
    expect((failure as Error).message).to.include('Several tenants have a ticket "r1"');
    expect(await showTicket(both, 'ticket:reload:other:r1')).to.equal(0);
  });

  it('says of a question’s ticket where it is shown', async () => {
    const { context } = ledgerOf([...DOCUMENTS, ONE_QUESTION]);
    const failure = await showTicket(context, ONE_QUESTION._id).catch((error: unknown) => error);
    expect(failure).to.include({ code: 'PARAMETERS_INVALID' });
    expect((failure as Error).message).to.include('The dashboard shows questions');
  });
});
