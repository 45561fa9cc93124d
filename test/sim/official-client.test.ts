import apps from '@qlik/api/apps';
import type { HostConfig } from '@qlik/api/auth';
import items from '@qlik/api/items';
import reloads from '@qlik/api/reloads';
import spaces from '@qlik/api/spaces';
import users from '@qlik/api/users';
import webhooks from '@qlik/api/webhooks';
import { expect } from 'chai';
import { useTenant } from './support/use-tenant.ts';

// The official client is a witness from outside: what it understands is what a tenant answers.
describe('sim: the official client @qlik/api', () => {
  const tenant = useTenant();
  const withKey = () => ({
    noCache: true,
    hostConfig: { authType: 'apikey', host: tenant.sim.url, apiKey: tenant.sim.apiKey } as HostConfig,
  });
  const withClient = () => {
    const { url: host, clientId, clientSecret } = tenant.sim;
    return {
      noCache: true,
      hostConfig: { authType: 'oauth2', host, clientId, clientSecret, noCache: true } as HostConfig,
    };
  };
  const failure = async (promise: Promise<unknown>) => {
    const error = await promise.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    return error as { status: number; data: { errors: { code: string }[] }; headers: Headers };
  };

  it('finds out who it is, with a key and as a client', async () => {
    const person = await users.getMyUser(withKey());
    expect(person.data.tenantId).to.equal(tenant.sim.tenantId);
    const bot = await users.getMyUser(withClient());
    expect(bot.data.subject).to.equal(`qlikbot\\${tenant.sim.clientId}`);
  });

  it('q-errors-04: fetches a new token and repeats the call once after a 401', async () => {
    await tenant.faults({ on: 'GET /api/v1/users/me', kind: 'status', status: 401 });
    const bot = await users.getMyUser(withClient());
    expect(bot.status).to.equal(200);
    const calls = (await tenant.call('GET', '/_sim/journal')).body.data.map(
      (each: { path: string; status: number }) => `${each.path} ${each.status}`,
    );
    expect(calls.filter((call: string) => call === '/api/v1/users/me 401')).to.have.length(1);
    expect(calls.filter((call: string) => call === '/oauth/token 200')).to.have.length(2);
  });

  it('starts, reads, lists and cancels reloads', async () => {
    await tenant.app('a', { durationMs: 60_000 });
    const made = await reloads.queueReload({ appId: 'a', weight: 2, variables: { region: 'EMEA' } }, withClient());
    expect([made.status, made.data.status]).to.deep.equal([201, 'QUEUED']);
    await tenant.journal((entry) => entry['status'] === 'RELOADING');
    const read = await reloads.getReload(made.data.id, withKey());
    expect(read.data.status).to.equal('RELOADING');
    const canceled = await reloads.cancelReload(made.data.id, withKey());
    expect(canceled.status).to.equal(202);
    await tenant.journal((entry) => entry['status'] === 'CANCELED');
    const list = await reloads.getReloads({ appId: 'a', sort: '+creationTime', log: true }, withKey());
    expect(list.data.data.map(({ id, status }) => [id, status])).to.deep.equal([[made.data.id, 'CANCELED']]);
  });

  it('q-cancel-01: takes a 204 for an empty text', async () => {
    await tenant.switches({ 'reloads.concurrency': 1 });
    await tenant.app('busy', { durationMs: 60_000 });
    await tenant.app('a');
    await reloads.queueReload({ appId: 'busy' }, withKey());
    await tenant.journal((entry) => entry['status'] === 'RELOADING');
    const { data } = await reloads.queueReload({ appId: 'a' }, withKey());
    const canceled = await reloads.cancelReload(data.id, withKey());
    expect([canceled.status, canceled.data]).to.deep.equal([204, '']);
  });

  it('q-reloads-list-07: follows the pages of the list', async () => {
    await tenant.app('a');
    const made: string[] = [];
    for (let round = 1; round <= 5; round += 1) made.push(await tenant.reloadToEnd('a'));
    const seen: string[] = [];
    let answer = await reloads.getReloads({ appId: 'a', limit: 2 }, withKey());
    for (;;) {
      seen.push(...answer.data.data.map(({ id }) => id));
      if (answer.next === undefined) break;
      answer = await answer.next(withKey());
    }
    expect(seen).to.deep.equal(made.reverse());
  });

  it('q-errors-03: throws status, body and headers, and repeats neither a 429 nor a 503', async () => {
    await tenant.app('a', { durationMs: 60_000 });
    await reloads.queueReload({ appId: 'a' }, withKey());
    const busy = await failure(reloads.queueReload({ appId: 'a' }, withKey()));
    expect([busy.status, busy.data.errors[0]?.code]).to.deep.equal([429, 'RELOADS-007']);
    expect(busy.headers.get('content-type')).to.match(/^application\/json/);
    await tenant.faults({ on: 'POST /api/v1/reloads', kind: 'status', status: 503, times: 5 });
    expect((await failure(reloads.queueReload({ appId: 'a' }, withKey()))).status).to.equal(503);
    expect((await tenant.call('GET', '/_sim/faults')).body.data[0].times).to.equal(4);
    const unknown = await failure(reloads.getReload('000000000000000000000000', withKey()));
    expect(unknown.status).to.equal(404);
  });

  it('makes, reads, changes and deletes webhooks', async () => {
    const { data } = await webhooks.createWebhook(
      { name: 'w', url: 'https://hooks.example.com/', secret: 's'.repeat(32) },
      withKey(),
    );
    const id = data.id ?? '';
    expect((await webhooks.getWebhook(id, withKey())).data).to.deep.equal(data);
    expect((await webhooks.getWebhooks({ limit: 1 }, withKey())).data.data).to.deep.equal([data]);
    const patched = await webhooks.patchWebhook(id, [{ op: 'replace', path: '/enabled', value: true }], withKey());
    expect(patched.status).to.equal(204);
    const updated = await webhooks.updateWebhook(id, { name: 'v', url: 'https://hooks.example.com/' }, withKey());
    expect(updated.data).to.include({ name: 'v', enabled: false });
    expect((await webhooks.getWebhookDeliveries(id, {}, withKey())).data.data).to.deep.equal([]);
    expect((await webhooks.getWebhookEventTypes(withKey())).data.data).to.have.length(2);
    expect((await webhooks.deleteWebhook(id, withKey())).status).to.equal(204);
    expect((await failure(webhooks.getWebhook(id, withKey()))).status).to.equal(404);
  });

  it('reads apps, items and spaces', async () => {
    await tenant.app('a', { name: 'Sales', spaceId: 's' });
    expect((await apps.getAppInfo('a', withKey())).data.privileges).to.include('reload');
    const found = await items.getItems({ resourceType: 'app', resourceId: 'a' }, withKey());
    expect(found.data.data[0]?.name).to.equal('Sales');
    expect((await spaces.getSpace('s', withKey())).data.type).to.equal('shared');
  });
});
