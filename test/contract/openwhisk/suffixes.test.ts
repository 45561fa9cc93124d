import { expect } from 'chai';
import { useHost } from './support/use-host.ts';

describe('contract of OpenWhisk: suffixes', () => {
  const host = useHost('suffixes');
  before(async () => {
    const web = { 'web-export': true };
    await host.action('ok', 'function main() { return { statusCode: 201, body: { m: 1 } } }', web);
    await host.action('refused', 'function main() { return { error: { statusCode: 401, body: { m: 1 } } } }', web);
  });

  it('ow-suffixes-01: .json is the whole result', async () => {
    const { status, text } = await host.web('ok.json');
    expect([status, JSON.parse(text)]).to.deep.equal([200, { body: { m: 1 }, statusCode: 201 }]);
  });

  it('ow-suffixes-02: .json of an error is its inner object, with 200', async () => {
    const { status, text } = await host.web('refused.json');
    expect([status, JSON.parse(text)]).to.deep.equal([200, { body: { m: 1 }, statusCode: 401 }]);
  });

  it('ow-suffixes-03: .json of an uncaught Error shows everything, with 200', async () => {
    const boom = 'async function main() { throw Object.assign(new Error("boom"), { secret: 1 }) }';
    await host.action('async', boom, { 'web-export': true });
    const { status, text } = await host.web('async.json');
    expect(status).to.equal(200);
    expect(JSON.parse(text)).to.include({ message: 'boom', name: 'Error', secret: 1 }).and.to.have.property('stack');
  });

  it('ow-suffixes-04: .json of a synchronous throw is 400', async () => {
    await host.action('sync', 'function main() { throw new Error("boom") }', { 'web-export': true });
    const { status, text } = await host.web('sync.json');
    expect([status, JSON.parse(text).error]).to.deep.equal([400, 'There was an error processing your request.']);
  });

  it('ow-suffixes-05: .text is the body printed, of an error too, with 200', async () => {
    for (const name of ['ok.text', 'refused.text']) {
      const { status, text, headers } = await host.web(name);
      expect(status, name).to.equal(200);
      expect(headers['content-type'], name).to.match(/^text\/plain/);
      expect(JSON.parse(text), name).to.deep.equal({ m: 1 });
    }
  });

  it('ow-suffixes-06: .html and .svg need a text as body', async () => {
    for (const [suffix, type] of [
      ['html', 'text/html'],
      ['svg', 'image/svg+xml'],
    ] as const) {
      const { status, text, headers } = await host.web(`ok.${suffix}`);
      expect([status, JSON.parse(text).error]).to.deep.equal([400, `Response is not valid '${type}'.`]);
      expect(headers).to.have.property('x-openwhisk-activation-id');
    }
  });

  it('ow-suffixes-07: any other suffix is 404', async () => {
    for (const name of ['ok.xml', 'ok.js']) {
      const { status, text } = await host.web(name);
      expect([status, JSON.parse(text).error]).to.deep.equal([404, 'The requested resource does not exist.']);
    }
  });
});
