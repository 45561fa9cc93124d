import { expect } from 'chai';
import { send } from './support/send.ts';
import { useHost } from './support/use-host.ts';

describe('what everybody may know of the host, without a key', () => {
  const host = useHost();

  it('tells the version of its API, with the members that OpenWhisk has', async () => {
    for (const path of ['/api/v1', '/api/v1/']) {
      const { status, headers, text } = await send(`${host.url}${path}`);
      expect([status, headers['content-type']], path).to.deep.equal([200, 'application/json']);
      expect(JSON.parse(text), path).to.deep.equal({
        description: 'OpenWhisk API',
        api_version: '1.0.0',
        api_version_path: 'v1',
        build: 'cascade-local-host',
        buildno: '0',
        swagger_paths: { ui: '/docs', 'api-docs': '/api-docs' },
      });
    }
  });

  it('answers a ping', async () => {
    const { status, text } = await send(`${host.url}/ping`);
    expect([status, text]).to.deep.equal([200, 'pong']);
  });

  it('knows these paths for GET only, and no others', async () => {
    for (const [method, path] of [
      ['POST', '/api/v1'],
      ['POST', '/ping'],
      ['GET', '/pings'],
      ['GET', '/api/v2'],
      ['GET', '/api/v1/none'],
    ] as const) {
      expect((await send(`${host.url}${path}`, { method })).status, `${method} ${path}`).to.equal(404);
    }
  });
});
