import { expect } from 'chai';
import { fact, RELOAD } from '../support/fact.ts';
import { expectRefusal, type QlikInTest } from '../support/qlik-in-test.ts';
import { statusFor } from './items-apps-spaces.ts';

const HOUR_MS = 3_600_000;
const HOOK = { name: 'hook', url: 'https://hooks.example.com/x' };

/** The value of a switch that nobody has changed. */
const initial = async (qlik: QlikInTest, name: string) => (await qlik.control('GET', '/switches'))[name];

/** The status of a reload that ran, or waited, for `hours`. */
async function endAfter(qlik: QlikInTest, appId: string, hours: number): Promise<string> {
  const id = await qlik.reload(appId);
  await qlik.advance(hours * HOUR_MS);
  return (await qlik.record(id)).status;
}

const names = (received: readonly { event: { data: { appId: string } } }[]) =>
  received.map(({ event }) => event.data.appId);

export const unknown = [
  fact('q-unknown-01', 'the time for an answer is a switch, 10 seconds at first', async (qlik) => {
    expect(await initial(qlik, 'delivery.timeoutMs')).to.equal(10_000);
    await qlik.switches({ 'delivery.timeoutMs': 50, 'clock.patienceMs': 200 });
    const { receiver, path } = await qlik.subscribe([RELOAD]);
    receiver.answer = { status: 0 };
    await qlik.reload(await qlik.app('a'));
    await qlik.advance(60_000);
    expect(await qlik.listed(`${path}/deliveries`, 'status')).to.deep.equal(['fail']);
  }),
  fact('q-unknown-02', 'a failed delivery is not tried again, unless the switches say so', async (qlik) => {
    const { receiver } = await qlik.subscribe([RELOAD]);
    receiver.answer = { status: 500 };
    await qlik.reload(await qlik.app('a'));
    await qlik.advance(24 * HOUR_MS);
    expect(receiver.received).to.have.length(1);
    await qlik.switches({ 'delivery.attempts': 3, 'delivery.backoffMs': 60_000 });
    await qlik.reload('a');
    expect(receiver.received).to.have.length(2);
    await qlik.advance(24 * HOUR_MS);
    expect(receiver.received).to.have.length(4);
    expect(new Set(receiver.received.slice(1).map(({ event }) => event.id)).size).to.equal(1);
  }),
  fact('q-unknown-03', 'failures disable a webhook by switch alone, with a code of ours', async (qlik) => {
    const { receiver, path } = await qlik.subscribe([RELOAD]);
    receiver.answer = { status: 500 };
    await qlik.app('a');
    for (let round = 1; round <= 5; round += 1) await qlik.reload('a');
    expect((await qlik.get(path)).body.enabled).to.equal(true);
    await qlik.switches({ 'webhook.disableAfter': 2 });
    for (let round = 1; round <= 2; round += 1) await qlik.reload('a');
    const disabled = (await qlik.get(path)).body;
    expect(disabled).to.include({ enabled: false, disabledReasonCode: 'DELIVERY-FAILURES' });
  }),
  fact('q-unknown-04', 'deliveries come once and in order, unless the switches say otherwise', async (qlik) => {
    const { receiver } = await qlik.subscribe([RELOAD]);
    for (const id of ['a', 'b', 'c']) await qlik.reload(await qlik.app(id));
    expect(names(receiver.received.splice(0))).to.deep.equal(['a', 'b', 'c']);
    await qlik.switches({ 'delivery.duplicate': true });
    await qlik.reload('a');
    expect(names(receiver.received.splice(0))).to.deep.equal(['a', 'a']);
    await qlik.switches({ 'delivery.duplicate': false, 'delivery.drop': true });
    await qlik.reload('a');
    expect(names(receiver.received.splice(0))).to.deep.equal([]);
    await qlik.switches({ 'delivery.drop': false, 'delivery.delayMs': 5000 });
    await qlik.reload('a');
    expect(names(receiver.received.splice(0))).to.deep.equal([]);
    await qlik.advance(5000);
    expect(names(receiver.received.splice(0))).to.deep.equal(['a']);
    await qlik.switches({ 'delivery.delayMs': 0 });
    await qlik.faults({ on: 'delivery', kind: 'reorder', ms: 60_000 });
    for (const id of ['a', 'b']) await qlik.reload(id);
    expect(names(receiver.received)).to.deep.equal(['b', 'a']);
  }),
  fact('q-unknown-05', 'the content type of CloudEvents is a switch', async (qlik) => {
    const { receiver } = await qlik.subscribe([RELOAD]);
    await qlik.reload(await qlik.app('a'));
    await qlik.switches({ 'delivery.contentType': 'application/cloudevents+json' });
    await qlik.reload('a');
    expect(receiver.received.map(({ headers }) => headers['content-type'])).to.deep.equal([
      'application/json',
      'application/cloudevents+json',
    ]);
  }),
  fact('q-unknown-06', 'the form is a switch, CloudEvents at first', async (qlik) => {
    const { receiver } = await qlik.subscribe([RELOAD]);
    await qlik.app('a');
    for (const form of [undefined, 'hybrid', 'legacy', 'cloudevents']) {
      if (form !== undefined) await qlik.switches({ 'delivery.form': form });
      await qlik.reload('a');
    }
    const forms = receiver.received.map(({ event }) => ['specversion' in event, 'cloudEventsVersion' in event]);
    const cloudEvent = [true, false];
    expect(forms).to.deep.equal([cloudEvent, [true, true], [false, true], cloudEvent]);
    const old = await qlik.subscribe([RELOAD]);
    await qlik.switches({ 'delivery.form': { [old.id]: 'legacy', default: 'hybrid' } });
    await qlik.reload('a');
    expect(old.receiver.received[0]?.event).not.to.have.property('specversion');
    expect(receiver.received.at(-1)?.event).to.have.property('specversion');
  }),
  fact('q-unknown-07', 'a running reload counts as pending, unless the switch says queued', async (qlik) => {
    await qlik.reload(await qlik.app('a', { durationMs: 60_000 }));
    expectRefusal(await qlik.post('a'), 429, 'RELOADS-007');
    await qlik.switches({ 'reloads.pendingCovers': 'queued' });
    expect((await qlik.post('a')).status).to.equal(201);
  }),
  fact('q-unknown-08', 'the 429 for a pending reload has Retry-After by switch alone', async (qlik) => {
    await qlik.post(await qlik.app('a'));
    expect((await qlik.post('a')).headers.get('retry-after')).to.equal(null);
    await qlik.switches({ 'reloads.pendingRetryAfter': 30 });
    expect((await qlik.post('a')).headers.get('retry-after')).to.equal('30');
  }),
  fact('q-unknown-09', 'an unknown app is 404, or 403 by switch', async (qlik) => {
    expectRefusal(await qlik.post('nobody'), 404, 'RELOADS-004');
    await qlik.switches({ 'reloads.unknownApp': 403 });
    expectRefusal(await qlik.post('nobody'), 403, 'RELOADS-003');
  }),
  fact('q-unknown-10', 'the frequency quota is off, or a number by switch', async (qlik) => {
    await qlik.app('a');
    for (let round = 1; round <= 12; round += 1) await qlik.reload('a');
    expect((await qlik.post('a')).status).to.equal(201);
    await qlik.advance(0);
    await qlik.switches({ 'reloads.frequencyQuota': 13 });
    expectRefusal(await qlik.post('a'), 403, 'RELOADS-013');
  }),
  fact('q-unknown-11', 'three hours of running set EXCEEDED_LIMIT, or FAILED by switch', async (qlik) => {
    await qlik.app('a', { durationMs: 4 * HOUR_MS });
    expect(await endAfter(qlik, 'a', 3)).to.equal('EXCEEDED_LIMIT');
    await qlik.switches({ 'reloads.runCapStatus': 'FAILED' });
    expect(await endAfter(qlik, 'a', 3)).to.equal('FAILED');
  }),
  fact('q-unknown-12', 'six hours of waiting set FAILED, or EXCEEDED_LIMIT by switch', async (qlik) => {
    await qlik.switches({ 'reloads.concurrency': 1 });
    for (let n = 1; n <= 5; n += 1) await qlik.reload(await qlik.app(`busy${n}`, { durationMs: 2.9 * HOUR_MS }));
    await qlik.app('a');
    expect(await endAfter(qlik, 'a', 6)).to.equal('FAILED');
    await qlik.switches({ 'reloads.queueCapStatus': 'EXCEEDED_LIMIT' });
    for (let n = 6; n <= 9; n += 1) await qlik.reload(await qlik.app(`busy${n}`, { durationMs: 2.9 * HOUR_MS }));
    expect(await endAfter(qlik, 'a', 6)).to.equal('EXCEEDED_LIMIT');
  }),
  fact('q-unknown-13', 'resourceId comes back in both, in the record, or not at all', async (qlik) => {
    const { receiver } = await qlik.subscribe([RELOAD]);
    await qlik.app('a');
    const seen: unknown[] = [];
    for (const echo of [undefined, 'record', 'none']) {
      if (echo !== undefined) await qlik.switches({ 'reloads.echo': echo });
      const { resourceId } = await qlik.record(await qlik.reload('a', { resourceType: 'api', resourceId: 'r' }));
      seen.push([resourceId, receiver.received.at(-1)?.event.data.resourceId]);
    }
    expect(seen).to.deep.equal([
      ['r', 'r'],
      ['r', undefined],
      [undefined, undefined],
    ]);
  }),
  fact('q-unknown-14', 'the list keeps all ended reloads, or the newest by switch', async (qlik) => {
    await qlik.app('a');
    for (let round = 1; round <= 12; round += 1) await qlik.reload('a');
    expect(await qlik.listed('/api/v1/reloads?appId=a&limit=100')).to.have.length(12);
    await qlik.switches({ 'reloads.keep': 10 });
    expect(await qlik.listed('/api/v1/reloads?appId=a&limit=100')).to.have.length(10);
  }),
  fact('q-unknown-15', 'the list shows a reload and its end at once, or late by switch', async (qlik) => {
    const statuses = () => qlik.listed('/api/v1/reloads?appId=a', 'status');
    await qlik.app('a', { durationMs: 1000 });
    await qlik.reload('a');
    expect(await statuses()).to.deep.equal(['RELOADING']);
    await qlik.advance(1000);
    expect(await statuses()).to.deep.equal(['SUCCEEDED']);
    await qlik.advance(1000);
    await qlik.switches({ 'reloads.listLagMs': 500 });
    await qlik.reload('a');
    expect(await statuses()).to.deep.equal(['SUCCEEDED']);
    await qlik.advance(1200);
    expect(await statuses()).to.deep.equal(['RELOADING', 'SUCCEEDED']);
    await qlik.advance(300);
    expect(await statuses()).to.deep.equal(['SUCCEEDED', 'SUCCEEDED']);
  }),
  fact('q-unknown-16', 'sort=-endTime is honoured, or passed over by switch', async (qlik) => {
    await qlik.app('long', { durationMs: 5000 });
    const long = await qlik.reload('long');
    await qlik.advance(1000);
    const short = await qlik.reload(await qlik.app('short'));
    await qlik.advance(5000);
    const sorted = () => qlik.listed('/api/v1/reloads?sort=-endTime');
    expect(await sorted()).to.deep.equal([long, short]);
    await qlik.switches({ 'reloads.sort': 'creationTimeOnly' });
    expect(await sorted()).to.deep.equal([short, long]);
  }),
  fact('q-unknown-17', 'a change of a read-only field is 409, or 400 by switch', async (qlik) => {
    const { id } = (await qlik.call('POST', '/api/core/webhooks', HOOK)).body;
    const put = () => qlik.call('PUT', `/api/core/webhooks/${id}`, { ...HOOK, id: 'another' });
    expectRefusal(await put(), 409);
    await qlik.switches({ 'webhook.readOnlyChange': 400 });
    expectRefusal(await put(), 400);
  }),
  fact(
    'q-unknown-18',
    'the greatest number of webhooks is 150 a user, or one for the tenant by switch',
    async (qlik) => {
      const make = (key?: string) => qlik.call('POST', '/api/core/webhooks', HOOK, key === undefined ? {} : { key });
      expect(await initial(qlik, 'webhook.quotaUser')).to.equal(150);
      await qlik.switches({ 'webhook.quotaUser': 2 });
      expect([(await make()).status, (await make()).status, (await make()).status]).to.deep.equal([201, 201, 403]);
      const { apiKey } = await qlik.user('Ben', 'TenantAdmin');
      expect((await make(apiKey)).status).to.equal(201);
      await qlik.switches({ 'webhook.quotaTenant': 3 });
      expectRefusal(await make(apiKey), 403);
    },
  ),
  fact(
    'q-unknown-19',
    'in a managed space owner, facilitator and operator reload, or whom the switch names',
    async (qlik) => {
      expect(await initial(qlik, 'spaces.managedReloadRoles')).to.deep.equal(['owner', 'facilitator', 'operator']);
      const statuses = async (...roles: string[]) => {
        const answers: number[] = [];
        for (const role of roles) answers.push(await statusFor(qlik, 'managed', role));
        return answers;
      };
      expect(await statuses('facilitator', 'operator', 'publisher', 'consumer')).to.deep.equal([201, 201, 403, 403]);
      await qlik.advance(0);
      await qlik.switches({ 'spaces.managedReloadRoles': ['publisher'] });
      expect(await statuses('facilitator', 'operator', 'publisher')).to.deep.equal([403, 403, 201]);
    },
  ),
  fact('q-unknown-20', 'a webhook to this machine by http is allowed, and refused by switch', async (qlik) => {
    const make = async (url: string) => (await qlik.call('POST', '/api/core/webhooks', { ...HOOK, url })).status;
    expect(await make('http://127.0.0.1:3233/x')).to.equal(201);
    expect(await make('http://localhost:3233/x')).to.equal(201);
    expect(await make('http://192.168.0.7:3233/x')).to.equal(400);
    await qlik.switches({ 'webhook.allowLoopback': false });
    expect(await make('http://127.0.0.1:3233/x')).to.equal(400);
    expect(await make('http://localhost:3233/x')).to.equal(400);
  }),
];
