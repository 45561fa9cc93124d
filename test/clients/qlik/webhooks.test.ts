import { expect } from 'chai';
import { startTenant } from '../../../sim/start-tenant.ts';
import { httpQlik } from '../../../src/clients/qlik/http-qlik.ts';
import type { TenantName } from '../../../src/core/names.ts';
import type { DurationMs, EpochMs } from '../../../src/core/units.ts';
import { type Answerer, json, startScriptedServer } from '../support/scripted-server.ts';

const PATIENT = 10_000 as DurationMs;
const portTo = (origin: string, apiKey = 'k') =>
  httpQlik(
    { name: 'default' as TenantName, origin, credential: { kind: 'api-key', apiKey } },
    () => Date.now() as EpochMs,
  );

async function answered<T>(answer: Answerer, ask: (qlik: ReturnType<typeof portTo>) => Promise<T>) {
  const server = await startScriptedServer(answer);
  try {
    return { told: await ask(portTo(server.url)), calls: server.received.map(({ call }) => call) };
  } finally {
    await server.close();
  }
}

describe('what Qlik tells of webhooks', () => {
  it('is their state, whatever is missing', async () => {
    const webhook = {
      id: 'w1',
      name: 'n',
      url: 'https://h/x',
      enabled: false,
      disabledReason: 'why',
      eventTypes: ['a', 7],
    };
    const { told, calls } = await answered(json(200, { data: [webhook, {}, 7] }), (qlik) => qlik.webhooks(PATIENT));
    expect(told).to.deep.equal({
      kind: 'listed',
      webhooks: [
        { id: 'w1', name: 'n', url: 'https://h/x', isEnabled: false, eventTypes: ['a'], disabledReason: 'why' },
        { id: '', name: '', url: '', isEnabled: false, eventTypes: [] },
      ],
    });
    expect(calls).to.deep.equal(['GET /api/v1/webhooks?limit=100']);
  });

  it('is why one is disabled in Qlik’s words, else by its code', async () => {
    const code = { disabledReasonCode: 'DELIVERY-FAILURES' };
    const data = [code, { ...code, disabledReason: '5 deliveries failed in a row' }];
    const { told } = await answered(json(200, { data }), (qlik) => qlik.webhooks(PATIENT));
    expect(told.kind === 'listed' && told.webhooks.map(({ disabledReason }) => disabledReason)).to.deep.equal([
      'DELIVERY-FAILURES',
      '5 deliveries failed in a row',
    ]);
  });

  it('is the newest delivery of one', async () => {
    const delivery = {
      status: 'fail',
      statusMessage: 'x'.repeat(300),
      triggeredAt: '2026-11-22T11:55:00.000Z',
      response: { statusCode: 429 },
    };
    const { told, calls } = await answered(json(200, { data: [delivery] }), (qlik) =>
      qlik.lastDelivery('w/1', PATIENT),
    );
    expect(told).to.deep.equal({
      kind: 'known',
      delivery: { hasSucceeded: false, message: 'x'.repeat(200), at: Date.UTC(2026, 10, 22, 11, 55), statusCode: 429 },
    });
    expect(calls).to.deep.equal(['GET /api/v1/webhooks/w%2F1/deliveries?sort=-triggeredAt&limit=1']);
    expect((await answered(json(200, { data: [] }), (qlik) => qlik.lastDelivery('w1', PATIENT))).told).to.deep.equal({
      kind: 'known',
    });
  });

  it('may not be had', async () => {
    const forbidden = json(403, {});
    expect((await answered(forbidden, (qlik) => qlik.webhooks(PATIENT))).told).to.deep.equal({
      kind: 'unavailable',
      message: 'Qlik answered 403 to the list of webhooks',
    });
    expect((await answered(json(200, []), (qlik) => qlik.lastDelivery('w1', PATIENT))).told).to.deep.equal({
      kind: 'unavailable',
      message: 'Qlik answered 200 to a webhook’s deliveries',
    });
  });

  it('is what the simulated tenant tells', async () => {
    const tenant = await startTenant({ port: 0 });
    try {
      const qlik = portTo(tenant.url, tenant.apiKey);
      expect(await qlik.webhooks(PATIENT)).to.deep.equal({ kind: 'listed', webhooks: [] });
      expect((await qlik.lastDelivery('none', PATIENT)).kind).to.equal('unavailable');
    } finally {
      await tenant.close();
    }
  });
});
