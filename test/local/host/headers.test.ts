import { expect } from 'chai';
import { basic, RAW_WEB, useHost } from './support/use-host.ts';

describe('headers', () => {
  const host = useHost();
  const seen = async (headers: Record<string, string | string[]>, body = '{}') =>
    JSON.parse((await host.web('t/raw', { method: 'POST', headers, body })).text).__ow_headers;
  before(() => host.action('raw', 'function main(params) { return { body: params } }', RAW_WEB));

  it('ow-headers-01: names are lower case, values as sent', async () => {
    expect(await seen({ 'X-Custom': 'Va L' })).to.include({ 'x-custom': 'Va L' });
  });

  it('has the host, and not the content length', async () => {
    const headers = await seen({});
    expect(headers.host).to.equal(host.url.replace('http://', ''));
    expect(headers).not.to.have.property('content-length');
  });

  it('ow-headers-02: of a header sent twice the last value arrives', async () => {
    expect(await seen({ 'x-twice': ['one', 'two'] })).to.include({ 'x-twice': 'two' });
  });

  it('ow-headers-03: authorization, cookie and x-require-whisk-auth are passed as sent', async () => {
    const sent = { authorization: 'Bearer abc', cookie: 'a=1; b=2', 'x-require-whisk-auth': 's' };
    expect(await seen(sent)).to.include(sent);
  });

  for (const [sent, rendered] of [
    ['application/json; charset=utf-8', 'application/json'],
    ['text/plain; charset=utf-8', 'text/plain; charset=UTF-8'],
    ['Application/JSON', 'application/json'],
  ] as const) {
    it(`ow-headers-04: the content type ${sent} arrives as ${rendered}`, async () => {
      expect(await seen({ 'content-type': sent })).to.include({ 'content-type': rendered });
    });
  }

  it('ow-headers-05: a missing or unreadable content type of a body is application/octet-stream', async () => {
    expect(await seen({})).to.include({ 'content-type': 'application/octet-stream' });
    expect(await seen({ 'content-type': 'not a content type' })).to.include({
      'content-type': 'application/octet-stream',
    });
    expect(await seen({}, '')).not.to.have.property('content-type');
    expect(await seen({ 'content-type': 'text/plain' }, '')).to.include({ 'content-type': 'text/plain' });
  });

  it("ow-headers-06: a client's x-request-id is the transaction id everywhere", async () => {
    const headers = { 'x-request-id': 'my-own-id' };
    await host.action('tid', 'function main() { return { body: { tid: process.env.__OW_TRANSACTION_ID } } }', RAW_WEB);
    const run = await host.web('t/tid', { headers });
    expect(run.headers['x-request-id']).to.equal('my-own-id');
    expect(JSON.parse(run.text)).to.deep.equal({ tid: 'my-own-id' });
    const error = await host.web('t/nope', { headers });
    expect(JSON.parse(error.text).code).to.equal('my-own-id');
    const rest = await host.rest('GET', 'actions/nope', undefined, headers);
    expect([rest.json.code, rest.headers['x-request-id']]).to.deep.equal(['my-own-id', 'my-own-id']);
  });

  it('ow-headers-07: every answer but the 500 of an array has x-request-id, and an activation id if there was one', async () => {
    const options = { 'web-export': true, 'require-whisk-auth': 's' };
    await host.action('locked', 'function main() { return { body: 1 } }', options);
    await host.action('array', 'function main() { return [1] }', RAW_WEB);
    const ran = await host.web('t/raw');
    expect(ran.headers).to.include.keys('x-request-id', 'x-openwhisk-activation-id');
    const refusals = await Promise.all([
      host.web('t/locked'),
      host.web('t/nope'),
      host.web('t/raw', { method: 'OPTIONS' }),
      host.web('t/raw', { method: 'POST', body: Buffer.alloc(1_048_577) }),
    ]);
    expect(refusals.map(({ status }) => status)).to.deep.equal([401, 404, 200, 413]);
    for (const { headers } of refusals) {
      expect(headers).to.include.keys('x-request-id');
      expect(headers).not.to.have.property('x-openwhisk-activation-id');
    }
    expect((await host.web('t/array')).headers).not.to.have.any.keys('x-request-id', 'x-openwhisk-activation-id');
    await host.action('own500', 'function main() { return { statusCode: 500, body: 1 } }', RAW_WEB);
    const own500 = await host.web('t/own500');
    expect(own500.status).to.equal(500);
    expect(own500.headers).to.include.keys('x-request-id', 'x-openwhisk-activation-id');
    const rest = await host.rest('GET', 'actions', undefined, { authorization: basic(host.auth) });
    expect(rest.headers['x-request-id']).to.match(/^\S+$/);
  });
});
