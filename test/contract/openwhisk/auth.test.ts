import { expect } from 'chai';
import { send } from '../../local/host/support/send.ts';
import { basic } from '../../support/openwhisk-entities.ts';
import { useHost } from './support/use-host.ts';

const UNAUTHORIZED = 'Authentication is possible but has failed or not yet been provided.';
const ECHO = 'function main(params) { return { body: params } }';

describe('contract of OpenWhisk: auth', () => {
  const host = useHost('auth');
  let doors = 0;
  // A new action each time: a host may remember an annotation for a while.
  const protectedBy = async (annotations: Record<string, unknown>) => {
    const name = `door${++doors}`;
    await host.action(name, ECHO, { 'web-export': true, ...annotations });
    return async (headers: Record<string, string> = {}, method = 'GET') => {
      const answer = await host.web(name, { method, headers });
      return { ...answer, json: answer.text === '' ? {} : JSON.parse(answer.text) };
    };
  };
  const secret = (value: unknown) => protectedBy({ 'require-whisk-auth': value });
  const header = (value: string) => ({ 'x-require-whisk-auth': value });
  const key = () => ({ authorization: basic(host.auth) });
  const wrongKey = { authorization: basic('8f2d64a0-0000-4000-8000-000000000000:nothing') };

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

  it('ow-auth-03: GET / tells limits and runtimes to everybody', async () => {
    const { status, text } = await send(`${host.url}/`);
    const { limits, runtimes } = JSON.parse(text);
    expect(status).to.equal(200);
    for (const name of ['actions_per_minute', 'concurrent_actions', 'triggers_per_minute', 'sequence_length'])
      expect(limits, name).to.have.property(name);
    expect(runtimes).to.be.an('object').and.not.to.deep.equal({});
  });

  it('ow-auth-04: without the right secret 401, and nothing runs', async () => {
    const knock = await secret('s3cret');
    for (const headers of [{}, header(''), header('wrong')]) {
      const { status, json, headers: received } = await knock(headers);
      expect([status, json.error]).to.deep.equal([401, UNAUTHORIZED]);
      expect(received).not.to.have.any.keys('www-authenticate', 'x-openwhisk-activation-id');
    }
  });

  it('ow-auth-05: with the right secret it runs, sees it, and knows no user', async () => {
    const { status, json } = await (await secret('s3cret'))(header('s3cret'));
    expect(status).to.equal(200);
    expect(json.__ow_headers).to.include(header('s3cret'));
    expect(json).not.to.have.property('__ow_user');
  });

  it('ow-auth-06: true asks for a valid key and names its namespace', async () => {
    const knock = await secret(true);
    for (const headers of [{}, wrongKey]) expect((await knock(headers)).status).to.equal(401);
    const { status, json } = await knock(key());
    expect([status, json.__ow_user]).to.deep.equal([200, host.ns]);
  });

  it('ow-auth-07: false or nothing is open; a wrong key is ignored, a valid one names its namespace', async () => {
    for (const annotations of [{ 'require-whisk-auth': false }, {}]) {
      const knock = await protectedBy(annotations);
      const wrong = await knock(wrongKey);
      expect(wrong.status).to.equal(200);
      expect(wrong.json).not.to.have.property('__ow_user');
      expect((await knock(key())).json.__ow_user).to.equal(host.ns);
    }
  });

  it('ow-auth-08: an empty secret is met by an empty header only', async () => {
    const knock = await secret('');
    expect((await knock()).status).to.equal(401);
    expect((await knock(header(''))).status).to.equal(200);
  });

  it('ow-auth-09: null and an object let nobody in', async () => {
    for (const value of [null, { a: 1 }]) {
      const knock = await secret(value);
      for (const headers of [{}, header(''), header('null'), key()])
        expect((await knock(headers)).status).to.equal(401);
    }
  });

  it('ow-auth-10: OPTIONS needs no secret, HEAD does', async () => {
    const knock = await secret('s3cret');
    const options = await knock({}, 'OPTIONS');
    expect(options.status).to.equal(200);
    expect(options.headers).not.to.have.property('x-openwhisk-activation-id');
    expect((await knock({}, 'HEAD')).status).to.equal(401);
  });
});
