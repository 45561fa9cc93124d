import { createServer, type Server } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import type { CompiledChains } from '../../src/core/link.ts';
import type { AppId, ChainName, TenantName } from '../../src/core/names.ts';
import { type BuiltActions, buildForTest } from '../support/built-actions.ts';
import { captureLog } from '../support/capture-log.ts';

const app = (appId: string) => ({ tenant: 'default' as TenantName, appId: appId as AppId });
const label = (appId: string) => ({ ...app(appId), label: appId, names: [] });
const CHAINS: CompiledChains = {
  links: {
    'default/a': [
      {
        ...{ chain: 'sales' as ChainName, after: app('a'), on: 'succeeded', target: app('b') },
        ...{ clause: 's', body: {}, paused: false },
      },
    ],
  },
  apps: { 'default/a': label('a'), 'default/b': label('b') },
};
const EVENT = { tenant: 'default', appId: 'a', reloadId: 'r1', outcome: 'succeeded', endedAt: 1, partial: false };
const BODY = {
  type: 'com.qlik.v1.reload.finished',
  time: '2026-11-22T01:00:00Z',
  data: { id: 'r1', appId: 'a', status: 'SUCCEEDED' },
};

describe('an action whose store takes connections and never answers', () => {
  let actions: BuiltActions;
  let store: Server;
  let ledger: { readonly COUCHDB_URL: string };
  before(async () => {
    actions = await buildForTest(CHAINS);
    store = createServer(() => {});
    await new Promise<void>((resolve) => store.listen(0, '127.0.0.1', resolve));
    const { port } = store.address() as { port: number };
    ledger = { COUCHDB_URL: `http://127.0.0.1:${port}` };
  });
  after(() => {
    actions.remove();
    store.close();
  });

  /** The action's answer. If it takes too long: the answer of OpenWhisk, which ends it at its limit. */
  async function withinItsLimit(
    action: 'receiver' | 'resolver' | 'chains' | 'storer',
    limitMs: number,
    params: object,
    // biome-ignore lint/suspicious/noExplicitAny: tests read into whatever an action answers
  ): Promise<any> {
    const environment = { __OW_ACTIVATION_ID: 'act1', __OW_DEADLINE: String(Date.now() + limitMs) };
    const main = actions.load(action);
    const over = new AbortController();
    const ended = pause(limitMs, 'ended by OpenWhisk', { signal: over.signal }).catch(() => 'over');
    const { result } = await captureLog(environment, () => Promise.race([main({ ...ledger, ...params }), ended]));
    over.abort();
    return result;
  }

  it('receiver: says itself, within its 8 s, that nothing is stored', async () => {
    const { error } = await withinItsLimit('receiver', 8_000, {
      ...{ WEBHOOK_API_KEY: 'a-key-of-the-webhook', __ow_headers: { 'x-api-key': 'a-key-of-the-webhook' } },
      __ow_body: Buffer.from(JSON.stringify(BODY)).toString('base64'),
    });
    expect([error.statusCode, error.body.error.code]).to.deep.equal([503, 'STORE_UNAVAILABLE']);
  });

  it('resolver: leaves the event due, within its 15 s', async () => {
    const stored = { rev: '1-a', storedAt: 1, source: 'webhook', traceId: 't1' };
    const batch = { traceId: 't1', source: 'webhook', receivedAt: 1, ignored: [], events: [{ ...EVENT, stored }] };
    const { plan } = await withinItsLimit('resolver', 15_000, { batch });
    expect([plan.undecided, plan.orders]).to.deep.equal([1, []]);
  });

  it('storer: tries on while a further request of 10 s ends before its limit, then says that nothing is recorded', async () => {
    const nobody = { COUCHDB_URL: 'http://127.0.0.1:1' };
    const { error } = await withinItsLimit('storer', 10_500, { ...nobody, record: { traceId: 't1', events: [EVENT] } });
    expect(error).to.include({ code: 'STORE_UNAVAILABLE', traceId: 't1' });
  });

  it('chains: shows who follows whom, without last reloads, within its 15 s', async () => {
    const reader = { READ_API_KEY: 'a-key-of-readers', __ow_headers: { 'x-api-key': 'a-key-of-readers' } };
    const { statusCode } = await withinItsLimit('chains', 15_000, { ...reader, __ow_method: 'get', __ow_path: '' });
    expect(statusCode).to.equal(200);
  });
});
