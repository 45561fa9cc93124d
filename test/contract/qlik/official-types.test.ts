import type { NxApp, ScriptLogList } from '@qlik/api/apps';
import type { GetByIDResult as Audit } from '@qlik/api/audits';
import type { CollectionResultResponseBody as Collection } from '@qlik/api/collections';
import type { ItemResultResponseBody as Item } from '@qlik/api/items';
import type { Errors, Reload } from '@qlik/api/reloads';
import type { Assignment, Space } from '@qlik/api/spaces';
import type { User } from '@qlik/api/users';
import type { Delivery, WebhookResponse } from '@qlik/api/webhooks';
import { expect } from 'chai';
import { requireLocal } from '../support/target.ts';
import { ENGINE, RELOAD, SECRET } from './support/fact.ts';
import { QlikInTest } from './support/qlik-in-test.ts';

const T0 = '2026-11-21T07:00:00.000Z';
const T1 = '2026-11-21T07:00:01.000Z';

// Each record is written out twice: the compiler holds the literal to Qlik's types (a wrong type, a missing or an extra
// field does not compile), and the test holds what the tenant answers to the literal.
describe("the tenant's records have the shapes of Qlik's types", () => {
  const qlik = new QlikInTest();
  let me = '';
  before(function () {
    requireLocal(this, 'QLIK_TEST_TENANT', 'a real tenant has more fields than a record needs');
  });
  beforeEach(async () => {
    await qlik.start();
    me = (await qlik.get('/api/v1/users/me')).body.id;
  });
  afterEach(() => qlik.close());

  /** Runs a reload of app `a` for a second and returns its id. */
  async function reload(settings: Record<string, unknown> = {}, body: Record<string, unknown> = {}): Promise<string> {
    await qlik.app('a', { name: 'Sales', durationMs: 1000, ...settings });
    const id = await qlik.reload('a', body);
    await qlik.advance(1000);
    return id;
  }

  it('a reload that failed', async () => {
    const id = await reload({ outcomes: ['failed'] }, { partial: true, resourceType: 'api', resourceId: 'r' });
    const expected: Reload = {
      id,
      appId: 'a',
      tenantId: qlik.sim.tenantId,
      userId: me,
      type: 'external',
      status: 'FAILED',
      creationTime: T0,
      startTime: T0,
      endTime: T1,
      partial: true,
      weight: 1,
      resourceType: 'api',
      resourceId: 'r',
      errorCode: 'EngineConnectionError',
      errorMessage: 'failed to complete reload: unexpected EOF',
      links: { self: { href: `${qlik.url}/api/v1/reloads/${id}` } },
    };
    expect(await qlik.record(id)).to.deep.equal(expected);
  });

  it('a reload that succeeded, with its log', async () => {
    const id = await reload();
    const [record] = (await qlik.get('/api/v1/reloads?appId=a&log=true')).body.data;
    const expected: Reload = {
      id,
      appId: 'a',
      tenantId: qlik.sim.tenantId,
      userId: me,
      type: 'external',
      status: 'SUCCEEDED',
      creationTime: T0,
      startTime: T0,
      endTime: T1,
      engineTime: T1,
      partial: false,
      weight: 1,
      log: record.log,
      links: { self: { href: `${qlik.url}/api/v1/reloads/${id}` } },
    };
    expect(record).to.deep.equal(expected);
  });

  it('a refusal', async () => {
    const { body } = await qlik.post('nobody');
    const expected: Errors & { traceId: string } = {
      errors: [
        {
          code: 'RELOADS-004',
          title: 'Resource not found.',
          detail: 'The resource either never existed, or may have been deleted.',
        },
      ],
      traceId: body.traceId,
    };
    expect(body).to.deep.equal(expected);
    expect(body.traceId).to.be.a('string');
  });

  it('an app, with the spaceId that the type does not name', async () => {
    await reload({ spaceId: 's' });
    const attributes: NonNullable<NxApp['attributes']> & { spaceId: string } = {
      id: 'a',
      name: 'Sales',
      ownerId: me,
      spaceId: 's',
      createdDate: T0,
      modifiedDate: T0,
      lastReloadTime: T1,
      published: false,
      usage: 'ANALYTICS',
    };
    const expected: NxApp = { attributes, privileges: ['read', 'update', 'delete', 'reload'], create: [] };
    expect((await qlik.get('/api/v1/apps/a')).body).to.deep.equal(expected);
  });

  it('the logs of an app', async () => {
    const reloadId = await reload();
    const href = `${qlik.url}/api/v1/apps/a/reloads/logs/${reloadId}`;
    const expected: ScriptLogList = {
      data: [{ reloadId, duration: 1000, endTime: T1, success: true, links: { log: href } }],
    };
    expect((await qlik.get('/api/v1/apps/a/reloads/logs')).body).to.deep.equal(expected);
  });

  it('an item and its tag', async () => {
    await reload({ spaceId: 's', tags: ['Finance'] });
    const [item] = (await qlik.get('/api/v1/items?resourceType=app&resourceId=a')).body.data;
    const [collection] = (await qlik.get('/api/v1/collections?type=public&name=Finance')).body.data;
    const { id: tagId } = collection;
    const tag: Collection = {
      id: tagId,
      name: 'Finance',
      type: 'public',
      tenantId: qlik.sim.tenantId,
      creatorId: me,
      itemCount: 1,
      createdAt: T0,
      updatedAt: T0,
      links: {
        self: { href: `${qlik.url}/api/v1/collections/${tagId}` },
        items: { href: `${qlik.url}/api/v1/collections/${tagId}/items` },
      },
    };
    const actions = ['read', 'update', 'reload'];
    const expected: Item = {
      id: item.id,
      name: 'Sales',
      resourceId: 'a',
      resourceType: 'app',
      tenantId: qlik.sim.tenantId,
      ownerId: me,
      creatorId: me,
      spaceId: 's',
      createdAt: T0,
      updatedAt: T0,
      resourceCreatedAt: T0,
      resourceUpdatedAt: T0,
      resourceReloadEndTime: T1,
      resourceAttributes: { id: 'a', name: 'Sales', spaceId: 's' },
      resourceCustomAttributes: null,
      meta: { tags: [{ id: tagId, name: 'Finance' }], collections: [], actions, isFavorited: false },
      actions,
      collectionIds: [tagId],
      isFavorited: false,
      links: { self: { href: `${qlik.url}/api/v1/items/${item.id}` } },
    };
    expect(item).to.deep.equal(expected);
    expect(collection).to.deep.equal(tag);
  });

  it('a space and its members', async () => {
    await qlik.control('POST', '/spaces', {
      id: 's',
      name: 'Sales',
      members: [{ userId: me, roles: ['producer', 'dataconsumer'] }],
    });
    const self = { href: `${qlik.url}/api/v1/spaces/s` };
    const space: Space = {
      id: 's',
      name: 'Sales',
      type: 'shared',
      tenantId: qlik.sim.tenantId,
      ownerId: me,
      createdAt: T0,
      updatedAt: T0,
      links: { self, assignments: { href: `${self.href}/assignments` } },
      meta: {
        actions: ['read', 'update', 'delete'],
        roles: ['producer', 'dataconsumer'],
        assignableRoles: ['consumer', 'dataconsumer', 'codeveloper', 'facilitator', 'producer'],
      },
    };
    expect((await qlik.get('/api/v1/spaces/s')).body).to.deep.equal(space);
    const member: Assignment = {
      id: me,
      type: 'user',
      assigneeId: me,
      roles: ['producer', 'dataconsumer'],
      spaceId: 's',
      tenantId: qlik.sim.tenantId,
      links: { self: { href: `${self.href}/assignments/${me}` }, space: self },
    };
    expect((await qlik.get('/api/v1/spaces/s/assignments')).body.data).to.deep.equal([member]);
  });

  it('a user', async () => {
    const { body } = await qlik.get('/api/v1/users/me');
    const expected: User = {
      id: me,
      name: 'Tenant administrator',
      subject: body.subject,
      tenantId: qlik.sim.tenantId,
      status: 'active',
      assignedRoles: [{ id: body.assignedRoles[0].id, name: 'TenantAdmin', type: 'default', level: 'admin' }],
      links: { self: { href: `${qlik.url}/api/v1/users/${me}` } },
    };
    expect(body).to.deep.equal(expected);
    expect(body.assignedRoles[0].id).to.match(/^[0-9a-f]{24}$/);
  });

  it('a webhook', async () => {
    const given = {
      name: 'w',
      url: 'https://hooks.example.com/x',
      description: 'all of them',
      eventTypes: [RELOAD],
      filter: 'spaceId eq "s"',
      headers: { a: 'b' },
    };
    const made = { ...given, secret: SECRET, encryptedHeaders: { c: 'd' } };
    const { body } = await qlik.call('POST', '/api/core/webhooks', made);
    const expected: WebhookResponse = {
      ...given,
      id: body.id,
      level: 'tenant',
      enabled: false,
      encryptedHeaders: ['c'],
      secretKeyAdded: true,
      checkCertificateRevocation: false,
      enableCloudEventDelivery: true,
      origin: 'api',
      createdAt: T0,
      updatedAt: T0,
      createdByUserId: me,
      updatedByUserId: me,
    };
    expect(body).to.deep.equal(expected);
    expect(body.id).to.be.a('string');
  });

  it('a delivery', async () => {
    const { receiver, url, id: webhookId, path } = await qlik.subscribe([RELOAD], { encryptedHeaders: { c: 'd' } });
    receiver.answer = { status: 200, headers: { 'x-a': 'b', date: 'now', connection: 'close' }, body: 'fine' };
    await reload();
    const [delivery] = (await qlik.get(`${path}/deliveries`)).body.data;
    const [received] = receiver.received;
    const expected: Delivery = {
      id: delivery.id,
      webhookId,
      eventType: RELOAD,
      status: 'success',
      statusMessage: '200 OK',
      triggeredAt: T1,
      request: {
        url,
        headers: {
          c: '**OMITTED**',
          'Content-Type': 'application/json',
          'Content-Length': String(received?.bytes.length),
          'User-Agent': 'Qlik Webhook',
          'Accept-Encoding': 'gzip',
        },
        body: received?.event,
      },
      response: { statusCode: 200, headers: delivery.response.headers, body: 'fine' },
    };
    expect(delivery).to.deep.equal(expected);
    expect(delivery.response.headers).to.include({ 'x-a': 'b' });
  });

  it('an audit', async () => {
    const reloadId = await reload({ spaceId: 's' });
    const [audit] = (await qlik.get(`/api/v1/audits?eventType=${ENGINE}`)).body.data;
    const expected: Audit = {
      id: audit.id,
      eventId: audit.eventId,
      eventTime: T1,
      eventType: ENGINE,
      eventTypeVersion: '1.0.0',
      source: 'com.qlik/engine',
      contentType: 'application/json',
      tenantId: qlik.sim.tenantId,
      userId: me,
      extensions: { ownerId: me, spaceId: 's', topLevelResourceId: 'a' },
      data: audit.data,
      links: { self: { href: `${qlik.url}/api/v1/audits/${audit.id}` } },
    };
    expect(audit).to.deep.equal(expected);
    expect(audit.data).to.include({ reloadId, status: 'ok' });
  });
});
