import { expect } from 'chai';
import type { AppId, TenantName } from '../../../src/core/names.ts';
import { ONE_QUESTION } from '../../support/one-of-each.ts';
import { act, at, CHAINS, commands, ledgerOf, ticket } from '../ledger/ledger-of.ts';

const { showTicket, showTickets } = commands;

const OTHER = { _id: 'ticket:reload:other:r1', tenant: 'other' };
const ERROR = { error: { code: 'RELOADS-001', message: 'Connector timed out.' }, errorAt: at('01:30') };
const DOCUMENTS = [
  ticket('extract', 'r1', at('01:30'), { times: 3, waiting: ['default/transform', 'default/report'], ...ERROR }),
  ticket('repair', 'r5', at('01:10'), { recoveredAt: at('01:20') }),
  act('r1', at('01:35'), 'own', 'ann'),
  act('r1', at('01:40'), 'tag', 'etl'),
  act('r1', at('01:45'), 'note', 'The disk is full.'),
];

const QUESTION = { ...ONE_QUESTION, createdAt: at('01:00'), activeAt: at('01:20'), seenAt: at('01:21') };
/** What Ann did to the question. */
const onQuestion = (kind: string, value: string) => {
  const { _id, ...rest } = act('r1', at('01:50'), kind, value);
  return { ...rest, _id: _id.replace('ticket:reload:default:r1', QUESTION._id) };
};
const QUESTION_JSON = {
  ...{ ticket: QUESTION._id, kind: 'question', state: 'open', tags: [], minutes: 0 },
  ...{ site: 'stackoverflow', questionId: 7, title: 'Why?', link: 'https://stackoverflow.com/questions/7' },
  ...{ author: 'Ann', reputation: 101, siteTags: ['qlik-sense'], answers: 1, isAnswered: true, isAccepted: false },
  ...{ score: -1, createdAt: '2026-11-22T01:00:00.000Z', activeAt: '2026-11-22T01:20:00.000Z' },
};

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

  it('prints questions beside reloads, and says what they are', async () => {
    const { context, printed } = ledgerOf([...DOCUMENTS, QUESTION, onQuestion('tag', 'urgent')]);
    expect(await showTickets(context, {})).to.equal(0);
    expect(printed.out.split('\n')).to.deep.equal([
      '2026-11-22 01:30:00Z  open  ann  Extract, failed 3 times #etl      ticket:reload:default:r1',
      '2026-11-22 01:20:00Z  open  -    Question: Why?, 1 answer #urgent  ticket:question:stackoverflow:7',
      '2 tickets; 1 not shown (--all shows the settled ones, too)',
      '',
    ]);
  });

  const LISTED = ['ticket:reload:default:r1', QUESTION._id];
  const FILTERS: readonly (readonly [what: string, filter: object, ids: readonly string[]])[] = [
    ['all of both', {}, LISTED],
    ['reloads only', { source: 'reloads' }, LISTED.slice(0, 1)],
    ['questions only', { source: 'questions' }, LISTED.slice(1)],
    ['those of one person', { owner: 'bob' }, LISTED.slice(1)],
    ['those that nobody owns', { isUnassigned: true }, []],
    ['those with a tag of a person', { tag: 'etl' }, LISTED],
    ['those with a tag of the site', { tag: 'qlik-sense' }, LISTED.slice(1)],
  ];
  for (const [what, filter, ids] of FILTERS) {
    it(`lists ${what}`, async () => {
      const acts = [onQuestion('own', 'bob'), onQuestion('tag', 'etl')];
      const { context, json } = ledgerOf([...DOCUMENTS, QUESTION, ...acts], { json: true });
      await showTickets(context, filter);
      expect((json().tickets as { ticket: string }[]).map(({ ticket: id }) => id)).to.deep.equal(ids);
    });
  }

  it('prints a question in JSON', async () => {
    const { context, json } = ledgerOf([QUESTION], { json: true });
    await showTickets(context, {});
    expect(json().tickets).to.deep.equal([QUESTION_JSON]);
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
          kind: 'reload',
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
          error: ERROR.error,
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
      '  error      Qlik did not say why.',
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

  it('shows a question: who asked, its answers, and the site’s tags', async () => {
    const { context, printed } = ledgerOf([...DOCUMENTS, QUESTION, onQuestion('own', 'ann'), onQuestion('tag', 'etl')]);
    expect(await showTicket(context, QUESTION._id)).to.equal(0);
    expect(printed.out.split('\n')).to.deep.equal([
      'Why?  ticket:question:stackoverflow:7',
      '  state      open',
      '  owner      ann',
      '  tags       etl',
      '  asked      2026-11-22 01:00:00Z by Ann (101)',
      '  active     2026-11-22 01:20:00Z',
      '  answers    1',
      '  score      -1',
      '  site tags  qlik-sense',
      '  link       https://stackoverflow.com/questions/7',
      '2026-11-22 01:50:00Z  ann took it',
      '2026-11-22 01:50:00Z  ann added the tag etl',
      '',
    ]);
  });

  it('shows a question whose author is gone, with an accepted answer and without a link', async () => {
    const { author: _, reputation: __, ...gone } = QUESTION;
    const { context, printed } = ledgerOf([{ ...gone, link: '', answers: 2, isAccepted: true }]);
    await showTicket(context, QUESTION._id);
    expect(printed.out).to.include('  asked      2026-11-22 01:00:00Z by somebody whose account is gone\n');
    expect(printed.out).to.include('  answers    2, one is accepted\n').and.not.include('link');
  });

  it('prints a question in JSON', async () => {
    const { context, json } = ledgerOf([QUESTION, onQuestion('own', 'ann')], { json: true });
    await showTicket(context, QUESTION._id);
    const { acts, ...rest } = json();
    expect(acts).to.have.length(1);
    expect(rest).to.deep.equal({ ok: true, ...QUESTION_JSON, owner: 'ann', missing: [] });
  });

  it('refuses a question that there is not', async () => {
    const failure = await showTicket(ledgerOf(DOCUMENTS).context, QUESTION._id).catch((error: unknown) => error);
    expect(failure).to.include({ code: 'PARAMETERS_INVALID' });
  });
});
