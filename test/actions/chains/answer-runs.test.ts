import { expect } from 'chai';
import { answerRuns } from '../../../actions/chains/answer-runs.ts';
import type { RunRow } from '../../../actions/chains/run-rows.ts';
import type { NewDocument } from '../../../src/clients/couchdb/couchdb-port.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import { memoryCouch } from '../../support/memory-couch.ts';
import { plannedOrder } from '../../support/planned-order.ts';
import { compiledOf } from './support/compiled-of.ts';

const compiled = compiledOf(
  {
    chain: 'sales',
    apps: { extract: { id: 'a' }, report: { id: 'b' } },
    reloads: [{ app: 'report', after: 'extract' }],
  },
  { chain: 'stock', apps: { stock: { id: 'c' }, board: { id: 'd' } }, reloads: [{ app: 'board', after: 'stock' }] },
);

const T = Date.UTC(2026, 10, 22, 1);
const event = (appId: string, reloadId: string, endedAt: number, more: object = {}): NewDocument => ({
  ...{ _id: `event:default:${reloadId}`, schema: 1, type: 'event', tenant: 'default', appId, reloadId },
  ...{ outcome: 'succeeded', endedAt, partial: false, source: 'webhook', traceId: 't1', storedAt: endedAt },
  ...more,
});
const ORDER = 'order:default:b:s:r1';
const order: NewDocument = {
  ...plannedOrder,
  ...{ _id: ORDER, appId: 'b', chain: 'sales', causes: ['r1'], root: 'event:default:r1', state: 'ended' },
  ...{ policy: { retry: { attempts: 1, delay: 60_000 } }, try: 2, ends: ['r2', 'r3'], outcome: 'succeeded' },
  ...{ createdAt: T + 1_000, endedAt: T + 9_000 },
};
const LEDGER = [
  event('a', 'r1', T, { createdAt: T - 12_000, startedAt: T - 10_000, startedBy: 'chronos' }),
  order,
  {
    _id: 'started:default:r2',
    schema: 1,
    type: 'started',
    order: ORDER,
    also: [],
    isGuess: false,
    try: 1,
    hops: 1,
    root: 'event:default:r1',
  },
  event('b', 'r2', T + 5_000, { outcome: 'failed', error: { code: 'E1', message: '=Timed out' } }),
  event('b', 'r3', T + 9_000, { orderId: ORDER, orderTry: 2 }),
  event('c', 's1', T + 7_000),
  event('stranger', 'x1', T + 8_000),
];

function ask(path: string, query = '', documents: readonly NewDocument[] = LEDGER) {
  const store = memoryCouch(() => T as EpochMs);
  store.seed(...documents);
  const request = { path, query, ownUrl: 'https://faas.example/chains' };
  return { store, answer: () => answerRuns(request, compiled, store) };
}
const rowsIn = async (query = '', documents = LEDGER) => {
  const { body } = await ask('/runs', query, documents).answer();
  return body as { data: readonly RunRow[]; links: { next?: { href: string } } };
};

describe('chains/runs', () => {
  it('has a row for each end of an app in a chain, the newest first, with its run, its order and its cause', async () => {
    const { data, links } = await rowsIn();
    expect(data.map(({ runReloadId }) => runReloadId)).to.deep.equal(['r3', 's1', 'r2', 'r1']);
    const [, , failed, first] = data;
    expect(failed).to.deep.equal({
      ...{ runId: 'event:default:r1', runReloadId: 'r2', nodeId: 'default/b', runLabel: 'report', runStatus: 'FAILED' },
      ...{ runCreatedAt: '', runStartedAt: '', runEndedAt: '2026-11-22T01:00:05.000Z' },
      ...{ runEndedEpochSeconds: T / 1_000 + 5, runQueuedSeconds: null, runDurationSeconds: null },
      ...{ runErrorCode: 'E1', runErrorMessage: '=Timed out', runStartedBy: '' },
      ...{ runOrder: ORDER, runChain: 'sales', runAttempt: 1 },
      ...{ runCauseReloadId: 'r1', runCauseNodeId: 'default/a', runCauseLabel: 'extract' },
    });
    expect(first).to.deep.include({
      ...{ runId: 'event:default:r1', runOrder: '', runChain: '', runAttempt: null, runCauseReloadId: '' },
      ...{
        runCreatedAt: '2026-11-22T00:59:48.000Z',
        runStartedAt: '2026-11-22T00:59:50.000Z',
        runStartedBy: 'chronos',
      },
      ...{ runQueuedSeconds: 2, runDurationSeconds: 10 },
    });
    expect(data[0]).to.include({ runAttempt: 2, runCauseReloadId: 'r1' });
    expect(links.next).to.equal(undefined);
  });

  it('takes one request for the ends and at most three for their orders and causes', async () => {
    const { store, answer } = ask('/runs');
    await answer();
    expect(store.asked.map((asked) => asked.split(' ')[0])).to.deep.equal(['latest', 'many', 'many']);
    const alone = ask('/runs', 'limit=1');
    await alone.answer();
    // The end that called for it is on another page.
    expect(alone.store.asked.map((asked) => asked.split(' ')[0])).to.deep.equal(['latest', 'many', 'many']);
  });

  it('has pages, and says where the next one is', async () => {
    const first = await rowsIn('limit=3');
    expect(first.data).to.have.length(3);
    expect(first.links.next?.href).to.equal('https://faas.example/chains/runs?limit=3&offset=3');
    const second = await rowsIn('limit=3&offset=3');
    expect(second.data.map(({ runReloadId }) => runReloadId)).to.deep.equal(['r1']);
    expect(second.links.next).to.equal(undefined);
  });

  it('can be of one chain', async () => {
    const { data } = await rowsIn('chain=stock');
    expect(data.map(({ nodeId }) => nodeId)).to.deep.equal(['default/c']);
    const error = await ask('/runs', 'chain=none')
      .answer()
      .catch((reason) => reason);
    expect(error).to.have.property('code', 'PARAMETERS_INVALID');
  });

  it('is CSV, too, without formulas', async () => {
    const { headers, body } = await ask('/runs.csv', 'limit=2&offset=1').answer();
    const [head, , failed] = String(body).split('\r\n');
    expect(headers).to.include({ 'content-type': 'text/csv; charset=utf-8' });
    expect(headers['link']).to.equal('<https://faas.example/chains/runs.csv?limit=2&offset=3>; rel="next"');
    expect(head).to.match(/^runId,runReloadId,nodeId,.*,runCauseLabel$/);
    expect(failed).to.equal(
      `event:default:r1,r2,default/b,report,FAILED,,,2026-11-22T01:00:05.000Z,${T / 1_000 + 5},,,E1,'=Timed out,,${ORDER},sales,1,r1,default/a,extract`,
    );
  });

  it('reads past many ends of others, and past what is spoilt', async () => {
    const others = Array.from({ length: 1_500 }, (_, index) => event('stranger', `y${index}`, T + 100_000 + index));
    const { data } = await rowsIn('', [...LEDGER, ...others, event('a', 'bad', T + 99_000, { partial: 'maybe' })]);
    expect(data).to.have.length(4);
  });

  it('does not take an order of another app for an end’s: anybody can send our resourceId', async () => {
    const { data } = await rowsIn('', [order, event('a', 'r9', T, { orderId: ORDER, orderTry: 1 })]);
    expect(data[0]).to.include({ runId: 'event:default:r9', runOrder: '' });
  });

  it('needs a ledger', async () => {
    const request = { path: '/runs', query: '', ownUrl: 'https://faas.example/chains' };
    const error = await answerRuns(request, compiled, undefined).catch((reason) => reason);
    expect(error).to.have.property('code', 'SETTINGS_INVALID');
  });
});
