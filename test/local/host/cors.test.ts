import { expect } from 'chai';
import { useHost } from './support/use-host.ts';

const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'OPTIONS, GET, DELETE, POST, PUT, HEAD, PATCH',
  'access-control-allow-headers': 'Authorization, Origin, X-Requested-With, Content-Type, Accept, User-Agent',
};

describe('cors', () => {
  const host = useHost();
  before(async () => {
    const web = { 'web-export': true };
    await host.action('ok', 'function main() { return { body: 1 } }', web);
    await host.action('locked', 'function main() { return { body: 1 } }', { ...web, 'require-whisk-auth': 's' });
    await host.action('boom', 'async function main() { throw new Error("x") }', web);
    await host.action('crash', 'function main() { throw new Error("x") }', web);
    await host.action('array', 'function main() { return [1] }', web);
    const own =
      'function main(p) { return { headers: { "access-control-allow-origin": "https://mine" }, body: p.__ow_method } }';
    await host.action('custom', own, { ...web, 'web-custom-options': true, 'require-whisk-auth': 's' });
  });

  it('ow-cors-01: a result allows every origin, also when the request names one', async () => {
    expect((await host.web('t/ok', { headers: { origin: 'https://page' } })).headers).to.include(CORS);
  });

  it('ow-cors-02: a preflight is answered without running the action', async () => {
    const { status, headers, text } = await host.web('t/ok', { method: 'OPTIONS' });
    expect([status, text]).to.deep.equal([200, '']);
    expect(headers).to.include(CORS).and.not.to.have.property('x-openwhisk-activation-id');
  });

  it('ow-cors-03: the headers that a preflight asks for are echoed', async () => {
    const asked = { 'access-control-request-headers': 'x-sig, content-type' };
    const { headers } = await host.web('t/ok', { method: 'OPTIONS', headers: asked });
    expect(headers['access-control-allow-headers']).to.equal('x-sig, content-type');
  });

  it('ow-cors-04: they are on 401, on the 204 and 400 of failures, and not on 404, 413 and 500', async () => {
    for (const [name, status] of [
      ['locked', 401],
      ['boom', 204],
      ['crash', 400],
    ] as const) {
      const answer = await host.web(`t/${name}`);
      expect(answer.status).to.equal(status);
      expect(answer.headers).to.include(CORS);
    }
    const tooLarge = { method: 'POST', body: Buffer.alloc(1_048_577) };
    for (const [name, status, sent] of [
      ['nope', 404, {}],
      ['ok', 413, tooLarge],
      ['array', 500, {}],
    ] as const) {
      const answer = await host.web(`t/${name}`, sent);
      expect(answer.status).to.equal(status);
      expect(answer.headers).not.to.have.property('access-control-allow-origin');
    }
  });

  it('ow-cors-05: with web-custom-options the action answers OPTIONS itself, without being asked for a secret', async () => {
    const { status, headers, text } = await host.web('t/custom', { method: 'OPTIONS' });
    expect([status, text]).to.deep.equal([200, 'options']);
    expect(headers['access-control-allow-origin']).to.equal('https://mine');
    expect(headers).not.to.have.property('access-control-allow-methods');
  });
});
