import { expect } from 'chai';
import type { NewDocument, StoredDocument } from '../../../src/clients/couchdb/couchdb-port.ts';
import { CascadeError } from '../../../src/core/cascade-error.ts';
import type { DurationMs } from '../../../src/core/units.ts';
import { at, commands, event, ledgerOf, NOW, order } from './ledger-of.ts';

const { showProblems } = commands;

const WEEK = 604_800_000 as DurationMs;
/** So old that a purge may remove it. */
const LONG_AGO = (NOW - 31 * 86_400_000) as typeof NOW;
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
  reason: { code: 'EVENT_MALFORMED', message: 'The body is authentic, but it is not a reload event.' },
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
    expect(printed.out).to.equal('No problems (alerts and given-up orders: only of the last 7 d)\n');
  });

  it('tells what a person should look at, newest first, and ends with 1', async () => {
    const { context, printed } = ledgerOf([ALERT, DEAD, GAVE_UP]);
    expect(await showProblems(context, WEEK)).to.equal(1);
    expect(printed.out).to.equal(
      [
        '2026-11-22 01:40:00Z  dead letter  The body is authentic, but it is not a reload event. When it is fixed: cascade replay dead:9f86d081; if nothing is to come of it: the same with --dismiss',
        '2026-11-22 01:30:00Z  alert quota  The quota of this app is used up. (default/report)',
        '2026-11-22 01:20:00Z  gave up  Report: No such app. (order:default:report:s:r2)',
        '3 problems (alerts and given-up orders: only of the last 7 d)',
        '',
      ].join('\n'),
    );
  });

  it('tells which channel has taken no message for an hour, and what it answered', async () => {
    const channel = {
      ...{ _id: 'channel:bot', schema: 1, type: 'channel', slots: [], failures: 12, failingSince: at('00:50') },
      ...{ answer: 'no answer (ENOTFOUND)', pausedUntil: at('02:05') },
    };
    const { context, printed } = ledgerOf([channel, { ...channel, _id: 'channel:ops', failingSince: at('01:50') }]);
    expect(await showProblems(context, WEEK)).to.equal(1);
    expect(printed.out.split('\n')[0]).to.equal(
      '2026-11-22 00:50:00Z  channel  bot has taken no message since 2026-11-22 00:50:00Z: no answer (ENOTFOUND). It is tried again at least every hour. Does its address still work? cascade notify test bot tries it',
    );
  });

  it('asks whether the sweep runs where something is due for longer than its period', async () => {
    const overdue = event('extract', 'r1', at('01:00'), { resolvedAt: undefined, dueAt: at('01:54:59') });
    const { context, printed } = ledgerOf([overdue, order('report', 'r2', at('01:20'), { dueAt: at('01:55') })]);
    expect(await showProblems(context, WEEK)).to.equal(1);
    expect(printed.out.split('\n')[0]).to.equal(
      '2026-11-22 01:54:59Z  overdue  2 documents due for longer than the sweep’s 5 minutes, the oldest for 5 min 1 s: event:default:r1. Is the sweep running?',
    );
  });

  it('says that a dueAt is in seconds, and tells no age of it', async () => {
    const seconds = order('report', 'r2', at('01:20'), { dueAt: 1_795_309_200 });
    const { context, printed } = ledgerOf([seconds]);
    expect(await showProblems(context, WEEK)).to.equal(1);
    expect(printed.out.split('\n')[0]).to.equal(
      '1970-01-21 18:41:49Z  overdue  1 document due for longer than the sweep’s 5 minutes: order:default:report:s:r2, whose dueAt says 1970-01-21 18:41:49Z. Is it in seconds? It has to be in milliseconds since 1970. Is the sweep running?',
    );
    const both = ledgerOf([seconds, order('report', 'r3', at('01:20'), { dueAt: at('01:50') })]);
    await showProblems(both.context, WEEK);
    expect(both.printed.out).to.include(
      '2 documents due for longer than the sweep’s 5 minutes, the oldest for 10 min:',
    );
  });

  it('asks for no sweep where an alert that goes on explains all that is due', async () => {
    const moved = { ...ALERT, _id: 'alert:tenant-moved:default', kind: 'tenant-moved', subject: 'default' };
    const ours = event('extract', 'r1', at('01:00'), { resolvedAt: undefined, dueAt: at('01:00') });
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

  describe('over more documents than it reads', () => {
    const events = ['r1', 'r2', 'r3'].map((id) => event('extract', id, at('01:00')));
    const CUT =
      'The ledger has more than 2 documents of type event. Only the first 2 by id were read. There may be problems in the others.';

    it('says so, does not say that all is well, and ends with 1', async () => {
      const { context, printed } = ledgerOf(events);
      expect(await showProblems(context, WEEK, 2)).to.equal(1);
      expect(printed.out).to.equal('No problems in what was read (alerts and given-up orders: only of the last 7 d)\n');
      expect(printed.error).to.equal(`${CUT}\n`);
    });

    it('says so as JSON', async () => {
      const { context, json } = ledgerOf(events, { json: true });
      expect(await showProblems(context, WEEK, 2)).to.equal(1);
      expect(json()).to.deep.equal({ ok: false, problems: [], missing: [CUT], notChecked: [] });
    });

    it('says nothing where it has read the last of them', async () => {
      const { context, printed } = ledgerOf(events);
      expect(await showProblems(context, WEEK, 3)).to.equal(0);
      expect(printed.error).to.equal('');
    });

    it('looks at more than fifty thousand: what is kept of a document is little', async () => {
      const { context, store } = ledgerOf([event('extract', 'r1', at('01:00'))]);
      let pages = 0;
      const range = (prefix: string, { limit }: { readonly limit: number }): Promise<readonly StoredDocument[]> => {
        if (prefix !== 'event:' || pages++ === 60) return Promise.resolve([]);
        return Promise.resolve(Array<StoredDocument>(limit).fill(store.peek('event:default:r1') as StoredDocument));
      };
      expect(await showProblems({ ...context, store: { ...store, range } }, WEEK)).to.equal(0);
      expect(pages).to.equal(61);
    });
  });

  it('says over more than a thousand foreign documents that there are more', async () => {
    const { context, printed } = ledgerOf(Array.from({ length: 1_001 }, (_, n) => ({ _id: `m${1_000 + n}` })));
    expect(await showProblems(context, WEEK)).to.equal(1);
    expect(printed.error).to.equal(
      'The ledger has more than 1000 documents that are not Cascade’s. The others are not named.\n',
    );
  });

  describe('asked by a user who may only read', () => {
    const refusing = async () =>
      ({ kind: 'refused', message: 'CouchDB answered 403 (forbidden)', isForGood: false }) as const;
    const ANOTHER = { isReader: async () => true, whoseUser: 'another' } as const;
    const UNCHECKED = 'Writes were not checked: this user may only read.';

    it('says that writes were not checked, and finds nothing wrong with that', async () => {
      const { context, printed } = ledgerOf([]);
      const store = { ...context.store, put: refusing };
      expect(await showProblems({ ...context, store, ...ANOTHER }, WEEK)).to.equal(0);
      expect(printed).to.deep.equal({
        out: 'No problems (alerts and given-up orders: only of the last 7 d)\n',
        error: `${UNCHECKED}\n`,
      });
    });

    it('says it as JSON', async () => {
      const { context, json } = ledgerOf([], { json: true });
      const store = { ...context.store, put: refusing };
      expect(await showProblems({ ...context, store, ...ANOTHER }, WEEK)).to.equal(0);
      expect(json()).to.deep.equal({ ok: true, problems: [], missing: [], notChecked: [UNCHECKED] });
    });

    it('asks for the sweep all the same where something is overdue', async () => {
      const { context, printed } = ledgerOf([
        event('extract', 'r1', at('01:00'), { resolvedAt: undefined, dueAt: at('01:00') }),
      ]);
      const store = { ...context.store, put: refusing };
      expect(await showProblems({ ...context, store, ...ANOTHER }, WEEK)).to.equal(1);
      expect(printed.out).to.include('Is the sweep running?');
    });

    it('is a problem for any other user, and for a document that is refused for good', async () => {
      const { context, printed } = ledgerOf([]);
      const store = { ...context.store, put: refusing };
      expect(await showProblems({ ...context, store, isReader: async () => false }, WEEK)).to.equal(1);
      const forGood = async () => ({ kind: 'refused', message: 'too large', isForGood: true }) as const;
      const full = { ...context.store, put: forGood };
      expect(await showProblems({ ...context, store: full, ...ANOTHER }, WEEK)).to.equal(1);
      expect(printed.out.match(/no writes/g)).to.have.length(2);
      expect(printed.error).to.equal('');
    });

    it('is a problem if the actions have the same user', async () => {
      const { context, printed } = ledgerOf([]);
      const store = { ...context.store, put: refusing };
      expect(await showProblems({ ...context, store, ...ANOTHER, whoseUser: 'actions' }, WEEK)).to.equal(1);
      expect(printed.out).to.include(
        'no writes  The ledger takes no write, so that nothing can be worked on: CouchDB answered 403 (forbidden). The user of COUCHDB_URL may only read, and by these settings the actions have the same user: deploy again,',
      );
      expect(printed.error).to.equal('');
    });

    it('is not ok if nothing says whether the actions have the same user', async () => {
      const { context, json } = ledgerOf([], { json: true });
      const store = { ...context.store, put: refusing };
      expect(await showProblems({ ...context, store, ...ANOTHER, whoseUser: 'unknown' }, WEEK)).to.equal(1);
      expect(json()).to.deep.equal({
        ...{ ok: false, problems: [], notChecked: [] },
        missing: [
          'Writes were not checked: this user may only read. Nothing says whether the actions have the same user. If they have another one, put their COUCHDB_URL into .env, without the password.',
        ],
      });
    });

    it('counts nothing for the next purge if it read only a part of the ledger', async () => {
      const kindsIn = async (most: number): Promise<readonly unknown[]> => {
        const { context, json } = ledgerOf([event('extract', 'r1', LONG_AGO), event('extract', 'r2', LONG_AGO)], {
          json: true,
        });
        const store = { ...context.store, put: refusing };
        expect(await showProblems({ ...context, store, ...ANOTHER, whoseUser: 'unknown' }, WEEK, most)).to.equal(1);
        return (json() as { problems: { kind: string }[] }).problems.map(({ kind }) => kind);
      };
      expect(await kindsIn(2)).to.deep.equal(['purge-due']);
      expect(await kindsIn(1)).to.deep.equal([]);
    });

    it('is a problem where CouchDB does not say who asks', async () => {
      const { context, printed } = ledgerOf([]);
      const isReader = async (): Promise<boolean> => {
        throw new CascadeError('STORE_UNAVAILABLE', 'no answer');
      };
      expect(await showProblems({ ...context, store: { ...context.store, put: refusing }, isReader }, WEEK)).to.equal(
        1,
      );
      expect(printed.out).to.include('no writes');
    });
  });

  it('prints them as JSON', async () => {
    const { context, json } = ledgerOf(
      [ALERT, event('extract', 'r1', at('01:00'), { resolvedAt: undefined, dueAt: at('01:00') })],
      {
        json: true,
      },
    );
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
      notChecked: [],
    });
  });
});
