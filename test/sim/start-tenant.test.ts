import { request } from 'node:http';
import { expect } from 'chai';
import { startTenant } from '../../sim/start-tenant.ts';
import { useReceiver } from './support/use-receiver.ts';
import { TenantInTest, useTenant } from './support/use-tenant.ts';

describe('sim: a tenant as a server', () => {
  const tenant = useTenant();
  const receiver = useReceiver();

  /** The status of a GET with exactly these headers. */
  function statusOf(path: string, headers: Record<string, string>): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      request(new URL(path, tenant.sim.url), { headers, agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });
  }

  it('listens on 127.0.0.1 and tells its address', () => {
    expect(tenant.sim.url).to.match(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  it('takes the identity that it is given, and a new one each time otherwise', async () => {
    const known = { tenantId: 't1', apiKey: 'k1', clientId: 'c1', clientSecret: 's1' };
    const given = await startTenant({ port: 0, ...known });
    await given.close();
    expect(given).to.include(known);
    const other = await startTenant({ port: 0 });
    await other.close();
    for (const name of ['tenantId', 'apiKey', 'clientId', 'clientSecret'] as const) {
      expect(other[name]).not.to.equal(tenant.sim[name]);
    }
  });

  it('rejects with EADDRINUSE when the port is taken', async () => {
    const error = await startTenant({ port: Number(new URL(tenant.sim.url).port) }).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(Error).with.property('code', 'EADDRINUSE');
  });

  it('refuses a Host that is not this machine', async () => {
    expect(await statusOf('/_sim/apps', { host: 'evil.example.com' })).to.equal(403);
    expect(await statusOf('/api/v1/users/me', { host: '127.0.0.1.example.com' })).to.equal(403);
    for (const host of ['localhost', 'localhost:4848', '127.0.0.1:1', '[::1]:80']) {
      expect(await statusOf('/_sim/apps', { host }), host).to.equal(200);
    }
  });

  it('refuses web pages on the control interface', async () => {
    expect(await statusOf('/_sim/apps', { origin: 'http://localhost:3000' })).to.equal(403);
    expect(await statusOf('/_sim/apps', {})).to.equal(200);
  });

  it('q-errors-01: an unknown path is 404 with errors and a trace id', async () => {
    const { status, body } = await tenant.call('GET', '/api/v1/nothing');
    expect(status).to.equal(404);
    expect(body.errors[0]).to.include.keys('code', 'title');
    expect(body.traceId).to.match(/^[0-9a-f]{32}$/);
    expect((await tenant.call('GET', '/_sim/nothing')).status).to.equal(404);
  });

  it('answers a path that is none', async () => {
    for (const path of ['//', '///x', '/%', '/api/v1/reloads/%ff']) {
      const status = await new Promise((resolve, reject) => {
        const headers = { authorization: `Bearer ${tenant.sim.apiKey}` };
        request(tenant.sim.url, { path, headers, agent: false }, (response) => {
          response.resume();
          resolve(response.statusCode);
        })
          .on('error', reject)
          .end();
      });
      expect(status, path).to.equal(404);
    }
  });

  it('refuses a body of more than 8 MiB', async () => {
    const { status } = await tenant.call('POST', '/_sim/apps', ' '.repeat(8 * 1024 * 1024 + 1));
    expect(status).to.equal(413);
  });

  it('closes at once, whatever is under way, and may be closed twice', async () => {
    receiver.answer = { status: 0 };
    await receiver.subscribe(tenant);
    await tenant.app('slow', { durationMs: 60_000 });
    await tenant.app('fast');
    await tenant.reload('slow');
    await tenant.reloadToEnd('fast');
    await tenant.faults({ on: 'GET /api/v1/users/me', kind: 'hang' });
    const calls = [
      tenant.call('GET', '/api/v1/users/me'),
      tenant.call('GET', '/_sim/journal?after=1000000&waitMs=60000'),
    ];
    const failures = calls.map((call) => call.catch((error: unknown) => error));
    const seen = await tenant.journal((entry) => entry['path'] === '/api/v1/users/me');
    expect(seen).to.have.length(1);
    await Promise.all([tenant.sim.close(), tenant.sim.close()]);
    for (const failure of await Promise.all(failures)) expect(failure).to.be.instanceOf(TypeError);
    expect(await tenant.call('GET', '/_sim/apps').catch((error: unknown) => error)).to.be.instanceOf(TypeError);
  });

  it('answers each call after api.latencyMs, many at the same time', async () => {
    const slow = new TenantInTest({});
    await slow.start();
    await slow.call(
      'POST',
      '/_sim/apps',
      Array.from({ length: 200 }, (_, n) => ({ id: `app${n}`, name: `App ${n}` })),
    );
    await slow.switches({ 'api.latencyMs': 50 });
    const answers = await Promise.all(Array.from({ length: 200 }, (_, n) => slow.reload(`app${n}`)));
    expect(new Set(answers.map(({ status }) => status))).to.deep.equal(new Set([201]));
    const requests = await slow.journal((entry) => entry['path'] === '/api/v1/reloads', 200);
    for (const { receivedAt, answeredAt } of requests)
      expect(Number(answeredAt) - Number(receivedAt)).to.be.at.least(45);
    await slow.sim.close();
  });
});
