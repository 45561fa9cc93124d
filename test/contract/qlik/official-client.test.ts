import apps from '@qlik/api/apps';
import audits from '@qlik/api/audits';
import collections from '@qlik/api/collections';
import items from '@qlik/api/items';
import reloads from '@qlik/api/reloads';
import spaces from '@qlik/api/spaces';
import users from '@qlik/api/users';
import webhooks from '@qlik/api/webhooks';
import { expect } from 'chai';
import { requireLocal } from '../support/target.ts';
import { NOBODY, RELOAD } from './support/fact.ts';
import { asClient, failureOf, withKey } from './support/official-client.ts';
import { QlikInTest } from './support/qlik-in-test.ts';

const WEBHOOK = { name: 'w', url: 'https://hooks.example.com/', secret: 's'.repeat(32) };

// The official client is a witness from outside: it understands the answers of real tenants.
describe('the official client @qlik/api', () => {
  const qlik = new QlikInTest();
  before(function () {
    requireLocal(this, 'QLIK_TEST_TENANT', 'it would change the tenant');
  });
  beforeEach(() => qlik.start());
  afterEach(() => qlik.close());

  const client = (userId?: string) => asClient(qlik.url, qlik.sim.clientId, qlik.sim.clientSecret, userId);
  const ways = { 'with an API key': () => withKey(qlik), 'as an OAuth client': () => client() } as const;

  for (const [how, options] of Object.entries(ways)) {
    describe(how, () => {
      it('finds out who it is', async () => {
        const { data } = await users.getMyUser(options());
        expect(data.tenantId).to.equal(qlik.sim.tenantId);
      });

      it('starts, reads, lists and cancels reloads', async () => {
        await qlik.app('a', { durationMs: 60_000 });
        const made = await reloads.queueReload({ appId: 'a', variables: { region: 'EMEA' } }, options());
        expect([made.status, made.data.status]).to.deep.equal([201, 'QUEUED']);
        await qlik.advance(0);
        expect((await reloads.getReload(made.data.id, options())).data.status).to.equal('RELOADING');
        const canceled = await reloads.cancelReload(made.data.id, options());
        expect([canceled.status, canceled.data]).to.deep.equal([202, { status: 'CANCELING' }]);
        await qlik.advance(0);
        const list = await reloads.getReloads({ appId: 'a', sort: '+creationTime', log: true }, options());
        expect(list.data.data.map(({ id, status }) => [id, status])).to.deep.equal([[made.data.id, 'CANCELED']]);
      });

      it('takes a 204 for an empty text', async () => {
        await qlik.app('a');
        const { data } = await reloads.queueReload({ appId: 'a' }, options());
        const canceled = await reloads.cancelReload(data.id, options());
        expect([canceled.status, canceled.data]).to.deep.equal([204, '']);
      });

      it('follows the pages of a list, forward and back', async () => {
        await qlik.app('a');
        const made: string[] = [];
        for (let round = 1; round <= 5; round += 1) {
          made.unshift(await qlik.reload('a'));
          await qlik.advance(1000);
        }
        const first = await reloads.getReloads({ appId: 'a', limit: 2 }, options());
        const second = await first.next?.(options());
        const third = await second?.next?.(options());
        const pages = [first, second, third].map((page) => page?.data.data.map(({ id }) => id));
        expect(pages).to.deep.equal([made.slice(0, 2), made.slice(2, 4), made.slice(4)]);
        expect(third?.next).to.equal(undefined);
        const back = await third?.prev?.(options());
        expect(back?.data.data.map(({ id }) => id)).to.deep.equal(made.slice(2, 4));
      });

      it('reads apps and the logs of their reloads', async () => {
        await qlik.app('a', { name: 'Sales' });
        const id = await qlik.reload('a');
        const { data } = await apps.getAppInfo('a', options());
        expect(data.attributes?.name).to.equal('Sales');
        expect(data.privileges).to.include('reload');
        const logs = await apps.getAppReloadLogs('a', options());
        expect(logs.data.data?.map(({ reloadId, success }) => [reloadId, success])).to.deep.equal([[id, true]]);
        const log: { status: number; data: unknown } = await apps.getAppReloadLog('a', id, options());
        expect(log.status).to.equal(200);
        expect(log.data).to.be.a('string').with.length.above(0);
      });

      it('finds items by id and by tag', async () => {
        await qlik.app('a', { name: 'Sales', tags: ['next-b'] });
        await qlik.app('b', { name: 'Stock' });
        const found = await items.getItems({ resourceType: 'app', resourceId: 'a' }, options());
        const [item] = found.data.data;
        expect([item?.name, item?.meta.tags[0]?.name]).to.deep.equal(['Sales', 'next-b']);
        expect((await items.getItem(item?.id ?? '', options())).data).to.deep.equal(item);
        const { data } = await collections.getCollections({ type: 'public', name: 'next-b' }, options());
        const tag = data.data[0]?.id ?? '';
        expect((await collections.getCollection(tag, options())).data.itemCount).to.equal(1);
        const names = async (answer: Promise<{ data: { data: { name: string }[] } }>) =>
          (await answer).data.data.map(({ name }) => name);
        expect(await names(items.getItems({ collectionId: tag }, options()))).to.deep.equal(['Sales']);
        expect(await names(collections.getCollectionItems(tag, {}, options()))).to.deep.equal(['Sales']);
        const both = items.getItems({ resourceType: 'app', resourceIds: 'b,a', sort: '-name' }, options());
        expect(await names(both)).to.deep.equal(['Stock', 'Sales']);
      });

      it('reads spaces, their types and their members', async () => {
        const { id: userId } = await qlik.user('Ann');
        await qlik.control('POST', '/spaces', { id: 's', type: 'managed', members: [{ userId, roles: ['operator'] }] });
        expect((await spaces.getSpaces({ type: 'managed' }, options())).data.data?.map(({ id }) => id)).to.deep.equal([
          's',
        ]);
        expect((await spaces.getSpace('s', options())).data.type).to.equal('managed');
        expect((await spaces.getSpaceTypes(options())).data.data).to.include.members(['shared', 'managed', 'data']);
        const members = await spaces.getSpaceAssignments('s', {}, options());
        expect(members.data.data?.map(({ assigneeId, roles }) => [assigneeId, roles])).to.deep.equal([
          [userId, ['operator']],
        ]);
      });

      it('reads audits', async () => {
        await qlik.reload(await qlik.app('a'));
        const { data } = await audits.getAudits({ eventType: RELOAD, sort: '-eventTime' }, options());
        const [audit] = data.data ?? [];
        expect(audit?.extensions?.topLevelResourceId).to.equal('a');
        expect((await audits.getAudit(audit?.id ?? '', options())).data).to.deep.equal(audit);
        expect((await audits.getAuditTypes(options())).data.data).to.include(RELOAD);
        expect((await audits.getAuditSources(options())).data.data).to.include('com.qlik/reloads');
      });

      it('makes, reads, changes and deletes webhooks', async () => {
        const { data } = await webhooks.createWebhook(WEBHOOK, options());
        const id = data.id ?? '';
        expect((await webhooks.getWebhook(id, options())).data).to.deep.equal(data);
        expect((await webhooks.getWebhooks({ limit: 1 }, options())).data.data).to.deep.equal([data]);
        const patched = await webhooks.patchWebhook(id, [{ op: 'replace', path: '/enabled', value: true }], options());
        expect(patched.status).to.equal(204);
        const updated = await webhooks.updateWebhook(id, { name: 'v', url: WEBHOOK.url }, options());
        expect(updated.data).to.include({ name: 'v', enabled: false });
        expect((await webhooks.getWebhookEventTypes(options())).data.data?.map(({ name }) => name)).to.include(RELOAD);
        expect((await webhooks.deleteWebhook(id, options())).status).to.equal(204);
        expect((await failureOf(webhooks.getWebhook(id, options()))).status).to.equal(404);
      });

      it('reads deliveries and has one sent again', async () => {
        const { receiver, id } = await qlik.subscribe([RELOAD]);
        await qlik.reload(await qlik.app('a'));
        const { data } = await webhooks.getWebhookDeliveries(id, { status: 'success' }, options());
        const [delivery] = data.data ?? [];
        const deliveryId = delivery?.id ?? '';
        expect((await webhooks.getWebhookDelivery(id, deliveryId, options())).data).to.deep.equal(delivery);
        const resent = await webhooks.resendWebhookDelivery(id, deliveryId, options());
        expect([resent.status, resent.data.status]).to.deep.equal([201, 'success']);
        expect(receiver.received).to.have.length(2);
      });

      it('throws what the tenant answers', async () => {
        const failure = await failureOf(reloads.getReload(NOBODY, options()));
        expect([failure.status, failure.data.errors[0]?.code]).to.deep.equal([404, 'RELOADS-004']);
      });
    });
  }

  it('asks first what it talks to, without a token, and is told a cloud tenant', async () => {
    await users.getMyUser(withKey(qlik));
    const { data } = await qlik.control('GET', '/journal');
    const asked = data.map(({ path, status }: { path: string; status: number }) => `${path} ${status}`);
    expect(asked).to.deep.equal(['/resources/autogenerated/product-info.json 200', '/api/v1/users/me 200']);
    const { body } = await qlik.get('/resources/autogenerated/product-info.json', { key: null });
    expect(body.composition.deploymentType)
      .to.be.a('string')
      .and.not.match(/^qliksense/i); // those are client-managed
  });

  it('acts for somebody as an OAuth client that impersonates', async () => {
    const { id, subject } = await qlik.user('Ann');
    await qlik.app('hers', { ownerId: id });
    expect((await users.getMyUser(client(id))).data).to.include({ id, subject });
    expect((await reloads.queueReload({ appId: 'hers' }, client(id))).status).to.equal(201);
    expect((await failureOf(reloads.queueReload({ appId: 'hers' }, client()))).status).to.equal(403);
  });
});
