import { expect } from 'chai';
import { CascadeError } from '../../../src/core/cascade-error.ts';
import { at, commands, done, event, ledgerOf, NOW, order } from './ledger-of.ts';

const { describeLedger, purge, showProblems } = commands;

const DAY = 86_400_000;
const LONG_AGO = (NOW - 31 * DAY) as typeof NOW;

const OLD = [event('extract', 'r1', LONG_AGO), order('transform', 'r1', LONG_AGO, done('r2', LONG_AGO, LONG_AGO))];
const NEW = [
  event('extract', 'r5', at('01:00')),
  order('transform', 'r5', at('01:00'), { root: 'event:default:r5', dueAt: at('02:10') }),
];

describe('cascade ledger', () => {
  it('counts documents by type, and says what the next purge removes', async () => {
    const { context, printed } = ledgerOf([...OLD, ...NEW]);
    expect(await describeLedger(context)).to.equal(0);
    const [head, ...lines] = printed.out.split('\n');
    expect(head).to.match(/^type +documents +size +oldest +may go$/);
    expect(lines[0]).to.match(/^event +2 +0\.\d kB +2026-10-22 02:00:00Z +1$/);
    expect(lines[1]).to.match(/^order +2 +\d\.\d kB +2026-10-22 02:00:00Z +1$/);
    expect(lines[2]).to.equal('Never purged; the next purge removes 2 documents final for more than 30 days.');
  });

  it('lists the types by their names, in whatever order it reads them', async () => {
    const started = { _id: 'started:default:r9', schema: 1, type: 'started', order: 'order:default:report:s:new' };
    const { context, printed } = ledgerOf([...NEW, { ...started, also: [], isGuess: false, hops: 1, root: 'event:x' }]);
    await describeLedger(context);
    const types = printed.out.split('\n').map((line) => /^\w+/.exec(line)?.[0]);
    expect(types).to.deep.equal(['type', 'event', 'order', 'started', 'Never', undefined]);
  });

  it('says the same in JSON', async () => {
    const { context, json } = ledgerOf([...OLD, ...NEW], { json: true });
    await describeLedger(context);
    const { types, removable } = json() as { types: Record<string, object>; removable: number };
    expect(types['event']).to.include({ count: 2, removable: 1, oldest: '2026-10-22T02:00:00.000Z' });
    expect(removable).to.equal(2);
    expect(json()).not.to.have.property('lastPurge');
  });

  it('says in JSON when the last purge was', async () => {
    const { context, json } = ledgerOf([{ _id: 'purge', schema: 1, type: 'purge', at: LONG_AGO, removed: 3 }], {
      json: true,
    });
    await describeLedger(context);
    expect(json()).to.include({ lastPurge: '2026-10-22T02:00:00.000Z', removable: 0 });
  });
});

describe('cascade ledger purge', () => {
  it('removes what may go, asks for the space, and writes when it was', async () => {
    const { context, store, printed } = ledgerOf([...OLD, ...NEW]);
    expect(await purge(context)).to.equal(0);
    expect(printed.out).to.equal('Purged: 2 documents final for more than 30 days\n');
    expect(store.all().map(({ _id }) => _id)).to.deep.equal([NEW[0]?._id, NEW[1]?._id, 'purge']);
    const before = NOW - 30 * DAY;
    expect(store.peek('purge')).to.include({ schema: 1, type: 'purge', at: NOW, removed: 2, before });
    expect(store.asked.at(-3)).to.equal('compact 0');
  });

  it('writes when it was over what the last purge wrote', async () => {
    const last = { _id: 'purge', schema: 1, type: 'purge', at: LONG_AGO, removed: 3 };
    const { context, store } = ledgerOf([...OLD, ...NEW, last]);
    expect(await purge(context)).to.equal(0);
    expect(store.peek('purge')).to.include({ at: NOW, removed: 2 });
  });

  it('keeps how far an earlier purge went that had a shorter retention', async () => {
    const last = { _id: 'purge', schema: 1, type: 'purge', at: NOW - DAY, removed: 3, before: NOW - 8 * DAY };
    const { context, store } = ledgerOf([...OLD, ...NEW, last]);
    await purge(context);
    expect(store.peek('purge')).to.include({ at: NOW, before: NOW - 8 * DAY });
  });

  it('leaves alone what another purge wrote just then', async () => {
    const { context, store } = ledgerOf([...OLD, ...NEW]);
    const theirs = { _id: 'purge', _rev: '1-theirs', schema: 1, type: 'purge', at: NOW, removed: 9 };
    store.intrude('put', () => store.seed(theirs));
    expect(await purge(context)).to.equal(0);
    expect(store.peek('purge')).to.deep.equal(theirs);
  });

  it('fails if CouchDB does not store when it was, because runs --problems would go on saying that a purge is due', async () => {
    const { context, store } = ledgerOf([...OLD, ...NEW]);
    const put = async () => ({ kind: 'refused', message: 'CouchDB refused it (forbidden)', isForGood: false }) as const;
    const refusing = { ...context, admin: { ...context.admin, store: { ...store, put } } };
    const failure = await purge(refusing).catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(CascadeError).with.property('code', 'STORE_REFUSED');
    expect(failure)
      .to.have.property('message')
      .that.includes('CouchDB refuses the document purge: CouchDB refused it (forbidden).');
    expect(store.all().map(({ _id }) => _id)).to.deep.equal([NEW[0]?._id, NEW[1]?._id]);
  });

  it('removes 10 documents in a request', async () => {
    const many = Array.from({ length: 201 }, (_, index) => event('extract', `m${index}`, LONG_AGO));
    const { context, store } = ledgerOf(many);
    await purge(context);
    const steps = store.asked.filter((asked) => asked.startsWith('purge '));
    expect(steps.map((asked) => asked.split(' ').length - 1)).to.deep.equal([...Array(20).fill(10), 1]);
  });

  for (const when of ['before', 'after'] as const) {
    it(`goes on the next time after an answer was lost ${when} the work, and says so until then`, async () => {
      const { context, store } = ledgerOf([...OLD, ...NEW]);
      store.fail('purge', when);
      const failure = await purge(context).catch((error: unknown) => error);
      expect(failure).to.be.instanceOf(CascadeError).with.property('code', 'STORE_UNAVAILABLE');
      expect(store.peek('purge')).to.equal(undefined);
      expect(await purge(context)).to.equal(0);
      expect(store.all().map(({ _id }) => _id)).to.deep.equal([NEW[0]?._id, NEW[1]?._id, 'purge']);
    });
  }

  it('leaves a document that changes meanwhile', async () => {
    const { context, store, printed } = ledgerOf([...OLD, ...NEW]);
    store.intrude('purge', () => store.seed({ ...OLD[0], _id: 'event:default:r1', _rev: '2-b' }));
    await purge(context);
    expect(printed.out).to.contain('; 1 document changed meanwhile, or in conflict, stayed');
    expect(store.peek('event:default:r1')).to.include({ _rev: '2-b' });
  });

  it('keeps what the deployed receiver does not take for too old, whatever the settings here say', async () => {
    const schema = { _id: 'schema', schema: 1, type: 'schema', version: 1, retentionDays: 60 };
    const { context, store, printed } = ledgerOf([...OLD, schema]);
    await purge(context);
    expect(printed.out).to.equal('Purged: 0 documents final for more than 60 days\n');
    expect(store.peek('event:default:r1')).not.to.equal(undefined);
  });

  it('removes nothing where the store tells no time', async () => {
    const { context, store } = ledgerOf(OLD);
    const failure = await purge({
      ...context,
      admin: { ...context.admin, port: store.admin, store: { ...store, now: () => undefined } },
    }).catch((error) => error);
    expect(failure).to.have.property('code', 'STORE_UNAVAILABLE');
    expect(store.all()).to.have.length(2);
  });
});

describe('cascade ledger purge of many documents', () => {
  it('says how far it is after each 100 steps of 10', async () => {
    const dead = { schema: 1, type: 'dead', tenant: 'acme', body: '{}', isBase64: false, traceId: 't' };
    const reason = { code: 'c', message: 'm' };
    const old = Array.from({ length: 2_501 }, (_, index) => ({
      ...{ ...dead, _id: `dead:${index}`, reason, storedAt: LONG_AGO, dismissedAt: LONG_AGO },
    }));
    const { context, printed } = ledgerOf(old);
    await purge(context);
    expect(printed.error.split('\n').filter((line) => line.includes(' of '))).to.deep.equal([
      '1000 of 2501 documents',
      '2000 of 2501 documents',
    ]);
  });
});

describe('cascade runs --problems, about purges', () => {
  const purged = (daysAgo: number) => ({ _id: 'purge', schema: 1, type: 'purge', at: NOW - daysAgo * DAY, removed: 0 });

  it('says that a purge is due if the last one is older than a week, or never was, and something may go', async () => {
    for (const [documents, text] of [
      [OLD, 'purge due  2 old documents may go, and the ledger was purged never: cascade ledger purge, once a day'],
      [[...OLD, purged(8)], 'the ledger was purged last at 2026-11-14 02:00:00'],
    ] as const) {
      const { context, printed } = ledgerOf(documents);
      expect(await showProblems(context, DAY as never)).to.equal(1);
      expect(printed.out).to.contain(text);
    }
  });

  it('says the same in JSON', async () => {
    for (const [documents, last] of [
      [OLD, {}],
      [[...OLD, purged(8)], { last: '2026-11-14T02:00:00.000Z' }],
    ] as const) {
      const { context, json } = ledgerOf(documents, { json: true });
      await showProblems(context, DAY as never);
      const { problems } = json() as { problems: object[] };
      expect(problems).to.deep.equal([{ kind: 'purge-due', at: '2026-11-22T02:00:00.000Z', count: 2, ...last }]);
    }
  });

  it('says nothing if it was purged this week, or nothing may go', async () => {
    for (const documents of [[...OLD, purged(7)], [...NEW, purged(8)], NEW]) {
      const { context, printed } = ledgerOf(documents);
      expect(await showProblems(context, DAY as never)).to.equal(0);
      expect(printed.out).to.contain('No problems');
    }
  });
});
