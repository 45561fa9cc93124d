import { expect } from 'chai';
import { useHost } from './support/use-host.ts';

describe('suffixes', () => {
  const host = useHost();
  const call = (name: string) => host.web(`t/${name}`);
  before(async () => {
    const web = { 'web-export': true };
    await host.action('ok', 'function main() { return { statusCode: 201, body: { m: 1 } } }', web);
    await host.action('refused', 'function main() { return { error: { statusCode: 401, body: { m: 1 } } } }', web);
    const boom = 'async function main() { throw Object.assign(new Error("boom"), { secret: 1 }) }';
    await host.action('async', boom, web);
    await host.action('sync', 'function main() { throw new Error("boom") }', web);
    await host.action('words', 'function main() { return { body: "<b>words</b>" } }', web);
  });

  it('ow-suffixes-01: .json is the whole result', async () => {
    const { status, text } = await call('ok.json');
    expect([status, JSON.parse(text)]).to.deep.equal([200, { body: { m: 1 }, statusCode: 201 }]);
  });

  it('ow-suffixes-02: .json of an error is its inner object, with 200', async () => {
    const { status, text } = await call('refused.json');
    expect([status, JSON.parse(text)]).to.deep.equal([200, { body: { m: 1 }, statusCode: 401 }]);
  });

  it('ow-suffixes-03: .json of an uncaught Error shows everything, with 200', async () => {
    const { status, text } = await call('async.json');
    expect(status).to.equal(200);
    expect(JSON.parse(text)).to.include({ message: 'boom', name: 'Error', secret: 1 }).and.to.have.property('stack');
  });

  it('ow-suffixes-04: .json of a synchronous throw is 400', async () => {
    const { status, text } = await call('sync.json');
    expect([status, JSON.parse(text).error]).to.deep.equal([400, 'There was an error processing your request.']);
  });

  it('ow-suffixes-05: .text is the body printed, of an error too, with 200', async () => {
    for (const name of ['ok.text', 'refused.text']) {
      const { status, text, headers } = await call(name);
      expect(status).to.equal(200);
      expect(headers['content-type']).to.equal('text/plain; charset=UTF-8');
      expect(JSON.parse(text)).to.deep.equal({ m: 1 });
    }
  });

  for (const [suffix, type] of [
    ['html', 'text/html'],
    ['svg', 'image/svg+xml'],
  ] as const) {
    it(`ow-suffixes-06: .${suffix} needs a text as body`, async () => {
      const { status, text, headers } = await call(`ok.${suffix}`);
      expect([status, JSON.parse(text).error]).to.deep.equal([400, `Response is not valid '${type}'.`]);
      expect(headers).to.have.property('x-openwhisk-activation-id');
      expect((await call(`words.${suffix}`)).text).to.equal('<b>words</b>');
    });
  }

  it('ow-suffixes-07: any other suffix is 404', async () => {
    for (const name of ['ok.xml', 'ok.js']) {
      const { status, text } = await call(name);
      expect([status, JSON.parse(text).error]).to.deep.equal([404, 'The requested resource does not exist.']);
    }
  });
});
