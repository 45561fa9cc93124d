import reloads from '@qlik/api/reloads';
import users from '@qlik/api/users';
import { expect } from 'chai';
import { fact, harmlessFact, NOBODY } from '../support/fact.ts';
import { asClient, failureOf, withKey } from '../support/official-client.ts';
import { expectRefusal, type QlikInTest } from '../support/qlik-in-test.ts';

const POST = 'POST /api/v1/reloads';

export const errors = [
  harmlessFact('q-errors-01', 'every refusal has errors; those of reloads have codes of their own', async (qlik) => {
    const refusals = [
      await qlik.get(`/api/v1/reloads/${NOBODY}`),
      await qlik.call('POST', '/api/v1/reloads', {}),
      await qlik.get('/api/v1/items?resourceId=a'),
      await qlik.get(`/api/v1/apps/${NOBODY}`),
      await qlik.get(`/api/core/webhooks/${NOBODY}`),
    ];
    for (const { status, headers, body } of refusals) {
      expect(status).to.be.within(400, 499);
      expect(headers.get('content-type')).to.match(/^application\/json/);
      expect(body.errors[0]).to.include.keys('code', 'title');
    }
    for (const { body } of refusals.slice(0, 2)) expect(body.errors[0].code).to.match(/^RELOADS-0(0[1-9]|1[0-3])$/);
  }),
  fact(
    'q-errors-02',
    'a failure switched on is told, and nothing made unless it came after accepting',
    async (qlik) => {
      await qlik.app('a');
      for (const status of [500, 503]) {
        await qlik.faults({ on: POST, kind: 'status', status });
        expectRefusal(await qlik.post('a'), status);
      }
      expect(await qlik.listed('/api/v1/reloads?appId=a')).to.deep.equal([]);
      await qlik.faults({ on: POST, kind: 'status-after', status: 503 });
      expectRefusal(await qlik.post('a'), 503);
      expect(await qlik.listed('/api/v1/reloads?appId=a')).to.have.length(1);
    },
  ),
  fact(
    'q-errors-03',
    'the official client throws status, data and headers, and repeats no 429 or 5xx',
    async (qlik) => {
      await qlik.app('a');
      for (const status of [429, 503]) {
        const body = { errors: [{ code: `HTTP-${status}`, title: 'no' }] };
        await qlik.faults({ on: POST, kind: 'status', status, body, times: 5 });
        const failure = await failureOf(reloads.queueReload({ appId: 'a' }, withKey(qlik)));
        expect(failure.status).to.equal(status);
        expect(failure.data).to.deep.equal(body);
        expect(failure.headers.get('content-type')).to.match(/^application\/json/);
        expect((await qlik.control('GET', '/faults')).data[0].times).to.equal(4);
      }
    },
  ),
  fact('q-errors-04', 'after a 401 the official client fetches a token and repeats once', async (qlik) => {
    await qlik.faults({ on: 'GET /api/v1/users/me', kind: 'status', status: 401 });
    const { clientId, clientSecret } = qlik.sim;
    const bot = await users.getMyUser(asClient(qlik.url, clientId, clientSecret));
    expect(bot.status).to.equal(200);
    const { data } = await qlik.control('GET', '/journal');
    const calls = data.map((entry: { path: string; status: number }) => `${entry.path} ${entry.status}`);
    const asked = calls.filter((call: string) => call.startsWith('/oauth/token') || call.startsWith('/api/'));
    expect(asked).to.deep.equal([
      '/oauth/token 200',
      '/api/v1/users/me 401',
      '/oauth/token 200',
      '/api/v1/users/me 200',
    ]);
  }),
];

/** Uses up the limit of `POST /reloads` with calls for an unknown app: the tenant counts these too. */
async function useUp(qlik: QlikInTest): Promise<void> {
  await qlik.switches({ 'api.reloadsPer5Min': 3 });
  for (let call = 1; call <= 3; call += 1) await qlik.post('nobody');
}

export const rate = [
  fact('q-rate-01', '250 posts in five minutes are served, the next is 429 HTTP-429', async (qlik) => {
    const served = await Promise.all(Array.from({ length: 250 }, () => qlik.post('nobody')));
    expect(new Set(served.map(({ status }) => status))).to.deep.equal(new Set([404]));
    expectRefusal(await qlik.post('nobody'), 429, 'HTTP-429');
  }),
  fact('q-rate-02', 'Retry-After and the detail tell the same whole seconds', async (qlik) => {
    await useUp(qlik);
    await qlik.advance(287_000);
    const { headers, body } = await qlik.post('nobody');
    expect(headers.get('retry-after')).to.equal('13');
    const detail = 'You need to wait 13 seconds until limit is lifted.';
    expect(body.errors[0]).to.include({ title: 'API rate limit reached.', detail });
  }),
  fact('q-rate-03', 'before that time it is 429 again, after it the call is served', async (qlik) => {
    await useUp(qlik);
    await qlik.advance(299_000);
    expect((await qlik.post('nobody')).status).to.equal(429);
    await qlik.advance(1_000);
    expect((await qlik.post('nobody')).status).to.equal(404);
  }),
  fact('q-rate-04', 'another user is not limited', async (qlik) => {
    await useUp(qlik);
    expect((await qlik.post('nobody')).status).to.equal(429);
    const { apiKey: key } = await qlik.user('Ben');
    expect((await qlik.post(await qlik.app('a'), {}, { key })).status).to.equal(201);
  }),
  fact('q-rate-05', 'the list is served all the same', async (qlik) => {
    await useUp(qlik);
    expect((await qlik.get('/api/v1/reloads')).status).to.equal(200);
  }),
];
