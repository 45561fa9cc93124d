import { expect } from 'chai';
import { useTenant } from '../support/use-tenant.ts';

const SECRET = '0123456789abcdef0123456789abcdef';
const RELOAD = 'com.qlik.v1.reload.finished';
const ENGINE = 'com.qlik.v1.app.reload.finished';

describe('sim: webhooks', () => {
  const tenant = useTenant();
  const post = (more: Record<string, unknown> = {}, key?: string) => {
    const body = { name: 'hook', url: 'https://hooks.example.com/x', ...more };
    return tenant.call('POST', '/api/core/webhooks', body, key === undefined ? {} : { key });
  };
  const get = (id: string) => tenant.call('GET', `/api/core/webhooks/${id}`);
  const patch = (id: string, ...operations: unknown[]) => tenant.call('PATCH', `/api/core/webhooks/${id}`, operations);
  const names = async (query: string) =>
    (await tenant.call('GET', `/api/core/webhooks${query}`)).body.data.map((each: { name: string }) => each.name);

  it('q-webhooks-crud-01: both prefixes serve the same webhooks', async () => {
    const { id } = (await post()).body;
    const other = await tenant.call('GET', `/api/v1/webhooks/${id}`);
    expect(other.body).to.deep.equal((await get(id)).body);
    const old = (await tenant.call('POST', '/api/v1/webhooks', { name: 'old', url: 'https://hooks.example.com/' }))
      .body;
    expect((await get(old.id)).body.name).to.equal('old');
  });

  it('q-webhooks-crud-02: a new webhook is disabled and of level tenant', async () => {
    const { status, body } = await post();
    expect(status).to.equal(201);
    expect(body).to.include({ enabled: false, level: 'tenant', name: 'hook', url: 'https://hooks.example.com/x' });
    expect(body).to.include.keys('id', 'createdAt', 'updatedAt', 'createdByUserId');
  });

  const refused: Record<string, Record<string, unknown>> = {
    'no name': { name: undefined },
    'a name of 513 characters': { name: 'n'.repeat(513) },
    'no url': { url: undefined },
    'a url of 2,049 characters': { url: `https://hooks.example.com/${'x'.repeat(2023)}` },
    'a url that is not https': { url: 'http://hooks.example.com/x' },
    'an IP address as host': { url: 'https://192.0.2.7/x' },
    'an IPv6 address as host': { url: 'https://[2001:db8::1]/x' },
    'a url that is none': { url: 'hooks.example.com' },
    'a secret of 31 characters (q-webhooks-crud-04)': { secret: 's'.repeat(31) },
    'a secret of 65 characters (q-webhooks-crud-04)': { secret: 's'.repeat(65) },
    'a header twice': { headers: { 'X-A': '1', 'x-a': '2' } },
    'a header with a line break': { headers: { 'x-a': 'a\nb' } },
    'headers of more than 2,048 bytes': { headers: { 'x-a': 'v'.repeat(2046) } },
    'a filter on another attribute (q-webhooks-crud-14)': { filter: 'userId eq "u"' },
    'a filter with another operator (q-webhooks-crud-14)': { filter: 'spaceId co "u"' },
    'a filter with parentheses (q-webhooks-crud-14)': { filter: '(spaceId eq "u")' },
    'a filter without double quotes (q-webhooks-crud-14)': { filter: 'spaceId eq u' },
    'data.status beside another type (q-webhooks-crud-15)': {
      filter: 'data.status eq "ok"',
      eventTypes: [ENGINE, RELOAD],
    },
    'an unknown level': { level: 'space' },
    'an unknown origin': { origin: 'moon' },
  };
  for (const [what, more] of Object.entries(refused)) {
    it(`q-webhooks-crud-03: ${what} is 400`, async () => {
      const { status, body } = await post(more);
      expect(status).to.equal(400);
      expect(body.errors[0]).to.include.keys('code', 'title');
      expect(await names('')).to.deep.equal([]);
    });
  }

  it('q-webhooks-crud-04: a secret of 32 or 64 characters is fine', async () => {
    expect((await post({ secret: 's'.repeat(32) })).status).to.equal(201);
    expect((await post({ secret: 's'.repeat(64) })).status).to.equal(201);
  });

  it('q-webhooks-crud-05, -06: no answer has the secret or the value of an encrypted header', async () => {
    const made = await post({
      secret: SECRET,
      headers: { 'x-open': 'seen' },
      encryptedHeaders: { 'x-a': 'hidden-value' },
    });
    const { id } = made.body;
    const put = await tenant.call('PUT', `/api/core/webhooks/${id}`, {
      name: 'hook',
      url: 'https://hooks.example.com/x',
      secret: SECRET,
      encryptedHeaders: { 'x-a': 'hidden-value' },
    });
    const answers = [made, put, await get(id), await tenant.call('GET', '/api/core/webhooks')];
    for (const { body } of answers) {
      expect(JSON.stringify(body)).not.to.contain(SECRET);
      expect(JSON.stringify(body)).not.to.contain('hidden-value');
    }
    expect(made.body).to.deep.include({
      secretKeyAdded: true,
      encryptedHeaders: ['x-a'],
      headers: { 'x-open': 'seen' },
    });
    expect((await post()).body.secretKeyAdded).to.equal(false);
  });

  it('q-webhooks-crud-07: level tenant needs TenantAdmin, level user does not', async () => {
    const { apiKey, id } = (await tenant.call('POST', '/_sim/users', { name: 'Ann' })).body;
    expect((await post({}, apiKey)).status).to.equal(403);
    const own = await post({ level: 'user' }, apiKey);
    expect([own.status, own.body.ownerId]).to.deep.equal([201, id]);
  });

  it('shows a user that is no TenantAdmin its own webhooks only', async () => {
    const { apiKey: key } = (await tenant.call('POST', '/_sim/users', { name: 'Ann' })).body;
    const { id } = (await post()).body;
    await post({ name: 'own', level: 'user' }, key);
    const list = await tenant.call('GET', '/api/core/webhooks', undefined, { key });
    expect(list.body.data.map((each: { name: string }) => each.name)).to.deep.equal(['own']);
    expect((await tenant.call('GET', `/api/core/webhooks/${id}`, undefined, { key })).status).to.equal(403);
  });

  it('q-webhooks-crud-08, q-unknown-18: one more than the quota of a user is 403', async () => {
    await tenant.switches({ 'webhook.quotaUser': 2 });
    expect([(await post()).status, (await post()).status, (await post()).status]).to.deep.equal([201, 201, 403]);
    expect((await tenant.call('GET', '/_sim/switches')).body['webhook.quotaUser']).to.equal(2);
  });

  it('q-webhooks-crud-09: the list is newest first, pages, sorts and filters', async () => {
    await post({ name: 'Alpha', enabled: true, eventTypes: [RELOAD] });
    await post({ name: 'Beta', eventTypes: [ENGINE, RELOAD], origin: 'automations' });
    await post({ name: 'Gamma', level: 'user', url: 'https://other.example.com/y' });
    const first = (await tenant.call('GET', '/api/core/webhooks?limit=2')).body;
    expect(first.data.map((each: { name: string }) => each.name)).to.deep.equal(['Gamma', 'Beta']);
    const second = (await tenant.call('GET', first.links.next.href)).body;
    expect(second.data.map((each: { name: string }) => each.name)).to.deep.equal(['Alpha']);
    expect(await names('?sort=name')).to.deep.equal(['Alpha', 'Beta', 'Gamma']);
    expect(await names('?enabled=true')).to.deep.equal(['Alpha']);
    expect(await names(`?eventTypes=${ENGINE}`)).to.deep.equal(['Beta']);
    expect(await names('?level=user')).to.deep.equal(['Gamma']);
    expect(await names('?name=*ET*')).to.deep.equal(['Beta']);
    expect(await names('?origins=automations')).to.deep.equal(['Beta']);
    expect(await names('?url=other.example')).to.deep.equal(['Gamma']);
    for (const query of ['?limit=0', '?limit=101', '?sort=level', '?enabled=perhaps']) {
      expect((await tenant.call('GET', `/api/core/webhooks${query}`)).status, query).to.equal(400);
    }
  });

  it('q-webhooks-crud-10: PUT clears what it leaves out, and so disables', async () => {
    const { id } = (await post({ enabled: true, description: 'old', secret: SECRET, eventTypes: [RELOAD] })).body;
    const put = await tenant.call('PUT', `/api/core/webhooks/${id}`, {
      name: 'new',
      url: 'https://hooks.example.com/z',
    });
    expect(put.status).to.equal(200);
    expect(put.body).to.deep.include({ id, name: 'new', enabled: false, secretKeyAdded: false, eventTypes: [] });
    expect(put.body).not.to.have.property('description');
    expect((await get(id)).body).to.deep.equal(put.body);
  });

  it('q-unknown-17: PUT that changes a read-only field is 409, or 400 by switch', async () => {
    const { id } = (await post()).body;
    const body = { name: 'hook', url: 'https://hooks.example.com/x', id: 'another' };
    expect((await tenant.call('PUT', `/api/core/webhooks/${id}`, body)).status).to.equal(409);
    await tenant.switches({ 'webhook.readOnlyChange': 400 });
    expect((await tenant.call('PUT', `/api/core/webhooks/${id}`, body)).status).to.equal(400);
  });

  it('q-webhooks-crud-11: PATCH answers 204 without body and changes those fields only', async () => {
    const { id } = (await post({ description: 'old', secret: SECRET })).body;
    const { status, body } = await patch(
      id,
      { op: 'replace', path: '/enabled', value: true },
      { op: 'add', path: '/eventTypes', value: [RELOAD] },
      { op: 'remove', path: '/description' },
    );
    expect([status, body]).to.deep.equal([204, '']);
    const now = (await get(id)).body;
    expect(now).to.deep.include({ enabled: true, eventTypes: [RELOAD], name: 'hook', secretKeyAdded: true });
    expect(now).not.to.have.property('description');
  });

  it('q-webhooks-crud-12: PATCH of another path, or with a bad value, is 400 and changes nothing', async () => {
    const { id } = (await post()).body;
    const before = (await get(id)).body;
    const bad = [
      { op: 'replace', path: '/level', value: 'user' },
      { op: 'replace', path: '/filter', value: 'spaceId eq "s"' },
      { op: 'move', path: '/name', value: 'x' },
      { op: 'replace', path: '/url', value: 'ftp://example.com' },
      { op: 'remove', path: '/name' },
      { op: 'replace', path: '/name' },
    ];
    for (const operation of bad) {
      const answer = await patch(id, { op: 'replace', path: '/enabled', value: true }, operation);
      expect(answer.status, JSON.stringify(operation)).to.equal(400);
    }
    expect((await tenant.call('PATCH', `/api/core/webhooks/${id}`, { op: 'remove' })).status).to.equal(400);
    expect((await get(id)).body).to.deep.equal(before);
  });

  it('wants encrypted headers anew when the url is patched', async () => {
    const { id } = (await post({ encryptedHeaders: { 'x-a': 'b' } })).body;
    const url = { op: 'replace', path: '/url', value: 'https://new.example.com/' };
    expect((await patch(id, url)).status).to.equal(400);
    const headers = { op: 'replace', path: '/encryptedHeaders', value: { 'x-a': 'c' } };
    expect((await patch(id, url, headers)).status).to.equal(204);
  });

  it('q-webhooks-crud-13: DELETE is 204, and the webhook is gone', async () => {
    const { id } = (await post()).body;
    expect((await tenant.call('DELETE', `/api/core/webhooks/${id}`)).status).to.equal(204);
    expect((await get(id)).status).to.equal(404);
    expect((await tenant.call('DELETE', `/api/core/webhooks/${id}`)).status).to.equal(404);
  });

  it('q-unknown-20: http to this machine is allowed, and refused by switch', async () => {
    expect((await post({ url: 'http://127.0.0.1:3233/x' })).status).to.equal(201);
    expect((await post({ url: 'http://localhost:3233/x' })).status).to.equal(201);
    await tenant.switches({ 'webhook.allowLoopback': false });
    expect((await post({ url: 'http://127.0.0.1:3233/x' })).status).to.equal(400);
    expect((await post({ url: 'https://127.0.0.1:3233/x' })).status).to.equal(400);
  });

  it('tells which event types there are', async () => {
    const { body } = await tenant.call('GET', '/api/core/webhooks/event-types');
    expect(body.data.map((each: { name: string }) => each.name)).to.have.members([RELOAD, ENGINE]);
  });
});
