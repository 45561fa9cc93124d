import { expect } from 'chai';
import { ENGINE, fact, RELOAD } from '../support/fact.ts';
import type { QlikInTest } from '../support/qlik-in-test.ts';

/** Reloads one app and returns the event of `type`, and the reload's id. */
async function sent(
  qlik: QlikInTest,
  type: string,
  settings: Record<string, unknown> = {},
  body: Record<string, unknown> = {},
) {
  const { receiver } = await qlik.subscribe([type]);
  const id = await qlik.reload(await qlik.app('a', settings), body);
  await qlik.advance(60_000);
  return { id, event: receiver.received[0]?.event ?? expect.fail('nothing was sent') };
}

export const envelopes = [
  fact('q-envelopes-01', 'a CloudEvent has its attributes, all in lower case', async (qlik) => {
    const { event } = await sent(qlik, RELOAD, { spaceId: 's' });
    expect(event).to.include({ type: RELOAD, specversion: '1.0', tenantid: qlik.sim.tenantId });
    expect(event).to.include.keys('id', 'source', 'time', 'data');
    for (const name of Object.keys(event)) expect(name).to.equal(name.toLowerCase());
  }),
  fact('q-envelopes-02', 'a finished reload comes from the reload service, about the app', async (qlik) => {
    const { event } = await sent(qlik, RELOAD);
    expect(event).to.include({ source: 'com.qlik/reloads', toplevelresourceid: event.data.appId });
    expect(event.toplevelresourceid).to.equal('a');
  }),
  fact('q-envelopes-03', 'its data names reload, app and user, and says whether it succeeded', async (qlik) => {
    const { id, event } = await sent(qlik, RELOAD);
    const me = (await qlik.get('/api/v1/users/me')).body.id;
    expect(event.data).to.include({ id, appId: 'a', userId: me, succeeded: true });
  }),
  fact('q-envelopes-04', 'status agrees with succeeded', async (qlik) => {
    const { receiver } = await qlik.subscribe([RELOAD]);
    await qlik.app('a', { outcomes: ['succeeded', 'failed', 'canceled', 'exceeded-limit'] });
    for (let round = 1; round <= 4; round += 1) await qlik.reload('a');
    expect(receiver.received.map(({ event }) => [event.data.status, event.data.succeeded])).to.deep.equal([
      ['SUCCEEDED', true],
      ['FAILED', false],
      ['CANCELED', false],
      ['EXCEEDED_LIMIT', false],
    ]);
  }),
  fact('q-envelopes-05', 'its data has what was asked and when', async (qlik) => {
    const asked = { partial: true, weight: 3, resourceType: 'api', resourceId: 'r' };
    const { event } = await sent(qlik, RELOAD, { spaceId: 's', durationMs: 26_100 }, asked);
    const times = {
      creationTime: '2026-11-21T07:00:00.000Z',
      startTime: '2026-11-21T07:00:00.000Z',
      lastReloadTime: '2026-11-21T07:00:26.100Z',
      durationSeconds: 26.1,
    };
    expect(event.data).to.include({ ...asked, ...times, type: 'external', appUsage: 'ANALYTICS' });
    expect(event.data).to.include.keys('errorCode', 'errorMessage');
  }),
  fact('q-envelopes-06', 'spaceid is there for an app in a space only', async (qlik) => {
    const { receiver } = await qlik.subscribe([RELOAD, ENGINE]);
    await qlik.reload(await qlik.app('a', { spaceId: 's' }));
    await qlik.reload(await qlik.app('b'));
    expect(receiver.received.map(({ event }) => event.spaceid)).to.deep.equal(['s', 's', undefined, undefined]);
  }),
  fact('q-envelopes-07', 'the engine names the app in the envelope alone', async (qlik) => {
    const { event } = await sent(qlik, ENGINE);
    expect(event).to.include({ source: 'com.qlik/engine', toplevelresourceid: 'a' });
    expect(event.data).not.to.have.any.keys('id', 'appId');
  }),
  fact('q-envelopes-08', "the engine's data tells the attempt", async (qlik) => {
    const { id, event } = await sent(qlik, ENGINE, { name: 'Sales', durationMs: 4211 }, { partial: true });
    expect(event.data).to.include({
      name: 'Sales',
      status: 'ok',
      reloadId: id,
      endTime: '2026-11-21T07:00:04Z',
      duration: 4211,
      usage: 'ANALYTICS',
      isSessionApp: false,
      isSkipStore: false,
      isPartialReload: true,
    });
  }),
  fact('q-envelopes-09', 'the legacy form', async (qlik) => {
    await qlik.switches({ 'delivery.form': 'legacy' });
    const { event } = await sent(qlik, ENGINE, { spaceId: 's' });
    expect(event).to.include({
      cloudEventsVersion: '0.1',
      eventType: ENGINE,
      eventTypeVersion: '1.0.0',
      contentType: 'application/json',
      source: 'com.qlik/engine',
    });
    expect(event).to.include.keys('eventId', 'eventTime', 'data');
    const { tenantId } = qlik.sim;
    expect(event.extensions).to.include({ tenantId, topLevelResourceId: 'a', spaceId: 's' });
    expect(event.extensions).to.include.keys('ownerId', 'userId');
  }),
  fact('q-envelopes-10', 'the hybrid form has the keys of both, each pair equal', async (qlik) => {
    await qlik.switches({ 'delivery.form': 'hybrid' });
    const { event } = await sent(qlik, RELOAD, { spaceId: 's' });
    expect(event).to.include.keys('specversion', 'cloudEventsVersion', 'eventTypeVersion', 'data');
    const { id, time, type, datacontenttype, tenantid, userid, ownerid, spaceid, toplevelresourceid } = event;
    expect(event).to.include({ eventId: id, eventTime: time, eventType: type, contentType: datacontenttype });
    expect(event.extensions).to.deep.equal({
      tenantId: tenantid,
      userId: userid,
      ownerId: ownerid,
      spaceId: spaceid,
      topLevelResourceId: toplevelresourceid,
    });
    for (const value of [id, time, type, tenantid, spaceid]) expect(value).to.be.a('string').with.length.above(0);
  }),
];
