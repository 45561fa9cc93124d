import { expect } from 'chai';
import { storeEnds } from '../../../actions/storer/store-ends.ts';
import type { NewDocument } from '../../../src/clients/couchdb/couchdb-port.ts';
import type { ApplyContext } from '../../../src/core/desk/apply-end-to-app.ts';
import type { CompiledChains } from '../../../src/core/link.ts';
import type { Outcome, ReloadFinished } from '../../../src/core/reload-finished.ts';
import { timeConstants } from '../../../src/core/time-constants.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import { memoryCouch } from '../../support/memory-couch.ts';
import { ORDER, planned, T } from '../reload/support/ledger-world.ts';

const end = (reloadId: string, agoMs: number, outcome: Outcome = 'succeeded', appId = 'a'): ReloadFinished =>
  ({ tenant: 'default', appId, reloadId, outcome, endedAt: T - agoMs, partial: false }) as ReloadFinished;

/** Its event, resolved and due. */
const event = (ended: ReloadFinished, changes: object = {}): NewDocument => ({
  ...{ _id: `event:default:${ended.reloadId}`, schema: 1, type: 'event', ...ended },
  ...{ source: 'webhook', traceId: 't1', storedAt: T - 1_000, resolvedAt: T - 500, skips: [], dueAt: T + 59_500 },
  ...changes,
});

/** a → b → c, and d after failures of a. */
const LINKS = {
  'default/a': [link('a', 'b', 'succeeded'), link('a', 'd', 'failed')],
  'default/b': [link('b', 'c', 'any')],
} as unknown as CompiledChains['links'];

function link(after: string, target: string, on: string): object {
  const app = (appId: string) => ({ tenant: 'default', appId });
  return { chain: 'sales', after: app(after), target: app(target), on, clause: 's', body: {}, paused: false };
}

const posted: NewDocument = { ...planned, state: 'posted', claims: 1, owner: 'act1', reloadId: 'r1', isCertain: true };
const retried: NewDocument = { ...posted, policy: { retry: { attempts: 1, delay: 60_000 } } };
const toOps = { failed: ['ops'], recovered: ['ops'] } as unknown as ApplyContext['routes'];
const NOBODY: ApplyContext['routes'] = { failed: [], recovered: [] };

function world(documents: readonly NewDocument[], routes = NOBODY, clock = () => T) {
  const store = memoryCouch(() => clock() as EpochMs);
  store.seed(...documents);
  const errors: string[] = [];
  const log = { info() {}, warn() {}, error: (message: string) => void errors.push(message) };
  let elapsedMs = 0;
  const slept: (readonly [ms: number, asked: number])[] = [];
  const patience = {
    deadline: (T + 60_000) as EpochMs,
    now: () => (T + elapsedMs) as EpochMs,
    sleep: async (durationMs: number) => {
      slept.push([durationMs, store.asked.length]);
      elapsedMs += durationMs;
    },
    random: () => 0.5,
  };
  const record = (...events: readonly ReloadFinished[]) =>
    storeEnds(
      { traceId: 't1', events },
      { store, links: LINKS, routesOf: () => routes, times: timeConstants(1), log, ...patience },
    );
  const counts = () => store.peek('app:default:a')?.['counts'];
  const recordedAt = (reloadId: string) => store.peek(`event:default:${reloadId}`)?.['recordedAt'];
  return { store, errors, slept, record, counts, recordedAt };
}

const F1 = end('r1', 5_000, 'failed');
const F2 = end('r2', 4_000, 'failed');
const S3 = end('r3', 3_000);
const ONE = (changes: object) => ({ succeeded: 0, failed: 0, canceled: 0, 'exceeded-limit': 0, ...changes });

describe('a record of ended reloads', () => {
  it('ends their orders, counts them in their apps, and marks their events', async () => {
    const echoed = { ...end('r1', 5_000), orderId: ORDER, startedAt: (T - 8_500) as EpochMs };
    const other = end('r2', 4_000, 'canceled', 'b');
    const { store, record } = world([posted, event(echoed), event(other)]);
    expect(await record(echoed, other)).to.deep.equal({
      ended: [{ order: ORDER, reloadId: 'r1' }],
      apps: ['app:default:a', 'app:default:b'],
      owing: [],
    });
    expect(store.peek(ORDER)?.['state']).to.equal('ended');
    expect(store.peek('app:default:a')).to.deep.equal({
      ...{ _id: 'app:default:a', _rev: '1-aaaaaaaa', schema: 1, type: 'app', last: echoed },
      ...{ decided: { endedAt: T - 5_000, reloadId: 'r1' }, lastSuccess: { endedAt: T - 5_000, reloadId: 'r1' } },
      ...{ counts: ONE({ succeeded: 1 }), seconds: ONE({ succeeded: 3.5 }), seen: ['r1'], over: [], notices: [] },
    });
    expect(store.peek('app:default:b')).to.deep.include({ last: other, counts: ONE({ canceled: 1 }) });
    const { dueAt: _, ...resolved } = event(echoed);
    expect(store.peek('event:default:r1')).to.deep.equal({ ...resolved, _rev: '2-aaaaaaaa', recordedAt: T });
  });

  it('takes five requests for an end of an order’s reload without a ticket, seven for a recovery with one', async () => {
    const echoed = { ...F1, orderId: ORDER };
    const succeeded: ReloadFinished = { ...S3, orderId: ORDER };
    const order = { ...posted, reloadId: 'r3' };
    const fine = world([order, event(succeeded)]);
    await fine.record(succeeded);
    expect(fine.store.asked).to.have.length(5);
    const failing = world([posted, event(echoed)]);
    await failing.record(echoed);
    expect(failing.store.asked).to.have.length(6);
    failing.store.seed({ ...order, _id: ORDER, _rev: '9-a' }, event(succeeded));
    failing.store.asked.length = 0;
    await failing.record(succeeded);
    expect(failing.store.asked).to.have.length(7);
  });

  it('reads each document once, also the orders that share a reload, in two requests', async () => {
    const other = { ...posted, _id: 'order:default:a:s:r8' };
    const started = {
      ...{ _id: 'started:default:r1', schema: 1, type: 'started', order: ORDER, also: [other._id], isGuess: false },
      ...{ try: 1, hops: 1, root: 'event:default:r0' },
    };
    const { store, record } = world([posted, other, started, event(end('r1', 5_000))]);
    await record({ ...end('r1', 5_000), orderId: ORDER } as ReloadFinished);
    const read = store.asked.filter((call) => call.startsWith('many')).map((call) => call.split(' ').slice(1));
    expect(read).to.have.length(2);
    expect(read.flat().toSorted()).to.deep.equal([
      ...['app:default:a', 'event:default:r1', ORDER, other._id, 'schema', 'started:default:r1'].toSorted(),
    ]);
  });

  it('gives a notice the trace id of its end, also if a sweep records the end', async () => {
    const { store, record } = world([event(F1, { traceId: 'webhook1' })], toOps);
    await record(F1);
    expect(store.peek('app:default:a')?.['notices']).to.have.nested.property('[0].traceId', 'webhook1');
  });

  it('finds the order that alone says that the reload is its own, as the resolver does: another attempt follows', async () => {
    const due = { ...retried, dueAt: T + 60_000 };
    const { store, record } = world([due, event(F1)], toOps);
    expect((await record(F1)).ended).to.deep.equal([{ order: ORDER, reloadId: 'r1' }]);
    expect(store.peek(ORDER)).to.deep.include({ state: 'waiting', try: 2, ends: ['r1'] });
    expect(store.peek('app:default:a')).to.deep.include({ notices: [] });
    expect(store.peek('app:default:a')).not.to.have.property('failing');
  });

  it('takes a failed reload for a stranger’s while an order of its app has no reload yet: the resolver decided so', async () => {
    const { reloadId: _, isCertain: __, ...starting } = retried as NewDocument & Record<string, unknown>;
    const claimed = { ...starting, state: 'claimed', doubt: { since: T - 1_000 }, dueAt: T + 60_000 } as NewDocument;
    const { store, record, recordedAt } = world([claimed, event(F1)]);
    expect((await record(F1)).ended).to.deep.equal([]);
    expect(recordedAt('r1')).to.equal(T);
    expect(store.peek(ORDER)?.['state']).to.equal('claimed');
  });

  it('looks at what is due once for all ends, and not for a success or a reload that a person started', async () => {
    const dueReads = async (...ends: readonly ReloadFinished[]) => {
      const { store, record } = world(ends.map((each) => event(each)));
      await record(...ends);
      return store.asked.filter((call) => call.startsWith('due')).length;
    };
    expect(await dueReads(F1, F2)).to.equal(1);
    expect(await dueReads(S3, { ...F1, startedBy: 'manual' } as ReloadFinished)).to.equal(0);
  });

  it('begins 50 ms late, so that a webhook’s sender does not wait for its requests', async () => {
    const { slept, record } = world([event(S3)]);
    await record(S3);
    expect(slept).to.deep.equal([[50, 0]]);
  });

  it('changes nothing the second time, and nothing for an event that is not in the ledger', async () => {
    const { store, record } = world([posted, event(F1)]);
    await record({ ...F1, orderId: ORDER }, S3);
    const before = store.all();
    expect(before.map(({ _id }) => _id)).not.to.include('event:default:r3');
    expect(await record({ ...F1, orderId: ORDER }, S3)).to.deep.equal({ ended: [], apps: [], owing: [] });
    expect(store.all()).to.deep.equal(before);
  });

  it('leaves an event due whose orders are not stored yet, at least 60 s ahead', async () => {
    const { resolvedAt: _, ...unresolved } = event(S3, { dueAt: T + 20_000 });
    const { store, record } = world([unresolved]);
    await record(S3);
    expect(store.peek('event:default:r3')).to.deep.include({ recordedAt: T, dueAt: T + 60_000 });
    const later = world([{ ...unresolved, dueAt: T + 100_000 }]);
    await later.record(S3);
    expect(later.store.peek('event:default:r3')).to.deep.include({ recordedAt: T, dueAt: T + 100_000 });
  });

  it('keeps what the invoker writes into the event meanwhile', async () => {
    const { resolvedAt: _, skips: __, ...unresolved } = event(S3);
    const { store, record } = world([unresolved]);
    store.intrude('put', () => store.seed(event(S3, { _rev: '2-inv', skips: [{ reason: 'later' }] })));
    await record(S3);
    expect(store.peek('event:default:r3')).to.deep.include({
      recordedAt: T,
      resolvedAt: T - 500,
      skips: [{ reason: 'later' }],
    });
    expect(store.peek('event:default:r3')).not.to.have.property('dueAt');
  });

  it('makes its first end part of an app that only says since when it is expected', async () => {
    const expectedSince = { text: 'by 07:00', at: T - 9_000 };
    const none = { ...ONE({}) };
    const app = { counts: none, seconds: none, seen: [], over: [], notices: [], expectedSince };
    const { store, record } = world([{ _id: 'app:default:a', schema: 1, type: 'app', ...app }, event(S3)]);
    await record(S3);
    expect(store.peek('app:default:a')).to.deep.include({ last: S3, counts: ONE({ succeeded: 1 }), expectedSince });
  });

  it('takes an event that an earlier version finished for recorded', async () => {
    const { dueAt: _, ...old } = event(F1);
    const { store, record } = world([old]);
    expect((await record(F1)).apps).to.deep.equal([]);
    expect(store.peek('app:default:a')).to.equal(undefined);
  });

  it('applies the ends in the order in which they happened, whatever order they are told in', async () => {
    const { store, record, counts } = world([event(F1), event(F2), event(S3)], toOps);
    await record(S3, F2, F1);
    expect(counts()).to.deep.equal(ONE({ succeeded: 1, failed: 2 }));
    const notices = store.peek('app:default:a')?.['notices'];
    expect(notices).to.have.length(2);
    expect(notices).to.have.nested.property('[0].id', 'failed.r1');
    expect(notices).to.have.nested.property('[1].id', 'recovered.r3');
    expect(store.peek('app:default:a')).to.deep.include({ dueAt: T + 30_000 });
  });

  it('reads app and events again after a conflict, and counts nothing twice', async () => {
    const { store, record, counts } = world([event(F1), event(F2)]);
    const theirs = world([event(F1), event(F2)]);
    await theirs.record(F1);
    const app = theirs.store.peek('app:default:a');
    store.intrude('bulk', () => store.seed({ ...app } as NewDocument, event(F1, { _rev: '2-x', recordedAt: T })));
    await record(F1, F2);
    expect(counts()).to.deep.equal(ONE({ failed: 2 }));
    expect(store.peek('app:default:a')).to.have.nested.property('failing.times', 2);
  });

  it('counts once what is told again before its event could be marked', async () => {
    const { store, record, counts, recordedAt } = world([event(F1)]);
    store.fail('put', 'before', 100);
    expect(await record(F1).catch((error) => error)).to.have.property('code', 'STORE_UNAVAILABLE');
    expect([counts(), recordedAt('r1')]).to.deep.equal([ONE({ failed: 1 }), undefined]);
    const again = world(store.all());
    await again.record(F1);
    expect([again.counts(), again.recordedAt('r1')]).to.deep.equal([ONE({ failed: 1 }), T]);
    // The app is not written again.
    expect(again.store.peek('app:default:a')).to.have.property('_rev', '1-aaaaaaaa');
    expect(again.store.peek('ticket:reload:default:r1')).to.have.property('times', 1);
  });

  it('says of an end when it was counted, also if writing the ticket took time', async () => {
    let now = T;
    const { store, record, recordedAt } = world([event(F1)], NOBODY, () => now);
    store.intrude('put', () => {
      now += 2_000;
    });
    await record(F1);
    expect([store.peek('ticket:reload:default:r1')?.['times'], recordedAt('r1')]).to.deep.equal([1, T]);
  });

  it('marks an end whose storer died as counted before the ends that were counted after it', async () => {
    const { store, record } = world([event(F1), event(F2), event(S3)]);
    await record(F1);
    await record(F2);
    await record(S3);
    const app = store.peek('app:default:a') as NewDocument;
    const late = world([app, event(F1), event(F2), event(S3, { recordedAt: T - 50, dueAt: undefined })]);
    await late.record(F1, F2);
    expect(['r1', 'r2', 'r3'].map(late.recordedAt)).to.deep.equal([T - 52, T - 51, T - 50]);
  });

  it('does not take a failed attempt for a failure if another one follows', async () => {
    const echoed = { ...F1, orderId: ORDER, orderTry: 1 };
    const { store, record, counts } = world([retried, event(echoed)], toOps);
    await record(echoed);
    expect(store.peek(ORDER)).to.deep.include({ state: 'waiting', try: 2 });
    expect(counts()).to.deep.equal(ONE({ failed: 1 }));
    expect(store.peek('app:default:a')).not.to.have.any.keys('failing', 'decided');
    expect(store.peek('app:default:a')?.['notices']).to.deep.equal([]);
  });

  it('says the same of that attempt when the order has gone on to the last one', async () => {
    const order = { ...retried, try: 2, ends: ['r1'], reloadId: 'r2', state: 'posted' };
    const started = (reloadId: string, of: number) => ({
      ...{ _id: `started:default:${reloadId}`, schema: 1, type: 'started', also: [], isGuess: false },
      ...{ order: ORDER, try: of, hops: 1, root: 'event:default:r0' },
    });
    const { store, record } = world([order, started('r1', 1), started('r2', 2), event(F1), event(F2)]);
    await record(F1, F2);
    expect(store.peek(ORDER)).to.deep.include({ state: 'ended', outcome: 'failed', ends: ['r1', 'r2'] });
    expect(store.peek('app:default:a')?.['failing']).to.deep.equal({
      ...{ since: T - 4_000, first: 'r2', times: 1, lastFailedAt: T - 4_000, ticket: 'ticket:reload:default:r2' },
    });
  });

  it('leaves an end for later if nobody knows which attempt it was', async () => {
    const echoed = { ...F1, orderId: ORDER };
    const unknown = { ...retried, state: 'claimed', reloadId: undefined, isCertain: undefined };
    const { store, record, recordedAt } = world([unknown, event(echoed), event(S3)]);
    await record(echoed, S3);
    expect(store.peek('app:default:a')?.['seen']).to.deep.equal(['r3']);
    expect([recordedAt('r1'), recordedAt('r3')]).to.deep.equal([undefined, T]);
    expect(store.peek('event:default:r1')).to.have.property('dueAt', T + 59_500);
  });

  it('counts a reload that Cascade canceled since it ran too long as failed', async () => {
    const canceled = { ...end('r1', 5_000, 'canceled'), orderId: ORDER };
    const order = { ...posted, policy: { timeout: 120_000 }, cancelRequestedAt: { r1: T - 9_000 } };
    const { store, record, counts } = world([order, event(canceled)]);
    await record(canceled);
    expect(counts()).to.deep.equal(ONE({ failed: 1 }));
    const error = {
      code: 'TIMED_OUT',
      message: 'It ran longer than its timeout (2 min), and Cascade canceled it',
    };
    expect(store.peek('app:default:a')).to.deep.nested.include({ 'last.error': error, 'failing.error': error });
    expect(store.peek('ticket:reload:default:r1')).to.deep.include({ error });
  });

  it('begins with the last end that an earlier version stored', async () => {
    const { store, record } = world([
      { _id: 'app:default:a', schema: 1, type: 'app', last: end('r0', 9_000, 'failed') },
      event(S3),
    ]);
    await record(S3);
    expect(store.peek('app:default:a')).to.deep.include({
      ...{ counts: ONE({ failed: 1, succeeded: 1 }), seen: ['r0', 'r3'] },
      over: [
        {
          ...{ since: T - 9_000, first: 'r0', times: 1, lastFailedAt: T - 9_000, ticket: 'ticket:reload:default:r0' },
          ...{ reloadId: 'r3', recoveredAt: T - 3_000 },
        },
      ],
    });
    expect(store.peek('ticket:reload:default:r0')).to.have.property('recoveredAt', T - 3_000);
  });

  it('believes no end in the future', async () => {
    const future = { ...end('r1', 0), endedAt: (T + 9_000_000) as EpochMs };
    const { store, record } = world([event(future)]);
    await record(future);
    expect(store.peek('app:default:a')).to.have.nested.property('last.endedAt', T + 300_000);
  });

  it('keeps only the events of a spoilt app open, for an hour, and leaves the app as it is', async () => {
    const spoilt = { _id: 'app:default:a', schema: 1, type: 'app', last: 'yesterday' };
    const b = end('r2', 4_000, 'succeeded', 'b');
    const { resolvedAt: _, ...unresolved } = event(S3, { dueAt: T + 5_000 });
    const { store, errors, record, recordedAt } = world([spoilt, event(F1), unresolved, event(b)]);
    expect((await record(F1, S3, b)).apps).to.deep.equal(['app:default:b']);
    expect(store.peek('app:default:a')).to.deep.equal({ ...spoilt, _rev: '1-seed' });
    expect([recordedAt('r1'), recordedAt('r2')]).to.deep.equal([undefined, T]);
    expect(store.peek('event:default:r1')).to.have.property('dueAt', T + 3_600_000);
    // Its followers are not ordered yet. That must not wait.
    expect(store.peek('event:default:r3')).to.have.property('dueAt', T + 5_000);
    expect(errors).to.have.length(1);
  });

  it('does not write the event of a spoilt app again that waits for longer than an hour', async () => {
    const spoilt = { _id: 'app:default:a', schema: 1, type: 'app', last: 'yesterday' };
    const { store, record } = world([spoilt, event(F1, { dueAt: T + 3_600_000 })]);
    await record(F1);
    expect(store.peek('event:default:r1')).to.deep.include({ _rev: '1-seed', dueAt: T + 3_600_000 });
  });

  it('keeps the events of an app that CouchDB refuses open for an hour, and records the others', async () => {
    const b = end('r2', 4_000, 'succeeded', 'b');
    const { store, errors, record, recordedAt } = world([event(F1), event(b)]);
    const { bulk } = store;
    store.bulk = async (documents) =>
      (await bulk(documents.filter(({ _id }) => _id !== 'app:default:a'))).toSpliced(
        documents.findIndex(({ _id }) => _id === 'app:default:a'),
        0,
        { kind: 'refused', message: 'too large', isForGood: true },
      );
    expect((await record(F1, b)).apps).to.deep.equal(['app:default:b']);
    expect([recordedAt('r1'), recordedAt('r2')]).to.deep.equal([undefined, T]);
    expect(store.peek('event:default:r1')).to.have.property('dueAt', T + 3_600_000);
    expect(errors).to.deep.equal(['CouchDB refuses app:default:a: too large']);
  });

  it('forgets the reloads beyond the last 64 whose events are purged, or finished by an earlier version', async () => {
    const ids = Array.from({ length: 66 }, (_, index) => `old${index}`);
    const app = { ...{ _id: 'app:default:a', schema: 1, type: 'app' }, last: end('old65', 9_000), seen: ids, over: [] };
    const counts = ONE({ succeeded: 66 });
    const { dueAt: _, ...earlier } = event(end('old1', 20_000));
    // old0 is purged, an earlier version finished old1, and old2 is not recorded yet.
    const documents = [
      { ...app, counts, seconds: ONE({}), notices: [] },
      earlier,
      event(end('old2', 19_000)),
      event(S3),
    ];
    const { store, record } = world(documents);
    await record(S3);
    expect(store.peek('app:default:a')?.['seen']).to.deep.equal([...ids.slice(2), 'r3']);
  });

  it('is not kept by one spoilt order from recording the other ends', async () => {
    const other = { ...posted, _id: 'order:default:a:s:r8', reloadId: 'r2' };
    const ends = [
      { ...end('r1', 5_000), orderId: ORDER },
      { ...end('r2', 4_000), orderId: other._id },
    ] as unknown as readonly ReloadFinished[];
    const { errors, record, counts } = world([{ ...posted, hops: 'many' }, other, ...ends.map((each) => event(each))]);
    expect((await record(...ends)).ended).to.deep.equal([{ order: 'order:default:a:s:r8', reloadId: 'r2' }]);
    expect(errors).to.have.length(1);
    expect(counts()).to.deep.equal(ONE({ succeeded: 2 }));
  });

  it('is tried again while the store does not answer, and fails when the time is over', async () => {
    const { store, record, counts } = world([event(F1)]);
    store.fail('many', 'before', 3);
    store.fail('bulk', 'after');
    store.fail('put', 'after');
    await record(F1);
    expect([counts(), store.peek('event:default:r1')?.['recordedAt']]).to.deep.equal([ONE({ failed: 1 }), T]);
    const silent = world([event(F1)]);
    silent.store.fail('many', 'before', 100);
    expect(await silent.record(F1).catch((error) => error)).to.have.property('code', 'STORE_UNAVAILABLE');
  });

  it('forgets what it kept for events that are recorded meanwhile', async () => {
    const { store, record } = world([event(F1), event(S3)]);
    await record(F1, S3);
    expect(store.peek('app:default:a')?.['over']).to.have.length(1);
    const next = end('r4', 2_000);
    store.seed(event(next));
    await record(next);
    expect(store.peek('app:default:a')?.['over']).to.deep.equal([]);
  });
});

describe('an end from before the first version that sends notices', () => {
  const schema = (more: object): NewDocument => ({ _id: 'schema', schema: 1, type: 'schema', version: 1, ...more });

  it('makes no notice, and is counted and has its ticket; later ends make theirs', async () => {
    const since = schema({ noticesSince: T - 3_500 });
    const { store, record, recordedAt } = world([since, event(F1), event(S3)], toOps);
    expect((await record(F1)).owing).to.deep.equal([]);
    expect(store.peek('app:default:a')).to.deep.include({ notices: [], counts: ONE({ failed: 1 }) });
    expect(store.peek('app:default:a')).to.have.nested.property('failing.first', 'r1');
    expect(store.peek('ticket:reload:default:r1')).to.have.property('times', 1);
    expect(recordedAt('r1')).to.equal(T);
    expect((await record(S3)).owing).to.deep.equal(['app:default:a']);
  });

  it('makes no notice, either, if another storer writes the app first', async () => {
    const { store, record } = world([schema({ noticesSince: T }), event(F1), event(F2)], toOps);
    const fresh = { counts: ONE({}), seconds: ONE({}), seen: [], over: [], notices: [] };
    const app = { _id: 'app:default:a', _rev: '1-other', schema: 1, type: 'app', ...fresh };
    store.intrude('bulk', () => store.seed(app));
    await record(F1, F2);
    expect(store.peek('app:default:a')).to.deep.include({ notices: [], counts: ONE({ failed: 2 }) });
  });

  it('is unknown if the ledger does not say it: then every end makes its notice', async () => {
    for (const documents of [[], [schema({})], [schema({ noticesSince: 'soon' })]]) {
      const { record } = world([...documents, event(F1)], toOps);
      expect((await record(F1)).owing).to.deep.equal(['app:default:a']);
    }
  });
});

describe('the ticket of a streak', () => {
  const error = { code: 'EngineReloadError', message: 'Connector timed out.' };
  const first: ReloadFinished = { ...F1, error };

  it('has the first failure’s error, the app’s chains, and what waits behind it', async () => {
    const { store, record } = world([event(first)]);
    await record(first);
    expect(store.peek('ticket:reload:default:r1')).to.deep.equal({
      ...{ _id: 'ticket:reload:default:r1', _rev: '1-aaaaaaaa', schema: 1, type: 'ticket' },
      ...{ tenant: 'default', appId: 'a', chains: ['sales'], reloadId: 'r1', failedAt: T - 5_000 },
      ...{ lastFailedAt: T - 5_000, times: 1, error, waiting: ['default/b', 'default/c'] },
      // The sweep adds the reload's log.
      dueAt: T,
    });
  });

  it('has the numbers of the streak, and its recovery once', async () => {
    const { store, record } = world([event(first), event(F2), event(S3)]);
    await record(first);
    await record(F2);
    expect(store.peek('ticket:reload:default:r1')).to.deep.include({ times: 2, lastFailedAt: T - 4_000 });
    // Qlik gave no error for the last failure. That of the first one would mislead.
    expect(store.peek('ticket:reload:default:r1')).not.to.have.property('error');
    expect(store.peek('app:default:a')).not.to.have.nested.property('failing.error');
    await record(S3);
    const ticket = store.peek('ticket:reload:default:r1');
    expect(ticket).to.deep.include({ times: 2, recoveredAt: T - 3_000, _rev: '3-aaaaaaaa' });
    // Nobody has to look at the ticket any more, so it is not due.
    expect(ticket).not.to.have.property('dueAt');
    const next = end('r4', 2_000);
    store.seed(event(next));
    await record(next);
    expect(store.peek('ticket:reload:default:r1')).to.deep.equal(ticket);
  });

  it('never goes back to an older number, and keeps what others added', async () => {
    const { store, record } = world([event(first)]);
    await record(first);
    store.seed(
      {
        ...store.peek('ticket:reload:default:r1'),
        times: 7,
        log: 'tail',
        dueAt: T + 900_000,
        _rev: '5-x',
      } as NewDocument,
      event(F2),
    );
    await record(F2);
    expect(store.peek('ticket:reload:default:r1')).to.deep.include({
      ...{ times: 7, lastFailedAt: T - 4_000, log: 'tail', dueAt: T + 900_000 },
    });
  });

  it('is written by the next record if the storer died before, with the error of the last failure', async () => {
    const { store, record } = world([event(first)]);
    const why = { code: 'EngineReloadError', message: 'Disk full.' };
    store.fail('put', 'before', 100);
    await record(first).catch(() => undefined);
    const later = world([...store.all(), event({ ...F2, error: why })]);
    await later.record(F2);
    expect(later.store.peek('ticket:reload:default:r1')).to.deep.include({ times: 2, error: why });
  });

  it('gets its recovery though the storer that heard of it died: until its event is recorded the streak is kept', async () => {
    const { store, record } = world([event(first), event(S3)]);
    await record(first);
    store.fail('put', 'before', 100);
    store.fail('get', 'before', 100);
    await record(S3).catch(() => undefined);
    const next = end('r4', 2_000);
    const later = world([...store.all(), event(next)]);
    await later.record(next);
    expect(later.store.peek('ticket:reload:default:r1')).to.have.property('recoveredAt', T - 3_000);
    await later.record(S3);
    // It was counted before r4.
    expect(later.recordedAt('r3')).to.equal(T - 1);
  });

  it('is left alone if it is spoilt, with an error in the log: the end counts as recorded', async () => {
    const spoilt = { _id: 'ticket:reload:default:r1', schema: 1, type: 'ticket', times: 'often' };
    const { store, errors, record, recordedAt } = world([spoilt, event(first)]);
    await record(first);
    expect(store.peek('ticket:reload:default:r1')).to.deep.equal({ ...spoilt, _rev: '1-seed' });
    expect([recordedAt('r1'), errors.length]).to.deep.equal([T, 1]);
  });

  it('keeps the event due if others change it all the time', async () => {
    const { store, record, recordedAt } = world([event(first), event(F2)]);
    await record(first);
    const raced = async (document: NewDocument) =>
      document._id.startsWith('ticket:') ? ({ kind: 'conflict' } as const) : put(document);
    const put = store.put;
    store.put = raced;
    await record(F2);
    expect(recordedAt('r2')).to.equal(undefined);
  });
});
