import { expect } from 'chai';
import { useTenant } from './support/use-tenant.ts';

const IMPERSONATION = 'urn:qlik:oauth:user-impersonation';

describe('sim: tokens', () => {
  const tenant = useTenant({ clock: 'hand' });
  const ask = (more: Record<string, unknown> = {}) => {
    const { clientId, clientSecret } = tenant.sim;
    const body = { client_id: clientId, client_secret: clientSecret, grant_type: 'client_credentials', ...more };
    return tenant.call('POST', '/oauth/token', body, { key: null });
  };

  it('takes the same fields as a form', async () => {
    const { clientId, clientSecret } = tenant.sim;
    const form = new URLSearchParams({
      client_id: clientId,
      client_secret: clientSecret,
      grant_type: 'client_credentials',
    });
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const { status } = await tenant.call('POST', '/oauth/token', form.toString(), { key: null, headers });
    expect(status).to.equal(200);
  });

  it('are for somebody else by impersonation, found by id or subject', async () => {
    const { id, subject } = (await tenant.call('POST', '/_sim/users', { name: 'Ann' })).body;
    for (const user_lookup of [
      { field: 'userId', value: id },
      { field: 'subject', value: subject },
    ]) {
      const { body } = await ask({ grant_type: IMPERSONATION, user_lookup, scope: 'user_default' });
      expect(body).to.include({ token_type: 'bearer', scope: 'user_default' });
      const me = await tenant.call('GET', '/api/v1/users/me', undefined, { key: body.access_token });
      expect(me.body.id).to.equal(id);
    }
  });

  const malformed: Record<string, Record<string, unknown>> = {
    'another grant': { grant_type: 'password' },
    'impersonation of nobody in particular': { grant_type: IMPERSONATION },
    'a lookup by name': { grant_type: IMPERSONATION, user_lookup: { field: 'name', value: 'Ann' } },
    'a lookup of nobody': { grant_type: IMPERSONATION, user_lookup: { field: 'userId', value: 'nobody' } },
    'a scope that is no text': { scope: ['apps'] },
  };
  for (const [what, fields] of Object.entries(malformed)) {
    it(`${what} is 400`, async () => {
      expect((await ask(fields)).status).to.equal(400);
    });
  }

  it('of a disabled user are not taken', async () => {
    const { apiKey: key } = (await tenant.call('POST', '/_sim/users', { name: 'Gone', disabled: true })).body;
    expect((await tenant.call('GET', '/api/v1/users/me', undefined, { key })).status).to.equal(401);
  });

  it('count for their user while they live', async () => {
    await tenant.switches({ 'oauth.maxTokens': 1 });
    expect([(await ask()).status, (await ask()).status]).to.deep.equal([200, 403]);
    await tenant.advance(21_600_000);
    expect((await ask()).status).to.equal(200);
  });

  it('with a scope that only reads change nothing, with a wide one they do', async () => {
    await tenant.app('a');
    const hook = { name: 'h', url: 'https://hooks.example.com/' };
    for (const [scope, reload, webhook] of [
      ['apps:read spaces:read', 403, 403],
      ['apps', 201, 201],
      ['spaces', 403, 201],
      ['admin_classic', 429, 201],
    ] as const) {
      const key = (await ask({ scope })).body.access_token;
      const get = await tenant.call('GET', '/api/v1/reloads?appId=a', undefined, { key });
      const post = await tenant.call('POST', '/api/v1/reloads', { appId: 'a' }, { key });
      const made = await tenant.call('POST', '/api/core/webhooks', hook, { key });
      expect([get.status, post.status, made.status], scope).to.deep.equal([200, reload, webhook]);
    }
  });
});
