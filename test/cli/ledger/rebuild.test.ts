import { expect } from 'chai';
import { rebuild } from '../../../cli/ledger/rebuild/rebuild.ts';
import { printReport } from '../../../cli/terminal.ts';
import type { NewDocument } from '../../../src/clients/couchdb/couchdb-port.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import { act, at, done, event, ledgerOf, order, ticket } from './ledger-of.ts';

const recorded = (appId: string, reloadId: string, time: string, more: object = {}) =>
  event(appId, reloadId, at(time), { recordedAt: at(time) + 1, ...more });
const ERROR = { code: 'E1', message: 'Connector timed out.' };
const FAILED = { outcome: 'failed', error: ERROR };

/** Extract failed twice, recovered, and failed again. */
const ENDS = [
  recorded('extract', 'r1', '00:10', FAILED),
  recorded('extract', 'r2', '00:20', FAILED),
  recorded('extract', 'r3', '00:30'),
  recorded('extract', 'r4', '00:40', FAILED),
];

const LAST = {
  ...{ tenant: 'default', appId: 'extract', reloadId: 'r4', outcome: 'failed', error: ERROR },
  ...{ endedAt: at('00:40'), partial: false },
};

async function run(documents: readonly NewDocument[], isWriting: boolean) {
  const ledger = ledgerOf(documents);
  const report = await rebuild(ledger.context, isWriting);
  printReport(report, ledger.context.terminal, false);
  const { differences } = report.json as { differences: readonly { document: string; fields: object }[] };
  return { ...ledger, report, differences };
}

describe('cascade rebuild', () => {
  it('prints what differs, and writes nothing', async () => {
    const { store, differences, printed } = await run(ENDS, false);
    expect(differences.map(({ document }) => document)).to.deep.equal([
      'app:default:extract',
      'ticket:reload:default:r1',
      'ticket:reload:default:r4',
    ]);
    expect(printed.out).to.include('  counts: nothing → {"succeeded":1,"failed":3,"canceled":0,"exceeded-limit":0}\n');
    expect(printed.out).to.include('1 app compared with events and orders: 3 documents differ; --write writes them.\n');
    expect(printed.out).not.to.include('dueAt');
    expect(store.all()).to.have.length(4);
  });

  it('prints in the singular that one document differs', async () => {
    const { printed } = await run([recorded('extract', 'r1', '00:10')], false);
    expect(printed.out).to.include('1 app compared with events and orders: 1 document differs; --write writes it.\n');
  });

  it('with --write puts all of it right, and then nothing differs', async () => {
    const { store, printed } = await run(ENDS, true);
    expect(printed.out).to.include('3 documents written.');
    expect(store.peek('ticket:reload:default:r1')).to.deep.include({
      ...{ chains: ['nightly'], waiting: ['default/transform', 'default/report'], times: 2, error: ERROR },
      ...{ failedAt: at('00:10'), lastFailedAt: at('00:20'), recoveredAt: at('00:30') },
    });
    expect(store.peek('app:default:extract')).to.have.nested.property('failing.first', 'r4');
    // The sweep asks Qlik for the log of the streak that goes on, and only of that one.
    expect(store.peek('ticket:reload:default:r4')).to.have.property('dueAt', at('02:00'));
    expect(store.peek('ticket:reload:default:r1')).not.to.have.property('dueAt');
    const again = await run(store.all(), false);
    expect(again.printed.out).to.equal('1 app compared with events and orders: all is as they say.\n');
  });

  it('gives a ticket the error of the last failure, also if Cascade canceled that reload because of its timeout', async () => {
    const canceled = recorded('extract', 'r5', '00:50', { outcome: 'canceled', orderId: 'order:default:extract:s:r0' });
    const owner = order('extract', 'r0', at('00:45'), {
      ...{ state: 'ended', outcome: 'canceled', reloadId: 'r5', ends: ['r5'], policy: { timeout: 60_000 } },
      cancelRequestedAt: { r5: at('00:49') },
    });
    const { store } = await run([...ENDS, canceled, owner], true);
    const message = 'It ran longer than its timeout (1 min), and Cascade canceled it';
    const noted = { times: 2, error: { code: 'TIMED_OUT', message }, errorAt: at('00:50') };
    expect(store.peek('ticket:reload:default:r4')).to.deep.include(noted);
    expect((await run(store.all(), false)).differences).to.deep.equal([]);
    // The ticket as an earlier version wrote it: with the error of the first failure.
    const { errorAt: _, ...first } = store.peek('ticket:reload:default:r4') as NewDocument;
    const again = await run([...store.all(), { ...first, error: ERROR }], true);
    expect(again.store.peek('ticket:reload:default:r4')).to.deep.include(noted);
  });

  it('keeps the error of a ticket if a purge has removed the end of the last failure', async () => {
    const { store } = await run(ENDS, true);
    const { failing: _, ...app } = store.peek('app:default:extract') as NewDocument;
    const streak = { first: 'r4', since: at('00:40'), times: 1, lastFailedAt: at('00:40') };
    store.seed({ ...app, failing: { ...streak, ticket: 'ticket:reload:default:r4' } });
    const left = store.all().filter(({ _id }) => _id !== 'event:default:r4');
    expect((await run(left, true)).store.peek('ticket:reload:default:r4')).to.deep.include({ error: ERROR });
  });

  it('repairs a spoilt app', async () => {
    const spoilt = { _id: 'app:default:extract', schema: 1, type: 'app', last: 'yesterday' };
    const { store } = await run([...ENDS, spoilt], true);
    expect(store.peek('app:default:extract')).to.have.nested.property('counts.failed', 3);
  });

  describe('of a spoilt ticket', () => {
    const whole = [...ENDS, act('r1', at('00:25'), 'note', 'The database is down.')];
    const spoilt = (more: object) => ticket('extract', 'r1', at('00:20'), { failedAt: at('00:10'), times: 5, ...more });
    const ID = 'ticket:reload:default:r1';
    const NONE = { succeeded: 0, failed: 0, canceled: 0, 'exceeded-limit': 0 };
    const COUNTED = { counts: NONE, seconds: NONE, seen: [], over: [], notices: [] };
    const repaired = async (document: NewDocument) => {
      const { store } = await run(whole, true);
      const others = store.all().filter(({ _id }) => _id !== ID);
      return run([...others, document], true);
    };

    it('repairs the spoilt fields, and keeps the others and what people did', async () => {
      const log = 'Connection refused';
      const { store, differences } = await repaired(
        spoilt({ error: ERROR, waiting: 'many', log, dueAt: 'soon', seenBy: 'a bot' }),
      );
      expect(differences.map(({ document, fields }) => [document, Object.keys(fields)])).to.deep.equal([
        [ID, ['waiting', 'dueAt', 'errorAt', 'recoveredAt']],
      ]);
      const { _rev: _, ...now } = store.peek(ID) as NewDocument;
      expect(now).to.deep.equal({
        ...ticket('extract', 'r1', at('00:20'), { failedAt: at('00:10'), times: 5, log, seenBy: 'a bot' }),
        ...{ error: ERROR, errorAt: at('00:20'), recoveredAt: at('00:30') },
        waiting: ['default/transform', 'default/report'],
      });
      expect(store.all().filter(({ type }) => type === 'act')).to.have.length(1);
    });

    it('counts what the ledger has, if the count cannot be read', async () => {
      const { store } = await repaired(spoilt({ times: 'often', failedAt: -1, dueAt: at('02:00') }));
      // The app has recovered, so nobody needs the log of its reload.
      expect(store.peek(ID)).not.to.have.property('dueAt');
      expect(store.peek(ID)).to.include({ times: 2, failedAt: at('00:10'), lastFailedAt: at('00:20') });
    });

    it('leaves the ticket as it is and names it, with 1, if a newer Cascade wrote it or its first end is gone', async () => {
      for (const isWriting of [false, true]) {
        const { store, report, printed } = await run([...ENDS, spoilt({ schema: 2 })], isWriting);
        expect([report.ok, Object(report.json).malformed]).to.deep.equal([false, [ID]]);
        expect(printed.error).to.include(`${ID} is malformed, and cannot be repaired from the events`);
        expect(store.peek(ID)).to.include({ schema: 2, times: 5 });
      }
      const second = recorded('extract', 'r2', '00:20', FAILED);
      const failing = { first: 'r1', since: at('00:10'), times: 1, lastFailedAt: at('00:10'), ticket: ID };
      const app = { _id: 'app:default:extract', schema: 1, type: 'app', last: LAST, failing, ...COUNTED };
      const { report } = await run([second, app, spoilt({ times: 'often' })], true);
      expect([report.ok, Object(report.json).malformed]).to.deep.equal([false, [ID]]);
    });
  });

  describe('of an overwritten document', () => {
    const OPEN = 'ticket:reload:default:r4';
    const changed = async (id: string, more: object, isWriting = true) => {
      const { store } = await run(ENDS, true);
      const before = store.peek(id) as NewDocument;
      store.seed({ ...before, ...more });
      return { before, ...(await run(store.all(), isWriting)) };
    };
    const fieldsIn = (differences: readonly { document: string; fields: object }[]) =>
      differences.map(({ document, fields }) => [document, Object.keys(fields)]);
    const withoutRev = ({ _rev: _, ...rest }: NewDocument): object => rest;

    it('puts each field of a ticket right that comes from ends, also if the app still fails', async () => {
      for (const [field, value] of [
        ['error', { code: 'E9', message: 'Nothing.' }],
        ['recoveredAt', at('00:50')],
        ['failedAt', at('00:05')],
        ['lastFailedAt', at('01:50')],
        ['reloadId', 'r9'],
        ['appId', 'other'],
      ] as const) {
        const { before, differences, store } = await changed(OPEN, { [field]: value });
        expect(fieldsIn(differences), field).to.deep.equal([[OPEN, [field]]]);
        expect(withoutRev(store.peek(OPEN) as NewDocument)).to.deep.equal(withoutRev(before));
      }
    });

    it('keeps what the ends do not say: the log, the chains, and a greater count with its last failure', async () => {
      const more = { log: 'Refused', chains: ['weekly'], waiting: [], times: 7, lastFailedAt: at('01:50') };
      const { differences, store } = await changed(OPEN, more);
      expect(differences).to.deep.equal([]);
      expect(store.peek(OPEN)).to.deep.include(more);
    });

    it('gives a failing app the ticket of its first failure back, and makes no second one', async () => {
      const app = 'app:default:extract';
      const failing = { first: 'r4', since: at('00:40'), times: 1, lastFailedAt: at('00:40'), error: ERROR };
      for (const wrong of [
        { ticket: 'ticket:reload:default:r9' },
        { first: 'r9', ticket: 'ticket:reload:default:r9' },
      ]) {
        const { differences, store } = await changed(app, { failing: { ...failing, ...wrong } });
        expect(fieldsIn(differences)).to.deep.equal([[app, ['failing']]]);
        expect(store.peek(app)).to.have.deep.property('failing', { ...failing, ticket: OPEN });
        expect(store.peek('ticket:reload:default:r9')).to.equal(undefined);
      }
    });

    it('leaves a recovery alone that was recorded after the ends were read', async () => {
      const { store } = await run(ENDS, true);
      const ledger = ledgerOf(store.all());
      const { get } = ledger.store;
      const late: typeof get = async (id) => {
        // The storer has just recorded the success: first in the app, then in the ticket.
        if (id === OPEN) {
          const app = ledger.store.peek('app:default:extract') as NewDocument;
          ledger.store.seed({ ...app, _rev: '9-recovered', failing: undefined });
          ledger.store.seed({ ...(ledger.store.peek(OPEN) as NewDocument), recoveredAt: at('01:59') });
        }
        return get(id);
      };
      const { json } = await rebuild({ ...ledger.context, store: { ...ledger.store, get: late } }, true);
      expect(json).to.deep.include({ differences: [] });
      expect(ledger.store.peek(OPEN)).to.have.property('recoveredAt', at('01:59'));
    });
  });

  it('leaves to the storer what is not recorded, unless the app has counted it', async () => {
    const open = event('extract', 'r5', at('00:50'), { dueAt: at('02:01'), ...FAILED });
    const { store } = await run([...ENDS, open], true);
    expect(store.peek('app:default:extract')).to.have.nested.property('counts.failed', 3);
    const app = store.peek('app:default:extract') as NewDocument;
    store.seed({ ...app, seen: ['r1', 'r2', 'r3', 'r4', 'r5'], counts: { ...Object(app['counts']), failed: 4 } });
    const { differences } = await run(store.all(), false);
    // Its streak was not counted, though the end is in `seen`.
    expect(differences.map(({ document, fields }) => [document, Object.keys(fields)])).to.deep.equal([
      ['app:default:extract', ['last', 'decided', 'failing']],
      ['ticket:reload:default:r4', ['lastFailedAt', 'times', 'errorAt']],
    ]);
  });

  it('does not count what ended in another deployment’s tenant', async () => {
    const skips = [{ reason: 'other-tenant', tenant: 'default', appId: 'extract', reloadId: 'r9', heardFrom: 'x' }];
    const { store } = await run([...ENDS, recorded('extract', 'r9', '00:50', { skips })], true);
    expect(store.peek('app:default:extract')).to.have.nested.property('counts.succeeded', 1);
  });

  it('takes an attempt that another one follows for no failure, by its order or by the event', async () => {
    const policy = { retry: { attempts: 1, delay: 60_000 } };
    const tries = order('extract', 'r0', at('00:00'), {
      policy,
      try: 2,
      ends: ['r1'],
      state: 'waiting',
      dueAt: at('02:01'),
    });
    const first = recorded('extract', 'r1', '00:10', { ...FAILED, orderId: tries._id });
    const byOrder = await run([first, tries], false);
    expect(byOrder.differences.map(({ document }) => document)).to.deep.equal(['app:default:extract']);
    const skip = { reason: 'will-retry', tenant: 'default', appId: 'extract', reloadId: 'r1', order: tries._id };
    const byEvent = await run([{ ...first, skips: [{ ...skip, attempt: 1, attempts: 2 }] }], false);
    expect(byEvent.differences.map(({ document }) => document)).to.deep.equal(['app:default:extract']);
  });

  it('takes an attempt for a failure if it has a ticket: when it was counted, nobody knew that another one follows', async () => {
    const { store } = await run(ENDS, true);
    const policy = { retry: { attempts: 1, delay: 60_000 } };
    const guessed = order('extract', 'r0', at('00:00'), {
      ...done('r3', at('00:25'), at('00:30')),
      policy,
      ends: ['r1', 'r3'],
    });
    const started = { _id: 'started:default:r1', schema: 1, type: 'started', tenant: 'default', order: guessed._id };
    const noted = { ...started, also: [], isGuess: true, try: 1, hops: 1, root: 'event:default:r0', at: at('00:27') };
    expect((await run([...store.all(), guessed, noted], false)).differences).to.deep.equal([]);
  });

  it('creates no ticket that a purge would have removed', async () => {
    const ago = (days: number) => at('00:00') - days * 86_400_000;
    const old = [
      event('extract', 'r1', ago(40) as never, { recordedAt: ago(40), ...FAILED }),
      event('extract', 'r2', ago(39) as never, { recordedAt: ago(39) }),
    ];
    const { differences } = await run(old, false);
    expect(differences.map(({ document }) => document)).to.deep.equal(['app:default:extract']);
  });

  describe('after a purge', () => {
    const ago = (days: number) => (at('00:00') - days * 86_400_000) as EpochMs;
    const end = (reloadId: string, days: number, more: object = {}) =>
      event('extract', reloadId, ago(days), { recordedAt: ago(days), ...more });
    const place = (reloadId: string, days: number) => ({ reloadId, endedAt: ago(days) });
    const appWith = (last: string, days: number, more: object) => ({
      ...{ _id: 'app:default:extract', schema: 1, type: 'app', over: [], notices: [] },
      last: { ...LAST, reloadId: last, endedAt: ago(days) },
      decided: place(last, days),
      counts: { succeeded: 8, failed: 9, canceled: 0, 'exceeded-limit': 0 },
      seconds: { succeeded: 0, failed: 0, canceled: 0, 'exceeded-limit': 0 },
      ...more,
    });
    const streak = (first: string, days: number) => ({
      ...{ first, since: ago(days), times: 1, lastFailedAt: ago(days), ticket: `ticket:reload:default:${first}` },
    });

    it('takes a failure that was left over for no streak: the success after it may be gone', async () => {
      // r1 stayed, since an order needs it. Its success r2 and its ticket are gone.
      const left = end('r1', 40, FAILED);
      const fine = { last: { ...LAST, ...place('r9', 1), outcome: 'succeeded', error: undefined } };
      const recovered = appWith('r9', 1, { ...fine, seen: ['r1', 'r2', 'r9'], lastSuccess: place('r9', 1) });
      expect((await run([left, end('r9', 1), recovered], false)).differences).to.deep.equal([]);
      const failing = appWith('r9', 1, { seen: ['r1', 'r2', 'r9'], failing: { ...streak('r9', 1), error: ERROR } });
      const its = ticket('extract', 'r9', ago(1), { failedAt: ago(1), error: ERROR });
      expect((await run([left, end('r9', 1, FAILED), failing, its], false)).differences).to.deep.equal([]);
    });

    it('creates no ticket of a streak that a purge has removed, also if the retention was shorter then', async () => {
      const ends = [end('r1', 20, FAILED), end('r2', 19), end('r3', 10, FAILED), end('r4', 9)];
      const purged = { _id: 'purge', schema: 1, type: 'purge', at: ago(8), removed: 4, before: ago(15) };
      const { differences } = await run([...ends, purged], false);
      expect(differences.map(({ document }) => document)).to.deep.equal([
        'app:default:extract',
        'ticket:reload:default:r3',
      ]);
    });

    it('still knows a streak that goes on, by its ticket or by its app', async () => {
      const ends = [end('r1', 40, FAILED), end('r9', 1, FAILED)];
      const app = appWith('r9', 1, {
        seen: ['r1', 'r9'],
        failing: { ...streak('r1', 40), times: 2, lastFailedAt: ago(1), error: ERROR, errorAt: ago(1) },
      });
      const its = ticket('extract', 'r1', ago(1), { failedAt: ago(40), times: 2, error: ERROR, errorAt: ago(1) });
      expect((await run([...ends, app, its], false)).differences).to.deep.equal([]);
      const idsOf = async (documents: readonly NewDocument[]) =>
        (await run(documents, true)).differences.map(({ document }) => document);
      expect(await idsOf([...ends, app])).to.deep.equal(['ticket:reload:default:r1']);
      expect(await idsOf([...ends, its])).to.deep.equal(['app:default:extract']);
    });
  });

  it('goes by the order in which the app counted its ends: a storer may mark an end later than another one', async () => {
    // r1 was heard of late: the app had counted the success r2 before, so r1 opened no ticket.
    const ends = [
      recorded('extract', 'r1', '00:10', { ...FAILED, recordedAt: at('00:21') }),
      recorded('extract', 'r2', '00:20', { recordedAt: at('00:22') }),
    ];
    const { store } = await run(ends, true);
    const app = store.peek('app:default:extract') as NewDocument;
    const { differences } = await run([...ends, { ...app, seen: ['r2', 'r1'] }], false);
    expect(differences).to.deep.equal([]);
  });

  /**
   * The app knows of more ends than the ledger has, because a purge has removed some. Ann has worked on its tickets.
   */
  const purgedApp = {
    ...{ _id: 'app:default:extract', schema: 1, type: 'app' },
    counts: { succeeded: 90, failed: 8, canceled: 2, 'exceeded-limit': 1 },
    seconds: { succeeded: 900.5, failed: 80, canceled: 0, 'exceeded-limit': 0 },
  };
  const worked = [
    ticket('extract', 'r1', at('00:20'), { failedAt: at('00:10'), times: 5 }),
    act('r1', at('00:25'), 'note', 'The database is down.'),
    // No end in the ledger says that r0 failed.
    ticket('extract', 'r0', at('00:05'), { failedAt: at('00:05') }),
    act('r0', at('00:06'), 'own', 'ann'),
  ];

  it('keeps tickets that people have worked on, lowers no count, and sends nothing, with and without --write', async () => {
    const notice = { id: 'failed.r4', kind: 'failed', reloadId: 'r4', at: at('00:40') };
    const owed = { ...notice, to: ['ops'], due: { ops: at('00:41') } };
    const app = { ...purgedApp, seen: ['r1'], over: [], notices: [owed], dueAt: at('00:41'), last: LAST };
    for (const isWriting of [false, true]) {
      const { store } = await run([...ENDS, app, ...worked], isWriting);
      const { _rev: _, ...r1 } = store.peek('ticket:reload:default:r1') as NewDocument;
      expect(r1).to.deep.equal({
        ...worked[0],
        ...(isWriting && { recoveredAt: at('00:30'), error: ERROR, errorAt: at('00:20') }),
      });
      for (const document of worked.slice(1)) expect(store.peek(document._id)).to.deep.include({ ...document });
      const { counts, seconds, notices, dueAt } = store.peek(app._id) as NewDocument & Record<string, unknown>;
      expect({ counts, seconds, notices, dueAt }).to.deep.equal({
        ...{ counts: purgedApp.counts, seconds: purgedApp.seconds, notices: [owed], dueAt: at('00:41') },
      });
      // An alert would be sent, too.
      expect(store.all().filter(({ _id }) => /^(alert|channel):/.test(_id))).to.deep.equal([]);
    }
  });

  it('keeps what a spoilt app has counted, if that can be read', async () => {
    const repaired = async (spoilt: object) =>
      (await run([...ENDS, { ...purgedApp, last: 'yesterday', ...spoilt }], true)).store.peek('app:default:extract');
    expect(await repaired({})).to.deep.include({ counts: purgedApp.counts, seconds: purgedApp.seconds });
    expect(await repaired({ seconds: 'many' })).to.deep.include({
      counts: purgedApp.counts,
      seconds: { succeeded: 0, failed: 0, canceled: 0, 'exceeded-limit': 0 },
    });
  });

  it('ends with 1 if CouchDB refuses a document for what it holds, says which, and writes the others', async () => {
    const { store, context } = ledgerOf(ENDS);
    const refusal = { kind: 'refused', message: 'CouchDB answered 413', isForGood: true } as const;
    const put: typeof store.put = async (document) =>
      document._id === 'app:default:extract' ? refusal : store.put(document);
    const { ok, lines, notes, json } = await rebuild({ ...context, store: { ...store, put } }, true);
    expect([ok, lines.at(-1), notes]).to.deep.equal([
      false,
      '1 app compared with events and orders: 2 documents written; 1 document refused.',
      ['CouchDB refuses the document app:default:extract: CouchDB answered 413. Writing it again does not help.'],
    ]);
    expect(json).to.deep.include({ written: 2, changed: [], refused: ['app:default:extract'] });
    expect(store.peek('ticket:reload:default:r4')).to.have.property('type', 'ticket');
  });

  it('fails if this user may not write, and says which right is missing', async () => {
    const { store, context } = ledgerOf(ENDS);
    const put = async () => ({ kind: 'refused', message: 'CouchDB refused it (forbidden)', isForGood: false }) as const;
    const failure = await rebuild({ ...context, store: { ...store, put } }, true).catch((error: unknown) => error);
    expect(failure).to.include({ code: 'STORE_REFUSED' });
    expect(failure).to.have.property('message').that.includes('May the user of COUCHDB_URL write into this database?');
  });

  it('ends with 1 if a document changed meanwhile, and leaves that as it is', async () => {
    const ledger = ledgerOf(ENDS);
    const theirs = { _id: 'ticket:reload:default:r4', _rev: '1-x', schema: 1, type: 'ticket' };
    ledger.store.intrude('put', () => ledger.store.seed(theirs));
    const { ok, lines, notes, json } = await rebuild(ledger.context, true);
    expect([ok, lines.at(-1), notes]).to.deep.equal([
      false,
      '1 app compared with events and orders: 2 documents written; 1 document changed meanwhile.',
      ['ticket:reload:default:r4 changed meanwhile, and was left as it is: run cascade rebuild again.'],
    ]);
    expect(json).to.include({ written: 2 });
    expect(ledger.store.peek('ticket:reload:default:r4')).to.deep.equal(theirs);
  });
});
