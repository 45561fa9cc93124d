import { expect } from 'chai';
import { useHost } from './support/use-host.ts';

const WEB = { 'web-export': true };
const GIVE = 'function main() { return { body: 1 } }';
const ORIGIN = { 'access-control-allow-origin': '*' };
const CORS = {
  ...ORIGIN,
  'access-control-allow-methods': 'OPTIONS, GET, DELETE, POST, PUT, HEAD, PATCH',
  'access-control-allow-headers': 'Authorization, Origin, X-Requested-With, Content-Type, Accept, User-Agent',
};

describe('contract of OpenWhisk: cors', () => {
  const host = useHost('cors');
  before(() => host.action('ok', GIVE, WEB));

  it('ow-cors-01: a result allows every origin', async () => {
    expect((await host.web('ok')).headers).to.include(CORS);
  });

  it('ow-cors-02: a preflight is answered without running the action', async () => {
    const { status, headers, text } = await host.web('ok', { method: 'OPTIONS' });
    expect([status, text]).to.deep.equal([200, '']);
    expect(headers).to.include(CORS).and.not.to.have.property('x-openwhisk-activation-id');
  });

  it('ow-cors-03: the headers that a preflight asks for are echoed', async () => {
    const headers = { 'access-control-request-headers': 'x-sig, content-type' };
    const answer = await host.web('ok', { method: 'OPTIONS', headers });
    expect(answer.headers['access-control-allow-headers']).to.equal('x-sig, content-type');
  });

  it('ow-cors-04: they are on 401, on the 204 and 400 of failures, and not on 404, 413 and 500', async () => {
    await host.action('locked', GIVE, { ...WEB, 'require-whisk-auth': 's' });
    await host.action('boom', 'async function main() { throw new Error("x") }', WEB);
    await host.action('crash', 'function main() { throw new Error("x") }', WEB);
    await host.action('array', 'function main() { return [1] }', WEB);
    for (const [name, status] of [
      ['locked', 401],
      ['boom', 204],
      ['crash', 400],
    ] as const) {
      const answer = await host.web(name);
      expect(answer.status).to.equal(status);
      expect(answer.headers, name).to.include(ORIGIN);
    }
    const tooLarge = { method: 'POST', body: Buffer.alloc(1_048_577) };
    for (const [name, status, sent] of [
      ['nope', 404, {}],
      ['ok', 413, tooLarge],
      ['array', 500, {}],
    ] as const) {
      const answer = await host.web(name, sent);
      expect(answer.status).to.equal(status);
      expect(answer.headers, name).not.to.have.property('access-control-allow-origin');
    }
  });

  it('ow-cors-05: with web-custom-options the action answers OPTIONS itself, without being asked for a secret', async () => {
    const own = 'function main(p) { return { headers: { "x-own": "1" }, body: p.__ow_method } }';
    await host.action('custom', own, { ...WEB, 'web-custom-options': true, 'require-whisk-auth': 's' });
    const { status, headers, text } = await host.web('custom', { method: 'OPTIONS' });
    expect([status, text, headers['x-own']]).to.deep.equal([200, 'options', '1']);
    expect(headers).not.to.have.any.keys(...Object.keys(CORS));
  });
});
