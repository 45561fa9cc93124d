import { expect } from 'chai';
import { RAW_WEB } from '../../support/openwhisk-entities.ts';
import { useHost } from './support/use-host.ts';

describe('contract of OpenWhisk: headers', () => {
  const host = useHost('headers');
  const seen = async (headers: Record<string, string | string[]>, body = '{}') =>
    JSON.parse((await host.web('raw', { method: 'POST', headers, body })).text).__ow_headers;
  before(() => host.action('raw', 'function main(params) { return { body: params } }', RAW_WEB));

  it('ow-headers-01: names are lower case, values as sent', async () => {
    expect(await seen({ 'X-Custom': 'Va L' })).to.include({ 'x-custom': 'Va L' });
  });

  it('ow-headers-02: of a header sent twice the last value arrives', async () => {
    expect(await seen({ 'x-twice': ['one', 'two'] })).to.include({ 'x-twice': 'two' });
  });

  it('ow-headers-03: authorization, cookie and x-require-whisk-auth are passed as sent', async () => {
    const sent = { authorization: 'Bearer abc', cookie: 'a=1; b=2', 'x-require-whisk-auth': 's' };
    expect(await seen(sent)).to.include(sent);
  });

  it('ow-headers-04: the content type is printed anew', async () => {
    for (const [sent, rendered] of [
      ['application/json; charset=utf-8', 'application/json'],
      ['text/plain; charset=utf-8', 'text/plain; charset=UTF-8'],
      ['Application/JSON', 'application/json'],
    ] as const) {
      expect(await seen({ 'content-type': sent }), sent).to.include({ 'content-type': rendered });
    }
  });

  it('ow-headers-05: a missing or unreadable content type of a body is application/octet-stream', async () => {
    const bytes = { 'content-type': 'application/octet-stream' };
    expect(await seen({})).to.include(bytes);
    expect(await seen({ 'content-type': 'not a content type' })).to.include(bytes);
    expect(await seen({}, '')).not.to.have.property('content-type');
    expect(await seen({ 'content-type': 'text/plain' }, '')).to.include({ 'content-type': 'text/plain' });
  });

  it("ow-headers-06: a client's x-request-id is the transaction id everywhere", async () => {
    const headers = { 'x-request-id': 'my-own-id' };
    await host.action('tid', 'function main() { return { body: { tid: process.env.__OW_TRANSACTION_ID } } }', RAW_WEB);
    const run = await host.web('tid', { headers });
    expect(run.headers['x-request-id']).to.equal('my-own-id');
    expect(JSON.parse(run.text)).to.deep.equal({ tid: 'my-own-id' });
    const { json } = await host.rest('GET', `actions/${host.pkg}/nope`, undefined, headers);
    expect(json.code).to.equal('my-own-id');
  });

  it('ow-headers-07: answers have x-request-id, but for the 500 of an array, and an activation id if there was one', async () => {
    await host.action('locked', 'function main() {}', { 'web-export': true, 'require-whisk-auth': 's' });
    await host.action('array', 'function main() { return [1] }', RAW_WEB);
    const ran = await host.web('raw');
    expect(ran.headers).to.include.keys('x-request-id', 'x-openwhisk-activation-id');
    const refusals = [
      await host.web('locked'),
      await host.web('nope'),
      await host.web('raw', { method: 'OPTIONS' }),
      await host.web('raw', { method: 'POST', body: Buffer.alloc(1_048_577) }),
    ];
    expect(refusals.map(({ status }) => status)).to.deep.equal([401, 404, 200, 413]);
    for (const { headers } of refusals) {
      expect(headers).to.include.keys('x-request-id');
      expect(headers).not.to.have.property('x-openwhisk-activation-id');
    }
    expect((await host.web('array')).headers).not.to.have.property('x-request-id');
    for (const path of [`actions/${host.pkg}/raw`, `actions/${host.pkg}/nope`])
      expect((await host.rest('GET', path)).headers, path).to.include.keys('x-request-id');
  });
});
