import { expect } from 'chai';
import { receive } from '../../../actions/receiver/receive.ts';
import type { Batch } from '../../../src/contracts/batch.ts';
import { CascadeError } from '../../../src/core/cascade-error.ts';
import type { TenantName } from '../../../src/core/names.ts';
import { timeConstants } from '../../../src/core/time-constants.ts';
import type { DurationMs, EpochMs } from '../../../src/core/units.ts';
import { type MemoryCouch, memoryCouch } from '../../support/memory-couch.ts';

const APP = '002ff8c5-3c11-4464-a22b-68fb5e7ee5e8';
const RELOAD = '6a849f7f18ec290e6ceb025d';
/** 2027-01-15T08:00:00Z by the store's clock. The container's clock is five minutes ahead. */
const STORE_NOW = 1_800_000_000_000;
const RECEIVED = STORE_NOW + 300_000;
const DAY = 86_400_000;
const EVENT_ID = `event:default:${RELOAD}`;

const finished = (more: object = {}, data: object = {}) => ({
  id: 'e1',
  type: 'com.qlik.v1.reload.finished',
  time: '2027-01-15T07:59:00.000Z',
  data: { id: RELOAD, appId: APP, status: 'SUCCEEDED', ...data },
  ...more,
});
const attempt = (more: object = {}) => ({
  type: 'com.qlik.v1.app.reload.finished',
  time: '2027-01-15T07:59:00.000Z',
  toplevelresourceid: APP,
  data: { reloadId: 'engine-1', status: 'ERROR', ...more },
});

interface Answered {
  readonly batch?: Batch;
  readonly code?: string;
  readonly asked: readonly string[];
}

/** Posts a body with the tenant's key. @returns what comes of it. */
async function post(
  store: MemoryCouch,
  body: unknown,
  more: { readonly apiKey?: string; readonly contentType?: string } = {},
): Promise<Answered> {
  const from = store.asked.length;
  const owBody = typeof body === 'string' ? body : JSON.stringify(body);
  const silent = () => undefined;
  const ports = {
    settings: {
      tenants: [
        { name: 'default' as TenantName, secrets: [], apiKeys: ['key-1'] },
        { name: 'acme' as TenantName, secrets: [], apiKeys: ['key-2'], heardFrom: 'https://acme.eu.qlikcloud.com' },
      ],
      countedEvent: 'app.reload.finished' as const,
    },
    isInAChain: (key: string) => key.endsWith(`/${APP}`),
    receivedAt: RECEIVED as EpochMs,
    activationId: 'act1',
    log: { debug: silent, info: silent, warn: silent, error: silent },
    ledger: { store, times: timeConstants(), retention: (30 * DAY) as DurationMs },
  };
  try {
    const batch = await receive({ contentType: 'text/plain', apiKey: 'key-1', ...more, owBody }, ports);
    return { batch, asked: store.asked.slice(from) };
  } catch (error) {
    if (!(error instanceof CascadeError)) throw error;
    return { code: error.code, asked: store.asked.slice(from) };
  }
}

const storeOf = (options: { readonly isCold?: boolean } = {}) => memoryCouch(() => STORE_NOW as EpochMs, options);

const told = { tenant: 'default', appId: APP, reloadId: RELOAD, outcome: 'succeeded', eventId: 'e1', partial: false };
const endedAt = STORE_NOW - 60_000;

describe('the receiver with a ledger: an event', () => {
  it('is stored with one request, due in two minutes by the store’s clock, and passed on with its rev', async () => {
    const store = storeOf();
    const { batch, asked } = await post(store, finished());
    expect(asked).to.deep.equal([`put ${EVENT_ID}`]);
    expect(store.peek(EVENT_ID)).to.deep.equal({
      _id: EVENT_ID,
      _rev: '1-aaaaaaaa',
      schema: 1,
      type: 'event',
      ...told,
      endedAt,
      source: 'webhook',
      traceId: 'act1',
      storedAt: STORE_NOW,
      dueAt: STORE_NOW + 120_000,
    });
    const stored = { rev: '1-aaaaaaaa', storedAt: STORE_NOW, source: 'webhook', traceId: 'act1' };
    expect(batch).to.deep.equal({
      traceId: 'act1',
      source: 'webhook',
      receivedAt: RECEIVED,
      events: [{ ...told, endedAt, stored }],
      ignored: [],
    });
  });

  it('is due by the container’s clock before the store ever answered', async () => {
    const store = storeOf({ isCold: true });
    await post(store, finished());
    expect(store.peek(EVENT_ID)).to.include({ storedAt: RECEIVED, dueAt: RECEIVED + 120_000 });
  });

  for (const isCold of [true, false]) {
    it(`from the future is passed on as of 5 minutes after its receipt by the store’s clock, ${isCold ? 'also where that is first told now' : 'without another request'}`, async () => {
      const store = storeOf({ isCold });
      const { batch, asked } = await post(store, finished({ time: '2028-01-15T08:00:00.000Z' }));
      expect(batch?.events.map((event) => event.endedAt)).to.deep.equal([STORE_NOW + 300_000]);
      expect(asked).to.deep.equal([`put ${EVENT_ID}`]);
    });
  }

  it('of 5 minutes after its receipt is believed: clocks differ', async () => {
    const time = new Date(STORE_NOW + 300_000).toISOString();
    const { batch } = await post(storeOf(), finished({ time }));
    expect(batch?.events[0]?.endedAt).to.equal(STORE_NOW + 300_000);
  });

  it('from the future that is told again is passed on as of 10 minutes after it was first stored, not as of now', async () => {
    const store = storeOf();
    store.seed({
      ...{ _id: EVENT_ID, schema: 1, type: 'event', ...told, endedAt: STORE_NOW + 365 * DAY },
      ...{ source: 'webhook', traceId: 't0', storedAt: STORE_NOW - 500_000, dueAt: STORE_NOW - 1 },
    });
    const { batch } = await post(store, finished());
    expect(batch?.events[0]?.endedAt).to.equal(STORE_NOW + 100_000);
  });

  it('of an app in no chain is ignored, and nobody is asked', async () => {
    const { batch, asked } = await post(storeOf(), finished({}, { appId: 'another' }));
    expect(batch?.ignored).to.deep.equal([{ reason: 'not-in-a-chain', appId: 'another', reloadId: RELOAD }]);
    expect(asked).to.deep.equal([]);
  });

  it('that ended 29 days ago is taken, and a moment before that is too old', async () => {
    const at = (ms: number) => finished({ time: new Date(ms).toISOString() });
    expect((await post(storeOf(), at(STORE_NOW - 29 * DAY))).batch?.events).to.have.length(1);
    const { batch, asked } = await post(storeOf(), at(STORE_NOW - 29 * DAY - 1));
    expect(batch?.ignored).to.deep.equal([{ reason: 'too-old', appId: APP, reloadId: RELOAD }]);
    expect(asked).to.deep.equal([]);
  });

  it('that is not authentic is not stored, whatever it says', async () => {
    for (const body of [finished(), 'no JSON']) {
      expect(await post(storeOf(), body, { apiKey: 'wrong' })).to.deep.equal({ code: 'UNAUTHORIZED', asked: [] });
    }
  });

  it('is stored with what Qlik tells of it, and nothing else that the body names', async () => {
    const store = storeOf();
    const planted = {
      _id: 'order:x',
      _rev: '9-x',
      _deleted: true,
      type: 'order',
      schema: 2,
      resolvedAt: 1,
      dueAt: 1,
      stored: { rev: 'x' },
      batch: { events: [] },
      plan: {},
      request: {},
      __ow_path: '/x',
      __ow_headers: {},
      source: 'replay',
    };
    const body = { ...planted, ...finished({}, planted), data: { ...planted, id: RELOAD, appId: APP, status: 'OK' } };
    await post(store, body);
    expect(store.all().map(({ _id }) => _id)).to.deep.equal([EVENT_ID]);
    expect(Object.keys(store.peek(EVENT_ID) ?? {}).sort()).to.deep.equal([
      '_id',
      '_rev',
      'appId',
      'dueAt',
      'endedAt',
      'eventId',
      'outcome',
      'partial',
      'reloadId',
      'schema',
      'source',
      'startedBy',
      'storedAt',
      'tenant',
      'traceId',
      'type',
    ]);
    expect(store.peek(EVENT_ID)).to.include({
      type: 'event',
      schema: 1,
      source: 'webhook',
      dueAt: STORE_NOW + 120_000,
    });
  });

  it('whose error was cut in the middle of a letter is stored as text that CouchDB takes', async () => {
    const store = storeOf();
    await post(store, finished({}, { status: 'FAILED', errorMessage: `${'a'.repeat(999)}😀`, errorCode: '\ud83d' }));
    const { error } = store.peek(EVENT_ID) as unknown as { error: { code: string; message: string } };
    expect([error.code, error.message.slice(998)]).to.deep.equal(['\ufffd', 'a']);
  });
});

describe('the receiver with a ledger: a duplicate', () => {
  const first = async (): Promise<MemoryCouch> => {
    const store = storeOf();
    await post(store, finished());
    return store;
  };
  const change = (store: MemoryCouch, more: object) =>
    store.seed({ ...store.peek(EVENT_ID), ...more, _id: EVENT_ID, _rev: '2-bbbbbbbb' });
  const duplicate = { reason: 'duplicate', appId: APP, reloadId: RELOAD };

  it('of an event that is worked off is nothing more: two requests', async () => {
    const store = await first();
    change(store, { resolvedAt: STORE_NOW });
    const { batch, asked } = await post(store, finished());
    expect([batch?.events, batch?.ignored]).to.deep.equal([[], [duplicate]]);
    expect(asked).to.deep.equal([`put ${EVENT_ID}`, `get ${EVENT_ID}`]);
  });

  it('of an event that somebody is at is pending', async () => {
    const { batch } = await post(await first(), finished());
    expect([batch?.events, batch?.ignored]).to.deep.equal([[], [{ ...duplicate, isPending: true }]]);
  });

  it('of an event that nobody finished in time is taken up, with what was stored first', async () => {
    const store = await first();
    change(store, { dueAt: STORE_NOW - 1 });
    const { batch } = await post(store, finished({ time: '2027-01-15T07:30:00Z' }, { status: 'FAILED' }));
    const stored = { rev: '2-bbbbbbbb', storedAt: STORE_NOW, source: 'webhook', traceId: 'act1' };
    expect(batch?.events).to.deep.equal([{ ...told, endedAt, stored }]);
  });
});

describe('the receiver with a ledger: no answer of the store', () => {
  it('once, and nothing stored: the second try stores it', async () => {
    const store = storeOf();
    store.fail('put', 'before');
    const { batch, asked } = await post(store, finished());
    expect(asked).to.have.length(2);
    expect(batch?.events[0]?.stored?.rev).to.equal('1-aaaaaaaa');
  });

  it('once, though it was stored: the event is ours, not a duplicate', async () => {
    const store = storeOf();
    store.fail('put', 'after');
    const { batch, asked } = await post(store, finished());
    expect(asked).to.deep.equal([`put ${EVENT_ID}`, `put ${EVENT_ID}`, `get ${EVENT_ID}`]);
    expect(batch?.events[0]?.stored?.rev).to.equal('1-aaaaaaaa');
    expect(batch?.ignored).to.deep.equal([]);
  });

  it('twice is STORE_UNAVAILABLE', async () => {
    const store = storeOf();
    store.fail('put', 'before', 2);
    expect(await post(store, finished())).to.include({ code: 'STORE_UNAVAILABLE' });
  });

  it('to the question what is stored already is STORE_UNAVAILABLE', async () => {
    const store = storeOf();
    await post(store, finished());
    store.fail('get', 'before');
    expect(await post(store, finished())).to.include({ code: 'STORE_UNAVAILABLE' });
  });

  it('for what is not to be stored does not matter', async () => {
    const store = storeOf();
    store.fail('put', 'before', 9);
    expect((await post(store, { type: 'com.qlik.v1.app.created' })).batch?.ignored[0]?.reason).to.equal('other-event');
  });
});

describe('the receiver with a ledger: a hint', () => {
  it('is an engine attempt, whatever RELOAD_EVENT says: stored, due in two minutes, and no event', async () => {
    const store = storeOf();
    const { batch, asked } = await post(store, attempt());
    expect(asked).to.deep.equal(['put hint:default:engine-1']);
    expect(batch).to.deep.include({ events: [], ignored: [], hints: [{ tenant: 'default', told: 'engine-1' }] });
    expect(store.peek('hint:default:engine-1')).to.deep.equal({
      _id: 'hint:default:engine-1',
      _rev: '1-aaaaaaaa',
      schema: 1,
      type: 'hint',
      tenant: 'default',
      appId: APP,
      told: { outcome: 'failed', endedAt, partial: false, reloadId: 'engine-1' },
      traceId: 'act1',
      storedAt: STORE_NOW,
      dueAt: STORE_NOW + 120_000,
    });
  });

  it('is the paper’s form, under an id of its own', async () => {
    const store = storeOf();
    const { batch } = await post(store, { data: { id: APP, status: 'ok' } });
    expect(batch?.hints).to.deep.equal([{ tenant: 'default', told: 'x.act1' }]);
    expect(store.peek('hint:default:x.act1')?.['told']).to.deep.equal({
      outcome: 'succeeded',
      endedAt: RECEIVED,
      partial: false,
    });
  });

  it('told twice is pending, and nothing more once it is settled', async () => {
    const store = storeOf();
    await post(store, attempt());
    const duplicate = { reason: 'duplicate', appId: APP, reloadId: 'engine-1' };
    expect((await post(store, attempt())).batch).to.deep.include({ ignored: [{ ...duplicate, isPending: true }] });
    const id = 'hint:default:engine-1';
    store.seed({ ...store.peek(id), settledAt: STORE_NOW, settledAs: 'covered', _id: id });
    const { batch } = await post(store, attempt());
    expect([batch?.ignored, batch?.hints]).to.deep.equal([[duplicate], undefined]);
  });

  it('of a session app, or of a reload that stores nothing, is ignored', async () => {
    for (const flag of ['isSessionApp', 'isSkipStore']) {
      const { batch, asked } = await post(storeOf(), attempt({ [flag]: true }));
      expect([batch?.ignored[0]?.reason, asked]).to.deep.equal(['session-app', []]);
    }
  });
});

describe('the receiver with a ledger: a dead letter', () => {
  const lettersIn = (store: MemoryCouch) => store.all().filter(({ type }) => type === 'dead');

  it('is an authentic body that nobody understands: kept whole with the reason, then refused', async () => {
    const store = storeOf();
    const body = JSON.stringify(finished({}, { appId: '§' }));
    expect(await post(store, body)).to.include({ code: 'EVENT_MALFORMED' });
    const [letter] = lettersIn(store);
    expect(letter?._id).to.match(/^dead:[0-9a-f]{64}$/);
    expect(letter).to.deep.include({
      schema: 1,
      type: 'dead',
      tenant: 'default',
      body,
      isBase64: false,
      traceId: 'act1',
    });
    expect(letter?.['reason']).to.deep.equal({
      code: 'EVENT_MALFORMED',
      message: 'The body is authentic, but it is not a reload event: data.appId is not an app id.',
    });
    expect(letter).not.to.have.property('dueAt');
  });

  it('that comes again is the same one', async () => {
    const store = storeOf();
    expect(await post(store, 'no JSON')).to.include({ code: 'EVENT_MALFORMED' });
    expect(await post(store, 'no JSON')).to.include({ code: 'EVENT_MALFORMED' });
    expect(lettersIn(store)).to.have.length(1);
  });

  it('is news for people: an alert for its tenant, raised again at most once an hour', async () => {
    const store = storeOf();
    const { asked } = await post(store, 'no JSON');
    const [letter] = lettersIn(store);
    const id = 'alert:dead-letter:default';
    expect(store.peek(id)).to.deep.include({
      ...{ type: 'alert', kind: 'dead-letter', subject: 'default', traceId: 'act1', at: STORE_NOW },
      ...{ unroutedSince: STORE_NOW, dueAt: STORE_NOW + 30_000 },
      message: `Cascade does not understand a webhook of tenant "default": The body is authentic, but it is not a reload event: it is not JSON. It is kept: cascade replay ${letter?._id} reads it again when that is mended. cascade runs --problems lists all of them.`,
    });
    expect(asked).to.deep.equal([`put ${letter?._id}`, `put ${id}`]);
    await post(store, 'no JSON either');
    expect([lettersIn(store).length, store.peek(id)?.['lastAt']]).to.deep.equal([2, undefined]);
    // The same letter again is no news.
    expect((await post(store, 'no JSON')).asked.filter((call) => call.includes('alert'))).to.deep.equal([]);
  });

  it('is news also if CouchDB stored it and its answer was lost', async () => {
    const store = storeOf();
    store.fail('put', 'after');
    expect(await post(store, 'no JSON')).to.include({ code: 'EVENT_MALFORMED' });
    expect(lettersIn(store)).to.have.length(1);
    expect(store.peek('alert:dead-letter:default')?.['subject']).to.equal('default');
  });

  it('is refused all the same if its alert cannot be stored', async () => {
    const failing = storeOf();
    const { put } = failing;
    failing.put = (document) =>
      document._id.startsWith('alert:') ? Promise.reject(new CascadeError('STORE_UNAVAILABLE', 'gone')) : put(document);
    expect(await post(failing, 'no JSON')).to.include({ code: 'EVENT_MALFORMED' });
    expect(lettersIn(failing)).to.have.length(1);
  });

  it('that another tenant sends is another one', async () => {
    const store = storeOf();
    await post(store, 'no JSON');
    await post(store, 'no JSON', { apiKey: 'key-2' });
    expect(lettersIn(store).map(({ tenant }) => tenant)).to.have.members(['default', 'acme']);
  });

  it('that is no text is kept as base64', async () => {
    const store = storeOf();
    const base64 = Buffer.from([0x7b, 0xff, 0x00]).toString('base64');
    expect(await post(store, base64, { contentType: 'application/json' })).to.include({ code: 'EVENT_MALFORMED' });
    expect(lettersIn(store)[0]).to.include({ body: 'e/8A', isBase64: true });
  });

  it('that cannot be kept is not refused: its sender is to send it again', async () => {
    const store = storeOf();
    store.fail('put', 'before', 2);
    expect(await post(store, 'no JSON')).to.include({ code: 'STORE_UNAVAILABLE' });
  });
});

describe('the receiver with a ledger: of a tenant whose address or id the settings say', () => {
  const heardFrom = 'https://acme.eu.qlikcloud.com';

  it('an event says where it was heard of, as long as it is there', async () => {
    const store = storeOf();
    const { batch, asked } = await post(store, finished(), { apiKey: 'key-2' });
    expect(asked).to.deep.equal([`put event:acme:${RELOAD}`]);
    expect(store.peek(`event:acme:${RELOAD}`)).to.include({ heardFrom });
    expect(batch?.events[0]?.stored).to.include({ heardFrom });
    store.seed({ ...store.peek(`event:acme:${RELOAD}`), _id: `event:acme:${RELOAD}`, dueAt: STORE_NOW - 1 });
    expect((await post(store, finished(), { apiKey: 'key-2' })).batch?.events[0]?.stored).to.include({ heardFrom });
  });

  it('so does a hint', async () => {
    const store = storeOf();
    await post(store, attempt(), { apiKey: 'key-2' });
    expect(store.peek('hint:acme:engine-1')).to.include({ heardFrom });
  });
});

describe('the receiver with a ledger: an end whose document somebody spoilt', () => {
  const spoilt = [
    { what: 'an event', body: finished(), document: { _id: EVENT_ID, schema: 1, type: 'event', outcome: 'fine' } },
    { what: 'a hint', body: attempt(), document: { _id: 'hint:default:engine-1', schema: 1, type: 'hint', told: 'x' } },
  ];
  for (const { what, body, document } of spoilt) {
    it(`${what}: is refused, an alert names the document, and the same delivery is stored once it is deleted`, async () => {
      const store = storeOf();
      store.seed(document);
      expect((await post(store, body)).code).to.equal('LEDGER_MALFORMED');
      const alert = store.peek(`alert:not-stored:${document._id}`);
      expect(alert).to.include({ kind: 'not-stored', subject: document._id, traceId: 'act1', at: STORE_NOW });
      expect(alert?.['message']).to.match(
        /^The document .+ is no (event|hint) of schema 1: look at .+\. A webhook reported/,
      );
      expect(store.peek(document._id)).to.include(document);
      // If it is posted again within the hour, the store gets no further write.
      const again = await post(store, body);
      expect(again.asked.filter((asked) => asked.startsWith('put alert'))).to.have.length(1);
      expect(store.peek(`alert:not-stored:${document._id}`)?._rev).to.equal(alert?._rev);
      const repaired = await post(storeOf(), body);
      expect(repaired.code).to.equal(undefined);
    });
  }
});
