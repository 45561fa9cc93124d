import { expect } from 'chai';
import { invokePlan } from '../../../actions/invoker/invoke-plan.ts';
import { minuteBudget } from '../../../actions/invoker/minute-budget.ts';
import type { Invocation } from '../../../src/clients/openwhisk/invoker-port.ts';
import type { Plan } from '../../../src/contracts/plan.ts';
import { timeConstants } from '../../../src/core/time-constants.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import { type MemoryCouch, memoryCouch } from '../../support/memory-couch.ts';

const STORE_NOW = 1_800_000_000_000;
/** The container is nearly five minutes behind; its next minute begins in 35 s. */
const CONTAINER_NOW = STORE_NOW - 275_000;
const EVENT_ID = 'event:default:r1';
const B = 'order:default:b:s:r1';
const C = 'order:default:c:s:r1';

const end = {
  ...{
    tenant: 'default',
    appId: 'a',
    reloadId: 'r1',
    outcome: 'succeeded',
    endedAt: STORE_NOW - 9_000,
    partial: false,
  },
  startedBy: 'hub',
};
const stored = { rev: '1-a', storedAt: STORE_NOW - 5_000, source: 'webhook', traceId: 't0' };
const planned = (appId: string) => ({
  ...{ order: `order:default:${appId}:s:r1`, tenant: 'default', appId, body: { weight: 5 }, chain: 'sales' },
  lineage: { cause: 'r1', hops: 3, root: 'event:default:r0' },
});
const planOf = (more: object = {}) =>
  ({
    ...{ traceId: 't1', source: 'webhook', receivedAt: CONTAINER_NOW, storeNow: STORE_NOW, skips: [], ignored: [] },
    ...{ events: [{ ...end, stored }], orders: [planned('b'), planned('c')] },
    ...more,
  }) as unknown as Plan;

/** The event's document as the receiver or the sweep stored it. */
const eventDocument = { _id: EVENT_ID, _rev: '1-a', schema: 1, type: 'event', ...end, storedAt: 1, dueAt: STORE_NOW };

interface Call {
  readonly action: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests read into whatever is sent
  readonly params: any;
}
interface Answer {
  readonly statusCode: number;
  readonly body: { readonly accepted: number; readonly orders: readonly object[]; readonly skips: readonly object[] };
}

async function invoke(
  plan: Plan,
  store: MemoryCouch,
  answer: (call: Call, count: number) => Invocation | undefined = () => undefined,
  perMinute = 600,
  callTakesMs = 0,
) {
  type Asked = Call & { readonly asked: number };
  const started: Asked[] = [];
  // This write runs beside the others, in an order on which nobody relies.
  const records: Asked[] = [];
  const silent = () => undefined;
  let nowMs = CONTAINER_NOW;
  const now = () => nowMs as EpochMs;
  const result = (await invokePlan(plan, {
    openwhisk: {
      async invoke(path, params) {
        nowMs += callTakesMs;
        const call = { action: path.replace('/guest/cascade/', ''), params };
        (call.action === 'record' ? records : started).push({ ...call, asked: store.asked.length });
        return answer(call, started.length) ?? { kind: 'accepted', activationId: `act${started.length}` };
      },
      limits: async () => undefined,
    },
    packagePath: '/guest/cascade/',
    limits: { invocationsPerMinute: perMinute, concurrentInvocations: 100 },
    budget: minuteBudget(now),
    patientUntil: (CONTAINER_NOW + 4_000) as EpochMs,
    deadline: (CONTAINER_NOW + 120_000) as EpochMs,
    now,
    sleep: async (durationMs) => {
      nowMs += durationMs;
    },
    random: () => 0.5,
    ledger: { store, times: timeConstants() },
    log: { debug: silent, info: silent, warn: silent, error: silent },
  })) as Answer;
  const calls = [...started, ...records];
  return { ...result, calls, actions: calls.map(({ action }) => action), tookMs: nowMs - CONTAINER_NOW };
}

function storeOf(): MemoryCouch {
  const store = memoryCouch(() => STORE_NOW as EpochMs, { isCold: true });
  store.seed(eventDocument);
  return store;
}
const isMarked = (store: MemoryCouch) => store.peek(EVENT_ID)?.['resolvedAt'] !== undefined;

describe('the invoker with a ledger', () => {
  it('writes which definition decided: of the event what the plan says, of each order its own', async () => {
    const store = storeOf();
    const orders = [{ ...planned('b'), definition: '1111111111111111' }, planned('c')];
    const { calls } = await invoke(planOf({ definition: '2222222222222222', orders }), store);
    expect(store.peek(EVENT_ID)).to.include({ definition: '2222222222222222' });
    expect(store.peek(B)).to.include({ definition: '1111111111111111' });
    expect(store.peek(C)).not.to.have.property('definition');
    const [first] = calls.filter(({ action }) => action === 'reload');
    expect(first?.params.request.created).to.include({ definition: '1111111111111111' });
  });

  it('writes no definition if an earlier version of the resolver made the plan', async () => {
    const store = storeOf();
    await invoke(planOf(), store);
    expect(isMarked(store)).to.equal(true);
    for (const id of [EVENT_ID, B, C]) expect(store.peek(id)).not.to.have.property('definition');
  });

  it('creates the orders in one request; then starts them and marks the event, and has the ends recorded', async () => {
    const store = storeOf();
    const { statusCode, body, calls, actions } = await invoke(planOf(), store);
    expect(store.asked).to.deep.equal([`bulk ${B} ${C}`, `put ${EVENT_ID}`]);
    expect(actions).to.deep.equal(['reload', 'reload', 'record']);
    const reloads = calls.filter(({ action }) => action === 'reload');
    // No reload is started before the orders are stored.
    expect(Math.min(...reloads.map(({ asked }) => asked))).to.be.at.least(1);
    expect([statusCode, body]).to.deep.equal([
      202,
      {
        accepted: 2,
        orders: [
          { order: B, app: 'b', activationId: 'act1' },
          { order: C, app: 'c', activationId: 'act2' },
        ],
        skips: [],
        ignored: [],
      },
    ]);
  });

  it('has the ends recorded while the orders are being stored: the sender waits for both', async () => {
    const store = storeOf();
    let recorded = (): void => {};
    const isRecorded = new Promise<void>((resolve) => {
      recorded = resolve;
    });
    const waiting: MemoryCouch = { ...store, bulk: (list) => isRecorded.then(() => store.bulk(list)) };
    await invoke(planOf(), waiting, ({ action }) => {
      if (action === 'record') recorded();
      return undefined;
    });
    expect(isMarked(store)).to.equal(true);
  });

  it('writes an order whole, due in a minute by the store’s clock, and hands it on with its rev', async () => {
    const store = storeOf();
    const { calls } = await invoke(
      planOf({
        tenants: {
          default: { gateUntil: STORE_NOW + 7, echoes: false, tenantUrl: 'https://d.com' },
          acme: { gateUntil: STORE_NOW + 8, echoes: true, tenantUrl: 'https://a.com' },
        },
      }),
      store,
    );
    const document = {
      _id: B,
      _rev: '1-aaaaaaaa',
      schema: 1,
      type: 'order',
      tenant: 'default',
      appId: 'b',
      chain: 'sales',
      state: 'planned',
      body: { weight: 5 },
      causes: ['r1'],
      hops: 3,
      root: 'event:default:r0',
      // The trace id of its end. A sweep’s plan has many ends, and a trace id of its own.
      traceId: 't0',
      try: 1,
      claims: 0,
      ends: [],
      createdAt: STORE_NOW,
      dueAt: STORE_NOW + 60_000,
    };
    expect(store.peek(B)).to.deep.equal(document);
    expect(calls[0]?.params).to.deep.equal({
      request: {
        ...{ traceId: 't0', created: document, storeNow: STORE_NOW, gateUntil: STORE_NOW + 7 },
        echoes: false,
        tenantUrl: 'https://d.com',
      },
    });
    expect(calls[2]?.params).to.deep.equal({ record: { traceId: 't1', events: [end] } });
  });

  it('says how old the facts about the tenant are, also if it stood still after it had stored the orders', async () => {
    const { calls } = await invoke(planOf({ storeNow: STORE_NOW - 90_000 }), storeOf());
    const requests = calls.flatMap(({ params }) => params.request ?? []);
    expect(requests.map(({ storeNow }) => storeNow)).to.deep.equal([STORE_NOW - 90_000, STORE_NOW - 90_000]);
  });

  it('has no end recorded that was heard of in another tenant: it ends nothing in this one', async () => {
    const store = storeOf();
    const heardFrom = 'https://another.eu.qlikcloud.com';
    const skip = { reason: 'other-tenant', tenant: 'default', appId: 'a', reloadId: 'r1', heardFrom };
    const events = [{ ...end, stored: { ...stored, heardFrom } }];
    const { calls } = await invoke(planOf({ events, orders: [], skips: [skip] }), store);
    expect(calls).to.deep.equal([]);
    expect(store.peek(EVENT_ID)).to.deep.include({ resolvedAt: STORE_NOW, skips: [skip], heardFrom });
    // It is about none of our apps, so there is nothing to record.
    expect(store.peek(EVENT_ID)).to.include({ recordedAt: STORE_NOW }).and.not.to.have.property('dueAt');
  });

  it('has the ends recorded that the sweep found resolved and not recorded, in one activation', async () => {
    const store = storeOf();
    const found = { ...end, reloadId: 'r8' };
    const { calls } = await invoke(planOf({ orders: [], unrecorded: [found] }), store);
    expect(calls.map(({ params }) => params)).to.deep.equal([{ record: { traceId: 't1', events: [end, found] } }]);
    const alone = await invoke(planOf({ orders: [], events: [], unrecorded: [found] }), store);
    expect(alone.calls.map(({ params }) => params)).to.deep.equal([{ record: { traceId: 't1', events: [found] } }]);
  });

  it('has record sent what is owed, in the same activation, even if nothing ended', async () => {
    const store = storeOf();
    const { calls } = await invoke(planOf({ orders: [], owing: ['app:default:a'] }), store);
    expect(calls.map(({ params }) => params)).to.deep.equal([
      { record: { traceId: 't1', events: [end], owing: ['app:default:a'] } },
    ]);
    const alone = await invoke(planOf({ orders: [], events: [], owing: ['alert:quota:x'] }), store);
    expect(alone.calls.map(({ params }) => params)).to.deep.equal([
      { record: { traceId: 't1', events: [], owing: ['alert:quota:x'] } },
    ]);
  });

  it('keeps what the storer has written into the event meanwhile, and then it is no longer due', async () => {
    const store = storeOf();
    store.intrude('put', () =>
      store.seed({
        ...{ _id: EVENT_ID, _rev: '2-storer', schema: 1, type: 'event', ...end, source: 'webhook', traceId: 't0' },
        ...{ storedAt: STORE_NOW - 5_000, recordedAt: STORE_NOW - 1, dueAt: STORE_NOW + 115_000 },
      }),
    );
    await invoke(planOf({ orders: [] }), store);
    expect(store.peek(EVENT_ID)).to.include({ recordedAt: STORE_NOW - 1, resolvedAt: STORE_NOW });
    expect(store.peek(EVENT_ID)).not.to.have.property('dueAt');
  });

  it('keeps that an event was recorded before it was resolved: then it is no longer due', async () => {
    const store = storeOf();
    const events = [{ ...end, stored: { ...stored, recordedAt: STORE_NOW - 9_000 } }];
    await invoke(planOf({ orders: [], events }), store);
    expect(store.peek(EVENT_ID)).to.include({ recordedAt: STORE_NOW - 9_000, resolvedAt: STORE_NOW });
    expect(store.peek(EVENT_ID)).not.to.have.property('dueAt');
  });

  it('leaves the event to another activation that has marked it meanwhile', async () => {
    const store = storeOf();
    const theirs = { _rev: '2-other', resolvedAt: STORE_NOW - 1, skips: [] };
    store.intrude('put', () =>
      store.seed({
        ...{ _id: EVENT_ID, schema: 1, type: 'event', ...end, source: 'webhook', traceId: 't0' },
        ...{ storedAt: STORE_NOW - 5_000, ...theirs },
      }),
    );
    await invoke(
      planOf({ orders: [], skips: [{ reason: 'no-link', tenant: 'default', appId: 'a', reloadId: 'r1' }] }),
      store,
    );
    expect(store.peek(EVENT_ID)).to.deep.include(theirs);
  });

  it('marks the event with its own skips, due in a minute to be recorded, and leaves all else as it was stored', async () => {
    const store = storeOf();
    const skip = (reloadId: string) => ({ reason: 'no-link', tenant: 'default', appId: 'a', reloadId });
    await invoke(planOf({ skips: [skip('r1'), skip('r2')] }), store);
    expect(store.peek(EVENT_ID)).to.deep.equal({
      ...{ _id: EVENT_ID, _rev: '2-aaaaaaaa', schema: 1, type: 'event' },
      ...end,
      ...{ source: 'webhook', traceId: 't0', storedAt: STORE_NOW - 5_000, resolvedAt: STORE_NOW, skips: [skip('r1')] },
      dueAt: STORE_NOW + 60_000,
    });
  });

  it('writes the believable time of an end that was reported in the future, and no time that would be after it', async () => {
    const store = storeOf();
    const reportedEnd = STORE_NOW + 900_000;
    const wrong = { endedAt: reportedEnd, createdAt: reportedEnd - 60_000, startedAt: reportedEnd - 50_000 };
    store.intrude('put', () =>
      store.seed({ ...eventDocument, ...wrong, source: 'webhook', traceId: 't0', _rev: '2-b' }),
    );
    const believed = { ...end, endedAt: STORE_NOW + 300_000, stored: { ...stored, reportedEnd } };
    await invoke(planOf({ orders: [], events: [believed] }), store);
    expect(store.peek(EVENT_ID)).to.include({ endedAt: STORE_NOW + 300_000, reportedEnd, resolvedAt: STORE_NOW });
    expect(store.peek(EVENT_ID)).not.to.have.any.keys('createdAt', 'startedAt');
  });

  it('hands on the 51st order and later ones by their ids: their tenant’s gate may be shut by then', async () => {
    const orders = Array.from({ length: 52 }, (_, index) => planned(`t${index}`));
    const { calls } = await invoke(planOf({ orders }), storeOf());
    const requests = calls.flatMap(({ action, params }) => (action === 'reload' ? [params.request] : []));
    expect(requests.filter((request) => 'created' in request)).to.have.length(50);
    expect(requests.filter((request) => 'due' in request)).to.have.deep.members([
      { traceId: 't0', due: 'order:default:t50:s:r1' },
      { traceId: 't0', due: 'order:default:t51:s:r1' },
    ]);
  });

  it('does not start an order that exists, and says so in a skip', async () => {
    const store = storeOf();
    store.seed({ _id: B });
    const { body, actions } = await invoke(planOf(), store);
    expect(actions).to.deep.equal(['reload', 'record']);
    const skip = {
      ...{ reason: 'already-ordered', tenant: 'default', appId: 'a', reloadId: 'r1', chain: 'sales', order: B },
      target: { tenant: 'default', appId: 'b' },
    };
    expect(body.skips).to.deep.equal([skip]);
    expect(store.peek(EVENT_ID)?.['skips']).to.deep.equal([skip]);
  });

  it('records and marks an event that nothing follows, and answers 200', async () => {
    const store = storeOf();
    const { statusCode, actions } = await invoke(planOf({ orders: [] }), store);
    expect([statusCode, actions, isMarked(store)]).to.deep.equal([200, ['record'], true]);
    expect(store.asked).to.deep.equal([`put ${EVENT_ID}`]);
  });

  it('wakes, takes up what is due, and sweeps for a hint, each order once', async () => {
    const store = storeOf();
    const hint = { tenant: 'default', told: 'x1' };
    const due = [B, 'order:default:d:s:r0', 'order:default:e:s:r0'];
    const { calls, statusCode, body } = await invoke(
      planOf({ orders: [planned('b')], wake: ['order:default:e:s:r0'], due, hints: [hint] }),
      store,
    );
    expect(calls.slice(1, 4).map(({ action, params }) => [action, params])).to.deep.equal([
      ['reload', { request: { traceId: 't1', due: 'order:default:e:s:r0', wake: true } }],
      ['reload', { request: { traceId: 't1', due: 'order:default:d:s:r0' } }],
      ['sweep', { hint }],
    ]);
    expect(calls).to.have.length(5);
    expect([statusCode, body.accepted]).to.deep.equal([202, 3]);
  });

  it('needs no store where there is only a hint: 202, as it is to be settled', async () => {
    const store = storeOf();
    const hints = [{ tenant: 'default', told: 'x1' }];
    const { statusCode, body, actions } = await invoke(planOf({ orders: [], events: [], hints }), store);
    expect([statusCode, body.accepted, actions, store.asked]).to.deep.equal([202, 0, ['sweep'], []]);
  });

  it('answers 202 for a duplicate that somebody is at, and for events that the resolver could not decide about', async () => {
    const ignored = [{ reason: 'duplicate', isPending: true }];
    const none = { orders: [], events: [] };
    expect((await invoke(planOf({ ...none, ignored }), storeOf())).statusCode).to.equal(202);
    expect((await invoke(planOf({ ...none, undecided: 1 }), storeOf())).statusCode).to.equal(202);
    expect((await invoke(planOf({ ...none, ignored: [{ reason: 'duplicate' }] }), storeOf())).statusCode).to.equal(200);
  });
});

describe('the invoker with a ledger leaves an event due, and answers 202,', () => {
  for (const when of ['before', 'after'] as const) {
    it(`where the orders’ request gets no answer (${when} it was done): nothing is started for them`, async () => {
      const store = storeOf();
      store.fail('bulk', when);
      const { statusCode, actions } = await invoke(planOf(), store);
      expect([statusCode, actions, isMarked(store)]).to.deep.equal([202, ['record'], false]);
    });
  }

  it('where one of its orders is refused, though not another event with it', async () => {
    const store = storeOf();
    const other = { ...end, reloadId: 'r2', stored: { ...stored, rev: '1-b' } };
    store.seed({ ...eventDocument, _id: 'event:default:r2', _rev: '1-b', reloadId: 'r2' });
    const { bulk } = store;
    store.bulk = async (documents) => {
      const rows = await bulk(documents);
      return rows.map((row, index) =>
        documents[index]?._id === C ? { kind: 'refused', message: 'no', isForGood: false } : row,
      );
    };
    const { statusCode, actions } = await invoke(planOf({ events: [{ ...end, stored }, other] }), store);
    expect([statusCode, actions]).to.deep.equal([202, ['reload', 'record']]);
    expect(isMarked(store)).to.equal(false);
    expect(store.peek('event:default:r2')).to.have.property('resolvedAt');
  });

  it('where the mark itself gets no answer', async () => {
    const store = storeOf();
    store.fail('put', 'before');
    expect((await invoke(planOf({ orders: [] }), store)).statusCode).to.equal(202);
  });
});

describe('the invoker with a ledger marks an event', () => {
  it('though CouchDB refuses one of its orders for what it holds: that one is a skip, the other is started', async () => {
    const store = storeOf();
    const { bulk } = store;
    store.bulk = async (documents) => {
      const rows = await bulk(documents.filter(({ _id }) => _id !== C));
      const refusal = { kind: 'refused', message: 'invalid UTF-8 JSON', isForGood: true } as const;
      const at = documents.findIndex(({ _id }) => _id === C);
      return at < 0 ? rows : [...rows.slice(0, at), refusal, ...rows.slice(at)];
    };
    const { statusCode, actions } = await invoke(planOf(), store);
    expect([statusCode, actions, isMarked(store)]).to.deep.equal([202, ['reload', 'record'], true]);
    expect(store.peek(EVENT_ID)).to.have.nested.include({ 'skips[0].reason': 'not-stored', 'skips[0].order': C });
  });

  it('that somebody else marked meanwhile: nothing more to do', async () => {
    const store = storeOf();
    store.seed({ ...eventDocument, _rev: '2-b', resolvedAt: 1 });
    expect((await invoke(planOf({ orders: [] }), store)).statusCode).to.equal(200);
  });

  it('though the host is slow: what is not started after 40 s stays due', async () => {
    const store = storeOf();
    const due = Array.from({ length: 200 }, (_, number) => `order:default:e:s:r${number}`);
    const { calls, tookMs } = await invoke(planOf({ due }), store, undefined, 600, 1_000);
    expect(tookMs).to.be.at.most(40_000);
    expect(calls.length).to.be.above(10);
    expect(isMarked(store)).to.equal(true);
  });

  it('with others in one request', async () => {
    const store = storeOf();
    const other = { ...end, reloadId: 'r2', stored };
    store.seed({ ...eventDocument, _id: 'event:default:r2' });
    await invoke(planOf({ orders: [], events: [{ ...end, stored }, other] }), store);
    expect(store.asked).to.deep.equal([`bulk ${EVENT_ID} event:default:r2`]);
  });

  const refusals: readonly Invocation[] = [
    { kind: 'unknown', message: 'no answer' },
    { kind: 'refused', message: '404' },
    { kind: 'minute-spent' },
    { kind: 'too-many-concurrent' },
  ];
  for (const refusal of refusals) {
    it(`though its record is not accepted (${refusal.kind}): the sweep finds the ends`, async () => {
      const store = storeOf();
      const { statusCode, tookMs } = await invoke(planOf(), store, ({ action }) =>
        action === 'record' ? refusal : undefined,
      );
      expect([statusCode, isMarked(store)]).to.deep.equal([202, true]);
      expect(tookMs).to.be.at.most(7_000);
    });
  }

  it('though an order was not started: it is stored and due, and told as carried', async () => {
    const store = storeOf();
    const answers: readonly Invocation[] = [
      { kind: 'unknown', message: 'no answer' },
      { kind: 'refused', message: '400' },
    ];
    const { statusCode, body } = await invoke(planOf(), store, (_call, count) => answers[count - 1]);
    expect([statusCode, isMarked(store)]).to.deep.equal([202, true]);
    expect(body.orders).to.deep.equal([
      { order: B, app: 'b', carried: true },
      { order: C, app: 'c', carried: true },
    ]);
  });
});

describe('the invoker with a ledger, where the host’s minute is spent,', () => {
  it('starts the reloads first where it has room for them and not for the record, too', async () => {
    // 4 less 2 that are kept back.
    const { actions } = await invoke(planOf(), storeOf(), undefined, 4);
    expect(actions).to.deep.equal(['reload', 'reload', 'record']);
  });

  it('hands on what is stored by its id', async () => {
    const store = storeOf();
    const more = { wake: ['order:default:e:s:r0'], hints: [{ tenant: 'default', told: 'x1' }] };
    // 4 less 2 that are kept back.
    const { calls, body } = await invoke(
      planOf({ ...more, skips: [], due: ['order:default:d:s:r0'] }),
      store,
      undefined,
      4,
    );
    expect(calls.map(({ action }) => action)).to.deep.equal(['reload', 'reload', 'invoker', 'record']);
    expect(calls[2]?.params.plan).to.deep.equal({
      ...{ traceId: 't1', source: 'webhook', receivedAt: CONTAINER_NOW, orders: [], skips: [], ignored: [] },
      ...more,
      due: ['order:default:d:s:r0'],
      carries: 1,
    });
    expect(body.orders.slice(2)).to.deep.equal([
      { order: 'order:default:e:s:r0', app: 'e', carried: true },
      { order: 'order:default:d:s:r0', app: 'd', carried: true },
    ]);
  });

  it('counts how often what is left was handed on, and no more than sixty times', async () => {
    const dueOnly = (more: object) =>
      planOf({ events: [], orders: [], due: Array.from({ length: 6 }, (_, n) => `order:default:d${n}:s:r0`), ...more });
    const handedOn = async (more: object) =>
      (await invoke(dueOnly(more), storeOf(), undefined, 4)).calls.find(({ action }) => action === 'invoker')?.params
        .plan;
    const first = await handedOn({});
    expect([first.carries, first.due.length]).to.deep.equal([1, 4]);
    const second = await handedOn(first);
    expect([second.carries, second.due.length]).to.deep.equal([2, 2]);
    expect(await handedOn({ carries: 60 })).to.equal(undefined);
    expect((await handedOn({ carries: 59 })).carries).to.equal(60);
  });

  for (const kind of ['minute-spent', 'too-many-concurrent'] as const) {
    it(`and handing on is refused too (${kind}), keeps no sender waiting: all of it is due`, async () => {
      const store = storeOf();
      const { statusCode, body, tookMs } = await invoke(planOf(), store, () => ({ kind }));
      expect([statusCode, body.accepted, isMarked(store)]).to.deep.equal([202, 2, true]);
      // The patience of a sender, and a last pause.
      expect(tookMs).to.be.at.most(6_000);
    });
  }
});

/** The most bytes that OpenWhisk accepts as parameters and as a result (ow-limits-01, ow-results-13). */
const OPENWHISK_BYTES = 1_048_576;
const bytesOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value));
const longId = (number: number) => `order:default:${String(number).padStart(64, 'b')}:s:${'r'.repeat(128)}`;
const wake = Array.from({ length: 4_000 }, (_, number) => longId(number));

describe('the invoker with a ledger keeps within OpenWhisk’s megabyte', () => {
  it('its answer, which tells how much it leaves out', async () => {
    const skips = Array.from({ length: 4_000 }, (_, number) => ({
      ...{ reason: 'paused', tenant: 'default', appId: 'a', reloadId: 'r1', chain: 'sales' },
      target: { tenant: 'default', appId: `b${number}` },
    }));
    const ignored = [{ reason: 'duplicate' }];
    const answer = await invoke(planOf({ orders: [], events: [], wake, skips, ignored }), storeOf(), undefined, 9_000);
    const { statusCode, body } = answer;
    expect(bytesOf({ statusCode, body })).to.be.below(OPENWHISK_BYTES);
    expect([statusCode, body.accepted, answer.calls.length]).to.deep.equal([202, 4_000, 4_000]);
    expect(body).to.deep.include({
      ignored,
      leftOut: { orders: 4_000 - body.orders.length, skips: 4_000 - body.skips.length, ignored: 0 },
    });
    expect(body.orders.length).to.be.above(2_000);
  });

  it('what it hands on', async () => {
    const { calls } = await invoke(planOf({ orders: [], events: [], wake }), storeOf(), undefined, 4);
    const handedOn = calls.find(({ action }) => action === 'invoker')?.params;
    expect(handedOn.plan.wake).to.have.length(3_998);
    expect(bytesOf(handedOn)).to.be.below(OPENWHISK_BYTES);
  });

  it('each request to reload, with the largest body, and the record of as many ends as a plan has', async () => {
    const variables = Object.fromEntries(
      Array.from({ length: 20 }, (_, number) => [String(number).padStart(256, '\u0001'), '\u0001'.repeat(256)]),
    );
    const order = { ...planned('b'), body: { variables, weight: 10, partial: true } };
    const error = { code: 'EngineReloadFailed', message: '€'.repeat(1_000) };
    const ends = Array.from({ length: 250 }, (_, number) => ({ ...end, reloadId: `r${number + 1}`, error, stored }));
    const { calls } = await invoke(planOf({ orders: [order], events: ends }), storeOf());
    expect(calls.map(({ action }) => action)).to.deep.equal(['reload', 'record']);
    for (const { params } of calls) expect(bytesOf(params)).to.be.below(OPENWHISK_BYTES);
    expect(calls[1]?.params.record.events).to.have.length(250);
  });
});
