import { expect } from 'chai';
import { useHost } from './support/use-host.ts';

const NOT_HTTP = "Response is not valid 'message/http'.";

describe('responses', () => {
  const host = useHost();
  // One action for all rows: it returns what it is sent.
  const returning = (result: unknown) =>
    host.web('t/returns', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ result }),
    });
  const refusal = async (result: unknown) => {
    const { status, text } = await returning(result);
    return [status, JSON.parse(text).error];
  };
  const throwing = async (code: string) => {
    await host.action('throws', code, { 'web-export': true });
    return host.web('t/throws');
  };
  before(() => host.action('returns', 'function main({ result }) { return result }', { 'web-export': true }));

  it('ow-responses-01: an object is pretty-printed JSON with sorted keys', async () => {
    const { status, headers, text } = await returning({ statusCode: 202, body: { z: 1, a: [1, 2] } });
    expect([status, headers['content-type']]).to.deep.equal([202, 'application/json']);
    expect(text).to.equal('{\n  "a": [1, 2],\n  "z": 1\n}');
  });

  it('ow-responses-02: a text is HTML unless it says otherwise', async () => {
    const html = await returning({ body: '<p>é</p>' });
    expect([html.status, html.headers['content-type'], html.text]).to.deep.equal([
      200,
      'text/html; charset=UTF-8',
      '<p>é</p>',
    ]);
    const plain = await returning({ headers: { 'Content-Type': 'text/plain' }, body: 'a' });
    expect([plain.headers['content-type'], plain.text]).to.deep.equal(['text/plain; charset=UTF-8', 'a']);
  });

  it('ow-responses-03: a text that says it is JSON is left as it is', async () => {
    const { headers, text } = await returning({
      headers: { 'content-type': 'application/json' },
      body: '{"b":1,"a":2}',
    });
    expect([headers['content-type'], text]).to.deep.equal(['application/json', '{"b":1,"a":2}']);
  });

  it('ow-responses-04: … but decoded if it is valid base64', async () => {
    const { text } = await returning({ headers: { 'content-type': 'application/json' }, body: 'YWJjZA==' });
    expect(text).to.equal('abcd');
  });

  for (const [what, body] of [
    ['null', null],
    ['an empty text', ''],
    ['nothing', undefined],
  ] as const) {
    it(`ow-responses-05: ${what} as body is an empty answer`, async () => {
      const { status, headers, text } = await returning({ statusCode: 201, body });
      expect([status, headers['content-type'], text]).to.deep.equal([201, undefined, '']);
    });
  }

  for (const result of [{ foo: 1 }, {}, undefined]) {
    it(`ow-responses-06: ${JSON.stringify(result) ?? 'undefined'} is 204`, async () => {
      const { status, text } = await returning(result);
      expect([status, text]).to.deep.equal([204, '']);
    });
  }

  it('ow-responses-07: a status code is a number or a text of one, and a valid one', async () => {
    expect((await returning({ statusCode: '202', body: 'a' })).status).to.equal(202);
    expect((await returning({ statusCode: 299, body: 'a' })).status).to.equal(299);
    for (const statusCode of [50, 999]) expect(await refusal({ statusCode, body: 'a' })).to.deep.equal([400, NOT_HTTP]);
  });

  it('ow-responses-08: a header is a text, a number, a boolean or several of them', async () => {
    const { headers, rawHeaders } = await returning({
      headers: { 'x-a': 's', 'x-b': 1, 'x-c': true, 'x-d': ['1', '2'] },
      body: 'a',
    });
    expect(headers).to.include({ 'x-a': 's', 'x-b': '1', 'x-c': 'true' });
    expect(rawHeaders.filter((name) => name === 'x-d')).to.have.lengthOf(2);
    expect(await refusal({ headers: { 'x-a': {} }, body: 'a' })).to.deep.equal([400, NOT_HTTP]);
  });

  it('ow-responses-09: retry-after, www-authenticate, cache-control and location reach the caller', async () => {
    const headers = { 'retry-after': '7', 'www-authenticate': 'X', 'cache-control': 'no-store', location: '/there' };
    expect((await returning({ statusCode: 302, headers, body: 'a' })).headers).to.include(headers);
  });

  it('ow-responses-10: an error is an answer too', async () => {
    const { status, headers, text } = await returning({
      error: { statusCode: 401, headers: { 'x-why': 'sig' }, body: { m: 1 } },
    });
    expect([status, headers['x-why'], JSON.parse(text)]).to.deep.equal([401, 'sig', { m: 1 }]);
  });

  it('ow-responses-11: an error may lack a body, a status or both', async () => {
    const bare = await returning({ error: { statusCode: 401 } });
    expect([bare.status, bare.text]).to.deep.equal([401, '']);
    const unnumbered = await returning({ error: { body: { a: 1 } } });
    expect([unnumbered.status, JSON.parse(unnumbered.text)]).to.deep.equal([200, { a: 1 }]);
    expect((await returning({ error: {} })).status).to.equal(204);
  });

  for (const error of ['text', null, false, [1]]) {
    it(`ow-responses-12: the error ${JSON.stringify(error)} is no answer`, async () => {
      expect(await refusal({ error })).to.deep.equal([400, NOT_HTTP]);
    });
  }

  it('ow-responses-13: an uncaught Error is 204', async () => {
    const { status, text } = await throwing('async function main() { throw new Error("boom") }');
    expect([status, text]).to.deep.equal([204, '']);
  });

  it('ow-responses-14: an uncaught Error that looks like an answer is served', async () => {
    const more = '{ statusCode: 429, body: "wait", headers: { "x-leak": "1" } }';
    const { status, headers, text } = await throwing(
      `async function main() { throw Object.assign(new Error(), ${more}) }`,
    );
    expect([status, headers['x-leak'], text]).to.deep.equal([429, '1', 'wait']);
  });

  for (const [fact, what, code] of [
    ['15', 'a synchronous throw', 'function main() { throw new Error("boom") }'],
    ['15', 'a text', 'function main() { return "s" }'],
    ['15', 'null', 'function main() { return null }'],
    ['15', 'a failed load', 'nonsense('],
    ['16', 'a crash', 'function main() { process.exit(1) }'],
  ] as const) {
    it(`ow-responses-${fact}: ${what} is 400`, async () => {
      const { status, headers, text } = await throwing(code);
      expect(status).to.equal(400);
      const error = 'There was an error processing your request.';
      expect(JSON.parse(text)).to.deep.equal({ code: headers['x-request-id'], error });
      expect(headers).to.have.property('x-openwhisk-activation-id');
    });
  }

  it('ow-responses-17: an array is 500 in plain text, with .json too', async () => {
    await host.action('array', 'function main() { return [1] }', { 'web-export': true });
    for (const name of ['array', 'array.json']) {
      const { status, headers, text } = await host.web(`t/${name}`);
      expect([status, text]).to.deep.equal([500, 'There was an internal server error.']);
      expect(headers['content-type']).to.match(/^text\/plain/);
    }
  });

  for (const [accept, status] of [
    ['text/plain', 406],
    ['application/json;q=0, text/*', 406],
    ['application/json', 200],
    ['text/html, application/*;q=0.8', 200],
    ['*/*', 200],
  ] as const) {
    it(`a JSON answer to a caller who accepts ${accept} is ${status}`, async () => {
      await host.action('object', 'function main() { return { body: { a: 1 } } }', { 'web-export': true });
      const answer = await host.web('t/object', { headers: { accept } });
      expect(answer.status).to.equal(status);
      const error = 'Resource representation is only available with these types:\napplication/json';
      if (status === 406) expect(JSON.parse(answer.text).error).to.equal(error);
    });
  }

  it('ow-responses-18: a result above one megabyte is 400', async () => {
    const { status, text } = await throwing('function main() { return { body: "x".repeat(1100000) } }');
    expect([status, JSON.parse(text).error]).to.deep.equal([400, NOT_HTTP]);
  });
});
