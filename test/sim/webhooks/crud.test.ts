import { expect } from 'chai';
import { useTenant } from '../support/use-tenant.ts';

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

  const refused: Record<string, Record<string, unknown>> = {
    'no name': { name: undefined },
    'a name of 513 characters': { name: 'n'.repeat(513) },
    'no url': { url: undefined },
    'a url of 2,049 characters': { url: `https://hooks.example.com/${'x'.repeat(2023)}` },
    'a url that is not https': { url: 'http://hooks.example.com/x' },
    'an IP address as host': { url: 'https://192.0.2.7/x' },
    'an IPv6 address as host': { url: 'https://[2001:db8::1]/x' },
    'a url that is none': { url: 'hooks.example.com' },
    'a url after a space': { url: ' https://hooks.example.com/x' },
    'a url with a line break': { url: 'https://hooks.example.com/\nx' },
    'a secret of 31 characters': { secret: 's'.repeat(31) },
    'a secret of 65 characters': { secret: 's'.repeat(65) },
    'a header twice': { headers: { 'X-A': '1', 'x-a': '2' } },
    'a header that frames the message': { headers: { 'Transfer-Encoding': 'chunked' } },
    'an encrypted header that routes the message': { encryptedHeaders: { host: 'other.example.com' } },
    'a header with a line break': { headers: { 'x-a': 'a\nb' } },
    'headers of more than 2,048 bytes': { headers: { 'x-a': 'v'.repeat(2046) } },
    'a filter on another attribute': { filter: 'userId eq "u"' },
    'a filter with another operator': { filter: 'spaceId co "u"' },
    'a filter with parentheses': { filter: '(spaceId eq "u")' },
    'a filter without double quotes': { filter: 'spaceId eq u' },
    'data.status beside another type': {
      filter: 'data.status eq "ok"',
      eventTypes: [ENGINE, RELOAD],
    },
    'an unknown level': { level: 'space' },
    'an unknown origin': { origin: 'moon' },
  };
  for (const [what, more] of Object.entries(refused)) {
    it(`${what} is 400`, async () => {
      const { status, body } = await post(more);
      expect(status).to.equal(400);
      expect(body.errors[0]).to.include.keys('code', 'title');
      expect(await names('')).to.deep.equal([]);
    });
  }

  it('shows a user that is no TenantAdmin its own webhooks only', async () => {
    const { apiKey: key } = (await tenant.call('POST', '/_sim/users', { name: 'Ann' })).body;
    const { id } = (await post()).body;
    await post({ name: 'own', level: 'user' }, key);
    const list = await tenant.call('GET', '/api/core/webhooks', undefined, { key });
    expect(list.body.data.map((each: { name: string }) => each.name)).to.deep.equal(['own']);
    expect((await tenant.call('GET', `/api/core/webhooks/${id}`, undefined, { key })).status).to.equal(403);
  });

  it('a name or url of many stars is looked for at once', async () => {
    await post({ name: 'a'.repeat(500), url: `https://hooks.example.com/${'a'.repeat(500)}` });
    const stars = '*a'.repeat(25);
    expect(await names(`?name=${stars}*b`)).to.deep.equal([]);
    expect(await names(`?url=${stars}*b`)).to.deep.equal([]);
    expect(await names(`?name=${stars}*`)).to.have.length(1);
    expect(await names(`?name=${'*a'.repeat(501)}`)).to.deep.equal([]);
  });

  it('the list is newest first, pages, sorts and filters', async () => {
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

  it('PATCH of another path, or with a bad value, is 400 and changes nothing', async () => {
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

  it('tells which event types there are', async () => {
    const { body } = await tenant.call('GET', '/api/core/webhooks/event-types');
    expect(body.data.map((each: { name: string }) => each.name)).to.have.members([RELOAD, ENGINE]);
  });
});
