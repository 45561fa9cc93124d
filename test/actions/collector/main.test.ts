import { expect } from 'chai';
import { type EmbeddedStore, startStore } from '../../../local/store/start-store.ts';
import type { CouchPort, NewDocument } from '../../../src/clients/couchdb/couchdb-port.ts';
import { httpCouchdb } from '../../../src/clients/couchdb/http-couchdb.ts';
import type { CompiledChains } from '../../../src/core/link.ts';
import type { DurationMs } from '../../../src/core/units.ts';
import { installLedger } from '../../../src/ledger/install-ledger.ts';
import {
  type Answerer,
  json,
  type ScriptedServer,
  startScriptedServer,
} from '../../clients/support/scripted-server.ts';
import { type BuiltActions, buildForTest } from '../../support/built-actions.ts';
import { captureLog } from '../../support/capture-log.ts';

const APP = '002ff8c5-3c11-4464-a22b-68fb5e7ee5e8';
const chains = {
  links: {},
  apps: { [`default/${APP}`]: { tenant: 'default', appId: APP, label: 'Sales', names: ['sales/extract'] } },
} as unknown as CompiledChains;
/** The deployed sweep reads the real clocks of store and tenant, so what it finds has to be near the present. */
const NOW = Date.now();
const ago = (minutes: number): number => NOW - minutes * 60_000;

describe('the sweep as it is deployed, with a ledger', () => {
  let actions: BuiltActions;
  let store: EmbeddedStore;
  let tenant: ScriptedServer | undefined;
  let databases = 0;
  before(async () => {
    actions = await buildForTest(chains);
    store = await startStore({ port: 0 });
  });
  afterEach(async () => {
    await tenant?.close();
  });
  after(async () => {
    await store.close();
    actions.remove();
  });

  /** Sweeps a new ledger that has these documents, with a tenant that answers so. */
  async function sweep(documentsIn: (couch: CouchPort) => Promise<readonly NewDocument[]>, ...answers: Answerer[]) {
    databases += 1;
    const authorization = `Basic ${Buffer.from(`${store.user}:${store.password}`).toString('base64')}`;
    const admin = { url: store.url, database: `ledger${databases}`, authorization };
    await installLedger({ store: admin, admin });
    const couch = httpCouchdb(admin, { stopwatch: () => performance.now(), timeout: 10_000 as DurationMs });
    await couch.bulk(await documentsIn(couch));
    tenant = await startScriptedServer(...answers);
    const params = {
      QLIK_TENANT_URL: tenant.url,
      QLIK_API_KEY: 'key-1',
      COUCHDB_URL: store.url.replace('://', `://${store.user}:${store.password}@`),
      COUCHDB_DATABASE: admin.database,
    };
    const environment = {
      __OW_ACTIVATION_ID: 'act1',
      __OW_ACTION_NAME: '/guest/cascade/collector',
      __OW_DEADLINE: String(Date.now() + 120_000),
    };
    const { result } = await captureLog(environment, () => actions.load('collector')(params));
    const calls = tenant.received.map(({ call }) => call);
    // biome-ignore lint/suspicious/noExplicitAny: tests read into whatever an action answers
    return { couch, calls, batch: (result as any).batch };
  }

  it('takes up nothing of a tenant whose address by the ledger is another one than by its settings', async () => {
    const { couch, calls, batch } = await sweep(async () => [
      { _id: 'tenant:default', schema: 1, type: 'tenant', url: 'https://another.eu.qlikcloud.com' },
      {
        ...{ _id: `order:default:${APP}:s:r1`, schema: 1, type: 'order', tenant: 'default', appId: APP, chain: 'one' },
        ...{ state: 'planned', body: {}, causes: ['r1'], hops: 1, root: 'event:default:r1', traceId: 't1', try: 1 },
        ...{ claims: 0, ends: [], createdAt: ago(10), dueAt: ago(9) },
      },
    ]);
    expect([batch.events, batch.due, calls]).to.deep.equal([[], undefined, []]);
    expect(await couch.get('alert:tenant-moved:default')).to.include({ kind: 'tenant-moved', traceId: 'act1' });
  });

  it('asks Qlik for the deliveries of this deployment’s webhook, which it knows by its path', async () => {
    const ends = [['r5', 10] as const, ['r4', 20] as const, ['r3', 30] as const, ['r2', 40] as const];
    const eventOf = ([reloadId, minutes]: (typeof ends)[number]): NewDocument => ({
      ...{ _id: `event:default:${reloadId}`, schema: 1, type: 'event', tenant: 'default', appId: APP, reloadId },
      ...{ outcome: 'succeeded', endedAt: ago(minutes), partial: false, source: 'sweep', traceId: 't1', skips: [] },
      ...{ storedAt: ago(minutes), resolvedAt: ago(minutes) },
    });
    const reloadOf = ([id, minutes]: readonly [string, number]) => ({
      ...{ id, appId: APP, status: 'SUCCEEDED', type: 'chronos', userId: 'u1' },
      creationTime: new Date(ago(minutes + 1)).toISOString(),
      endTime: new Date(ago(minutes)).toISOString(),
    });
    const webhookAt = (id: string, path: string) => ({
      ...{ id, name: id, enabled: true, eventTypes: ['com.qlik.v1.reload.finished'] },
      url: `https://host.example/api/v1/web/guest/${path}`,
    });
    const { couch, calls } = await sweep(
      async ({ identity }) => [
        {
          ...{ _id: 'checkpoint:default', schema: 1, type: 'checkpoint', t: ago(15), from: ago(600), apps: [APP] },
          store: await identity(),
        },
        ...ends.map(eventOf),
      ],
      json(200, { data: [['r6', 1] as const, ...ends].map(reloadOf), links: {} }),
      json(200, { data: [webhookAt('w1', 'cascade-test/webhook'), webhookAt('w2', 'cascade/webhook')] }),
      json(200, { data: [{ status: 'fail', response: { statusCode: 429 } }] }),
    );
    expect(calls.slice(1)).to.deep.equal([
      'GET /api/v1/webhooks?limit=100',
      'GET /api/v1/webhooks/w2/deliveries?sort=-triggeredAt&limit=1',
    ]);
    expect((await couch.get('alert:webhook-silent:default'))?.['message']).to.match(
      /Refused by the host: the last delivery to the webhook "w2" was answered 429\.$/,
    );
  });
});
