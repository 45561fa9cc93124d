import { expect } from 'chai';
import { useTenant } from './support/use-tenant.ts';

describe('sim: apps, items and spaces', () => {
  const tenant = useTenant();
  const get = (path: string, key?: string) => tenant.call('GET', path, undefined, key === undefined ? {} : { key });

  it('q-items-apps-spaces-01, -02: the item of an app is found by its resource id', async () => {
    await tenant.app('a', { name: 'Sales' });
    await tenant.app('b');
    const { status, body } = await get('/api/v1/items?resourceType=app&resourceId=a');
    expect(status).to.equal(200);
    expect(body.data).to.have.length(1);
    expect(body.data[0]).to.include({
      name: 'Sales',
      resourceId: 'a',
      resourceType: 'app',
      tenantId: tenant.sim.tenantId,
    });
    expect(body.data[0]).to.include.keys('id', 'createdAt', 'updatedAt', 'meta');
    expect(body.data[0].meta).to.deep.include({ tags: [], collections: [], isFavorited: false });
    expect((await get('/api/v1/items?resourceType=app&resourceId=nobody')).body.data).to.deep.equal([]);
    expect((await get('/api/v1/items?resourceType=app&limit=1')).body.links.next.href).to.be.a('string');
  });

  it('q-items-apps-spaces-03: resourceId without resourceType is 400', async () => {
    expect((await get('/api/v1/items?resourceId=a')).status).to.equal(400);
    expect((await get('/api/v1/items?resourceIds=a,b')).status).to.equal(400);
  });

  it('q-items-apps-spaces-05, -07: an app has attributes, among them its space, and the time of its last reload', async () => {
    await tenant.app('a', { name: 'Sales', spaceId: 's' });
    const before = (await get('/api/v1/apps/a')).body;
    expect(before.attributes).to.include({ id: 'a', name: 'Sales', spaceId: 's', usage: 'ANALYTICS' });
    expect(before.attributes).to.have.property('ownerId');
    expect(before.attributes).not.to.have.property('lastReloadTime');
    const id = await tenant.reloadToEnd('a');
    const { endTime } = (await get(`/api/v1/reloads/${id}`)).body;
    expect((await get('/api/v1/apps/a')).body.attributes.lastReloadTime).to.equal(endTime);
    expect((await get('/api/v1/apps/nobody')).status).to.equal(404);
  });

  it('q-items-apps-spaces-06: privileges say whether the caller may reload', async () => {
    await tenant.app('a');
    await tenant.app('b', { mayReload: false });
    expect((await get('/api/v1/apps/a')).body.privileges).to.include('reload');
    expect((await get('/api/v1/apps/b')).body.privileges).not.to.include('reload');
  });

  it('q-items-apps-spaces-09: a space has type, owner, links and meta', async () => {
    await tenant.app('a', { spaceId: 's' });
    const { status, body } = await get('/api/v1/spaces/s');
    expect(status).to.equal(200);
    expect(body).to.include({ id: 's', type: 'shared', tenantId: tenant.sim.tenantId });
    expect(body).to.include.keys('name', 'ownerId', 'links');
    expect(body.meta).to.include.keys('actions', 'roles', 'assignableRoles');
    expect((await get('/api/v1/spaces/nobody')).status).to.equal(404);
  });

  it('q-items-apps-spaces-11: an app in a personal space is reloaded by its owner alone', async () => {
    const ann = (await tenant.call('POST', '/_sim/users', { name: 'Ann' })).body;
    await tenant.app('a', { ownerId: ann.id });
    expect((await tenant.reload('a')).status).to.equal(403);
    const own = await tenant.call('POST', '/api/v1/reloads', { appId: 'a' }, { key: ann.apiKey });
    expect(own.status).to.equal(201);
  });
});
