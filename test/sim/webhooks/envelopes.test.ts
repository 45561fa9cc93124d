import { expect } from 'chai';
import { type Received, useReceiver } from '../support/use-receiver.ts';
import { useTenant } from '../support/use-tenant.ts';

const RELOAD = 'com.qlik.v1.reload.finished';
const ENGINE = 'com.qlik.v1.app.reload.finished';
const SECOND = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

describe('sim: the body of a delivery', () => {
  const tenant = useTenant();
  const receiver = useReceiver();

  /** Reloads one app and returns what was sent of each type. */
  async function sent(settings: Record<string, unknown> = {}, body: Record<string, unknown> = {}) {
    await receiver.subscribe(tenant);
    await tenant.app('a', settings);
    const id = await tenant.reloadToEnd('a', body);
    await tenant.journal((entry) => entry['kind'] === 'delivery', 2);
    const ofType = (type: string): Received['event'] =>
      receiver.received.find(({ event }) => (event.type ?? event.eventType) === type)?.event;
    return { id, reload: ofType(RELOAD), engine: ofType(ENGINE) };
  }

  it('q-envelopes-01, -02: a CloudEvent of the reload service names the app as top level resource', async () => {
    const { reload } = await sent();
    expect(reload).to.include({
      type: RELOAD,
      source: 'com.qlik/reloads',
      specversion: '1.0',
      tenantid: tenant.sim.tenantId,
      toplevelresourceid: 'a',
    });
    expect(reload.id).to.match(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/);
    expect(reload.time).to.match(SECOND);
    for (const name of Object.keys(reload)) expect(name).to.equal(name.toLowerCase());
  });

  it('q-envelopes-03, -04, -05: its data tells the reload', async () => {
    const { id, reload } = await sent(
      { spaceId: 's' },
      { partial: true, weight: 3, resourceType: 'api', resourceId: 'r' },
    );
    const me = (await tenant.call('GET', '/api/v1/users/me')).body;
    expect(reload.data).to.include({
      id,
      appId: 'a',
      userId: me.id,
      succeeded: true,
      status: 'SUCCEEDED',
      type: 'external',
      partial: true,
      weight: 3,
      resourceType: 'api',
      resourceId: 'r',
      appUsage: 'ANALYTICS',
    });
    const record = (await tenant.call('GET', `/api/v1/reloads/${id}`)).body;
    expect(reload.data.creationTime).to.equal(record.creationTime);
    expect(reload.data.startTime).to.equal(record.startTime);
    expect(reload.data.lastReloadTime).to.equal(record.endTime);
    expect(reload.data.durationSeconds).to.be.a('number');
  });

  for (const [outcome, status] of [
    ['failed', 'FAILED'],
    ['canceled', 'CANCELED'],
    ['exceeded-limit', 'EXCEEDED_LIMIT'],
  ] as const) {
    it(`q-envelopes-04, q-events-05: a reload that ${outcome} has status ${status} and did not succeed; its attempt is an error`, async () => {
      const { reload, engine } = await sent({ outcomes: [outcome] });
      expect(reload.data).to.include({ status, succeeded: false });
      expect(reload.data.errorCode === '').to.equal(status !== 'FAILED');
      expect(reload.data.errorMessage === '').to.equal(status !== 'FAILED');
      expect(engine.data.status).to.equal('error');
    });
  }

  it('q-envelopes-06: spaceid is there for an app in a space only', async () => {
    const { reload } = await sent({ spaceId: 's' });
    expect(reload.spaceid).to.equal('s');
  });

  it('q-envelopes-06: in a personal space there is no spaceid', async () => {
    const { reload, engine } = await sent();
    expect(reload).not.to.have.property('spaceid');
    expect(engine).not.to.have.property('spaceid');
  });

  it('q-envelopes-07, -08: the engine names the app in the envelope alone', async () => {
    const { id, engine } = await sent({ name: 'Sales' });
    expect(engine).to.include({ source: 'com.qlik/engine', toplevelresourceid: 'a' });
    expect(engine.data).not.to.have.any.keys('id', 'appId');
    expect(engine.data).to.include({
      name: 'Sales',
      status: 'ok',
      reloadId: id,
      usage: 'ANALYTICS',
      isSessionApp: false,
      isSkipStore: false,
      isPartialReload: false,
    });
    expect(engine.data.endTime).to.match(SECOND);
    expect(engine.data.duration).to.be.a('number');
  });

  it('q-envelopes-09: the legacy form', async () => {
    await tenant.switches({ 'delivery.form': 'legacy' });
    const { engine } = await sent({ spaceId: 's' });
    expect(engine).to.include({
      cloudEventsVersion: '0.1',
      eventType: ENGINE,
      eventTypeVersion: '1.0.0',
      contentType: 'application/json',
      source: 'com.qlik/engine',
    });
    expect(engine).to.include.keys('eventId', 'eventTime', 'data');
    expect(engine.extensions).to.include({ tenantId: tenant.sim.tenantId, topLevelResourceId: 'a', spaceId: 's' });
    expect(engine.extensions).to.include.keys('ownerId', 'userId');
    expect(engine).not.to.have.any.keys('id', 'type', 'specversion', 'tenantid');
  });

  it('q-envelopes-10: the hybrid form has the keys of both, each pair equal', async () => {
    await tenant.switches({ 'delivery.form': 'hybrid' });
    const { reload } = await sent({ spaceId: 's' });
    expect(reload).to.include({ specversion: '1.0', cloudEventsVersion: '0.1' });
    expect([reload.id, reload.time, reload.type, reload.datacontenttype]).to.deep.equal([
      reload.eventId,
      reload.eventTime,
      reload.eventType,
      reload.contentType,
    ]);
    const { tenantid, userid, ownerid, spaceid, toplevelresourceid } = reload;
    expect(reload.extensions).to.deep.equal({
      tenantId: tenantid,
      userId: userid,
      ownerId: ownerid,
      spaceId: spaceid,
      topLevelResourceId: toplevelresourceid,
    });
    expect(reload.id).to.be.a('string');
  });

  it('q-unknown-05: the content type of CloudEvents by switch', async () => {
    await tenant.switches({ 'delivery.contentType': 'application/cloudevents+json' });
    await sent();
    expect(receiver.received[0]?.headers['content-type']).to.equal('application/cloudevents+json');
  });
});
