import { expect } from 'chai';
import { CascadeError } from '../../../src/core/cascade-error.ts';
import type { OrderState } from '../../../src/core/order-state.ts';
import { at, commands, done, ledgerOf, NOW, order } from './ledger-of.ts';

const { cancelAll, cancelOrder } = commands;

const PARKED = order('report', 'r2', at('01:05'), { state: 'parked', dueAt: at('02:04') });
const MERGED = order('report', 'r4', at('01:20'), {
  state: 'merged',
  into: PARKED._id,
  reason: { code: 'merged', message: 'Another order waits.' },
});
const POSTED = order('transform', 'r1', at('01:00'), { state: 'posted', reloadId: 'r2', dueAt: at('02:10') });

describe('cascade cancel <order>', () => {
  for (const state of ['planned', 'parked', 'waiting'] as const) {
    it(`calls one off that is ${state}: nothing is due any more`, async () => {
      const { context, store, printed } = ledgerOf([{ ...PARKED, state }]);
      expect(await cancelOrder(context, PARKED._id)).to.equal(0);
      expect(printed.out).to.equal('order:default:report:s:r2: called off\n');
      const { dueAt: _, ...kept } = PARKED as typeof PARKED & { readonly dueAt: number };
      expect(store.peek(PARKED._id)).to.deep.equal({
        ...kept,
        _rev: '3-aaaaaaaa',
        state: 'called-off',
        reason: { code: 'CALLED_OFF', message: 'a person called it off' },
        calledOffAt: NOW,
      });
    });
  }

  for (const state of ['claimed', 'unknown', 'posted', 'ended', 'merged', 'gave-up', 'called-off'] as const) {
    it(`says why not, and changes nothing, where it is ${state}`, async () => {
      const { context, store, printed } = ledgerOf([{ ...PARKED, state, dueAt: undefined }]);
      expect(await cancelOrder(context, PARKED._id)).to.equal(1);
      expect(printed.out).to.match(/^order:default:report:s:r2: not called off: \w.+\n$/);
      expect(store.peek(PARKED._id)).to.include({ state, _rev: '1-seed' });
    });
  }

  it('has the orders planned again that were merged into it, after it is called off itself', async () => {
    const other = order('report', 'r5', at('01:20'), { state: 'merged', into: 'order:default:report:s:r0' });
    const { context, store, printed } = ledgerOf([PARKED, MERGED, other]);
    expect(await cancelOrder(context, PARKED._id)).to.equal(0);
    expect(printed.out).to.equal(
      'order:default:report:s:r2: called off\norder:default:report:s:r4 had been merged into it: owed again\n',
    );
    expect(store.peek(MERGED._id)).to.include({ state: 'planned', dueAt: at('02:01') });
    expect(store.peek(MERGED._id)).not.to.have.any.keys('into', 'reason');
    expect(store.peek(other._id)).to.include({ state: 'merged', _rev: '1-seed' });
    const writes = store.asked.filter((asked) => /^(put|range)/.test(asked));
    expect(writes).to.deep.equal([
      `put ${PARKED._id}`,
      'range order:default:report:',
      `put ${MERGED._id}`,
      `put ${PARKED._id}`,
    ]);
  });

  it('looks after merged orders once more where it is called off already: whoever did it may have died', async () => {
    const { dueAt: _, ...off } = { ...PARKED, state: 'called-off', dueAt: 0 };
    const { context, store, json } = ledgerOf([off, MERGED], { json: true });
    expect(await cancelOrder(context, PARKED._id)).to.equal(0);
    expect(json()).to.deep.include({ ok: true, plannedAgain: [MERGED._id] });
    expect(store.peek(MERGED._id)).to.include({ state: 'planned', dueAt: at('02:01') });
    expect(await cancelOrder(context, PARKED._id)).to.equal(1);
  });

  for (const [what, call, after] of [
    ['the look for merged orders', 'range', 0],
    ['planning one of them again', 'put', 1],
    ['its last write', 'put', 2],
  ] as const) {
    it(`leaves the order due where the store is silent at ${what}: the sweep finishes it`, async () => {
      const { context, store } = ledgerOf([PARKED, MERGED]);
      let calls = 0;
      const silent = async (): Promise<never> => {
        throw new CascadeError('STORE_UNAVAILABLE', 'no answer');
      };
      const counted = {
        ...store,
        [call]: (...given: never[]) => (calls++ === after ? silent() : store[call](...(given as [never, never]))),
      };
      const failure = await cancelOrder({ ...context, store: counted }, PARKED._id).catch((error: unknown) => error);
      expect(failure).to.include({ code: 'STORE_UNAVAILABLE' });
      expect(store.peek(PARKED._id)).to.include({ state: 'called-off', dueAt: at('02:01') });
    });
  }

  it('says that it may run all the same where a POST of it is in doubt', async () => {
    const { context, printed } = ledgerOf([{ ...PARKED, doubt: { since: at('01:05'), sentAt: at('01:06') } }]);
    expect(await cancelOrder(context, PARKED._id)).to.equal(0);
    expect(printed.out).to.equal(
      'order:default:report:s:r2: called off; Qlik may have accepted it before that: look there\n',
    );
  });

  it('reads again where somebody else changed it meanwhile', async () => {
    const { context, store, printed } = ledgerOf([PARKED]);
    store.intrude('put', () => store.seed({ ...PARKED, _rev: '2-x', state: 'posted', reloadId: 'r7' }));
    expect(await cancelOrder(context, PARKED._id)).to.equal(1);
    expect(printed.out).to.include('not called off: its reload is in Qlik already: cancel it there');
  });

  it('calls it off where somebody else only moved it on', async () => {
    const { context, store } = ledgerOf([PARKED]);
    store.intrude('put', () => store.seed({ ...PARKED, _rev: '4-x', state: 'waiting', dueAt: at('02:30') }));
    expect(await cancelOrder(context, PARKED._id)).to.equal(0);
    expect(store.peek(PARKED._id)).to.include({ state: 'called-off', _rev: '6-aaaaaaaa' });
  });

  for (const id of ['order:default:report:s:r77', 'event:default:r1', 'r2']) {
    it(`is a misuse where there is no such order: ${id}`, async () => {
      const failure = await cancelOrder(ledgerOf([PARKED]).context, id).catch((error: unknown) => error);
      expect(failure).to.include({ code: 'PARAMETERS_INVALID' });
    });
  }

  it('prints what it did as JSON', async () => {
    const { context, json } = ledgerOf([PARKED, MERGED], { json: true });
    await cancelOrder(context, PARKED._id);
    expect(json()).to.deep.equal({
      ok: true,
      outcomes: [{ kind: 'called-off', order: PARKED._id }],
      plannedAgain: [MERGED._id],
    });
  });
});

describe('cascade cancel --all', () => {
  const ended = order('extract', 'r0', at('00:30'), done('r1', at('00:31'), at('00:40')));

  it('calls off all that is not in Qlik yet, and says how many', async () => {
    const planned = order('repair', 'r1', at('01:05'), { dueAt: at('02:04') });
    const { context, store, printed } = ledgerOf([PARKED, MERGED, planned, POSTED, ended]);
    expect(await cancelAll(context)).to.equal(0);
    expect(printed.out).to.equal(
      [
        'order:default:repair:s:r1: called off',
        'order:default:report:s:r2: called off',
        'order:default:report:s:r4: called off',
        'order:default:transform:s:r1: not called off: its reload is in Qlik already: cancel it there',
        '3 orders called off, 1 not',
        '',
      ].join('\n'),
    );
    const states = store.all().map(({ _id, state }) => [_id.split(':').slice(2).join(':'), state as OrderState]);
    expect(states).to.deep.equal([
      ['extract:s:r0', 'ended'],
      ['repair:s:r1', 'called-off'],
      ['report:s:r2', 'called-off'],
      ['report:s:r4', 'called-off'],
      ['transform:s:r1', 'posted'],
    ]);
  });

  it('ends with 1 where one was being started just then', async () => {
    const claimed = order('report', 'r2', at('01:05'), { state: 'claimed', dueAt: at('02:01') });
    expect(await cancelAll(ledgerOf([claimed]).context)).to.equal(1);
  });

  it('says so where there is nothing to call off', async () => {
    const { context, printed } = ledgerOf([ended]);
    expect(await cancelAll(context)).to.equal(0);
    expect(printed.out).to.equal('0 orders called off\n');
  });

  it('finds them however many finished ones there are, and asks for what is due alone', async () => {
    const finished = Array.from({ length: 60 }, (_, n) => order('extract', `e${n}`, at('00:30'), { state: 'ended' }));
    const { context, store } = ledgerOf([...finished, PARKED]);
    expect(await cancelAll(context)).to.equal(0);
    expect(store.peek(PARKED._id)).to.include({ state: 'called-off' });
    expect(store.asked).to.deep.equal([
      'due 1000',
      `put ${PARKED._id}`,
      'range order:default:report:',
      `put ${PARKED._id}`,
      'due 1000',
    ]);
  });

  it('looks again until nothing more is found: what was being started may be parked by then', async () => {
    const claimed = order('extract', 'r2', at('01:05'), { state: 'claimed', dueAt: at('02:01') });
    const { context, store } = ledgerOf([claimed, PARKED]);
    store.intrude('put', () => store.seed({ ...claimed, state: 'waiting', dueAt: at('02:30') }));
    expect(await cancelAll(context)).to.equal(0);
    expect(store.peek(claimed._id)).to.include({ state: 'called-off' });
  });

  it('calls off what was merged into an order that it calls off, where nobody has looked after that yet', async () => {
    const { context, store } = ledgerOf([PARKED, { ...MERGED, dueAt: at('02:01') }]);
    expect(await cancelAll(context)).to.equal(0);
    expect(store.peek(MERGED._id)).to.include({ state: 'called-off' });
  });

  it('finishes what a command left that died after its first write', async () => {
    const left = { ...PARKED, state: 'called-off', dueAt: at('02:01') };
    const { context, store } = ledgerOf([left, MERGED]);
    expect(await cancelAll(context)).to.equal(0);
    expect(store.peek(MERGED._id)).to.include({ state: 'called-off' });
    expect(store.all().filter((each) => 'dueAt' in each)).to.deep.equal([]);
  });

  describe('over a document that nobody can read or write', () => {
    /** CouchDB refuses this text, so each write of such an order is refused for good. */
    const UNWRITABLE = { root: '\ud800' };
    const OTHER = order('transform', 'r3', at('01:10'), { dueAt: at('02:05') });
    const refusedOf = (id: string): string =>
      `CouchDB refuses the document ${id}: invalid UTF-8 JSON (simulated). Writing it again does not help.\n`;
    const malformedOf = (id: string, field: string): string =>
      `The document ${id} is no order of schema 1: look at its field "${field}". Somebody else wrote it, or a newer Cascade did.\n`;

    it('calls off the others, and ends with 1, where CouchDB refuses one order', async () => {
      const { context, store, printed } = ledgerOf([{ ...PARKED, ...UNWRITABLE }, OTHER]);
      expect(await cancelAll(context)).to.equal(1);
      expect(store.peek(PARKED._id)).to.include({ state: 'parked' });
      expect(store.peek(OTHER._id)).to.include({ state: 'called-off' });
      expect(store.peek(OTHER._id)).not.to.have.property('dueAt');
      expect(printed.out).to.equal(`${OTHER._id}: called off\n1 order called off\n`);
      expect(printed.error).to.equal(refusedOf(PARKED._id));
    });

    it('asks for a refused order once, however many passes there are', async () => {
      const { context, store } = ledgerOf([{ ...PARKED, ...UNWRITABLE }, OTHER]);
      await cancelAll(context);
      expect(store.asked.filter((asked) => asked === `put ${PARKED._id}`)).to.have.length(1);
    });

    it('says it as JSON', async () => {
      const { context, json } = ledgerOf([{ ...PARKED, ...UNWRITABLE }, OTHER], { json: true });
      expect(await cancelAll(context)).to.equal(1);
      expect(json()).to.deep.equal({
        ok: false,
        calledOff: 1,
        outcomes: [{ kind: 'called-off', order: OTHER._id }],
        malformed: [],
        problems: [refusedOf(PARKED._id).trimEnd()],
        isQuiet: true,
      });
    });

    it('plans an order again, and calls it off, whose other one is spoilt: else the sweep would start it', async () => {
      const spoilt = { ...PARKED, causes: 'r2', state: 'called-off', dueAt: undefined };
      const { context, store, printed } = ledgerOf([spoilt, { ...MERGED, dueAt: at('02:01') }, OTHER]);
      expect(await cancelAll(context)).to.equal(1);
      expect(store.peek(MERGED._id)).to.include({ state: 'called-off' });
      expect(store.peek(OTHER._id)).to.include({ state: 'called-off' });
      expect(printed.error).to.equal(malformedOf(PARKED._id, 'causes'));
    });

    it('plans an order again, and calls it off, whose other one is gone', async () => {
      const { context, store, printed } = ledgerOf([{ ...MERGED, dueAt: at('02:01') }]);
      expect(await cancelAll(context)).to.equal(0);
      expect(store.peek(MERGED._id)).to.include({ state: 'called-off' });
      expect(printed.error).to.equal('');
    });

    for (const into of [7, 'x', '_all_docs']) {
      it(`leaves an order out whose into somebody changed to ${into}`, async () => {
        const { context, store, printed } = ledgerOf([{ ...MERGED, dueAt: at('02:01'), into }, OTHER]);
        expect(await cancelAll(context)).to.equal(1);
        expect(store.peek(OTHER._id)).to.include({ state: 'called-off' });
        expect(printed.error).to.equal(`Left out, as it is no order of this version: ${MERGED._id}\n`);
      });
    }

    it('goes on where a merged order cannot be planned again: the other one stays due for the sweep', async () => {
      const { context, store, printed } = ledgerOf([PARKED, { ...MERGED, ...UNWRITABLE }, OTHER]);
      expect(await cancelAll(context)).to.equal(1);
      expect(store.peek(PARKED._id)).to.include({ state: 'called-off', dueAt: at('02:01') });
      expect(store.peek(OTHER._id)).not.to.have.property('dueAt');
      expect(printed.error).to.equal(refusedOf(MERGED._id));
    });

    it('names each merged order that cannot be planned again', async () => {
      const [first, second] = [MERGED, { ...MERGED, _id: 'order:default:report:s:r6' }];
      const { context, printed } = ledgerOf([PARKED, { ...first, ...UNWRITABLE }, { ...second, ...UNWRITABLE }]);
      expect(await cancelAll(context)).to.equal(1);
      expect(printed.error.split('\n').sort().join('\n')).to.equal(
        `\n${refusedOf(first._id)}${refusedOf(second._id).trimEnd()}`,
      );
    });

    it('names a merged order that is spoilt: nobody plans it again', async () => {
      const { context, store, printed } = ledgerOf([PARKED, { ...MERGED, hops: 'one' }]);
      expect(await cancelAll(context)).to.equal(1);
      expect(store.peek(PARKED._id)).not.to.have.property('dueAt');
      expect(printed.error).to.equal(malformedOf(MERGED._id, 'hops'));
    });

    it('goes on where somebody spoils an order between its reading and its writing', async () => {
      const { context, store, printed } = ledgerOf([PARKED, OTHER]);
      store.intrude('put', () => store.seed({ ...PARKED, _rev: '2-x', hops: 'one' }));
      expect(await cancelAll(context)).to.equal(1);
      expect(store.peek(OTHER._id)).to.include({ state: 'called-off' });
      expect(printed.error).to.include(malformedOf(PARKED._id, 'hops'));
    });

    it('goes on where somebody deletes an order between its reading and its writing', async () => {
      const { context, store, printed } = ledgerOf([PARKED, OTHER]);
      store.intrude('put', () => store.seed({ ...PARKED, _rev: '2-x', dueAt: undefined }));
      const get = async (id: string) => (id === PARKED._id ? undefined : store.get(id));
      expect(await cancelAll({ ...context, store: { ...store, get } })).to.equal(0);
      expect(store.peek(OTHER._id)).to.include({ state: 'called-off' });
      expect(printed.out).to.include(`${OTHER._id}: called off\n1 order called off\n`);
    });

    it('ends at once where this user may not write at all', async () => {
      const { context, store } = ledgerOf([PARKED, OTHER]);
      const put = async () => ({ kind: 'refused', message: 'CouchDB answered 403', isForGood: false }) as const;
      const failure = await cancelAll({ ...context, store: { ...store, put } }).catch((error: unknown) => error);
      expect(failure).to.include({ code: 'STORE_REFUSED' });
    });
  });

  it('gives up after ten passes, and says what to do, where new ones keep coming', async () => {
    const { context, store, printed } = ledgerOf([PARKED]);
    for (let n = 0; n < 12; n += 1)
      store.intrude('due', () => store.seed(order('repair', `n${n}`, at('01:59'), { dueAt: at('02:00') })));
    expect(await cancelAll(context)).to.equal(1);
    expect(store.asked.filter((call) => call.startsWith('due'))).to.have.length(10);
    expect(printed.error).to.equal(
      'Orders keep coming: stop the webhook and the sweep first (docs/operations.md, "Stop everything"), then try again.\n',
    );
  });
});
