import { expect } from 'chai';
import { useTenant } from './support/use-tenant.ts';

describe('sim: tokens', () => {
  const tenant = useTenant({ clock: 'hand' });
  const ask = (more: Record<string, unknown> = {}) => {
    const { clientId, clientSecret } = tenant.sim;
    const body = { client_id: clientId, client_secret: clientSecret, grant_type: 'client_credentials', ...more };
    return tenant.call('POST', '/oauth/token', body, { key: null });
  };

  it('q-tokens-01: a client gets a bearer token for six hours, and no refresh token', async () => {
    const { status, body } = await ask();
    expect(status).to.equal(200);
    expect(body.token_type).to.equal('bearer');
    expect(body.expires_in).to.equal(21600);
    expect(body.expires_at).to.equal('2026-11-21T13:00:00.000Z');
    expect(body.access_token).to.be.a('string');
    expect(body).not.to.have.property('refresh_token');
  });

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

  it('q-tokens-02: a wrong secret is refused with 401, code and title', async () => {
    const { status, body } = await ask({ client_secret: 'wrong' });
    expect(status).to.equal(401);
    expect(body.errors[0]).to.include.keys('code', 'title');
  });

  it('q-tokens-03: with the greatest number of tokens reached, 403 with code and title', async () => {
    await tenant.faults({ on: 'POST /oauth/token', kind: 'status', status: 403 });
    const { status, body } = await ask();
    expect(status).to.equal(403);
    expect(body.errors[0]).to.include.keys('code', 'title');
  });

  it('q-tokens-04: the bot of a client is found by users/me', async () => {
    const { body } = await ask();
    const me = await tenant.call('GET', '/api/v1/users/me', undefined, { key: body.access_token });
    expect(me.status).to.equal(200);
    expect(me.body.subject).to.equal(`qlikbot\\${tenant.sim.clientId}`);
    expect(me.body.tenantId).to.equal(tenant.sim.tenantId);
    expect(me.body.id).to.match(/^[0-9a-f]{24}$/);
    expect(me.body.name).to.be.a('string');
  });

  it('q-tokens-05: a token ends after 21,600 seconds of the tenant', async () => {
    const { body } = await ask();
    const me = () => tenant.call('GET', '/api/v1/users/me', undefined, { key: body.access_token });
    await tenant.advance(21_599_000);
    expect((await me()).status).to.equal(200);
    await tenant.advance(1_000);
    expect((await me()).status).to.equal(401);
  });

  it('q-tokens-06: an API key has all rights of its user', async () => {
    await tenant.app('a');
    expect((await tenant.reload('a')).status).to.equal(201);
  });

  const strangers: Record<string, Record<string, string>> = {
    'no Authorization': {},
    'a wrong scheme': { authorization: 'Basic abc' },
    'an unknown token': { authorization: 'Bearer nobody' },
  };
  for (const [what, headers] of Object.entries(strangers)) {
    it(`q-tokens-07: ${what} is 401 for any path under /api, before the body is looked at`, async () => {
      for (const path of ['/api/v1/reloads', '/api/v1/no-such-thing', '/api/core/webhooks']) {
        const { status, body } = await tenant.call('POST', path, 'not json', { key: null, headers });
        expect(status, path).to.equal(401);
        expect(body.errors[0]).to.include.keys('code', 'title');
        expect(body.traceId).to.match(/^[0-9a-f]{32}$/);
      }
    });
  }

  it('q-tokens-08: a token with the scope apps:read may not start a reload', async () => {
    await tenant.app('a');
    const { body } = await ask({ scope: 'apps:read' });
    const refused = await tenant.call('POST', '/api/v1/reloads', { appId: 'a' }, { key: body.access_token });
    expect(refused.status).to.equal(403);
    const wide = await ask({ scope: 'user_default' });
    const served = await tenant.call('POST', '/api/v1/reloads', { appId: 'a' }, { key: wide.body.access_token });
    expect(served.status).to.equal(201);
  });
});
