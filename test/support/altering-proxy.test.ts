import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { type Rule, startAlteringProxy, withHeader, withJson, withStatus } from './altering-proxy.ts';

describe('an altering proxy', () => {
  let target: Server;
  const seen: { method: string | undefined; url: string | undefined; x: unknown; host: unknown; body: string }[] = [];
  beforeEach(async () => {
    seen.length = 0;
    target = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const { method, url, headers } = request;
      seen.push({ method, url, x: headers['x'], host: headers.host, body: Buffer.concat(chunks).toString('utf8') });
      if (url === '/none') response.writeHead(204).end();
      else response.writeHead(200, { 'content-type': 'application/json', y: '1' }).end('{"text":"Müller"}');
    });
    await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => target.close());

  /** Makes one exchange through a proxy with that rule. */
  async function through(rule: Rule, path = '/a?b=c', init: RequestInit = {}) {
    const proxy = await startAlteringProxy(`http://127.0.0.1:${(target.address() as AddressInfo).port}`, rule);
    try {
      const response = await fetch(`${proxy.url}${path}`, init);
      const { status, headers } = response;
      return { status, y: headers.get('y'), host: new URL(proxy.url).host, text: await response.text() };
    } finally {
      await proxy.close();
    }
  }

  it('lets through what no rule alters, with its own Host', async () => {
    const { host, ...answer } = await through({}, '/a?b=c', { method: 'PUT', headers: { x: '1' }, body: 'ä' });
    expect(answer).to.deep.equal({ status: 200, y: '1', text: '{"text":"Müller"}' });
    expect(seen).to.deep.equal([{ method: 'PUT', url: '/a?b=c', x: '1', host, body: 'ä' }]);
    expect(await through({}, '/none')).to.include({ status: 204, text: '' });
  });

  it('alters status, headers and JSON of an answer, and its length', async () => {
    const answer = await through({
      answer: (given) => withJson(withHeader(withStatus(given, 418), 'y', '2'), (body) => ({ ...body, more: '売上' })),
    });
    expect(answer).to.include({ status: 418, y: '2', text: '{"text":"Müller","more":"売上"}' });
    const edited = await through({
      answer: (given) =>
        withJson(withHeader(given, 'y', undefined), (body) => {
          body.text = '';
        }),
    });
    expect(edited).to.include({ status: 200, y: null, text: '{"text":""}' });
  });

  it('alters a request, and lets the rule for the answer see it as it came', async () => {
    const init = { method: 'POST', body: '{"n":1}' };
    const paths: string[] = [];
    await through(
      {
        request: (given) => withJson({ ...given, path: '/other' }, () => ({ n: 1000 })),
        answer: (given, { path }) => {
          paths.push(path);
          return given;
        },
      },
      '/a',
      init,
    );
    expect(seen[0]).to.include({ url: '/other', body: '{"n":1000}' });
    expect(paths).to.deep.equal(['/a']);
  });

  it('cuts the connection before or after the target did its work', async () => {
    const rules: [Rule, number][] = [
      [{ request: () => 'drop' }, 0],
      [{ answer: () => 'drop' }, 1],
    ];
    for (const [rule, reached] of rules) {
      seen.length = 0;
      expect(await through(rule).catch((error: unknown) => error)).to.be.instanceOf(TypeError);
      expect(seen).to.have.length(reached);
    }
  });

  it('cuts the connection when an edit fails', async () => {
    const rule: Rule = { request: (given) => withJson(given, () => undefined) };
    const failure = await through(rule, '/a', { method: 'POST', body: 'no JSON' }).catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(TypeError);
    expect(seen).to.have.length(0);
  });
});
