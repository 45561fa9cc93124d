import { expect } from 'chai';
import { useTenant } from './support/use-tenant.ts';

describe('sim: apps, items, collections and spaces', () => {
  const tenant = useTenant({ clock: 'hand' });
  const get = (path: string, key?: string) => tenant.call('GET', path, undefined, key === undefined ? {} : { key });
  const field = async (path: string, name: string, key?: string) =>
    (await get(path, key)).body.data.map((each: Record<string, unknown>) => each[name]);
  const user = async (name: string) => (await tenant.call('POST', '/_sim/users', { name })).body;
  const space = (settings: Record<string, unknown>) => tenant.call('POST', '/_sim/spaces', settings);

  it('have no item for an app that is not there, and page the others', async () => {
    await tenant.app('a');
    await tenant.app('b');
    expect(await field('/api/v1/items?resourceType=app&resourceId=nobody', 'id')).to.deep.equal([]);
    expect(await field('/api/v1/items?resourceType=dataset', 'id')).to.deep.equal([]);
    const { body } = await get('/api/v1/items?resourceType=app&limit=1');
    expect(await field(body.links.next.href, 'resourceId')).to.deep.equal(['b']);
  });

  it('have items by name, space and owner, in the order that is asked for', async () => {
    await tenant.app('a', { name: 'Sales', spaceId: 's' });
    await tenant.app('b', { name: 'Resale' });
    await tenant.app('c', { name: 'Stock' });
    const ids = (query: string) => field(`/api/v1/items?${query}`, 'resourceId');
    expect(await ids('')).to.deep.equal(['a', 'b', 'c']);
    expect(await ids('sort=-name')).to.deep.equal(['c', 'a', 'b']);
    expect(await ids('name=SALE')).to.deep.equal(['a', 'b']);
    expect(await ids('spaceId=s')).to.deep.equal(['a']);
    expect(await ids('spaceId=personal')).to.deep.equal(['b', 'c']);
    expect(await ids('ownerId=nobody')).to.deep.equal([]);
    expect(await ids('resourceType=app&resourceIds=c,nobody,a,a')).to.deep.equal(['a', 'c']);
    const many = Array.from({ length: 101 }, (_, n) => `a${n}`).join(',');
    expect((await get(`/api/v1/items?resourceType=app&resourceIds=${many}`)).status).to.equal(400);
    expect((await get('/api/v1/items?sort=owner')).status).to.equal(400);
  });

  it('have no time of the last reload until there was one', async () => {
    await tenant.app('a');
    expect((await get('/api/v1/apps/a')).body.attributes).not.to.have.property('lastReloadTime');
    expect((await get('/api/v1/apps/nobody')).status).to.equal(404);
  });

  it('keep the logs of the last ten reloads, newest first, those that ended alone', async () => {
    await tenant.app('a');
    const made: string[] = [];
    for (let round = 1; round <= 12; round += 1) {
      made.unshift((await tenant.reload('a')).body.id);
      await tenant.advance(1000);
    }
    const { id } = (await tenant.reload('a')).body;
    expect(await field('/api/v1/apps/a/reloads/logs', 'reloadId')).to.deep.equal(made.slice(0, 10));
    expect((await get(`/api/v1/apps/a/reloads/logs/${id}`)).status).to.equal(404);
    expect((await get(`/api/v1/apps/a/reloads/logs/${made[11]}`)).status).to.equal(404);
  });

  it('have tags that appear with the app, count its items, and are told apart from collections', async () => {
    expect(await field('/api/v1/collections', 'name')).to.deep.equal([]);
    await tenant.app('a', { tags: ['Finance', 'Daily'], collections: ['Board'] });
    await tenant.app('b', { tags: ['Finance'] });
    expect(await field('/api/v1/collections?type=public&sort=name', 'name')).to.deep.equal(['Daily', 'Finance']);
    expect(await field('/api/v1/collections?type=public&sort=name', 'itemCount')).to.deep.equal([1, 2]);
    expect(await field('/api/v1/collections?types=publicgoverned', 'name')).to.deep.equal(['Board']);
    expect(await field('/api/v1/collections?name=finance', 'name')).to.deep.equal([]);
    expect((await get('/api/v1/collections?type=secret')).status).to.equal(400);
    expect((await get('/api/v1/collections/nobody')).status).to.equal(404);
    expect(await field('/api/v1/items?collectionId=nobody', 'id')).to.deep.equal([]);
  });

  it('show a space with members, and what is in it, to its members alone', async () => {
    const [ann, ben] = [await user('Ann'), await user('Ben')];
    await space({ id: 's', members: [{ userId: ann.id, roles: ['consumer'] }] });
    await tenant.app('a', { spaceId: 's' });
    const seen = async (key: string) => [
      (await get('/api/v1/spaces/s', key)).status,
      (await get('/api/v1/apps/a', key)).status,
      (await get('/api/v1/reloads?appId=a', key)).status,
      (await field('/api/v1/items', 'id', key)).length,
      (await field('/api/v1/spaces', 'id', key)).length,
    ];
    expect(await seen(ann.apiKey)).to.deep.equal([200, 200, 200, 1, 1]);
    expect(await seen(ben.apiKey)).to.deep.equal([404, 403, 403, 0, 0]);
  });

  it('let the owner of a space reload, and a TenantAdmin only as a member', async () => {
    const ann = await user('Ann');
    await space({ id: 's', ownerId: ann.id });
    await tenant.app('a', { spaceId: 's' });
    expect((await tenant.reload('a')).status).to.equal(403);
    const own = await tenant.call('POST', '/api/v1/reloads', { appId: 'a' }, { key: ann.apiKey });
    expect(own.status).to.equal(201);
  });

  it('take a space that is only named by an app for one that is open to everybody', async () => {
    const { apiKey } = await user('Ann');
    await tenant.app('a', { spaceId: 's' });
    expect((await get('/api/v1/spaces/s', apiKey)).body).to.include({ id: 's', type: 'shared' });
    const post = await tenant.call('POST', '/api/v1/reloads', { appId: 'a' }, { key: apiKey });
    expect(post.status).to.equal(201);
  });

  for (const bad of [{}, { id: 's', type: 'open' }, { id: 's', members: [{ userId: 'u', roles: ['boss'] }] }]) {
    it(`refuse the space ${JSON.stringify(bad)}`, async () => {
      expect((await space(bad)).status).to.equal(400);
      expect((await tenant.call('GET', '/_sim/spaces')).body.data).to.deep.equal([]);
    });
  }
});

describe('sim: audits', () => {
  const tenant = useTenant({ clock: 'hand' });
  const audits = async (query: string, key?: string) =>
    (await tenant.call('GET', `/api/v1/audits?${query}`, undefined, key === undefined ? {} : { key })).body.data;

  it('are chosen by source, user and instant, and are told to others of their own doing', async () => {
    const ann = (await tenant.call('POST', '/_sim/users', { name: 'Ann' })).body;
    await tenant.app('a');
    await tenant.call('POST', '/api/v1/reloads', { appId: 'a' }, { key: ann.apiKey });
    await tenant.advance(1000);
    await tenant.reload('a');
    await tenant.advance(1000);
    expect(await audits('')).to.have.length(4);
    expect(await audits('source=com.qlik/engine')).to.have.length(2);
    expect(await audits(`userId=${ann.id}`)).to.have.length(2);
    expect(await audits('', ann.apiKey)).to.have.length(2);
    expect(await audits('eventTime=2026-11-21T07:00:01Z')).to.have.length(2);
    for (const eventTime of ['yesterday', '2026-11-21T07:00:01Z/', 'a/b', '2026-11-21/2026-11-22/2026-11-23']) {
      const answer = await tenant.call('GET', `/api/v1/audits?eventTime=${eventTime}`);
      expect(answer.status, eventTime).to.equal(400);
    }
  });

  it('are gone after 90 days', async () => {
    await tenant.app('a');
    await tenant.reload('a');
    await tenant.advance(90 * 86_400_000);
    expect(await audits('')).to.have.length(2);
    await tenant.advance(1000);
    expect(await audits('')).to.deep.equal([]);
  });
});
