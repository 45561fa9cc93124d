import os from 'node:os';
import { expect } from 'chai';
import { startHost } from '../../../local/host/start-host.ts';
import { send } from './support/send.ts';
import { basic, useHost } from './support/use-host.ts';

const PAGE = 'http://localhost:8080';

/**
 * The tests send what a browser sends for a web page: the page's origin is in each POST, and in each request whose
 * answer the page reads.
 */
describe('a web page', () => {
  const host = useHost();
  const open = useHost({ allowOrigins: [PAGE] });
  const code = 'function main() { return {} }';
  const body = JSON.stringify({ exec: { kind: 'nodejs:20', code } });
  const post = (url: string, headers: Record<string, string>, method = 'POST') =>
    send(`${url}/api/v1/namespaces/_/actions/a`, { method, headers, body });

  for (const origin of ['https://evil.example', PAGE, 'http://127.0.0.1:3233', 'null', 'file://']) {
    it(`of ${origin} puts and posts nothing, even with the key`, async () => {
      const headers = { origin, authorization: basic(host.auth), 'content-type': 'application/json' };
      for (const method of ['PUT', 'POST', 'DELETE', 'GET']) {
        expect((await post(host.url, headers, method)).status, method).to.equal(403);
      }
      expect((await post(host.url, { origin, 'content-type': 'text/plain' })).status).to.equal(403);
    });
  }

  it('is not let in when it asks before', async () => {
    const headers = { origin: PAGE, 'access-control-request-method': 'PUT' };
    expect((await post(host.url, headers, 'OPTIONS')).status).to.equal(403);
  });

  it('of an origin that is let in asks before and puts then; it still needs the key, and others stay out', async () => {
    const asked = await post(open.url, { origin: PAGE, 'access-control-request-method': 'PUT' }, 'OPTIONS');
    expect(asked.status).to.equal(200);
    expect(asked.headers).to.include({ 'access-control-allow-origin': '*' });
    expect(asked.headers['access-control-allow-headers']).to.contain('Authorization');
    const headers = { origin: PAGE, 'content-type': 'application/json' };
    expect((await post(open.url, headers, 'PUT')).status).to.equal(401);
    expect((await post(open.url, { ...headers, authorization: basic(open.auth) }, 'PUT')).status).to.equal(200);
    expect((await post(open.url, { ...headers, origin: 'http://localhost:9' }, 'PUT')).status).to.equal(403);
  });

  it('that had its own name point here is refused everywhere, web actions and GET / included', async () => {
    const headers = { host: 'evil.example:3233' };
    for (const where of ['/', '/api/v1/web/guest/t/a', '/api/v1/namespaces/_/actions']) {
      expect((await send(`${host.url}${where}`, { headers })).status, where).to.equal(403);
    }
  });
});

describe('a host that listens everywhere', () => {
  it('answers to addresses and to the machine’s name, and to no other', async () => {
    const host = await startHost({ port: 0, listen: '0.0.0.0' });
    const status = async (name: string) => (await send(host.url, { headers: { host: name } })).status;
    try {
      expect(host.url).to.match(/^http:\/\/127\.0\.0\.1:/);
      expect(await status('192.0.2.7:3233')).to.equal(200);
      expect(await status('[2001:db8::1]:3233')).to.equal(200);
      expect(await status(os.hostname())).to.equal(200);
      expect(await status('evil.example')).to.equal(403);
    } finally {
      await host.close();
    }
  });
});
