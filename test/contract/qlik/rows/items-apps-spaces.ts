import { expect } from 'chai';
import { fact, harmlessFact } from '../support/fact.ts';
import { expectRefusal, type QlikInTest } from '../support/qlik-in-test.ts';

/** The status of `POST /reloads` by somebody with `role` in a space of `type`. */
export async function statusFor(qlik: QlikInTest, type: string, role: string): Promise<number> {
  const { id: userId, apiKey: key } = await qlik.user(role);
  await qlik.control('POST', '/spaces', { id: `s-${role}`, type, members: [{ userId, roles: [role] }] });
  return (await qlik.post(await qlik.app(`a-${role}`, { spaceId: `s-${role}` }), {}, { key })).status;
}

export const itemsAppsSpaces = [
  harmlessFact('q-items-apps-spaces-01', 'the item of an app is found by its resource id', async (qlik) => {
    const appId = await qlik.anyApp();
    const { status, body } = await qlik.get(`/api/v1/items?resourceType=app&resourceId=${appId}`);
    expect(status).to.equal(200);
    expect(body.data).to.have.length(1);
    expect(body.data[0]).to.include({ resourceId: appId, resourceType: 'app' });
    expect(body.data[0]).to.include.keys('id', 'name', 'tenantId', 'createdAt', 'updatedAt', 'meta');
  }),
  fact('q-items-apps-spaces-02', 'meta has tags and collections of id and name, and isFavorited', async (qlik) => {
    await qlik.app('a', { tags: ['next-b', 'Finance'], collections: ['Board'] });
    const { meta } = (await qlik.get('/api/v1/items?resourceType=app&resourceId=a')).body.data[0];
    expect(meta.tags.map((tag: { name: string }) => tag.name)).to.deep.equal(['next-b', 'Finance']);
    expect(meta.collections.map((one: { name: string }) => one.name)).to.deep.equal(['Board']);
    for (const each of [...meta.tags, ...meta.collections]) expect(each).to.have.all.keys('id', 'name');
    expect(meta.isFavorited).to.be.a('boolean');
  }),
  harmlessFact('q-items-apps-spaces-03', 'resourceId or resourceIds without resourceType is 400', async (qlik) => {
    expectRefusal(await qlik.get('/api/v1/items?resourceId=a'), 400);
    expectRefusal(await qlik.get('/api/v1/items?resourceIds=a,b'), 400);
  }),
  fact(
    'q-items-apps-spaces-04',
    'a tag is a public collection, found by its exact name, and has items',
    async (qlik) => {
      await qlik.app('a', { tags: ['Finance'] });
      await qlik.app('b', { tags: ['finance'], collections: ['Finance'] });
      const { body } = await qlik.get('/api/v1/collections?type=public&name=Finance');
      expect(body.data).to.have.length(1);
      expect(body.data[0]).to.include({ name: 'Finance', type: 'public' });
      expect(await qlik.listed(`/api/v1/items?collectionId=${body.data[0].id}`, 'resourceId')).to.deep.equal(['a']);
      const governed = (await qlik.get('/api/v1/collections?type=publicgoverned&name=Finance')).body.data[0];
      expect(await qlik.listed(`/api/v1/items?collectionId=${governed.id}`, 'resourceId')).to.deep.equal(['b']);
    },
  ),
  fact('q-items-apps-spaces-05', 'an app has attributes and privileges', async (qlik) => {
    await qlik.app('a', { name: 'Sales' });
    await qlik.reload('a');
    const { status, body } = await qlik.get('/api/v1/apps/a');
    expect(status).to.equal(200);
    expect(body.attributes).to.include({ id: 'a', name: 'Sales', lastReloadTime: '2026-11-21T07:00:00.000Z' });
    expect(body.attributes).to.include.keys('ownerId', 'usage');
    expect(body.privileges).to.be.an('array');
  }),
  fact('q-items-apps-spaces-06', 'privileges have reload for those who may', async (qlik) => {
    await qlik.app('a');
    await qlik.app('b', { mayReload: false });
    expect((await qlik.get('/api/v1/apps/a')).body.privileges).to.include('reload');
    expect((await qlik.get('/api/v1/apps/b')).body.privileges).not.to.include('reload');
  }),
  fact('q-items-apps-spaces-07', 'attributes.spaceId is the space of the app', async (qlik) => {
    await qlik.app('a', { spaceId: 's' });
    expect((await qlik.get('/api/v1/apps/a')).body.attributes.spaceId).to.equal('s');
  }),
  fact('q-items-apps-spaces-08', 'the logs of an app, and one as plain text', async (qlik) => {
    await qlik.app('a', { durationMs: 4211, outcomes: ['failed'] });
    const id = await qlik.reload('a');
    await qlik.advance(4211);
    const one = await qlik.get(`/api/v1/apps/a/reloads/logs/${id}`);
    expect(one.status).to.equal(200);
    expect(one.headers.get('content-type')).to.equal('text/plain; charset=UTF-8');
    expect(one.body).to.be.a('string').with.length.above(0);
    const { data } = (await qlik.get('/api/v1/apps/a/reloads/logs')).body;
    expect(data).to.have.length(1);
    const ended = { reloadId: id, duration: 4211, endTime: '2026-11-21T07:00:04.211Z', success: false };
    expect(data[0]).to.include(ended);
    expect((await qlik.get(data[0].links.log)).body).to.equal(one.body);
  }),
  fact('q-items-apps-spaces-09', 'a space has type, owner, links and meta', async (qlik) => {
    const { id: ownerId } = await qlik.user('Ann');
    for (const type of ['shared', 'managed', 'data']) {
      await qlik.control('POST', '/spaces', { id: type, name: 'Sales', type, ownerId });
      const { status, body } = await qlik.get(`/api/v1/spaces/${type}`);
      expect(status).to.equal(200);
      expect(body).to.include({ id: type, name: 'Sales', type, ownerId, tenantId: qlik.sim.tenantId });
      expect(body).to.have.property('links');
      expect(body.meta).to.include.keys('actions', 'roles', 'assignableRoles');
    }
  }),
  fact('q-items-apps-spaces-10', 'in a shared space three roles reload, a consumer does not', async (qlik) => {
    for (const role of ['facilitator', 'producer', 'codeveloper']) {
      expect(await statusFor(qlik, 'shared', role), role).to.equal(201);
    }
    const { id: userId, apiKey: key } = await qlik.user('Ann');
    await qlik.control('POST', '/spaces', { id: 's', members: [{ userId, roles: ['consumer'] }] });
    expectRefusal(await qlik.post(await qlik.app('a', { spaceId: 's' }), {}, { key }), 403, 'RELOADS-003');
  }),
  fact('q-items-apps-spaces-11', 'an app in a personal space is reloaded by its owner alone', async (qlik) => {
    const { id: ownerId, apiKey: key } = await qlik.user('Ann');
    await qlik.app('a', { ownerId });
    expect((await qlik.post('a')).status).to.equal(403);
    expect((await qlik.post('a', {}, { key })).status).to.equal(201);
  }),
];

export const audits = [
  harmlessFact('q-audits-01', 'the list has items and links, newest first', async (qlik) => {
    if (!qlik.isReal) {
      await qlik.app('a');
      for (let round = 1; round <= 3; round += 1) {
        await qlik.reload('a');
        await qlik.advance(60_000);
      }
    }
    const { status, body } = await qlik.get('/api/v1/audits?eventType=com.qlik.v1.reload.finished');
    expect(status).to.equal(200);
    expect(body.links).to.be.an('object');
    const times = body.data.map((item: { eventTime: string }) => Date.parse(item.eventTime));
    expect(times).to.deep.equal([...times].sort((one, other) => other - one));
    if (!qlik.isReal) expect(times).to.have.length(3);
  }),
  fact('q-audits-02', 'an item has the fields of its own envelope', async (qlik) => {
    await qlik.reload(await qlik.app('a'));
    const [item] = (await qlik.get('/api/v1/audits?eventType=com.qlik.v1.reload.finished')).body.data;
    const when = ['eventId', 'eventTime', 'eventType', 'eventTypeVersion', 'source', 'contentType'];
    expect(item).to.include.keys('id', ...when, 'tenantId', 'userId', 'extensions', 'data');
    expect(item.links.self.href).to.be.a('string');
  }),
  fact(
    'q-audits-03',
    'data is that of the webhook event with the same id, extensions are in camel case',
    async (qlik) => {
      const { receiver } = await qlik.subscribe(['com.qlik.v1.reload.finished', 'com.qlik.v1.app.reload.finished']);
      await qlik.reload(await qlik.app('a', { spaceId: 's' }));
      const { data } = (await qlik.get('/api/v1/audits')).body;
      expect(data).to.have.length(2);
      for (const { event } of receiver.received) {
        const item = data.find(({ eventId }: { eventId: string }) => eventId === event.id);
        expect(item.data).to.deep.equal(event.data);
        expect(item.extensions).to.include({ topLevelResourceId: 'a', spaceId: 's', ownerId: event.ownerid });
      }
    },
  ),
  fact('q-audits-04', 'eventTime=A/B is from A to B', async (qlik) => {
    await qlik.app('a');
    const made: string[] = [];
    for (let round = 1; round <= 3; round += 1) {
      made.push(await qlik.reload('a'));
      await qlik.advance(60_000);
    }
    const query = 'eventType=com.qlik.v1.reload.finished&eventTime=2026-11-21T07:00:30Z/2026-11-21T07:01:30Z';
    const { data } = (await qlik.get(`/api/v1/audits?${query}`)).body;
    expect(data.map((item: { data: { id: string } }) => item.data.id)).to.deep.equal([made[1]]);
  }),
];
