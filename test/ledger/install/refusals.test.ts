import { expect } from 'chai';
import { type EmbeddedStore, startStore } from '../../../local/store/start-store.ts';
import { installConfiguredLedger } from '../../../src/deploy/install-configured-ledger.ts';
import { json, type ScriptedServer, startScriptedServer } from '../../clients/support/scripted-server.ts';

const refusalOf = (env: Readonly<Record<string, string>>): Promise<string> =>
  installConfiguredLedger(env).then(
    () => 'none',
    (error: Error) => error.message,
  );

describe('what an installation of the ledger refuses, before it changes anything', () => {
  let store: EmbeddedStore;
  let nextDatabase = 0;
  let database: string;

  const as = (user: string, password: string): string => store.url.replace('//', `//${user}:${password}@`);
  const ask = async (method: string, path: string, body?: object) => {
    const authorization = `Basic ${Buffer.from(`${store.user}:${store.password}`).toString('base64')}`;
    const headers = { authorization, 'content-type': 'application/json' };
    const answer = await fetch(`${store.url}${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  /** As an administrator of the embedded store, with a user for the actions who is not there yet. */
  const settings = () => ({
    COUCHDB_URL: as(`actions-${database}`, 'sesame'),
    COUCHDB_ADMIN_URL: as(store.user, store.password),
    COUCHDB_DATABASE: database,
  });
  const isUntouched = async () => {
    expect((await ask('GET', `/_users/org.couchdb.user:actions-${database}`)).status).to.equal(404);
    expect((await ask('GET', `/${database}/_design/cascade-access`)).status).to.equal(404);
  };

  before(async () => {
    store = await startStore({ port: 0 });
  });
  after(() => store.close());
  beforeEach(() => {
    nextDatabase += 1;
    database = `refused${nextDatabase}`;
  });

  const foreignSchemas: readonly object[] = [
    { tables: ['a'] },
    { type: 'schema' },
    { type: 'schema', version: '1' },
    { type: 'schema', version: null },
    { type: 'schema', version: -1 },
    { type: 'schema', version: [1] },
    { type: 'jsonschema', version: 1 },
  ];
  for (const document of foreignSchemas) {
    it(`is a document schema that no Cascade wrote: ${JSON.stringify(document)}`, async () => {
      await ask('PUT', `/${database}`);
      await ask('PUT', `/${database}/schema`, document);
      expect(await refusalOf(settings())).to.match(
        new RegExp(
          `^Nothing was changed: the database ${database} has a document "schema" that Cascade did not write like this\\. .*COUCHDB_DATABASE`,
        ),
      );
      await isUntouched();
    });
  }

  it('is a database with documents of others', async () => {
    await ask('PUT', `/${database}`);
    await ask('PUT', `/${database}/_design/theirs`, {});
    await ask('PUT', `/${database}/invoice-7%E2%80%AE`, {});
    expect(await refusalOf(settings())).to.contain(
      `the database ${database} is no ledger and not empty. It has a document "invoice-7\\u202e". Take another COUCHDB_DATABASE`,
    );
    await isUntouched();
  });

  it('is not a ledger whose installation broke off, one that was copied without its version, or an empty one with an index', async () => {
    await ask('PUT', `/${database}`);
    await ask('PUT', `/${database}/_design/theirs`, {});
    for (const id of ['event:default:r1', 'tenant:default', 'dead:9f']) await ask('PUT', `/${database}/${id}`, {});
    expect(await refusalOf(settings())).to.equal('none');
    // Others may put documents beside ours later.
    await ask('PUT', `/${database}/notes`, {});
    expect(await refusalOf(settings())).to.equal('none');
  });

  it('is another password of the actions’ user, by its setting', async () => {
    await installConfiguredLedger(settings());
    const other = {
      ...settings(),
      COUCHDB_URL: as(`actions-${database}`, 'sesame-2'),
      COUCHDB_DATABASE: `${database}-b`,
    };
    const message = await refusalOf(other);
    expect(message).to.contain('Check the name and password in COUCHDB_URL.').and.contain('percent-encoded');
    expect(message).to.not.contain('COUCHDB_ADMIN_URL').and.not.contain('sesame');
    expect((await ask('GET', `/${database}-b`)).status).to.equal(404);
  });

  it('is a wrong administrator, without advice to set what is set', async () => {
    const message = await refusalOf({ ...settings(), COUCHDB_ADMIN_URL: as('root', 'wrong') });
    expect(message)
      .to.contain('Check the name and password in COUCHDB_ADMIN_URL.')
      .and.not.contain('Set COUCHDB_ADMIN_URL');
    await ask('PUT', '/_users/org.couchdb.user:eve', { type: 'user', name: 'eve', password: 'pw', roles: [] });
    const weak = await refusalOf({ ...settings(), COUCHDB_ADMIN_URL: as('eve', 'pw') });
    expect(weak)
      .to.contain('The user of COUCHDB_ADMIN_URL is no administrator')
      .and.not.contain('Set COUCHDB_ADMIN_URL');
    const alone = { COUCHDB_URL: as('eve', 'pw'), COUCHDB_DATABASE: database };
    expect(await refusalOf(alone)).to.contain('Set COUCHDB_ADMIN_URL to the address with an administrator');
  });

  it('is a locked user, by its setting, with how long to wait', async () => {
    const locked = (setting: string) => `locked the user of ${setting} after several failed logins: wait 5 minutes`;
    const wrong = { ...settings(), COUCHDB_ADMIN_URL: as('locked-admin', 'wrong') };
    for (let attempt = 0; attempt < 5; attempt += 1) await refusalOf(wrong);
    expect(await refusalOf(wrong)).to.contain(locked('COUCHDB_ADMIN_URL'));
    await installConfiguredLedger(settings());
    for (let attempt = 0; attempt < 5; attempt += 1) {
      await fetch(`${store.url}/_session`, {
        headers: { authorization: `Basic ${Buffer.from(`actions-${database}:wrong`).toString('base64')}` },
      });
    }
    expect(await refusalOf(settings()))
      .to.contain(locked('COUCHDB_URL'))
      .and.not.contain('role');
  });
});

describe('a CouchDB that is not set up', () => {
  let server: ScriptedServer;
  afterEach(() => server.close());

  const notThere = json(404, { error: 'not_found', reason: 'Database does not exist.' });

  it('is told so before anything is made', async () => {
    server = await startScriptedServer(notThere, notThere, notThere);
    const as = (user: string) => server.url.replace('//', `//${user}:sesame@`);
    const message = await refusalOf({ COUCHDB_URL: as('actions'), COUCHDB_ADMIN_URL: as('admin') });
    expect(message).to.match(/^Nothing was changed: the CouchDB at \S+ is not set up yet\. It has no database _users/);
    expect(message).to.contain('single_node=true').and.not.contain('sesame');
    expect(server.received.map(({ call }) => call)).to.deep.equal([
      'GET /cascade/schema',
      'GET /cascade/_all_docs?limit=50',
      'GET /_users',
    ]);
  });
});
