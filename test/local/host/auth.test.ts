import { expect } from 'chai';
import { send } from './support/send.ts';
import { basic, useHost } from './support/use-host.ts';

const UNAUTHORIZED = 'Authentication is possible but has failed or not yet been provided.';
const ECHO = 'function main(params) { return { body: params } }';

describe('auth', () => {
  const host = useHost();
  const protectedBy = (value: unknown) =>
    host.action('door', ECHO, { 'web-export': true, 'require-whisk-auth': value });
  const knock = async (headers: Record<string, string> = {}, method = 'GET') => {
    const answer = await host.web('t/door', { method, headers });
    return { ...answer, json: answer.text === '' ? {} : JSON.parse(answer.text) };
  };
  const key = () => ({ authorization: basic(host.auth) });
  const wrongKey = { authorization: basic('nobody:nothing') };

  it('ow-auth-01: a wrong key is 401', async () => {
    const { status, json } = await host.rest('GET', 'actions', undefined, wrongKey);
    expect([status, json.error]).to.deep.equal([401, 'The supplied authentication is invalid']);
  });

  it('ow-auth-02: no key is 401 and says how', async () => {
    const { status, text, headers } = await send(`${host.url}/api/v1/namespaces/_/actions`);
    const error = 'The resource requires authentication, which was not supplied with the request';
    expect([status, JSON.parse(text).error]).to.deep.equal([401, error]);
    expect(headers['www-authenticate']).to.match(/^Basic /);
  });

  it("refuses a namespace that is not the key's", async () => {
    const { status, json } = await host.rest('GET', '../whisk.system/packages/alarms');
    const error = "The supplied authentication is not authorized to access 'whisk.system'.";
    expect([status, json.error]).to.deep.equal([403, error]);
  });

  it('ow-auth-03: GET / tells limits and runtimes to everybody', async () => {
    const { status, text } = await send(`${host.url}/`);
    const { limits, runtimes } = JSON.parse(text);
    expect(status).to.equal(200);
    expect(limits).to.include.keys(
      'actions_per_minute',
      'concurrent_actions',
      'triggers_per_minute',
      'sequence_length',
    );
    expect(runtimes.nodejs.map(({ kind }: { kind: string }) => kind)).to.include('nodejs:20');
  });

  it('tells a namespace its limits, and a key its namespaces', async () => {
    const { json } = await host.rest('GET', 'limits');
    expect(json).to.include({
      invocationsPerMinute: 1_000_000,
      concurrentInvocations: 1_000,
      firesPerMinute: 1_000_000,
    });
    const { text } = await host.rest('GET', '../../namespaces');
    expect(JSON.parse(text)).to.deep.equal([host.ns]);
  });

  it('ow-auth-04: without the right secret 401, and nothing runs', async () => {
    await protectedBy('s3cret');
    for (const headers of [{}, { 'x-require-whisk-auth': '' }, { 'x-require-whisk-auth': 'wrong' }]) {
      const { status, json, headers: received } = await knock(headers);
      expect([status, json.error]).to.deep.equal([401, UNAUTHORIZED]);
      expect(received).not.to.have.any.keys('www-authenticate', 'x-openwhisk-activation-id');
    }
  });

  it('ow-auth-05: with the right secret it runs, sees it, and knows no user', async () => {
    await protectedBy('s3cret');
    const { status, json } = await knock({ 'X-Require-Whisk-Auth': 's3cret' });
    expect(status).to.equal(200);
    expect(json.__ow_headers['x-require-whisk-auth']).to.equal('s3cret');
    expect(json).not.to.have.property('__ow_user');
  });

  it('takes a number as a secret', async () => {
    await protectedBy(1234);
    expect((await knock()).status).to.equal(401);
    expect((await knock({ 'x-require-whisk-auth': '1234' })).status).to.equal(200);
  });

  it('ow-auth-06: true asks for a valid key and names its namespace', async () => {
    await protectedBy(true);
    for (const headers of [{}, wrongKey]) expect((await knock(headers)).status).to.equal(401);
    const { status, json } = await knock(key());
    expect([status, json.__ow_user]).to.deep.equal([200, host.ns]);
  });

  it('ow-auth-07: false is open; a wrong key is ignored, a valid one names its namespace', async () => {
    await protectedBy(false);
    const wrong = await knock(wrongKey);
    expect(wrong.status).to.equal(200);
    expect(wrong.json).not.to.have.property('__ow_user');
    expect((await knock(key())).json.__ow_user).to.equal(host.ns);
  });

  it('ow-auth-08: an empty secret is met by an empty header only', async () => {
    await protectedBy('');
    expect((await knock()).status).to.equal(401);
    expect((await knock({ 'x-require-whisk-auth': '' })).status).to.equal(200);
  });

  for (const value of [null, { a: 1 }]) {
    it(`ow-auth-09: ${JSON.stringify(value)} lets nobody in`, async () => {
      await protectedBy(value);
      for (const headers of [{}, { 'x-require-whisk-auth': '' }, key()])
        expect((await knock(headers)).status).to.equal(401);
    });
  }

  it('ow-auth-10: OPTIONS needs no secret, HEAD does', async () => {
    await protectedBy('s3cret');
    const options = await knock({}, 'OPTIONS');
    expect(options.status).to.equal(200);
    expect(options.headers).not.to.have.property('x-openwhisk-activation-id');
    expect((await knock({}, 'HEAD')).status).to.equal(401);
  });
});
