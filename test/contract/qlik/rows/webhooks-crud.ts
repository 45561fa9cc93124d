import { expect } from 'chai';
import { ENGINE, fact, RELOAD, SECRET } from '../support/fact.ts';
import { type CallOptions, expectRefusal, type QlikInTest } from '../support/qlik-in-test.ts';

const HOOKS = '/api/core/webhooks';
const URL_OF_HOOK = 'https://hooks.example.com/x';

const make = (qlik: QlikInTest, more: Record<string, unknown> = {}, options: CallOptions = {}) =>
  qlik.call('POST', HOOKS, { name: 'hook', url: URL_OF_HOOK, ...more }, options);

async function statuses(qlik: QlikInTest, ...bodies: Record<string, unknown>[]): Promise<number[]> {
  const answers: number[] = [];
  for (const body of bodies) answers.push((await make(qlik, body)).status);
  return answers;
}

export const webhooksCrud = [
  fact('q-webhooks-crud-01', 'both prefixes serve the same webhooks', async (qlik) => {
    const one = (await make(qlik)).body;
    expect((await qlik.get(`/api/v1/webhooks/${one.id}`)).body).to.deep.equal(one);
    const other = (await qlik.call('POST', '/api/v1/webhooks', { name: 'old', url: URL_OF_HOOK })).body;
    expect((await qlik.get(`${HOOKS}/${other.id}`)).body).to.deep.equal(other);
    for (const prefix of [HOOKS, '/api/v1/webhooks']) {
      expect(await qlik.listed(prefix)).to.have.members([one.id, other.id]);
      for (const path of [`${one.id}/deliveries`, 'event-types']) {
        expect((await qlik.get(`${prefix}/${path}`)).status).to.equal(200);
      }
    }
  }),
  fact('q-webhooks-crud-02', 'a new one is disabled and of level tenant', async (qlik) => {
    const { status, body } = await make(qlik);
    expect(status).to.equal(201);
    expect(body).to.include({ name: 'hook', url: URL_OF_HOOK, enabled: false, level: 'tenant' });
    expect(body).to.include.keys('id', 'createdAt', 'updatedAt', 'createdByUserId');
  }),
  fact('q-webhooks-crud-03', 'name and url have bounds, and the host is a name', async (qlik) => {
    const fits = [{ name: 'n'.repeat(512) }, { url: `https://hooks.example.com/${'x'.repeat(2022)}` }];
    expect(await statuses(qlik, ...fits)).to.deep.equal([201, 201]);
    const bad = [
      { name: undefined },
      { name: 'n'.repeat(513) },
      { url: undefined },
      { url: `https://hooks.example.com/${'x'.repeat(2023)}` },
      { url: 'http://hooks.example.com/x' },
      { url: 'https://192.0.2.7/x' },
      { url: 'https://[2001:db8::1]/x' },
    ];
    expect(await statuses(qlik, ...bad)).to.deep.equal(bad.map(() => 400));
  }),
  fact('q-webhooks-crud-04', 'a secret has 32 to 64 characters', async (qlik) => {
    const secrets = [32, 64, 31, 65].map((length) => ({ secret: 's'.repeat(length) }));
    expect(await statuses(qlik, ...secrets)).to.deep.equal([201, 201, 400, 400]);
  }),
  fact('q-webhooks-crud-05', 'no answer has the secret; secretKeyAdded says whether there is one', async (qlik) => {
    const made = await make(qlik, { secret: SECRET });
    const path = `${HOOKS}/${made.body.id}`;
    const put = await qlik.call('PUT', path, { name: 'hook', url: URL_OF_HOOK, secret: SECRET });
    for (const { body } of [made, put, await qlik.get(path), await qlik.get(HOOKS)]) {
      expect(JSON.stringify(body)).not.to.contain(SECRET);
    }
    expect(made.body.secretKeyAdded).to.equal(true);
    expect((await make(qlik)).body.secretKeyAdded).to.equal(false);
  }),
  fact('q-webhooks-crud-06', 'of encrypted headers the names come back, headers whole', async (qlik) => {
    const { body } = await make(qlik, { headers: { 'x-open': 'seen' }, encryptedHeaders: { 'x-a': 'b' } });
    expect(body.encryptedHeaders).to.deep.equal(['x-a']);
    expect(body.headers).to.deep.equal({ 'x-open': 'seen' });
  }),
  fact('q-webhooks-crud-07', 'level tenant needs TenantAdmin, level user does not', async (qlik) => {
    const { apiKey: key } = await qlik.user('Ann');
    expectRefusal(await make(qlik, { level: 'tenant' }, { key }), 403);
    expect((await make(qlik, { level: 'user' }, { key })).status).to.equal(201);
  }),
  fact('q-webhooks-crud-08', 'the 151st of a user is 403', async (qlik) => {
    const made = await Promise.all(Array.from({ length: 150 }, () => make(qlik)));
    expect(new Set(made.map(({ status }) => status))).to.deep.equal(new Set([201]));
    expectRefusal(await make(qlik), 403);
  }),
  fact('q-webhooks-crud-09', 'the list is newest first, 20 unless limit says, and is filtered', async (qlik) => {
    for (let n = 1; n <= 18; n += 1) await make(qlik, { name: `n${n}` });
    await make(qlik, { name: 'Alpha', enabled: true, eventTypes: [RELOAD] });
    await make(qlik, { name: 'Beta', eventTypes: [ENGINE, RELOAD], origin: 'automations' });
    await qlik.advance(1000);
    await make(qlik, { name: 'Gamma', level: 'user', url: 'https://other.example.com/y' });
    const names = (query = '') => qlik.listed(`${HOOKS}${query}`, 'name');
    expect(await names()).to.have.length(20);
    expect((await names())[0]).to.equal('Gamma');
    expect(await names('?limit=100')).to.have.length(21);
    for (const query of ['?limit=0', '?limit=101']) expectRefusal(await qlik.get(`${HOOKS}${query}`), 400);
    expect((await qlik.get(HOOKS)).body.links).to.be.an('object');
    expect(await names('?enabled=true')).to.deep.equal(['Alpha']);
    expect(await names(`?eventTypes=${ENGINE}`)).to.deep.equal(['Beta']);
    expect(await names('?level=user')).to.deep.equal(['Gamma']);
    expect(await names('?name=*ET*')).to.deep.equal(['Beta']);
    expect(await names('?origins=automations')).to.deep.equal(['Beta']);
    expect(await names('?url=*other.example*')).to.deep.equal(['Gamma']);
    const me = (await qlik.get('/api/v1/users/me')).body.id;
    expect(await names(`?ownerId=${me}`)).to.deep.equal(['Gamma']);
  }),
  fact('q-webhooks-crud-10', 'PUT clears what it leaves out, and so disables', async (qlik) => {
    const given = { enabled: true, description: 'old', secret: SECRET, eventTypes: [RELOAD], headers: { 'x-a': 'b' } };
    const { id } = (await make(qlik, given)).body;
    const put = await qlik.call('PUT', `${HOOKS}/${id}`, { name: 'new', url: URL_OF_HOOK });
    expect(put.status).to.equal(200);
    const cleared = { id, name: 'new', enabled: false, secretKeyAdded: false, eventTypes: [], headers: {} };
    expect(put.body).to.deep.include(cleared);
    expect(put.body).not.to.have.property('description');
    expect((await qlik.get(`${HOOKS}/${id}`)).body).to.deep.equal(put.body);
  }),
  fact('q-webhooks-crud-11', 'PATCH is 204 without body and changes those fields only', async (qlik) => {
    const { id } = (await make(qlik, { description: 'old' })).body;
    const patch = [
      { op: 'replace', path: '/enabled', value: true },
      { op: 'add', path: '/eventTypes', value: [RELOAD] },
      { op: 'remove', path: '/description' },
    ];
    const { status, body } = await qlik.call('PATCH', `${HOOKS}/${id}`, patch);
    expect([status, body]).to.deep.equal([204, '']);
    const now = (await qlik.get(`${HOOKS}/${id}`)).body;
    expect(now).to.deep.include({ enabled: true, eventTypes: [RELOAD], name: 'hook' });
    expect(now).not.to.have.property('description');
  }),
  fact('q-webhooks-crud-12', 'PATCH knows nine paths; another is 400 and nothing changes', async (qlik) => {
    const { id } = (await make(qlik)).body;
    const patch = async (path: string, value: unknown) =>
      (await qlik.call('PATCH', `${HOOKS}/${id}`, [{ op: 'replace', path, value }])).status;
    const known: [string, unknown][] = [
      ['/name', 'n'],
      ['/description', 'd'],
      ['/url', 'https://hooks.example.com/z'],
      ['/eventTypes', [RELOAD]],
      ['/headers', { a: 'b' }],
      ['/enabled', true],
      ['/secret', SECRET],
      ['/encryptedHeaders', { c: 'd' }],
      ['/enableCloudEventDelivery', true],
    ];
    for (const [path, value] of known) expect(await patch(path, value), path).to.equal(204);
    const before = (await qlik.get(`${HOOKS}/${id}`)).body;
    for (const path of ['/level', '/filter', '/ownerId', '/id', '/origin', 'name', '']) {
      expect(await patch(path, 'user'), path).to.equal(400);
    }
    expect((await qlik.get(`${HOOKS}/${id}`)).body).to.deep.equal(before);
  }),
  fact('q-webhooks-crud-13', 'DELETE is 204; then GET is 404 and nothing is delivered', async (qlik) => {
    const { receiver, path } = await qlik.subscribe([RELOAD]);
    expect((await qlik.call('DELETE', path)).status).to.equal(204);
    expectRefusal(await qlik.get(path), 404);
    await qlik.reload(await qlik.app('a'));
    expect(receiver.received).to.have.length(0);
  }),
  fact('q-webhooks-crud-14', 'a filter lets matching events through; another grammar is 400', async (qlik) => {
    const filter = 'topLevelResourceId eq "a" or spaceId ne "s1" and spaceId ne "s3"';
    const { receiver } = await qlik.subscribe([RELOAD], { filter });
    for (const [id, spaceId] of [
      ['a', 's1'],
      ['b', 's1'],
      ['c', 's2'],
      ['d', 's3'],
    ] as const) {
      await qlik.reload(await qlik.app(id, { spaceId }));
    }
    expect(receiver.received.map(({ event }) => event.data.appId)).to.deep.equal(['a', 'c']);
    const bad = ['userId eq "u"', 'spaceId co "u"', 'spaceId eq u', 'spaceId', "spaceId eq 'u'", 'id eq "x" xor'];
    expect(await statuses(qlik, ...bad.map((text) => ({ filter: text })))).to.deep.equal(bad.map(() => 400));
  }),
  fact('q-webhooks-crud-15', 'data.status filters the engine event where it is alone', async (qlik) => {
    const filter = 'data.status eq "error"';
    const { receiver } = await qlik.subscribe([ENGINE], { filter });
    await qlik.app('a', { outcomes: ['succeeded', 'failed'] });
    await qlik.reload('a');
    await qlik.reload('a');
    expect(receiver.received.map(({ event }) => event.data.status)).to.deep.equal(['error']);
    const mixed = [
      { filter, eventTypes: [ENGINE, RELOAD] },
      { filter, eventTypes: [RELOAD] },
    ];
    expect(await statuses(qlik, ...mixed)).to.deep.equal([400, 400]);
  }),
];
