import { expect } from 'chai';
import type { Received } from '../../local/host/support/send.ts';
import { useHost } from './support/use-host.ts';

const NOT_HTTP = "Response is not valid 'message/http'.";
const WEB = { 'web-export': true };

describe('contract of OpenWhisk: responses', () => {
  const host = useHost('responses');
  type Judge = (answer: Received, from: string) => void;
  const told = ({ status, text }: Received) => [status, JSON.parse(text).error];
  const called = (name: string, result: unknown): Promise<Received> =>
    host.web(name, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ result }),
    });
  // A row holds for a single action and for the last step of a sequence.
  const returning = async (result: unknown, judge: Judge): Promise<void> => {
    for (const name of ['returns', 'sequence']) judge(await called(name, result), name);
  };
  const running = async (name: string, code: string, judge: Judge): Promise<void> => {
    await host.action(name, code, WEB);
    await host.sequence(`${name}-last`, ['first', name], WEB);
    for (const each of [name, `${name}-last`]) judge(await host.web(each), each);
  };
  const isRefused: Judge = (answer, from) => expect(told(answer), from).to.deep.equal([400, NOT_HTTP]);
  const isFailed: Judge = ({ status, headers, text }, from) => {
    const error = 'There was an error processing your request.';
    expect(status, from).to.equal(400);
    expect(JSON.parse(text), from).to.deep.equal({ code: headers['x-request-id'], error });
    expect(headers, from).to.have.property('x-openwhisk-activation-id');
  };
  before(async () => {
    await host.action('returns', 'function main({ result }) { return result }', WEB);
    await host.action('first', 'function main({ result }) { return { result } }');
    await host.sequence('sequence', ['first', 'returns'], WEB);
  });

  it('ow-responses-01: an object is pretty-printed JSON with sorted keys', () =>
    returning({ statusCode: 202, body: { z: 1, a: [1, 2] } }, ({ status, headers, text }, from) => {
      expect([status, headers['content-type']], from).to.deep.equal([202, 'application/json']);
      expect(text, from).to.equal('{\n  "a": [1, 2],\n  "z": 1\n}');
    }));

  it('ow-responses-02: a text is HTML unless it says otherwise', async () => {
    await returning({ body: '<p>é</p>' }, ({ status, headers, text }, from) => {
      const html = [200, 'text/html; charset=UTF-8', '<p>é</p>'];
      expect([status, headers['content-type'], text], from).to.deep.equal(html);
    });
    await returning({ headers: { 'content-type': 'text/plain' }, body: 'a' }, ({ headers, text }, from) => {
      expect([headers['content-type'], text], from).to.deep.equal(['text/plain; charset=UTF-8', 'a']);
    });
    // So a web action cannot answer HTML that is compressed.
    await returning({ headers: { 'content-type': 'text/html' }, body: 'YWJjZA==' }, ({ text }, from) => {
      expect(text, from).to.equal('YWJjZA==');
    });
  });

  it('ow-responses-03: a text that says it is JSON is left as it is', () =>
    returning({ headers: { 'content-type': 'application/json' }, body: '{"b":1,"a":2}' }, ({ text }, from) => {
      expect(text, from).to.equal('{"b":1,"a":2}');
    }));

  it('ow-responses-04: … but decoded if it is valid base64', () =>
    returning({ headers: { 'content-type': 'application/json' }, body: 'YWJjZA==' }, ({ text }, from) => {
      expect(text, from).to.equal('abcd');
    }));

  it('ow-responses-05: nothing, null or an empty text as body is an empty answer', async () => {
    for (const body of [null, '', undefined])
      await returning({ statusCode: 201, body }, ({ status, headers, text }, from) => {
        expect([status, headers['content-type'], text], from).to.deep.equal([201, undefined, '']);
      });
  });

  it('ow-responses-06: a result with neither body nor status is 204', async () => {
    for (const result of [{ foo: 1 }, {}, undefined])
      await returning(result, ({ status, text }, from) => expect([status, text], from).to.deep.equal([204, '']));
  });

  it('ow-responses-07: a status code is a number or a text of one, and a valid one', async () => {
    await returning({ statusCode: '202', body: 'a' }, ({ status }, from) => expect(status, from).to.equal(202));
    await returning({ statusCode: 299, body: 'a' }, ({ status }, from) => expect(status, from).to.equal(299));
    for (const statusCode of [50, 999]) await returning({ statusCode, body: 'a' }, isRefused);
  });

  it('ow-responses-08: a header is a text, a number, a boolean or several of them', async () => {
    const headers = { 'x-a': 's', 'x-b': 1, 'x-c': true, 'x-d': ['1', '2'] };
    await returning({ headers, body: 'a' }, (answer, from) => {
      expect(answer.headers, from).to.include({ 'x-a': 's', 'x-b': '1', 'x-c': 'true' });
      expect(
        answer.rawHeaders.filter((name) => name.toLowerCase() === 'x-d'),
        from,
      ).to.have.lengthOf(2);
    });
    await returning({ headers: { 'x-a': {} }, body: 'a' }, isRefused);
  });

  it('ow-responses-09: retry-after, www-authenticate, cache-control, location and service-worker-allowed reach the caller', async () => {
    const forWorkers = { 'service-worker-allowed': '../page' };
    const standard = { 'retry-after': '7', 'www-authenticate': 'X', 'cache-control': 'no-store', location: '/there' };
    const headers = { ...standard, ...forWorkers };
    await returning({ statusCode: 302, headers, body: 'a' }, (answer, from) => {
      expect(answer.headers, from).to.include(headers);
    });
  });

  it('ow-responses-10: an error is an answer too', () =>
    returning(
      { error: { statusCode: 401, headers: { 'x-why': 'sig' }, body: { m: 1 } } },
      ({ status, headers, text }, from) => {
        expect([status, headers['x-why'], JSON.parse(text)], from).to.deep.equal([401, 'sig', { m: 1 }]);
      },
    ));

  it('ow-responses-11: an error may lack a body, a status or both', async () => {
    await returning({ error: { statusCode: 401 } }, ({ status, text }, from) => {
      expect([status, text], from).to.deep.equal([401, '']);
    });
    await returning({ error: { body: { a: 1 } } }, ({ status, text }, from) => {
      expect([status, JSON.parse(text)], from).to.deep.equal([200, { a: 1 }]);
    });
    await returning({ error: {} }, ({ status }, from) => expect(status, from).to.equal(204));
  });

  it('ow-responses-12: an error that is no object is no answer', async () => {
    for (const error of ['s', null, false, [1]]) await returning({ error }, isRefused);
  });

  it('ow-responses-13: an uncaught Error is 204', () =>
    running('boom', 'async function main() { throw new Error("boom") }', ({ status, text }, from) => {
      expect([status, text], from).to.deep.equal([204, '']);
    }));

  it('ow-responses-14: an uncaught Error that looks like an answer is served', () =>
    running(
      'leak',
      'async function main() { throw Object.assign(new Error(), { statusCode: 429, body: "w", headers: { "x-l": 1 } }) }',
      ({ status, headers, text }, from) => expect([status, headers['x-l'], text], from).to.deep.equal([429, '1', 'w']),
    ));

  it('ow-responses-15: a synchronous throw, a text, null, or a failed load is 400', async () => {
    await running('throws', 'function main() { throw new Error("boom") }', isFailed);
    await running('text', 'function main() { return "s" }', isFailed);
    await running('nil', 'function main() { return null }', isFailed);
    await running('unloadable', 'nonsense(', isFailed);
  });

  it('ow-responses-16: a crash or a time-out is 400', async () => {
    await host.action('crash', 'function main() { process.exit(1) }', WEB);
    isFailed(await host.web('crash'), 'crash');
    await host.action('hang', 'function main() { return new Promise(() => {}) }', WEB, { limits: { timeout: 1000 } });
    isFailed(await host.web('hang'), 'hang');
  });

  it('ow-responses-17: an array is 500 in plain text, with .json too', async () => {
    const isServerError: Judge = ({ status, headers, text }, from) => {
      expect([status, text], from).to.deep.equal([500, 'There was an internal server error.']);
      expect(headers['content-type'], from).to.match(/^text\/plain/);
      expect(headers, from).not.to.have.property('x-openwhisk-activation-id');
    };
    await running('array', 'function main() { return [1] }', isServerError);
    isServerError(await host.web('array.json'), '.json');
  });

  it('ow-responses-18: a result above one megabyte is 400', async () => {
    await running('large', 'function main() { return { body: "x".repeat(1100000) } }', isRefused);
  });

  it("ow-responses-19: the death of a step's container is 400, whatever the step had done before", async () => {
    const marker = host.name('mark');
    const code = `async function main() {
      const url = process.env.__OW_API_HOST + '/api/v1/namespaces/_/packages/${marker}';
      const authorization = 'Basic ' + Buffer.from(process.env.__OW_API_KEY).toString('base64');
      const headers = { authorization, 'content-type': 'application/json' };
      await fetch(url, { method: 'PUT', headers, body: '{}' });
      process.kill(process.pid, 'SIGKILL');
    }`;
    host.note(`packages/${marker}`);
    await host.action('dies', code, { 'provide-api-key': true });
    await host.sequence('dies-first', ['dies', 'returns'], WEB);
    isFailed(await host.web('dies-first'), 'dies-first');
    expect((await host.rest('GET', `packages/${marker}`)).status).to.equal(200);
  });
});
