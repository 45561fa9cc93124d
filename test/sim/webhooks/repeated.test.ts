import { expect } from 'chai';
import { useReceiver } from '../support/use-receiver.ts';
import { useTenant } from '../support/use-tenant.ts';

const RELOAD = 'com.qlik.v1.reload.finished';

describe('sim: deliveries that go wrong', () => {
  const tenant = useTenant({ clock: 'hand', seed: 'mishaps' });
  const receiver = useReceiver();
  const apps = () => receiver.received.map(({ event }) => event.data.appId);
  const deliveries = async (id: string) =>
    (await tenant.call('GET', `/api/core/webhooks/${id}/deliveries?sort=%2BtriggeredAt`)).body.data;

  /** Reloads apps of these names, a second apart. */
  async function reload(...ids: string[]): Promise<void> {
    for (const id of ids) {
      await tenant.app(id);
      await tenant.reload(id);
      await tenant.advance(1000);
    }
  }

  it('q-unknown-02: a failed one is not tried again', async () => {
    await receiver.subscribe(tenant, { eventTypes: [RELOAD] });
    receiver.answer = { status: 503 };
    await reload('a');
    await tenant.advance(24 * 3_600_000);
    expect(receiver.received).to.have.length(1);
  });

  it('q-unknown-02: by switch it is tried again, so often and at such a distance, with the same bytes', async () => {
    await tenant.switches({ 'delivery.attempts': 3, 'delivery.backoffMs': 30_000 });
    const id = await receiver.subscribe(tenant, { eventTypes: [RELOAD] });
    receiver.answer = { status: 503 };
    await reload('a');
    await tenant.advance(24 * 3_600_000);
    expect(
      receiver.received.map(({ bytes }) => bytes.equals(receiver.received[0]?.bytes ?? Buffer.alloc(0))),
    ).to.deep.equal([true, true, true]);
    const tried = await deliveries(id);
    expect(tried.map(({ triggeredAt, status }: Record<string, string>) => `${triggeredAt} ${status}`)).to.deep.equal([
      '2026-11-21T07:00:00.000Z fail',
      '2026-11-21T07:00:30.000Z fail',
      '2026-11-21T07:01:00.000Z fail',
    ]);
    const attempts = await tenant.journal((entry) => entry['kind'] === 'delivery', 3);
    expect(attempts.map(({ attempt }) => attempt)).to.deep.equal([1, 2, 3]);
  });

  it('q-unknown-02: it is tried again until it succeeds', async () => {
    await tenant.switches({ 'delivery.attempts': 5, 'delivery.backoffMs': 1000 });
    await receiver.subscribe(tenant, { eventTypes: [RELOAD] });
    receiver.answer = { status: 503 };
    await tenant.app('a');
    await tenant.reload('a');
    await tenant.advance(0);
    receiver.answer = { status: 200 };
    await tenant.advance(10_000);
    expect(receiver.received).to.have.length(2);
  });

  it('q-unknown-01, -02: the next attempt counts from the end of the time-out', async () => {
    await tenant.switches({ 'delivery.attempts': 2, 'delivery.backoffMs': 5000, 'clock.patienceMs': 50 });
    const id = await receiver.subscribe(tenant, { eventTypes: [RELOAD] });
    receiver.answer = { status: 0 };
    await reload('a');
    await tenant.advance(60_000);
    const times = (await deliveries(id)).map(({ triggeredAt }: { triggeredAt: string }) => triggeredAt.slice(14, 19));
    expect(times).to.deep.equal(['00:00', '00:15']);
  });

  it('q-unknown-04: by switch each comes twice', async () => {
    await tenant.switches({ 'delivery.duplicate': true });
    await receiver.subscribe(tenant, { eventTypes: [RELOAD] });
    await reload('a', 'b');
    expect(apps()).to.deep.equal(['a', 'a', 'b', 'b']);
  });

  it('q-unknown-04: by switch each second one overtakes the one before it', async () => {
    await tenant.switches({ 'delivery.reorder': true });
    await receiver.subscribe(tenant, { eventTypes: [RELOAD] });
    for (const id of ['a', 'b', 'c', 'd']) {
      await tenant.app(id);
      await tenant.reload(id);
    }
    await tenant.advance(0);
    expect(apps()).to.deep.equal(['b', 'a', 'd', 'c']);
  });

  it('q-unknown-04: one that nobody overtakes comes a second late', async () => {
    await tenant.switches({ 'delivery.reorder': true });
    await receiver.subscribe(tenant, { eventTypes: [RELOAD] });
    await tenant.app('a');
    await tenant.reload('a');
    await tenant.advance(999);
    expect(apps()).to.deep.equal([]);
    await tenant.advance(1);
    expect(apps()).to.deep.equal(['a']);
  });

  it('q-unknown-04: by switch none comes, or some do not', async () => {
    await receiver.subscribe(tenant, { eventTypes: [RELOAD] });
    await tenant.switches({ 'delivery.drop': true });
    await reload('a', 'b');
    expect(apps()).to.deep.equal([]);
    await tenant.switches({ 'delivery.drop': 50 });
    await reload(...Array.from({ length: 20 }, (_, index) => `c${index}`));
    expect(apps().length).to.be.within(3, 17);
  });

  it('q-unknown-04: by switch each comes late', async () => {
    await tenant.switches({ 'delivery.delayMs': 5000 });
    await receiver.subscribe(tenant, { eventTypes: [RELOAD] });
    await tenant.app('a');
    await tenant.reload('a');
    await tenant.advance(4999);
    expect(apps()).to.deep.equal([]);
    await tenant.advance(1);
    expect(apps()).to.deep.equal(['a']);
  });

  it('cuts the connection when half of the body is out', async () => {
    const id = await receiver.subscribe(tenant, { eventTypes: [RELOAD] });
    await tenant.faults({ on: 'delivery', kind: 'cut' });
    await reload('a', 'b');
    expect(apps()).to.deep.equal(['b']);
    expect((await deliveries(id)).map(({ statusMessage }: { statusMessage: string }) => statusMessage)).to.deep.equal([
      'the connection was cut',
      '200 OK',
    ]);
  });

  it('sends slowly: the other half of the body comes later', async () => {
    await tenant.switches({ 'clock.patienceMs': 50 });
    const id = await receiver.subscribe(tenant, { eventTypes: [RELOAD] });
    await tenant.faults({ on: 'delivery', kind: 'slow', ms: 3000 });
    await tenant.app('a');
    await tenant.reload('a');
    await tenant.advance(2999);
    expect(apps()).to.deep.equal([]);
    await tenant.advance(1);
    expect(apps()).to.deep.equal(['a']);
    expect((await deliveries(id))[0]).to.include({ status: 'success', triggeredAt: '2026-11-21T07:00:00.000Z' });
  });

  it('q-unknown-06: sends each webhook its own form', async () => {
    const [one, other] = [await receiver.subscribe(tenant), await receiver.subscribe(tenant)];
    await receiver.subscribe(tenant);
    await tenant.switches({ 'delivery.form': { [one]: 'legacy', [other]: 'hybrid' } });
    await tenant.app('a');
    await tenant.reload('a');
    await tenant.advance(0);
    const forms = receiver.received.map(({ event }) => ['eventId' in event, 'id' in event]);
    expect(forms.slice(0, 3)).to.deep.equal([
      [true, false],
      [true, true],
      [false, true],
    ]);
    await tenant.switches({ 'delivery.form': { [one]: 'hybrid', default: 'legacy' } });
    await tenant.reload('a');
    await tenant.advance(0);
    const keys = receiver.received.map(({ event }) => Object.keys(event));
    expect(keys[6]).to.include.members(['id', 'eventId']);
    expect(keys[7]).to.include('eventId').and.not.include('id');
    expect((await tenant.switches({ 'delivery.form': { [one]: 'older' } })).status).to.equal(400);
  });

  it('q-unknown-03: the code of a disabled webhook by switch', async () => {
    await tenant.switches({ 'webhook.disableAfter': 1, 'webhook.disabledReasonCode': 'WH-1' });
    const id = await receiver.subscribe(tenant, { eventTypes: [RELOAD] });
    receiver.answer = { status: 500 };
    await reload('a');
    const webhook = (await tenant.call('GET', `/api/core/webhooks/${id}`)).body;
    expect(webhook).to.include({ enabled: false, disabledReasonCode: 'WH-1' });
  });

  it('q-unknown-18: by switch the tenant has a greatest number of webhooks, too', async () => {
    await tenant.switches({ 'webhook.quotaTenant': 2 });
    const { apiKey: key } = (await tenant.call('POST', '/_sim/users', { name: 'Ann' })).body;
    const post = (options = {}) =>
      tenant.call('POST', '/api/core/webhooks', { name: 'h', url: 'https://h.example.com/', level: 'user' }, options);
    const answers = [await post(), await post({ key }), await post({ key })];
    expect(answers.map(({ status }) => status)).to.deep.equal([201, 201, 403]);
  });

  it('sends one again for somebody without a key, and journals which event it was', async () => {
    const id = await receiver.subscribe(tenant, { eventTypes: [RELOAD] });
    await reload('a');
    const [first] = await tenant.journal((entry) => entry['kind'] === 'delivery');
    const path = `/_sim/webhooks/${id}/deliveries`;
    const again = await tenant.call('POST', `${path}/${first?.['deliveryId']}/resend`, undefined, { key: null });
    expect(again.status).to.equal(201);
    const both = await tenant.journal((entry) => entry['kind'] === 'delivery', 2);
    expect(both.map(({ eventId, appId }) => [eventId, appId])).to.deep.equal([
      [first?.['eventId'], 'a'],
      [first?.['eventId'], 'a'],
    ]);
    expect((await tenant.call('POST', `${path}/nothing/resend`)).status).to.equal(404);
    expect((await tenant.call('POST', '/_sim/webhooks/nobody/deliveries/x/resend')).status).to.equal(404);
  });
});
