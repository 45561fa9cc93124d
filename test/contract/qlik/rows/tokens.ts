import { expect } from 'chai';
import { fact, harmlessFact } from '../support/fact.ts';
import { expectRefusal } from '../support/qlik-in-test.ts';

export const tokens = [
  fact('q-tokens-01', 'a client gets a bearer token for six hours, and no refresh token', async (qlik) => {
    const { status, body } = await qlik.token();
    expect(status).to.equal(200);
    expect(body).to.include({ token_type: 'bearer', expires_in: 21_600, expires_at: '2026-11-21T13:00:00.000Z' });
    expect(body.access_token).to.be.a('string').with.length.above(0);
    expect(body).not.to.have.property('refresh_token');
  }),
  fact('q-tokens-02', 'a wrong secret is 401 with code and title', async (qlik) => {
    expectRefusal(await qlik.token({ client_secret: 'wrong' }), 401);
  }),
  fact('q-tokens-03', 'a disabled user, or the greatest number of tokens, is 403', async (qlik) => {
    await qlik.switches({ 'oauth.maxTokens': 1 });
    await qlik.token();
    expectRefusal(await qlik.token(), 403);
    const { id } = await qlik.control('POST', '/users', { name: 'Gone', disabled: true });
    const as = { grant_type: 'urn:qlik:oauth:user-impersonation', user_lookup: { field: 'userId', value: id } };
    expectRefusal(await qlik.token(as), 403);
  }),
  fact('q-tokens-04', "a client's bot is told by users/me", async (qlik) => {
    const { body } = await qlik.token();
    const me = await qlik.get('/api/v1/users/me', { key: body.access_token });
    expect(me.status).to.equal(200);
    const { tenantId, clientId } = qlik.sim;
    expect(me.body).to.include({ tenantId, subject: `qlikbot\\${clientId}` });
    expect(me.body).to.include.keys('id', 'name');
  }),
  fact('q-tokens-05', 'a token ends after 21,600 seconds of the tenant', async (qlik) => {
    const key = (await qlik.token()).body.access_token;
    await qlik.advance(21_599_000);
    expect((await qlik.get('/api/v1/users/me', { key })).status).to.equal(200);
    await qlik.advance(1_000);
    expect((await qlik.get('/api/v1/users/me', { key })).status).to.equal(401);
  }),
  fact('q-tokens-06', 'an API key has all rights of its user', async (qlik) => {
    await qlik.app('a');
    expect((await qlik.post('a')).status).to.equal(201);
    const made = await qlik.call('POST', '/api/core/webhooks', { name: 'w', url: 'https://hooks.example.com/' });
    expect(made.status).to.equal(201);
  }),
  harmlessFact(
    'q-tokens-07',
    'without a valid token any path under /api is 401, before the body is read',
    async (qlik) => {
      for (const headers of [{}, { authorization: 'Basic abc' }, { authorization: 'Bearer nobody' }]) {
        for (const path of ['/api/v1/reloads', '/api/v1/no-such-thing', '/api/core/webhooks']) {
          const refused = await qlik.call('POST', path, 'not json', { key: null, headers });
          expectRefusal(refused, 401);
          expect(refused.body.traceId).to.be.a('string').with.length.above(0);
        }
      }
    },
  ),
  fact('q-tokens-08', 'a token with the scope apps:read alone starts no reload', async (qlik) => {
    await qlik.app('a');
    const key = (await qlik.token({ scope: 'apps:read' })).body.access_token;
    expectRefusal(await qlik.post('a', {}, { key }), 403);
    const wide = (await qlik.token({ scope: 'user_default' })).body.access_token;
    expect((await qlik.post('a', {}, { key: wide })).status).not.to.equal(403);
  }),
];
