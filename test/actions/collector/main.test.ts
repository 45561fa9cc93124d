import { expect } from 'chai';
import type { CouchPort, NewDocument } from '../../../src/clients/couchdb/couchdb-port.ts';
import { type Answerer, json } from '../../clients/support/scripted-server.ts';
import { captureLog } from '../../support/capture-log.ts';
import { APP, useDeployed } from '../support/use-deployed.ts';

/** The deployed sweep reads the real clocks of store and tenant, so the ends that it finds must be near the present. */
const NOW = Date.now();
const ago = (minutes: number): number => NOW - minutes * 60_000;

type DocumentsIn = (couch: CouchPort) => Promise<readonly NewDocument[]>;

describe('the sweep as it is deployed, with a ledger', () => {
  const deployed = useDeployed();

  const sweep = (documentsIn: DocumentsIn, ...answers: Answerer[]) => sweepWith({}, documentsIn, ...answers);

  /** Sweeps a new ledger with these documents, with these settings and a tenant that gives these answers. */
  async function sweepWith(more: Readonly<Record<string, string>>, documentsIn: DocumentsIn, ...answers: Answerer[]) {
    const { couch, settings } = await deployed.ledger();
    await couch.bulk(await documentsIn(couch));
    const { url, received } = await deployed.tenant(...answers);
    const params = { ...settings, QLIK_TENANT_URL: url, QLIK_API_KEY: 'key-1', ...more };
    const environment = {
      __OW_ACTIVATION_ID: 'act1',
      __OW_ACTION_NAME: '/guest/cascade/collector',
      __OW_DEADLINE: String(Date.now() + 120_000),
    };
    const { result, lines } = await captureLog(environment, () => deployed.load('collector')(params));
    const calls = received.map(({ call }) => call);
    // biome-ignore lint/suspicious/noExplicitAny: tests read into whatever an action answers
    return { couch, calls, lines, batch: (result as any).batch };
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

  it('shows no logs, and does the rest of its work, if NOTIFY_LOG says neither on nor off', async () => {
    const { couch, calls, lines, batch } = await sweepWith({ NOTIFY_LOG: 'OFF' }, async () => [
      {
        ...{ _id: 'ticket:reload:default:r1', schema: 1, type: 'ticket', tenant: 'default', appId: APP, chains: [] },
        ...{ reloadId: 'r1', failedAt: ago(9), lastFailedAt: ago(9), times: 1, waiting: [], dueAt: ago(8) },
      },
      {
        ...{ _id: 'event:default:r1', schema: 1, type: 'event', tenant: 'default', appId: APP, reloadId: 'r1' },
        ...{ outcome: 'failed', endedAt: ago(9), partial: false, source: 'webhook', traceId: 't1' },
        ...{ storedAt: ago(9), dueAt: ago(8) },
      },
    ]);
    expect(batch.events).to.have.length(1);
    expect(calls.filter((call) => call.includes('logs'))).to.deep.equal([]);
    expect(await couch.get('ticket:reload:default:r1')).not.to.have.any.keys('dueAt', 'log');
    expect(JSON.stringify(lines)).to.include(
      'The setting NOTIFY_LOG has to be on or off. Tickets get no logs until the setting is right.',
    );
  });
});
