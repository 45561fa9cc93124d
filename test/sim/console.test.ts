import { expect } from 'chai';
import { startTenant } from '../../sim/start-tenant.ts';
import { useTenant } from './support/use-tenant.ts';

describe('sim: the page', () => {
  const tenant = useTenant();

  it('is served at /_sim/, where /_sim leads to', async () => {
    const { status, headers, body } = await tenant.call('GET', '/_sim', undefined, { key: null });
    expect(status).to.equal(200);
    expect(headers.get('content-type')).to.equal('text/html; charset=UTF-8');
    expect(body).to.match(/^<!doctype html>/);
  });

  it('loads nothing from anywhere else', async () => {
    const { headers, body } = await tenant.call('GET', '/_sim/');
    expect(headers.get('content-security-policy')).to.contain("default-src 'none'").and.contain("connect-src 'self'");
    expect(body).not.to.match(/https?:\/\//);
  });

  it('may use the control interface; pages of others may not', async () => {
    const from = (origin: string) => tenant.call('POST', '/_sim/apps', { id: 'a', name: 'A' }, { headers: { origin } });
    expect((await from(tenant.sim.url)).status).to.equal(201);
    expect((await from('http://localhost:3000')).status).to.equal(403);
    expect((await from('null')).status).to.equal(403);
  });

  it('is told what the next reload of each app ends as', async () => {
    await tenant.app('a', { outcomes: ['failed', 'succeeded'] });
    const next = async () => (await tenant.call('GET', '/_sim/apps')).body.data[0].nextOutcome;
    expect(await next()).to.equal('failed');
    await tenant.call('PUT', '/_sim/apps/a/next-outcomes', ['canceled']);
    expect(await next()).to.equal('canceled');
    await tenant.reloadToEnd('a');
    expect(await next()).to.equal('failed');
    await tenant.reloadToEnd('a');
    expect(await next()).to.equal('succeeded');
  });

  it('refuses a clock that is none', async () => {
    for (const clock of [0, -1, Number.NaN, 1_000_001]) {
      const error = await startTenant({ port: 0, clock }).catch((reason: unknown) => reason);
      expect(error, String(clock)).to.be.instanceOf(RangeError);
    }
  });
});
