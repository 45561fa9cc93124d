import { expect } from 'chai';
import type { NewDocument } from '../../../src/clients/couchdb/couchdb-port.ts';
import type { DurationMs } from '../../../src/core/units.ts';
import { ONE_OF_EACH } from '../../support/one-of-each.ts';
import { at, commands, done, event, ledgerOf, NOW, order } from './ledger-of.ts';

const { cancelAll, listRuns, showProblems, showRun, showWhy } = commands;

const WEEK = 604_800_000 as DurationMs;
const DAY_MS = 86_400_000;
const SCHEMA = { _id: 'schema', schema: 1, type: 'schema', version: 1 };
const FINE: readonly NewDocument[] = [
  event('extract', 'r1', at('01:00'), { skips: [] }),
  order('transform', 'r1', at('01:01'), done('r2', at('01:02'), at('01:03'))),
  SCHEMA,
  { _id: '_design/cascade-due', views: {} },
];

/** The problems that `--json` prints, without the fields that are the same each time. */
async function problemsIn(...documents: readonly NewDocument[]) {
  const { context, json } = ledgerOf([...FINE, ...documents], { json: true });
  const code = await showProblems(context, WEEK);
  const { ok, problems } = json() as { ok: boolean; problems: readonly Readonly<Record<string, unknown>>[] };
  expect([ok, code]).to.deep.equal(problems.length === 0 ? [true, 0] : [false, 1]);
  return problems.map(({ kind, document, why }) => ({ kind, document, why: String(why) }));
}

describe('cascade runs --problems', () => {
  it('finds none where each document is what it has to be', async () => {
    const { alert: _, dead: __, ...others } = ONE_OF_EACH;
    // Each has all fields that there are, also if it is finished.
    const past = Object.values(others).map(({ dueAt: _, ...document }: NewDocument) =>
      JSON.parse(
        JSON.stringify({ ...document, ...(document['type'] === 'join' && { open: [] }) })
          .replaceAll('1795316220000', String(NOW - 1_000))
          // The same instant in the id of an act.
          .replaceAll('0mwr8x940', (NOW - 1_000).toString(36).padStart(9, '0')),
      ),
    );
    // One of the apps is failing and late, and a reload has failed. The documents are as they have to be.
    expect((await problemsIn(...past)).map(({ kind }) => kind)).to.have.members(['failing', 'failed-run', 'late']);
  });

  for (const [type, document] of Object.entries(ONE_OF_EACH)) {
    it(`names a document of type ${type} whose type, field or id somebody changed, each with what is wrong`, async () => {
      const { _id } = document;
      expect(await problemsIn({ ...document, type: 'thing' })).to.deep.include({
        kind: 'unreadable',
        document: _id,
        why: `The document ${_id} is no ${type} of schema 1: look at its field "type". Somebody else wrote it, or a newer Cascade did.`,
      });
      expect(await problemsIn({ ...document, schema: 2 }))
        .to.have.nested.property('[0].why')
        .that.includes('"schema"');
      expect(await problemsIn({ _id })).to.have.nested.property('[0].document', _id);
      const other = `x${_id}`;
      expect(await problemsIn({ ...document, _id: other })).to.deep.include({
        kind: 'unreadable',
        document: other,
        why: `The document ${other} is not Cascade’s: Cascade gives no id like it. Did somebody change an id? Nothing works on it; delete it, or put it back.`,
      });
    });
  }

  it('names every document that is none of ours, wherever its id stands among ours', async () => {
    const likeOurs = ['deployed-1', 'purge:1', 'schema-old', 'schema1'];
    const ids = [
      'a',
      'alerts',
      'f:1',
      'orders:1',
      'zz',
      ...likeOurs,
      ...Array.from({ length: 120 }, (_, n) => `m${1_000 + n}`),
    ];
    const ours = ['deployed', 'purge'].map((_id) => ({ _id }));
    const found = await problemsIn(...ours, ...ids.map((_id) => ({ _id })));
    expect(found.map(({ document }) => document)).to.have.members(ids);
  });

  it('names a version of the ledger that it does not know', async () => {
    expect(await problemsIn({ ...SCHEMA, version: 2 })).to.have.nested.property('[0].document', 'schema');
    expect(await problemsIn({ ...SCHEMA, version: 'one' })).to.have.nested.property('[0].document', 'schema');
  });

  const UNFINISHED: readonly (readonly [what: string, document: NewDocument])[] = [
    ['an order', order('report', 'r3', at('01:20'), { state: 'planned' })],
    ['a parked order', order('report', 'r3', at('01:20'), { state: 'parked' })],
    ['an event', event('report', 'r4', at('01:20'), { resolvedAt: undefined })],
    [
      'a hint',
      { ...ONE_OF_EACH['hint'], _id: 'hint:default:r2', settledAt: undefined, settledAs: undefined, dueAt: undefined },
    ],
  ];
  for (const [what, document] of UNFINISHED) {
    it(`tells that ${what} is not finished and never due, or due in weeks`, async () => {
      const [never] = await problemsIn(document);
      expect(never).to.include({ kind: 'stuck', document: document._id });
      expect(never?.why).to.include('it is not finished, and has no dueAt');
      const [late] = await problemsIn({ ...document, dueAt: NOW + 12 * DAY_MS + 1 });
      expect(late?.why).to.include('it is not finished, and not due before 2026-12-04 02:00:00Z');
      expect(await problemsIn({ ...document, dueAt: NOW + 12 * DAY_MS })).to.deep.equal([]);
    });
  }

  it('finds no fault with an order that waits as long as its link asks for between two attempts', async () => {
    const waits = (days: number) =>
      order('report', 'r1', at('01:20'), {
        ...{ state: 'waiting', try: 2, ends: ['r2'], dueAt: NOW + days * DAY_MS },
        policy: { retry: { attempts: 1, delay: 20 * DAY_MS } },
      });
    expect(await problemsIn(waits(20))).to.deep.equal([]);
    expect((await problemsIn(waits(21)))[0]).to.include({ kind: 'stuck' });
  });

  it('finds no fault with what is finished and so never due', async () => {
    const states = ['ended', 'merged', 'gave-up', 'called-off'];
    const into = 'order:default:report:s:ended';
    const orders = states.map((state) =>
      order('report', state, at('01:20'), { state, ...(state === 'merged' && { into }) }),
    );
    const kinds = (await problemsIn(...orders)).map(({ kind }) => kind);
    expect(kinds).to.deep.equal(['gave-up']);
  });

  const DUE = { dueAt: at('01:02') };
  const FINISHED: readonly (readonly [string, NewDocument])[] = [
    [
      'an event that is resolved and recorded',
      event('extract', 'r1', at('01:00'), { ...DUE, recordedAt: at('01:01') }),
    ],
    ['an order that ended', order('report', 'r1', at('01:00'), { ...done('r2', at('01:00'), at('01:01')), ...DUE })],
    [
      'a hint that is settled',
      { ...ONE_OF_EACH['hint'], _id: 'hint:default:r2', settledAt: at('01:00'), settledAs: 'covered', ...DUE },
    ],
  ];
  for (const [what, document] of FINISHED) {
    it(`tells that ${what} has a dueAt all the same, and does not ask whether the sweep runs`, async () => {
      const why =
        'it is finished, and has a dueAt all the same: the sweep looks at it each time, and does nothing. Take the field dueAt out.';
      const problems = await problemsIn(document);
      expect(problems.map(({ kind, document: id, why: said }) => [kind, id, said])).to.deep.equal([
        ['stuck', document._id, why],
      ]);
    });
  }

  it('tells the same of an order that was given up, beside why it was', async () => {
    const gaveUp = order('report', 'r1', at('01:00'), { state: 'gave-up', ...DUE });
    expect((await problemsIn(gaveUp)).map(({ kind }) => kind)).to.deep.equal(['stuck', 'gave-up']);
  });

  const merged = (cause: string, more: object = {}): NewDocument =>
    order('report', cause, at('01:00'), { state: 'merged', ...more });
  const ID = 'order:default:report:s:m1';
  const OFF = order('report', 'off', at('01:00'), { state: 'called-off' });
  const LOST: readonly (readonly [string, readonly NewDocument[], string])[] = [
    [
      'is not in the ledger',
      [merged('m1', { into: 'order:default:report:s:x' })],
      '(order:default:report:s:x) is not in',
    ],
    ['is not named', [merged('m1')], 'should do for it is not named (it has no field into)'],
    ['is itself', [merged('m1', { into: ID })], `(${ID}) leads back to it`],
    ['is called off and settled', [OFF, merged('m1', { into: OFF._id })], `(${OFF._id}) is called off`],
    [
      'cannot be read',
      [order('report', 'bad', at('01:00'), { state: 'gone' }), merged('m1', { into: 'order:default:report:s:bad' })],
      'cannot be read',
    ],
  ];
  for (const [what, documents, why] of LOST) {
    it(`tells that a merged order is lost if the other ${what}`, async () => {
      const lost = (await problemsIn(...documents)).filter(({ document }) => document === ID);
      expect(lost.map(({ kind }) => kind)).to.deep.equal(['stuck']);
      expect(lost[0]?.why).to.include(why).and.to.include('cascade replay <event>');
    });
  }

  it('tells that both of two orders are lost that were merged into one another', async () => {
    const other = 'order:default:report:s:m2';
    const problems = await problemsIn(merged('m1', { into: other }), merged('m2', { into: ID }));
    expect(problems.map(({ document }) => document)).to.have.members([ID, other]);
  });

  it('finds no fault with a merge that is still looked at, or leads to a reload by way of another', async () => {
    const ended = order('report', 'e', at('01:00'), done('r2', at('01:00'), at('01:01')));
    const by = merged('m2', { into: ended._id });
    expect(await problemsIn(ended, by, merged('m1', { into: by._id }))).to.deep.equal([]);
    expect(await problemsIn(merged('m1', { into: OFF._id, dueAt: NOW }), OFF)).to.deep.equal([]);
    const off = { ...OFF, dueAt: NOW };
    expect(await problemsIn(off, merged('m1', { into: OFF._id }))).to.deep.equal([]);
  });

  it('tells of a posted order that no end can be asked for', async () => {
    const [problem] = await problemsIn(order('report', 'r3', at('01:20'), { state: 'posted', dueAt: NOW }));
    expect(problem?.why).to.include('it is posted, and has no reloadId');
  });

  const CHECKPOINT = { ...ONE_OF_EACH['checkpoint'], _id: 'checkpoint:default', t: NOW, from: NOW, fresh: undefined };
  const STILL = { ...CHECKPOINT, gap: undefined, behind: undefined, round: undefined };
  for (const [what, spoilt] of [
    ['t', { t: NOW + 600_001 }],
    ['from', { from: NOW + 600_001 }],
    ['fresh', { fresh: { b: NOW + 600_001 } }],
    ['behind', { behind: { b: { t: NOW + 600_001 } } }],
  ] as const) {
    it(`tells of a checkpoint whose ${what} is in the future, as of what stops the sweep's hearing`, async () => {
      const [problem] = await problemsIn({ ...STILL, ...spoilt });
      expect(problem).to.include({ kind: 'stuck', document: 'checkpoint:default' });
      expect(problem?.why)
        .to.include('stands at 2026-11-22 02:10:00Z, in the future')
        .and.to.include('Delete the document');
    });
  }

  it('takes clocks that are ten minutes apart for fine', async () => {
    expect(await problemsIn({ ...STILL, t: NOW + 600_000 })).to.deep.equal([]);
  });

  it('tells of a gate whose last slot is in the far future: every order without a slot waits for it', async () => {
    const gate = { ...ONE_OF_EACH['gate'], _id: 'gate:default', until: NOW, lastSlot: NOW + 12 * DAY_MS + 1 };
    expect((await problemsIn(gate))[0]?.why).to.include('no reload of this tenant is started before');
    expect(await problemsIn({ ...gate, lastSlot: NOW + 12 * DAY_MS })).to.deep.equal([]);
  });

  it('tells of a link with an order to create that no sweep looks at', async () => {
    const { dueAt: _, ...join } = { ...ONE_OF_EACH.join, dueAt: 0 };
    expect((await problemsIn(join))[0]?.why).to.include('it is not finished, and has no dueAt');
    expect(await problemsIn({ ...join, open: [] })).to.deep.equal([]);
  });

  it('tells of a gate that is shut for longer than any tenant says, and of an app that ended in the future', async () => {
    const gate = { ...ONE_OF_EACH['gate'], _id: 'gate:default', until: NOW + 12 * DAY_MS + 1 };
    expect((await problemsIn(gate))[0]?.why).to.include(
      'no reload of this tenant is started before 2026-12-04 02:00:00Z',
    );
    const last = {
      tenant: 'default',
      appId: 'a',
      reloadId: 'r1',
      outcome: 'failed',
      endedAt: NOW + 600_001,
      partial: false,
    };
    const app = { _id: 'app:default:a', schema: 1, type: 'app', last };
    expect((await problemsIn(app))[0]?.why).to.include('in the future');
  });

  it('tells of a ledger that takes no write, and asks for no sweep then', async () => {
    const overdue = event('extract', 'r9', at('01:00'), { resolvedAt: undefined, dueAt: at('01:00') });
    for (const store of ['refuses', 'is silent'] as const) {
      const { context, printed } = ledgerOf([...FINE, overdue]);
      const put = async () =>
        ({ kind: 'refused', message: 'CouchDB answered 403 (forbidden: read only)', isForGood: true }) as const;
      const broken = store === 'refuses' ? { ...context.store, put } : context.store;
      if (store === 'is silent')
        (context.store as unknown as { fail(call: string, when: string): void }).fail('put', 'before');
      expect(await showProblems({ ...context, store: broken }, WEEK)).to.equal(1);
      const [first = '', second = ''] = printed.out.split('\n');
      const why =
        store === 'refuses'
          ? 'CouchDB answered 403 (forbidden: read only). May the user of COUCHDB_URL write there?'
          : 'no answer, nothing done';
      expect(first).to.equal(
        `2026-11-22 02:00:00Z  no writes  The ledger takes no write, so that nothing can be worked on: ${why}`,
      );
      expect(second).to.include('overdue').and.to.not.include('Is the sweep running?');
    }
  });

  it('leaves one small document behind, however often it looks', async () => {
    const { context, store } = ledgerOf(FINE);
    await showProblems(context, WEEK);
    await showProblems(context, WEEK);
    expect(store.all().map(({ _id }) => _id)).to.have.members([...FINE.map(({ _id }) => _id), 'probe']);
    expect(store.peek('probe')).to.deep.equal({ _id: 'probe', _rev: '2-aaaaaaaa', schema: 1, type: 'probe', at: NOW });
  });

  it('does not ask for the sweep where what is overdue cannot be read', async () => {
    const spoilt = event('extract', 'r9', at('01:00'), { resolvedAt: undefined, dueAt: at('01:00'), outcome: 'fine' });
    expect((await problemsIn(spoilt)).map(({ kind }) => kind)).to.deep.equal(['unreadable']);
  });

  it('does not ask for the sweep if a document that is not Cascade’s is overdue: the sweep leaves it alone', async () => {
    const strange = { _id: 'note:1', tenant: 'default', dueAt: at('01:00') };
    expect((await problemsIn(strange)).map(({ kind }) => kind)).to.deep.equal(['unreadable']);
  });
});

describe('no command fails for a document that somebody spoilt', () => {
  for (const [type, document] of Object.entries(ONE_OF_EACH)) {
    for (const field of Object.keys(document).filter((name) => name !== '_id')) {
      it(`${type}: ${field}`, async () => {
        for (const value of [undefined, null, 7, 'x', -1, 9e15, [], {}, { a: {} }]) {
          const spoilt = { ...document, [field]: value };
          const tried = [
            () => listRuns(ledgerOf([...FINE, spoilt]).context, { limit: 20 }),
            () => showRun(ledgerOf([...FINE, spoilt]).context, 'r2'),
            () => showWhy(ledgerOf([...FINE, spoilt]).context, 'transform'),
            () => cancelAll(ledgerOf([...FINE, spoilt]).context),
            () => showProblems(ledgerOf([...FINE, spoilt]).context, WEEK),
            () => showProblems(ledgerOf([...FINE, spoilt], { json: true }).context, WEEK),
          ];
          for (const run of tried) expect(await run()).to.be.oneOf([0, 1]);
        }
      });
    }
  }
});
