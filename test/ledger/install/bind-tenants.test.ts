import { expect } from 'chai';
import { type EmbeddedStore, startStore } from '../../../local/store/start-store.ts';
import { installConfiguredLedger } from '../../../src/deploy/install-configured-ledger.ts';
import { boundTenant, isFromBoundTenant } from '../../../src/ledger/bound-tenant.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests read into whatever is stored or answered
type Json = any;

const ACME = 'https://acme.eu.qlikcloud.com';
const OTHER = 'https://other.eu.qlikcloud.com';

describe('the addresses of tenants in the ledger', () => {
  let store: EmbeddedStore;
  let database = '';
  let next = 0;
  before(async () => {
    store = await startStore({ port: 0 });
  });
  after(() => store.close());
  beforeEach(() => {
    next += 1;
    database = `tenants${next}`;
  });

  const urlFor = (user: string, password: string): string => store.url.replace('//', `//${user}:${password}@`);
  const settings = (more: Readonly<Record<string, string>> = {}) => ({
    COUCHDB_URL: urlFor('actions', 'pw'),
    COUCHDB_ADMIN_URL: urlFor(store.user, store.password),
    COUCHDB_DATABASE: database,
    QLIK_API_KEY: 'k',
    QLIK_TENANT_URL: ACME,
    ...more,
  });
  const several = (...tenants: readonly object[]) =>
    settings({ QLIK_TENANT_URL: '', QLIK_API_KEY: '', QLIK_TENANTS: JSON.stringify(tenants) });
  const install = (env: Readonly<Record<string, string>>, ...moved: readonly string[]): Promise<readonly string[]> =>
    installConfiguredLedger(env, moved).then(
      (done) => done ?? [],
      (error: { code: string; message: string }) => [error.code, error.message],
    );
  async function call(method: string, path: string, body?: object): Promise<Json> {
    const authorization = `Basic ${Buffer.from(`${store.user}:${store.password}`).toString('base64')}`;
    const headers = { authorization, 'content-type': 'application/json' };
    const url = `${store.url}/${database}/${path}`;
    return (await fetch(url, { method, headers, ...(body && { body: JSON.stringify(body) }) })).json();
  }
  const bound = async (name = 'default'): Promise<Json> => {
    const { _id, _rev, ...rest } = await call('GET', `tenant:${name}`);
    return rest;
  };

  it('are written once, as the settings normalise them', async () => {
    expect(await install(settings({ QLIK_TENANT_URL: 'https://ACME.eu.qlikcloud.com:443/' }))).to.include(
      `tenant default at ${ACME}`,
    );
    expect(await bound()).to.deep.equal({ schema: 1, type: 'tenant', url: ACME });
    expect(await install(settings())).to.deep.equal([]);
  });

  it('come with the tenant’s id where the settings of the webhook say it, also later', async () => {
    await install(settings());
    const withId = settings({ QLIK_TENANT_ID: 'id-1', WEBHOOK_SECRET: 'x'.repeat(32) });
    expect(await install(withId)).to.deep.equal([`tenant default at ${ACME}`]);
    expect(await bound()).to.include({ url: ACME, id: 'id-1' });
    expect(await install(settings())).to.deep.equal([]);
  });

  it('are written for each of several', async () => {
    const done = await install(
      several({ name: 'eu', url: ACME, apiKey: 'k' }, { name: 'us', url: OTHER, apiKey: 'k' }),
    );
    expect(done).to.include.members([`tenant eu at ${ACME}`, `tenant us at ${OTHER}`]);
    expect([(await bound('eu')).url, (await bound('us')).url]).to.deep.equal([ACME, OTHER]);
  });

  it('refuse another deployment’s tenant of the same name, before anything is changed', async () => {
    await install(settings());
    const another = settings({ QLIK_TENANT_URL: OTHER, COUCHDB_URL: urlFor('another', 'pw') });
    const [code, message = ''] = await install(another);
    expect(code).to.equal('DEPLOY_FAILED');
    expect(message).to.equal(
      `Nothing was deployed.\nThe settings have the tenant "default" at ${OTHER}, and the ledger in the database ${database} has it at ${ACME}. If another deployment uses that database, give this one a COUCHDB_DATABASE of its own. If the tenant has moved: ./build.sh deploy --tenant-moved default`,
    );
    expect((await call('GET', '../_users/org.couchdb.user:another')).error).to.equal('not_found');
    expect(await bound()).to.deep.equal({ schema: 1, type: 'tenant', url: ACME });
  });

  it('refuse each that differs, and bind none of the others', async () => {
    await install(several({ name: 'eu', url: ACME, apiKey: 'k' }, { name: 'us', url: OTHER, apiKey: 'k' }));
    const swapped = several(
      ...[
        { name: 'eu', url: OTHER, apiKey: 'k' },
        { name: 'us', url: ACME, apiKey: 'k' },
      ],
      { name: 'ap', url: 'https://ap.com', apiKey: 'k' },
    );
    const [, message = ''] = await install(swapped, 'us');
    expect(message.split('\n')).to.have.length(2);
    expect(message).to.include('"eu"').and.not.include('"us"');
    expect([(await bound('us')).url, (await bound('ap')).error]).to.deep.equal([OTHER, 'not_found']);
  });

  it('move where a person says so, and remember where they were', async () => {
    await install(settings({ QLIK_TENANT_ID: 'id-1', WEBHOOK_SECRET: 'x'.repeat(32) }));
    expect(await install(settings({ QLIK_TENANT_URL: OTHER }), 'default')).to.deep.equal([
      `tenant default at ${OTHER}`,
    ]);
    expect(await bound()).to.deep.equal({ schema: 1, type: 'tenant', url: OTHER, id: 'id-1', before: [ACME] });
    expect(await install(settings({ QLIK_TENANT_URL: OTHER }), 'default')).to.deep.equal([]);
    await install(settings(), 'default');
    expect(await bound())
      .to.include({ url: ACME })
      .and.deep.include({ before: [OTHER] });
  });

  it('move with the id, and remember both: what was heard of by the old id is followed up', async () => {
    const as = (url: string, id: string) =>
      settings({ QLIK_TENANT_URL: url, QLIK_TENANT_ID: id, WEBHOOK_SECRET: 'x'.repeat(32) });
    await install(as(ACME, 'id-1'));
    await install(as(OTHER, 'id-2'), 'default');
    const { before, ...rest } = await bound();
    expect([rest, before]).to.deep.equal([{ schema: 1, type: 'tenant', url: OTHER, id: 'id-2' }, [ACME, 'id-1']]);
    const now = boundTenant(await call('GET', 'tenant:default'), { error: () => {} });
    const heard = ['id-1', 'id-2', ACME, OTHER, 'id-3', 'https://third.com'].filter((from) =>
      isFromBoundTenant(now, from),
    );
    expect(heard).to.deep.equal(['id-1', 'id-2', ACME, OTHER]);
    await install(as(ACME, 'id-1'), 'default');
    expect((await bound()).before).to.deep.equal([OTHER, 'id-2']);
  });

  it('stay with another id, and remember the first one only where a person says that it moved', async () => {
    const as = (id: string) => settings({ QLIK_TENANT_ID: id, WEBHOOK_SECRET: 'x'.repeat(32) });
    await install(as('id-1'));
    await install(as('id-2'));
    expect(await bound()).to.deep.equal({ schema: 1, type: 'tenant', url: ACME, id: 'id-2' });
    await install(as('id-3'), 'default');
    expect(await bound()).to.deep.equal({ schema: 1, type: 'tenant', url: ACME, id: 'id-3', before: ['id-2'] });
  });

  it('of before count with a slash at their end, as a person may write them', async () => {
    const document = { _id: 'tenant:default', _rev: '1-a', schema: 1, type: 'tenant', url: `${OTHER}/` };
    const written = boundTenant({ ...document, before: [`${ACME}/`, 'id/1'] }, { error: () => {} });
    expect([ACME, OTHER, 'id/1'].map((from) => isFromBoundTenant(written, from))).to.deep.equal([true, true, true]);
    expect(isFromBoundTenant(written, 'https://third.com')).to.equal(false);
  });

  it('remember ten of the addresses before', async () => {
    for (let at = 0; at <= 12; at += 1) await install(settings({ QLIK_TENANT_URL: `https://t${at}.com` }), 'default');
    const before = Array.from({ length: 10 }, (_, index) => `https://t${11 - index}.com`);
    expect((await bound()).before).to.deep.equal(before);
  });

  it('remember ten of the ids before, beside ten of the addresses', async () => {
    for (let at = 0; at <= 12; at += 1) {
      const own = { QLIK_TENANT_URL: `https://t${at}.com`, QLIK_TENANT_ID: `id-${at}`, WEBHOOK_SECRET: 'x'.repeat(32) };
      await install(settings(own), 'default');
    }
    const { before } = await bound();
    expect(before).to.have.length(20);
    expect([before[0], before[9], before[10], before[19]]).to.deep.equal([
      'https://t11.com',
      'https://t2.com',
      'id-11',
      'id-2',
    ]);
  });

  it('on this machine are exchanged without a word, and nothing heard of before is taken for the new one’s', async () => {
    const id = { QLIK_TENANT_ID: 'id-1', WEBHOOK_SECRET: 'x'.repeat(32) };
    await install(settings({ QLIK_TENANT_URL: 'http://127.0.0.1:4848', ...id }));
    expect(await install(settings({ QLIK_TENANT_URL: 'http://localhost:5050' }))).to.deep.equal([
      'tenant default at http://localhost:5050',
    ]);
    expect(await bound()).to.deep.equal({ schema: 1, type: 'tenant', url: 'http://localhost:5050' });
    await install(settings({ QLIK_TENANT_URL: 'http://localhost:5051', ...id, QLIK_TENANT_ID: 'id-2' }));
    expect(await bound()).to.deep.equal({ schema: 1, type: 'tenant', url: 'http://localhost:5051', id: 'id-2' });
  });

  it('on this machine stay those of one tenant if its id is the same: what was heard of at its port before is followed up', async () => {
    const id = { QLIK_TENANT_ID: 'id-1', WEBHOOK_SECRET: 'x'.repeat(32) };
    await install(settings({ QLIK_TENANT_URL: 'http://127.0.0.1:4848', ...id }));
    await install(settings({ QLIK_TENANT_URL: 'http://localhost:5050', ...id }));
    expect(await bound()).to.deep.equal({
      ...{ schema: 1, type: 'tenant', url: 'http://localhost:5050', id: 'id-1' },
      before: ['http://127.0.0.1:4848'],
    });
  });

  for (const [title, from, to] of [
    ['a real tenant’s ledger', ACME, 'http://127.0.0.1:4848'],
    ['the ledger of a tenant on this machine', 'http://127.0.0.1:4848', ACME],
  ] as const) {
    it(`refuse ${to} in ${title}`, async () => {
      await install(settings({ QLIK_TENANT_URL: from }));
      expect((await install(settings({ QLIK_TENANT_URL: to })))[0]).to.equal('DEPLOY_FAILED');
      expect((await bound()).url).to.equal(from);
    });
  }

  it('that a person spoilt are refused, and mended where a person says so', async () => {
    await install(settings());
    const { _rev } = await call('GET', 'tenant:default');
    await call('PUT', 'tenant:default', { _rev, schema: 1, type: 'tenant', url: 'acme' });
    expect((await install(settings()))[1]).to.include('has a document tenant:default that cannot be read');
    await install(settings(), 'default');
    expect(await bound()).to.deep.equal({ schema: 1, type: 'tenant', url: ACME });
  });

  it('need no administrator', async () => {
    await install(settings());
    const asWriter = settings({ COUCHDB_ADMIN_URL: '', QLIK_TENANT_URL: OTHER });
    expect((await install(asWriter))[0]).to.equal('DEPLOY_FAILED');
    expect(await install(asWriter, 'default')).to.deep.equal([`tenant default at ${OTHER}`]);
  });
});
