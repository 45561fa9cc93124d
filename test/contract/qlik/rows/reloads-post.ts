import { expect } from 'chai';
import { fact, harmlessFact, RELOAD } from '../support/fact.ts';
import { expectRefusal, type QlikInTest } from '../support/qlik-in-test.ts';

const variables = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`v${n}`, 'x']));

/** Posts reloads, each of its own app, so that none makes another pending. */
async function statuses(qlik: QlikInTest, ...bodies: Record<string, unknown>[]): Promise<number[]> {
  const answers: number[] = [];
  for (const [index, body] of bodies.entries()) {
    const app = await qlik.app(`app${index}`, { spaceId: 's' });
    answers.push((await qlik.post(app, body)).status);
  }
  return answers;
}

export const reloadsPost = [
  fact('q-reloads-post-01', 'answers 201 with a record in QUEUED', async (qlik) => {
    const { status, body } = await qlik.post(await qlik.app('a'));
    expect([status, body.status]).to.deep.equal([201, 'QUEUED']);
  }),
  fact('q-reloads-post-02', 'the record has its id, app, tenant, user, type, status and time', async (qlik) => {
    const me = (await qlik.get('/api/v1/users/me')).body;
    const { body } = await qlik.post(await qlik.app('a'));
    expect(body.id).to.match(/^[0-9a-f]{24}$/);
    expect(body).to.include({ appId: 'a', tenantId: me.tenantId, userId: me.id });
    expect(body).to.include.keys('type', 'status');
    expect(body.creationTime).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
  }),
  fact('q-reloads-post-03', 'its type is external for a key and for a client', async (qlik) => {
    expect((await qlik.post(await qlik.app('a'))).body.type).to.equal('external');
    const key = (await qlik.token()).body.access_token;
    expect((await qlik.post(await qlik.app('b'), {}, { key })).body.type).to.equal('external');
  }),
  harmlessFact(
    'q-reloads-post-04',
    'without an appId that is a string it is 400, and no reload is made',
    async (qlik) => {
      // On a real tenant others start reloads meanwhile: there the test checks only the refusal.
      const newest = async () => (qlik.isReal ? [] : qlik.listed('/api/v1/reloads?limit=1'));
      const before = await newest();
      for (const body of [{}, { appId: 5 }, { appId: null }, { appId: ['a'] }, [], '{"appId":']) {
        expectRefusal(await qlik.call('POST', '/api/v1/reloads', body), 400);
      }
      expect(await newest()).to.deep.equal(before);
    },
  ),
  fact('q-reloads-post-05', '20 variables are 201, 21 are 400', async (qlik) => {
    const both = [{ variables: variables(20) }, { variables: variables(21) }];
    expect(await statuses(qlik, ...both)).to.deep.equal([201, 400]);
  }),
  fact('q-reloads-post-06', 'a name or value of 256 characters is 201, of 257 is 400', async (qlik) => {
    const name = (length: number) => ({ variables: { ['n'.repeat(length)]: 'x' } });
    const value = (length: number) => ({ variables: { v: 'ä'.repeat(length) } });
    expect(await statuses(qlik, name(256), value(256), name(257), value(257))).to.deep.equal([201, 201, 400, 400]);
  }),
  fact('q-reloads-post-07', 'weight is 1 to 10 and whole, and 1 if absent', async (qlik) => {
    const weights = [{ weight: 0 }, { weight: 11 }, { weight: 1.5 }];
    expect(await statuses(qlik, ...weights)).to.deep.equal([400, 400, 400]);
    const weightOf = async (id: string, more: Record<string, unknown>) =>
      (await qlik.post(await qlik.app(id, { spaceId: 's' }), more)).body.weight;
    expect(await weightOf('a', { weight: 1 })).to.equal(1);
    expect(await weightOf('b', { weight: 10 })).to.equal(10);
    expect(await weightOf('c', {})).to.equal(1);
  }),
  fact('q-reloads-post-08', 'in a personal space the weight is 1 whatever is asked', async (qlik) => {
    expect((await qlik.post(await qlik.app('a'), { weight: 5 })).body.weight).to.equal(1);
  }),
  fact('q-reloads-post-09', 'resourceType is one of four words', async (qlik) => {
    const words = ['api', 'reload-tasks', 'tasks', 'automate', 'webhook', ''];
    const bodies = words.map((resourceType) => ({ resourceType }));
    expect(await statuses(qlik, ...bodies)).to.deep.equal([201, 201, 201, 201, 400, 400]);
  }),
  fact('q-reloads-post-10', 'resourceId comes back unchanged in the record and in the final event', async (qlik) => {
    const { receiver } = await qlik.subscribe([RELOAD]);
    const tie = { resourceType: 'api', resourceId: 'order/ä~1 "x"' };
    const { body } = await qlik.post(await qlik.app('a'), tie);
    expect(body).to.include(tie);
    await qlik.advance(0);
    expect(receiver.received[0]?.event.data).to.include(tie);
  }),
  fact('q-reloads-post-11', 'without the reload privilege it is 403 RELOADS-003', async (qlik) => {
    expectRefusal(await qlik.post(await qlik.app('a', { mayReload: false })), 403, 'RELOADS-003');
  }),
  harmlessFact('q-reloads-post-12', 'an unknown app is 404 RELOADS-004 in the words of a real tenant', async (qlik) => {
    const { status, body } = await qlik.post('5e0a2d36-5b3c-4d0e-9d7c-000000000000');
    expect(status).to.equal(404);
    expect(body.errors).to.deep.equal([
      {
        code: 'RELOADS-004',
        title: 'Resource not found.',
        detail: 'The resource either never existed, or may have been deleted.',
      },
    ]);
  }),
  fact('q-reloads-post-13', 'a second reload of the app is 429 RELOADS-007 while one is queued', async (qlik) => {
    await qlik.app('a');
    await qlik.post('a');
    expectRefusal(await qlik.post('a'), 429, 'RELOADS-007');
    expect(await qlik.listed('/api/v1/reloads?appId=a', 'status')).to.deep.equal(['QUEUED']);
  }),
  fact('q-reloads-post-14', 'with the frequency quota used up it is 403 RELOADS-013', async (qlik) => {
    await qlik.switches({ 'reloads.frequencyQuota': 1 });
    await qlik.reload(await qlik.app('a'));
    expectRefusal(await qlik.post('a'), 403, 'RELOADS-013');
  }),
  fact('q-reloads-post-15', 'the same body after the end is a new reload', async (qlik) => {
    await qlik.app('a');
    const first = await qlik.reload('a', { resourceId: 'same' });
    const { status, body } = await qlik.post('a', { resourceId: 'same' });
    expect(status).to.equal(201);
    expect(body.id).not.to.equal(first);
  }),
  fact('q-reloads-post-16', 'a reload whose answer was lost runs all the same', async (qlik) => {
    await qlik.app('a');
    await qlik.faults({ on: 'POST /api/v1/reloads', kind: 'drop-after' });
    expect(await qlik.post('a').catch((error: unknown) => error)).to.be.instanceOf(TypeError);
    await qlik.advance(0);
    expect(await qlik.listed('/api/v1/reloads?appId=a', 'status')).to.deep.equal(['SUCCEEDED']);
  }),
];
