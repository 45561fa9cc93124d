import type { ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { openWhiskInvoker } from '../../../src/clients/openwhisk/openwhisk-invoker.ts';
import type { DurationMs } from '../../../src/core/units.ts';
import { SELF_SIGNED } from '../../deploy/support/self-signed.ts';
import { type Answerer, json, type ScriptedServer, startScriptedServer } from '../support/scripted-server.ts';

const API_KEY = '23bc46b1-71f6-4ed5-8c54-816aa4f8c502:sesame';
const ACTION = '/guest/cascade/reload';

let server: ScriptedServer;

async function hostWith(...answers: readonly Answerer[]) {
  server = await startScriptedServer(...answers);
  return openWhiskInvoker({ apiHost: server.url, apiKey: API_KEY, timeout: 200 as DurationMs });
}

const invokeOnce = async (answer: Answerer) => (await hostWith(answer)).invoke(ACTION, { request: 1 });

describe('OpenWhisk, as the invoker sees it', () => {
  afterEach(() => server.close());

  it('is asked for a non-blocking activation, once, with the key in the authorization header alone', async () => {
    const invocation = await invokeOnce(json(202, { activationId: 'act1' }));
    expect(invocation).to.deep.equal({ kind: 'accepted', activationId: 'act1' });
    expect(server.received.map(({ call }) => call)).to.deep.equal([
      'POST /api/v1/namespaces/guest/actions/cascade/reload',
    ]);
    const [received] = server.received;
    expect(JSON.parse(received?.body ?? '')).to.deep.equal({ request: 1 });
    const { authorization, ...headers } = received?.headers ?? {};
    expect(authorization).to.equal('Basic MjNiYzQ2YjEtNzFmNi00ZWQ1LThjNTQtODE2YWE0ZjhjNTAyOnNlc2FtZQ==');
    expect(JSON.stringify([received?.call, headers, received?.body])).not.to.contain('sesame');
  });

  it('was certainly not asked where its certificate is not trusted', async () => {
    server = await startScriptedServer();
    const selfSigned = createServer(SELF_SIGNED, (_, response) => response.end('{"activationId":"act1"}'));
    await new Promise<void>((resolve) => selfSigned.listen(0, '127.0.0.1', resolve));
    const { port } = selfSigned.address() as AddressInfo;
    const invocation = await openWhiskInvoker({ apiHost: `https://127.0.0.1:${port}`, apiKey: API_KEY }).invoke(
      ACTION,
      {},
    );
    selfSigned.close();
    expect(invocation).to.include({ kind: 'unavailable' });
    expect(invocation).to.have.property('message').that.includes('certificate is not trusted');
  });

  const count = (text: string) => json(429, { code: 'tid', error: text });
  const limits: readonly (readonly [text: string, kind: string])[] = [
    ['Too many requests in the last minute (count: 61, allowed: 60).', 'minute-spent'],
    ['Too many concurrent requests in flight (count: 31, allowed: 30).', 'too-many-concurrent'],
    ['Too many requests', 'too-many-concurrent'],
  ];
  for (const [text, kind] of limits) {
    it(`is ${kind} where it says "${text}"`, async () => {
      expect(await invokeOnce(count(text))).to.deep.equal({ kind });
      expect(server.received).to.have.length(1);
    });
  }

  it('is busy in some way where a 429 says nothing', async () => {
    expect(await invokeOnce(json(429, null)))
      .to.have.property('kind')
      .that.is.oneOf(['too-many-concurrent', 'unknown']);
  });

  for (const status of [400, 401, 403, 404, 413, 415]) {
    it(`has refused for good with ${status}`, async () => {
      const invocation = await invokeOnce(json(status, { error: 'Not so.' }));
      expect(invocation.kind).to.equal('refused');
      expect(invocation).to.have.property('message', `OpenWhisk answered ${status}: Not so.`);
      expect(server.received).to.have.length(1);
    });
  }

  it('is unavailable with 503, and is not asked again by the client itself', async () => {
    expect((await invokeOnce(json(503, { error: 'Overloaded.' }))).kind).to.equal('unavailable');
    expect(server.received).to.have.length(1);
  });

  const unknowns: readonly (readonly [what: string, answer: Answerer])[] = [
    ['answers 500', json(500, { error: 'There was an internal server error.' })],
    ['answers 502', json(502, { error: 'bad gateway' })],
    ['answers 500 with nothing', (response) => response.writeHead(500).end()],
    ['cuts the connection', (response) => response.destroy()],
    ['accepts without an activation id', json(202, {})],
    ['accepts with an activation id that is none', json(202, { activationId: 7 })],
    ['accepts with null', json(202, null)],
    ['is a proxy that answers with a page', (response) => response.end('<html>Welcome</html>')],
    ['redirects', json(302, {}, { location: '/elsewhere' })],
  ];
  it('is told of without its address, which is nobody’s business who may only post a webhook', async () => {
    for (const answer of [json(500, { error: 'x' }), (response: ServerResponse) => response.destroy(), () => {}]) {
      const invocation = await invokeOnce(answer);
      expect(JSON.stringify(invocation)).not.to.contain('127.0.0.1').and.not.contain('guest');
      await server.close();
    }
  });

  for (const [what, answer] of unknowns) {
    it(`leaves it unknown where it ${what}, and is asked once`, async () => {
      const invocation = await invokeOnce(answer);
      expect(invocation.kind).to.equal('unknown');
      expect(JSON.stringify(invocation)).not.to.contain('sesame').and.not.contain('c2VzYW1l');
      expect(server.received).to.have.length(1);
    });
  }

  it('was certainly not reached where nothing listens', async () => {
    const openwhisk = await hostWith();
    await server.close();
    expect(await openwhisk.invoke(ACTION, {})).to.deep.equal({
      kind: 'unavailable',
      message: 'OpenWhisk gave no answer (ECONNREFUSED)',
    });
  });

  it('leaves it unknown where it takes longer than it may, with the connection closed', async () => {
    const invocation = await invokeOnce(() => {});
    expect(invocation.kind).to.equal('unknown');
    expect(server.received).to.have.length(1);
    await server.received[0]?.closed();
  });

  it('leaves it unknown where it never ends its answer', async () => {
    const invocation = await invokeOnce((response) => {
      response.writeHead(202, { 'content-type': 'application/json' });
      response.write('{"activationId":');
    });
    expect(invocation.kind).to.equal('unknown');
    await server.received[0]?.closed();
  });

  it('tells the namespace’s limits', async () => {
    const own = { invocationsPerMinute: 120, concurrentInvocations: 100, firesPerMinute: 60 };
    const openwhisk = await hostWith(json(200, own));
    const { hostNow, ...limits } = (await openwhisk.limits()) ?? {};
    expect(limits).to.deep.equal({ invocationsPerMinute: 120, concurrentInvocations: 100 });
    // The host's clock, from the header `date`.
    expect(Math.abs(Number(hostNow) - Date.now())).to.be.below(60_000);
    expect(Number(hostNow) % 1_000).to.equal(0);
    expect(server.received[0]?.call).to.equal('GET /api/v1/namespaces/_/limits');
  });

  for (const [what, answer] of [
    ['404', json(404, { error: 'no' })],
    ['null', json(200, null)],
    ['something else', json(200, { invocationsPerMinute: '120' })],
  ] as [string, Answerer][]) {
    it(`does not tell its limits with ${what}`, async () => {
      expect(await (await hostWith(answer)).limits()).to.equal(undefined);
    });
  }
});
