import { expect } from 'chai';
import type { NewDocument } from '../../../src/clients/couchdb/couchdb-port.ts';
import { type DurationMs, days, type EpochMs } from '../../../src/core/units.ts';
import { purgeLedger } from '../../../src/ledger/retention/purge-ledger.ts';
import type { MemoryCouch } from '../../support/memory-couch.ts';
import { at, CHAINS, commands, done, event, ledgerOf, NOW, order } from './ledger-of.ts';

const { dismissDeadLetter, replay, showProblems } = commands;

const EXTRACTED = event('extract', 'r1', at('01:00'));
const SWEEP =
  'The next sweep, at most 5 minutes from now, starts the reloads that follow. At once: .tools/wsk action invoke cascade/sweep\n';

const failureOf = (work: Promise<unknown>): Promise<unknown> => work.catch((error: unknown) => error);

describe('cascade replay <event>', () => {
  it('creates its orders anew, due at once, and says how to sweep', async () => {
    const { context, store, printed } = ledgerOf([EXTRACTED, order('transform', 'r1', at('01:00'))]);
    expect(await replay(context, 'event:default:r1')).to.equal(0);
    expect(printed.out).to.equal(
      [
        'Extract succeeded at 2026-11-22 01:00:00Z: ordered again: order:default:transform:s:r1.r1',
        'Repair: Extract succeeded at 2026-11-22 01:00:00Z, but the link in chain nightly is on failed',
        SWEEP,
      ].join('\n'),
    );
    expect(store.peek('order:default:transform:s:r1.r1')).to.deep.equal({
      _id: 'order:default:transform:s:r1.r1',
      _rev: '1-aaaaaaaa',
      schema: 1,
      type: 'order',
      tenant: 'default',
      appId: 'transform',
      chain: 'nightly',
      // Of the chain files with which it was replayed.
      definition: 'ee37cd9fea190a0c',
      state: 'planned',
      body: {},
      causes: ['r1.r1'],
      hops: 1,
      root: 'event:default:r1',
      traceId: 'trace-1',
      try: 1,
      claims: 0,
      ends: [],
      createdAt: NOW,
      dueAt: NOW,
    });
  });

  describe('of an event that a purge chooses just then', () => {
    const LONG_AGO = Date.parse('2026-09-01T00:00:00Z') as EpochMs;
    const OWNER = 'order:default:extract:s:r00';
    const old = [
      event('extract', 'r00', LONG_AGO, { recordedAt: LONG_AGO }),
      order('extract', 'r00', LONG_AGO, { ...done('r1', LONG_AGO, LONG_AGO), root: 'event:default:r00' }),
      { _id: 'started:default:r1', schema: 1, type: 'started', order: OWNER, also: [], isGuess: false, hops: 1 },
      event('extract', 'r1', LONG_AGO, { recordedAt: LONG_AGO }),
    ].map((document) => (document.type === 'started' ? { ...document, root: 'event:default:r00' } : document));
    /** Purges the ledger. `first` is done before the first document is removed, or each time after some are read. */
    const purging = (store: MemoryCouch, first: () => Promise<unknown>, afterReading?: string) => {
      let isDone = false;
      const once = async () => {
        if (!isDone) {
          isDone = true;
          await first();
        }
      };
      return purgeLedger({
        store: {
          ...store,
          range: async (prefix, page) => {
            const found = await store.range(prefix, page);
            if (prefix === afterReading) await once();
            return found;
          },
        },
        port: {
          ...store.admin,
          purge: async (documents) => {
            if (afterReading === undefined) await once();
            return await store.admin.purge(documents);
          },
        },
        retention: days(30),
        stopwatch: () => 0,
        sleep: async () => {},
      });
    };

    it('keeps the event, the start of its run, and what says whose reload it was', async () => {
      for (const afterReading of [undefined, 'started:', 'event:', 'order:']) {
        const { context, store } = ledgerOf(old);
        await purging(store, () => replay(context, 'event:default:r1'), afterReading);
        expect(store.all().map(({ _id }) => _id)).to.include.members([
          ...['event:default:r00', 'event:default:r1', OWNER, 'order:default:transform:s:r1.r1', 'started:default:r1'],
        ]);
        await purging(store, async () => {});
        expect(store.all().map(({ _id }) => _id)).to.include.members(['event:default:r00', 'event:default:r1', OWNER]);
      }
    });

    it('keeps them also if the purge reads the ledger before the orders are stored', async () => {
      const { context, store } = ledgerOf(old);
      const bulk: typeof store.bulk = async (documents) => {
        await purging(store, async () => {});
        return await store.bulk(documents);
      };
      expect(await replay({ ...context, store: { ...store, bulk } }, 'event:default:r1')).to.equal(0);
      expect(store.all().map(({ _id }) => _id)).to.include.members(['event:default:r00', 'event:default:r1', OWNER]);
    });

    it('orders nothing if the purge was faster, and says so', async () => {
      const { context, store, printed } = ledgerOf(old);
      const get: typeof store.get = async (id) => {
        if (id === 'event:default:r1') await purging(store, async () => {});
        return await store.get(id);
      };
      expect(await replay({ ...context, store: { ...store, get } }, 'event:default:r1')).to.equal(1);
      expect(printed.out).to.equal('A purge has just removed event:default:r1: it was too old.\n');
      expect(store.all().filter(({ _id }) => _id.startsWith('order:'))).to.deep.equal([]);
    });
  });

  it('takes the first number that is free', async () => {
    const { context, store } = ledgerOf([
      EXTRACTED,
      order('transform', 'r1.r1', at('01:00')),
      order('transform', 'r2.r1', at('01:00')),
    ]);
    expect(await replay(context, 'r1')).to.equal(0);
    expect(store.peek('order:default:transform:s:r3.r1')).to.include({ state: 'planned' });
  });

  it('gives all orders of one replay the same number', async () => {
    const both = (CHAINS.links['default/extract'] ?? []).map((link) => ({ ...link, on: 'any' as const }));
    const chains = { ...CHAINS, links: { ...CHAINS.links, 'default/extract': both } };
    const { context, json } = ledgerOf([EXTRACTED, order('repair', 'r1.r1', at('01:00'))], { json: true, chains });
    await replay(context, 'r1');
    expect(json()['created']).to.deep.equal(['order:default:transform:s:r2.r1', 'order:default:repair:s:r2.r1']);
  });

  it('takes the next number where another replay takes its number just then', async () => {
    const { context, store } = ledgerOf([EXTRACTED]);
    store.intrude('bulk', () => store.seed(order('transform', 'r1.r1', at('02:00'))));
    expect(await replay(context, 'r1')).to.equal(0);
    expect(store.peek('order:default:transform:s:r2.r1')).to.include({ state: 'planned' });
  });

  it('says so if the end was replayed 1,000 times, and ends with 1', async () => {
    const replays = Array.from({ length: 1_000 }, (_, index) =>
      order('transform', `r${index + 1}.r1`, at('01:00'), { state: 'ended' }),
    );
    const { context, store, json } = ledgerOf([EXTRACTED, ...replays], { json: true });
    expect(await replay(context, 'r1')).to.equal(1);
    expect(json()['created']).to.deep.equal([]);
    expect(json()['told']).to.include(
      'Transform was not ordered again: event:default:r1 was replayed 1000 times, and more are not possible. Start the app by hand: .tools/wsk action invoke cascade/reload -p app transform --result',
    );
    expect(store.all()).to.have.length(1_001);
  });

  it('names what got no id, beside what it created, and ends with 1', async () => {
    const both = (CHAINS.links['default/extract'] ?? []).map((link) => ({ ...link, on: 'any' as const }));
    const chains = { ...CHAINS, links: { ...CHAINS.links, 'default/extract': both } };
    const replays = Array.from({ length: 999 }, (_, index) =>
      order('transform', `r${index + 1}.r1`, at('01:00'), { state: 'ended' }),
    );
    const { context, store, json } = ledgerOf([EXTRACTED, ...replays], { json: true, chains });
    store.intrude('bulk', () => store.seed(order('repair', 'r1000.r1', at('02:00'))));
    expect(await replay(context, 'r1')).to.equal(1);
    expect(json()['created']).to.deep.equal(['order:default:transform:s:r1000.r1']);
    expect(json()['told']).to.include(
      'Repair was not ordered again: event:default:r1 was replayed 1000 times, and more are not possible. Start the app by hand: .tools/wsk action invoke cascade/reload -p app repair --result',
    );
  });

  it('keeps the run and the hops of the order whose end it was', async () => {
    const owner = order('extract', 'r0', at('00:50'), { hops: 4, root: 'event:default:r00', state: 'ended' });
    const { context, store } = ledgerOf([{ ...EXTRACTED, orderId: owner._id }, owner]);
    await replay(context, 'r1');
    expect(store.peek('order:default:transform:s:r1.r1')).to.include({ hops: 5, root: 'event:default:r00' });
  });

  it('keeps them by what `started` remembers where Qlik did not echo', async () => {
    const started = {
      _id: 'started:default:r1',
      schema: 1,
      type: 'started',
      order: 'order:x',
      also: [],
      isGuess: false,
      hops: 2,
      root: 'event:default:r00',
    };
    const { context, store } = ledgerOf([EXTRACTED, started]);
    await replay(context, 'r1');
    expect(store.peek('order:default:transform:s:r1.r1')).to.include({ hops: 3, root: 'event:default:r00' });
  });

  describe('of an order with a timeout or further attempts', () => {
    const TRIED = {
      ...{ state: 'ended', try: 2, reloadId: 'r2', isCertain: true, ends: ['r1', 'r2'], endedAt: at('01:10') },
      policy: { retry: { attempts: 1, delay: 300_000 } },
    };
    const tried = (more: object) => order('extract', 'r0', at('00:50'), { ...TRIED, ...more });
    const canceled = event('extract', 'r1', at('01:00'), { outcome: 'canceled' });
    const failed = event('extract', 'r1', at('01:00'), { outcome: 'failed', orderTry: 1 });

    it('counts a reload that ran too long as failed, by the order that Qlik echoes or `started` names', async () => {
      const tooLong = tried({ policy: { timeout: 60_000 }, ends: ['r1'], cancelRequestedAt: { r1: at('00:59') } });
      const started = { _id: 'started:default:r1', schema: 1, type: 'started', order: tooLong._id, also: [] };
      const noted = { ...started, isGuess: false, hops: 1, root: 'event:default:r00' };
      for (const documents of [
        [{ ...canceled, orderId: tooLong._id }, tooLong],
        [canceled, noted, tooLong],
      ]) {
        const { context, printed } = ledgerOf(documents);
        expect(await replay(context, 'r1')).to.equal(0);
        expect(printed.out).to.equal(
          [
            'Extract ran longer than its timeout (1 min), and Cascade canceled it at 2026-11-22 01:00:00Z: ordered again: order:default:repair:s:r1.r1',
            'Transform: Extract ran longer than its timeout (1 min), and Cascade canceled it at 2026-11-22 01:00:00Z, but the link in chain nightly is on succeeded',
            SWEEP,
          ].join('\n'),
        );
      }
    });

    it('counts a reload as failed that ran too long for another order that shares it', async () => {
      const own = tried({ policy: undefined, try: 1, ends: ['r1'], reloadId: 'r1' });
      const OTHER = 'order:default:extract:s:r00';
      const sharer = { ...own, _id: OTHER, causes: ['r00'], cancelRequestedAt: { r1: at('00:59') } };
      const started = { _id: 'started:default:r1', schema: 1, type: 'started', order: own._id, also: [OTHER] };
      const noted = { ...started, isGuess: true, hops: 1, root: 'event:default:r00' };
      const { context, json } = ledgerOf([canceled, noted, own, sharer], { json: true });
      expect(await replay(context, 'r1')).to.equal(0);
      expect(json()['created']).to.deep.equal(['order:default:repair:s:r1.r1']);
    });

    it('a person’s cancel stays one', async () => {
      const other = tried({ policy: { timeout: 60_000 }, cancelRequestedAt: { r0: at('00:59') } });
      const { context, json } = ledgerOf([{ ...canceled, orderId: other._id }, other], { json: true });
      expect(await replay(context, 'r1')).to.equal(1);
      expect(json()['created']).to.deep.equal([]);
    });

    it('orders nothing after an attempt that another one followed, and names the last one', async () => {
      const { context, store, printed } = ledgerOf([{ ...failed, orderId: tried({})._id }, tried({})]);
      expect(await replay(context, 'r1')).to.equal(1);
      expect(printed.out).to.equal(
        'Extract failed at 2026-11-22 01:00:00Z. That was attempt 1 of 2; what follows the app goes by the last one. Replay that one: event:default:r2.\n',
      );
      expect(store.all()).to.have.length(2);
    });

    it('orders nothing while the next attempt is to come', async () => {
      const waiting = tried({ state: 'waiting', ends: ['r1'], reloadId: undefined, dueAt: at('02:05') });
      const { context, printed } = ledgerOf([{ ...failed, orderId: waiting._id }, waiting]);
      expect(await replay(context, 'r1')).to.equal(1);
      expect(printed.out).to.contain(`goes by the last one. ${waiting._id} goes on.\n`);
    });

    it('takes the end for the last one where a person called the next attempt off', async () => {
      const off = tried({ state: 'called-off', ends: ['r1'], reloadId: undefined, calledOffAt: at('01:02') });
      const { context, json } = ledgerOf([{ ...failed, orderId: off._id }, off], { json: true });
      expect(await replay(context, 'r1')).to.equal(0);
      expect(json()['created']).to.deep.equal(['order:default:repair:s:r1.r1']);
    });

    describe('whose next attempt was merged into another order', () => {
      const OTHER = 'order:default:extract:s:r9';
      const merged = tried({ state: 'merged', ends: ['r1'], reloadId: undefined, endedAt: undefined, into: OTHER });
      const replayed = async (...others: NewDocument[]) => {
        const documents = [{ ...failed, orderId: merged._id }, merged, ...others];
        const { context, printed, store } = ledgerOf(documents);
        const code = await replay(context, 'r1');
        return { code, text: printed.out, created: store.all().length - documents.length };
      };
      const other = (more: object) => order('extract', 'r9', at('01:05'), { policy: TRIED.policy, ...more });
      const REFUSED =
        'Extract failed at 2026-11-22 01:00:00Z. That was attempt 1 of 2; what follows the app goes by the last one, the reload of order:default:extract:s:r9, into which its order was merged. ';

      it('orders nothing while the other order goes on', async () => {
        expect(await replayed(other({ state: 'parked', dueAt: at('02:05') }))).to.deep.equal({
          code: 1,
          text: `${REFUSED}${OTHER} goes on.\n`,
          created: 0,
        });
      });

      it('names the end of the other order, also if that one was merged, too', async () => {
        const last = { state: 'ended', ends: ['r8', 'r9'], outcome: 'failed', endedAt: at('01:20') };
        const names = 'Replay that one: event:default:r9.\n';
        expect(await replayed(other(last))).to.deep.equal({ code: 1, text: `${REFUSED}${names}`, created: 0 });
        const third = order('extract', 'r10', at('01:06'), { policy: TRIED.policy, ...last });
        const by = await replayed(other({ state: 'merged', into: third._id }), third);
        expect(by.text).to.equal(`${REFUSED.replace(OTHER, third._id)}${names}`);
      });

      it('orders nothing if the order is to be planned again, because the other one was just called off', async () => {
        const { code, text } = await replayed(
          other({ state: 'called-off', calledOffAt: at('02:00'), dueAt: at('02:01') }),
        );
        expect(code).to.equal(1);
        expect(text).to.contain(`goes by the last one. ${merged._id} goes on.\n`);
      });

      it('orders nothing if the order is to be planned again, because the other one is lost', async () => {
        const due = { ...merged, dueAt: at('02:01') };
        const { context, printed } = ledgerOf([{ ...failed, orderId: due._id }, due]);
        expect(await replay(context, 'r1')).to.equal(1);
        expect(printed.out).to.contain(`goes by the last one. ${merged._id} goes on.\n`);
      });

      it('takes the end for the last one if the other order never had a reload, or is lost', async () => {
        for (const others of [
          [other({ state: 'gave-up', gaveUpAt: at('01:30'), reason: { code: 'QLIK_REFUSED', message: 'no' } })],
          [other({ state: 'called-off', calledOffAt: at('01:30') })],
          [other({ state: 'merged', into: merged._id })],
          [{ ...other({}), state: 'spoilt' }],
          [],
        ]) {
          expect(await replayed(...others)).to.include({ code: 0, created: 1 });
        }
      });
    });
  });

  it('creates the others where CouchDB refuses one order for what it holds, says which, and ends with 1', async () => {
    const [first, ...others] = (CHAINS.links['default/extract'] ?? []).map((link) => ({ ...link, on: 'any' as const }));
    if (first === undefined) throw new Error('The chains of the test lack their first link.');
    const bad = { ...first, body: { variables: { region: 'a\ud800b' } } };
    const chains = { ...CHAINS, links: { ...CHAINS.links, 'default/extract': [bad, ...others] } };
    const { context, json, store } = ledgerOf([EXTRACTED], { json: true, chains });
    expect(await replay(context, 'r1')).to.equal(1);
    expect(json()['created']).to.deep.equal(['order:default:repair:s:r1.r1']);
    expect(json()['told']).to.include(
      'CouchDB refuses the document order:default:transform:s:r1.r1: invalid UTF-8 JSON (simulated). Writing it again does not help.',
    );
    expect(store.peek('order:default:transform:s:r1.r1')).to.equal(undefined);
  });

  it('fails where this user may not write, and says which right is missing', async () => {
    const { context, store } = ledgerOf([EXTRACTED]);
    const bulk = async (documents: readonly object[]) =>
      documents.map(() => ({ kind: 'refused', message: 'CouchDB refused it (forbidden)', isForGood: false }) as const);
    const error = await replay({ ...context, store: { ...store, bulk } }, 'r1').catch((cause: unknown) => cause);
    expect(error).to.include({
      code: 'STORE_REFUSED',
      message:
        'CouchDB refuses the document order:default:transform:s:r1.r1: CouchDB refused it (forbidden). May the user of COUCHDB_URL write into this database?',
    });
  });

  it('refuses an event that is not worked off yet: its orders come anyway', async () => {
    const { resolvedAt: _, ...open } = EXTRACTED as typeof EXTRACTED & { readonly resolvedAt: number };
    const { context, store, printed } = ledgerOf([{ ...open, dueAt: at('02:01') }]);
    expect(await replay(context, 'r1')).to.equal(1);
    expect(printed.out).to.include('is not worked off yet: the sweep does that by itself.');
    expect(store.all()).to.have.length(1);
  });

  it('ends with 1 where nothing follows, and says why', async () => {
    const { context, printed } = ledgerOf([event('report', 'r3', at('01:00'))]);
    expect(await replay(context, 'r3')).to.equal(1);
    expect(printed.out).to.equal('Report succeeded at 2026-11-22 01:00:00Z, and nothing follows it\n');
  });

  it('says to look first where the store’s answer was lost', async () => {
    const { context, store } = ledgerOf([EXTRACTED]);
    store.fail('bulk', 'after');
    const failure = await failureOf(replay(context, 'r1'));
    expect(failure).to.include({ code: 'STORE_UNAVAILABLE' });
    expect(failure)
      .to.have.property('message')
      .that.includes('look with cascade runs event:default:r1 before you replay again');
  });

  it('needs the chain files for a reload’s id, because they say which tenants to try', async () => {
    const { context } = ledgerOf([EXTRACTED]);
    const failure = await failureOf(replay({ ...context, chains: undefined }, 'r1'));
    expect(failure).to.include({ code: 'CHAIN_INVALID' });
    expect(failure).to.have.property('message').that.includes('run cascade check');
  });

  for (const id of ['event:default:r77', 'r77', 'dead:77']) {
    it(`is a misuse where there is none: ${id}`, async () => {
      expect(await failureOf(replay(ledgerOf([EXTRACTED]).context, id))).to.include({ code: 'PARAMETERS_INVALID' });
    });
  }
});

describe('cascade replay <dead letter>', () => {
  const dead = (body: unknown, more: object = {}) => ({
    _id: 'dead:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    schema: 1,
    type: 'dead',
    tenant: 'default',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    isBase64: false,
    reason: { code: 'EVENT_MALFORMED', message: 'no' },
    traceId: 'trace-7',
    storedAt: at('01:10'),
    ...more,
  });
  const ID = 'dead:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';
  const FINISHED = {
    type: 'com.qlik.v1.reload.finished',
    time: '2026-11-22T01:09:00Z',
    data: { id: 'r5', appId: 'extract', status: 'SUCCEEDED', type: 'hub' },
  };

  it('stores what it tells by now, due at once, and is done with', async () => {
    const { context, store, printed } = ledgerOf([dead(FINISHED)]);
    expect(await replay(context, ID)).to.equal(0);
    expect(printed.out).to.equal(`Understood by now: event:default:r5\n${SWEEP}`);
    expect(store.peek('event:default:r5')).to.include({
      appId: 'extract',
      outcome: 'succeeded',
      endedAt: at('01:09'),
      source: 'replay',
      traceId: 'trace-7',
      storedAt: NOW,
      dueAt: NOW,
    });
    expect(store.peek(ID)).to.include({ replayedAt: NOW });
  });

  it('may be dismissed: it is kept, is no problem any more, and can still be replayed', async () => {
    const { context, store, printed } = ledgerOf([dead(FINISHED)]);
    expect(await dismissDeadLetter(context, ID)).to.equal(0);
    expect(printed.out).to.equal(`${ID}: dismissed. It is kept, and cascade replay can still read it again.\n`);
    expect(store.peek(ID)).to.include({ dismissedAt: NOW }).and.not.have.property('replayedAt');
    expect(await showProblems(context, 86_400_000 as DurationMs)).to.equal(0);
    expect(await replay(context, ID)).to.equal(0);
    expect(store.peek('event:default:r5')).to.include({ source: 'replay' });
  });

  describe('if CouchDB does not take the write', () => {
    const FORBIDDEN = { kind: 'refused', message: 'CouchDB refused it (forbidden)', isForGood: false } as const;
    const WHY =
      'CouchDB refuses the document dead:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08: CouchDB refused it (forbidden). May the user of COUCHDB_URL write into this database?';

    it('says that the letter was not dismissed and why, and ends with 1', async () => {
      const { context, store, printed } = ledgerOf([dead(FINISHED)]);
      const readOnly = { ...context, store: { ...store, put: async () => FORBIDDEN } };
      expect(await dismissDeadLetter(readOnly, ID)).to.equal(1);
      expect(printed.out).to.equal(`${ID}: not dismissed: ${WHY}\n`);
    });

    it('says that the letter was not marked as replayed and why, beside what it stored, and ends with 1', async () => {
      const { context, store, printed } = ledgerOf([dead(FINISHED)]);
      const put: typeof store.put = async (document) => (document._id === ID ? FORBIDDEN : store.put(document));
      expect(await replay({ ...context, store: { ...store, put } }, ID)).to.equal(1);
      expect(printed.out).to.equal(
        `Understood by now: event:default:r5\n${ID}: not marked as replayed: ${WHY}\n${SWEEP}`,
      );
      expect(store.peek('event:default:r5')).to.include({ source: 'replay' });
    });

    it('fails if CouchDB gives no answer, because nobody knows whether it is stored', async () => {
      for (const work of [dismissDeadLetter, replay]) {
        const { context, store } = ledgerOf([dead({ type: 'com.qlik.v1.app.created', data: {} })]);
        store.fail('put', 'before');
        expect(await failureOf(work(context, ID))).to.include({ code: 'STORE_UNAVAILABLE' });
      }
    });

    it('is fine if somebody else settles it just then: both are stored', async () => {
      for (const [field, work] of [
        ['replayedAt', dismissDeadLetter],
        ['dismissedAt', replay],
      ] as const) {
        const { context, store } = ledgerOf([dead({ type: 'com.qlik.v1.app.created', data: {} })]);
        store.intrude('put', () => store.seed({ ...dead(FINISHED), _rev: '2-theirs', [field]: at('01:59') }));
        expect(await work(context, ID)).to.equal(0);
        expect(store.peek(ID)).to.include({ replayedAt: NOW, dismissedAt: NOW, [field]: at('01:59') });
      }
    });

    it('keeps the time of somebody else who did the same just then', async () => {
      const { context, store } = ledgerOf([dead(FINISHED)]);
      store.intrude('put', () => store.seed({ ...dead(FINISHED), _rev: '2-theirs', dismissedAt: at('01:59') }));
      expect(await dismissDeadLetter(context, ID)).to.equal(0);
      expect(store.peek(ID)).to.include({ dismissedAt: at('01:59') });
    });

    it('says so if somebody else writes the letter all the time, or keeps it no longer', async () => {
      const { context, store, printed } = ledgerOf([dead(FINISHED)]);
      const conflict = async () => ({ kind: 'conflict' }) as const;
      expect(await dismissDeadLetter({ ...context, store: { ...store, put: conflict } }, ID)).to.equal(1);
      expect(printed.out).to.equal(`${ID}: not dismissed: others keep changing it: try again in a moment\n`);
      let gets = 0;
      const gone = { ...store, put: conflict, get: async (id: string) => (gets++ === 0 ? store.get(id) : undefined) };
      printed.out = '';
      expect(await dismissDeadLetter({ ...context, store: gone }, ID)).to.equal(1);
      expect(printed.out).to.equal(`${ID}: not dismissed: somebody has just deleted it\n`);
    });
  });

  it('is dismissed without the advice to replay it, if it was replayed already', async () => {
    const { context, printed } = ledgerOf([dead(FINISHED, { replayedAt: at('01:30') })]);
    expect(await dismissDeadLetter(context, ID)).to.equal(0);
    expect(printed.out).to.equal(`${ID}: dismissed. It is kept.\n`);
  });

  it('is all that can be dismissed', async () => {
    const { context } = ledgerOf([event('extract', 'r5', at('01:09'))]);
    const failure = await dismissDeadLetter(context, 'event:default:r5').catch((error: unknown) => error);
    expect(failure).to.include({ code: 'PARAMETERS_INVALID' });
  });

  it('understands a body that begins with a byte order mark', async () => {
    const { context, store } = ledgerOf([dead(`\uFEFF${JSON.stringify(FINISHED)}`)]);
    expect(await replay(context, ID)).to.equal(0);
    expect(store.peek('event:default:r5')).to.include({ source: 'replay' });
  });

  it('believes no time in the future: 5 minutes after the letter came, by a clock that may be 5 minutes off', async () => {
    const { context, store } = ledgerOf([dead({ ...FINISHED, time: '2027-11-22T01:10:00Z' })]);
    await replay(context, ID);
    expect(store.peek('event:default:r5')).to.include({ endedAt: at('01:20') });
  });

  it('understands bytes that are kept as base64', async () => {
    const body = Buffer.from(JSON.stringify(FINISHED)).toString('base64');
    const { context, store } = ledgerOf([dead(body, { isBase64: true })]);
    expect(await replay(context, ID)).to.equal(0);
    expect(store.peek('event:default:r5')).to.include({ source: 'replay' });
  });

  it('stores an attempt, and the oldest form, as what is to be settled by asking Qlik', async () => {
    const { context, store } = ledgerOf([dead({ data: { id: 'extract', status: 'ok' } })]);
    expect(await replay(context, ID)).to.equal(0);
    expect(store.peek('hint:default:x.9f86d081884c7d659a2feaa0c55ad015')).to.deep.include({
      type: 'hint',
      appId: 'extract',
      told: { outcome: 'succeeded', endedAt: at('01:10'), partial: false },
      dueAt: NOW,
    });
  });

  for (const { what, body, says } of [
    {
      what: 'is still not understood',
      body: { type: 'com.qlik.v1.reload.finished', data: { appId: 'extract' } },
      says: /^Still not understood: .*data\.id is not a reload id/,
    },
    { what: 'is no JSON', body: '{', says: /^Still not understood: it is no JSON/ },
  ]) {
    it(`stays where it is, with 1, where it ${what}`, async () => {
      const { context, store, printed } = ledgerOf([dead(body)]);
      expect(await replay(context, ID)).to.equal(1);
      expect(printed.out).to.match(says);
      expect(store.peek(ID)).to.include({ _rev: '1-seed' });
    });
  }

  it('is done with where it is understood and no event of ours', async () => {
    const { context, store, printed } = ledgerOf([dead({ type: 'com.qlik.v1.app.created', data: {} })]);
    expect(await replay(context, ID)).to.equal(0);
    expect(printed.out).to.equal('Understood by now, but ignored: other-event.\n');
    expect(store.peek(ID)).to.include({ replayedAt: NOW });
  });

  it('is done with where its event is known already', async () => {
    const { context, store, printed } = ledgerOf([dead(FINISHED), event('extract', 'r5', at('01:09'))]);
    expect(await replay(context, ID)).to.equal(0);
    expect(printed.out).to.equal('Understood by now, and known already: event:default:r5.\n');
    expect(store.peek('event:default:r5')).to.include({ _rev: '1-seed' });
  });

  describe('about an end of which a purge may have removed the event', () => {
    /** The end is as old as the retention of 30 days less a day, and `laterMs` younger. */
    const oldOf = (laterMs: number) => {
      const endedAt = (NOW - 29 * 86_400_000 + laterMs) as EpochMs;
      return { endedAt, letter: dead({ ...FINISHED, time: new Date(endedAt).toISOString() }, { storedAt: endedAt }) };
    };

    it('starts nothing, says why, and is done with', async () => {
      const { context, store, printed } = ledgerOf([oldOf(-1).letter]);
      expect(await replay(context, ID)).to.equal(0);
      expect(printed.out).to.equal(
        'Understood by now, but too old: Extract ended at 2026-10-24 01:59:59Z, and a purge may have removed what followed that. So Cascade starts nothing. If an app that follows is out of date, start it by hand: .tools/wsk action invoke cascade/reload -p app <id> --result\n',
      );
      expect(store.peek('event:default:r5')).to.equal(undefined);
      expect(store.peek(ID)).to.include({ replayedAt: NOW });
    });

    it('starts nothing also if it is only a hint', async () => {
      const { endedAt } = oldOf(-1);
      const { context, store, printed } = ledgerOf([
        dead({ data: { id: 'extract', status: 'ok' } }, { storedAt: endedAt }),
      ]);
      expect(await replay(context, ID)).to.equal(0);
      expect(printed.out).to.include('Understood by now, but too old: Extract ended at 2026-10-24 01:59:59Z');
      expect(store.all().map(({ _id }) => _id)).to.deep.equal([ID]);
    });

    it('is understood if it is a millisecond younger', async () => {
      const { endedAt, letter } = oldOf(0);
      const { context, store } = ledgerOf([letter]);
      expect(await replay(context, ID)).to.equal(0);
      expect(store.peek('event:default:r5')).to.include({ endedAt });
    });

    it('names the event if that is still there', async () => {
      const { endedAt, letter } = oldOf(-1);
      const { context, printed } = ledgerOf([letter, event('extract', 'r5', endedAt)]);
      expect(await replay(context, ID)).to.equal(0);
      expect(printed.out).to.equal('Understood by now, and known already: event:default:r5.\n');
    });

    it('goes by the retention of the deployed actions, as a purge does at the earliest', async () => {
      const schema = { _id: 'schema', schema: 1, type: 'schema', version: 1 };
      for (const [retentionDays, isStored] of [
        [29, false],
        [31, true],
      ] as const) {
        const { context, store } = ledgerOf([oldOf(isStored ? -1 : 0).letter, { ...schema, retentionDays }]);
        expect(await replay(context, ID)).to.equal(0);
        expect(store.peek('event:default:r5') !== undefined).to.equal(isStored);
      }
    });
  });

  it('is replayed once only', async () => {
    const { context, printed } = ledgerOf([dead(FINISHED, { replayedAt: at('01:30') })]);
    expect(await replay(context, ID)).to.equal(1);
    expect(printed.out).to.include('was replayed already, at 2026-11-22T01:30:00.000Z.');
  });

  it('stays where it is where its event cannot be stored', async () => {
    const { context, store } = ledgerOf([dead(FINISHED)]);
    store.fail('put', 'before', 2);
    expect(await failureOf(replay(context, ID))).to.include({ code: 'STORE_UNAVAILABLE' });
    expect(store.peek(ID)).to.include({ _rev: '1-seed' });
  });
});
