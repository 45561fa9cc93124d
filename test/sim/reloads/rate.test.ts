import { expect } from 'chai';
import { useTenant } from '../support/use-tenant.ts';

describe('sim: the rate limit of POST /api/v1/reloads', () => {
  const tenant = useTenant({ clock: 'hand' });
  // The tenant counts each call, also one for an unknown app.
  const post = (key?: string) =>
    tenant.call('POST', '/api/v1/reloads', { appId: 'a' }, key === undefined ? {} : { key });
  /** Uses up a limit that is lowered to three calls. */
  const useUp = async () => {
    await tenant.switches({ 'api.reloadsPer5Min': 3 });
    for (let call = 1; call <= 3; call += 1) expect((await post()).status).to.equal(404);
  };

  it('q-rate-05: tier 1 and tier 2 have limits of their own, and all calls of a tier are blocked together', async () => {
    await tenant.switches({ 'api.tier1Per5Min': 3, 'api.tier2Per5Min': 2 });
    const get = (path: string) => tenant.call('GET', `/api/v1/${path}`);
    const hook = () => tenant.call('POST', '/api/core/webhooks', { name: 'h', url: 'https://h.example.com/' });
    for (const path of ['reloads', 'items', 'users/me']) expect((await get(path)).status).to.equal(200);
    expect((await hook()).status).to.equal(201);
    expect((await hook()).status).to.equal(201);
    for (const refused of [await get('reloads'), await get('collections'), await hook()]) {
      expect([refused.status, refused.headers.get('retry-after')]).to.deep.equal([429, '300']);
    }
    expect((await post()).status).to.equal(404);
    await tenant.advance(300_000);
    expect((await get('items')).status).to.equal(200);
  });

  it('counts sending a delivery again as reading', async () => {
    await tenant.switches({ 'api.tier1Per5Min': 1, 'api.tier2Per5Min': 100 });
    const resend = () => tenant.call('POST', '/api/core/webhooks/x/deliveries/y/actions/resend');
    expect([(await resend()).status, (await resend()).status]).to.deep.equal([404, 429]);
  });

  it('counts cancels for themselves', async () => {
    await useUp();
    const cancel = () => tenant.call('POST', '/api/v1/reloads/000000000000000000000000/actions/cancel');
    const answers = [await cancel(), await cancel(), await cancel(), await cancel()];
    expect(answers.map(({ status }) => status)).to.deep.equal([404, 404, 404, 429]);
  });

  it('lets a measurement raise the limit', async () => {
    await useUp();
    expect((await post()).status).to.equal(429);
    await tenant.switches({ 'api.reloadsPer5Min': 4 });
    expect((await post()).status).to.equal(404);
    expect((await post()).status).to.equal(429);
  });
});
