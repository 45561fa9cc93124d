import { expect } from 'chai';
import { type EmbeddedStore, startStore } from '../../local/store/start-store.ts';
import { httpCouchdb } from '../../src/clients/couchdb/http-couchdb.ts';
import type { DurationMs, EpochMs } from '../../src/core/units.ts';
import { installConfiguredLedger } from '../../src/deploy/install-configured-ledger.ts';
import { readAct } from '../../src/ledger/documents/act.ts';
import { installLedger } from '../../src/ledger/install-ledger.ts';

let store: EmbeddedStore;
let nextDatabase = 0;

const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

const refusal = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: Error) => error.message,
  );

/** A database that is not there yet, as each of these users. */
function fresh() {
  nextDatabase += 1;
  const database = `ledger${nextDatabase}`;
  const as = (user: string, password: string) => ({ url: store.url, database, authorization: basic(user, password) });
  return { database, admin: as(store.user, store.password), as };
}

const couchOf = (target: Parameters<typeof httpCouchdb>[0]) =>
  httpCouchdb(target, { stopwatch: () => 0, timeout: 10_000 as DurationMs });

const ask = async (method: string, path: string, body?: object) => {
  const headers = { authorization: basic(store.user, store.password), 'content-type': 'application/json' };
  const answer = await fetch(`${store.url}${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  return (await answer.json()) as Record<string, unknown>;
};

describe('the installation of the ledger', () => {
  before(async () => {
    store = await startStore({ port: 0 });
  });
  after(() => store.close());

  it('makes the database, its roles, its index and its version, once', async () => {
    const { admin, database } = fresh();
    expect(await installLedger({ store: admin, admin })).to.deep.equal([
      `database ${database}`,
      `roles ${database}-reader, ${database}-desk and ${database}-writer`,
      'write access for writers, and for the desk’s acts',
      'index due-at',
      'index ended-at',
      'index created-at',
      'index run',
      'version 1',
    ]);
    expect(await installLedger({ store: admin, admin })).to.deep.equal([]);
    expect(await ask('GET', `/${database}/schema`)).to.deep.include({ schema: 1, type: 'schema', version: 1 });
    expect(await ask('GET', `/${database}/_security`)).to.deep.equal({
      admins: { names: [], roles: ['_admin'] },
      members: { names: [], roles: ['_admin', `${database}-reader`, `${database}-desk`, `${database}-writer`] },
    });
  });

  describe('since when people are notified', () => {
    const since = async (database: string) => (await ask('GET', `/${database}/schema`))['noticesSince'];
    /** A ledger of a version that did not note this. */
    async function ofBefore() {
      const { admin, database } = fresh();
      await installLedger({ store: admin, admin });
      const { _rev, noticesSince: _, ...schema } = await ask('GET', `/${database}/schema`);
      await ask('PUT', `/${database}/schema`, { ...schema, _rev });
      return { admin, database };
    }

    it('is noted by the first deployment, by the store’s clock, and never changed by another one', async () => {
      const { admin, database } = fresh();
      const before = Math.floor(Date.now() / 1_000) * 1_000;
      await installLedger({ store: admin, admin });
      const noted = await since(database);
      expect(noted).to.be.within(before, Date.now());
      expect(await installLedger({ store: admin, admin }, undefined, 864_000_000 as DurationMs)).to.deep.equal([
        'retention of 10 days',
      ]);
      expect(await ask('GET', `/${database}/schema`)).to.include({ noticesSince: noted, retentionDays: 10 });
    });

    it('is noted by the first deployment over a ledger of a version without notices', async () => {
      const { admin, database } = await ofBefore();
      const before = Math.floor(Date.now() / 1_000) * 1_000;
      expect(await installLedger({ store: admin, admin })).to.deep.equal(['since when people are notified']);
      expect(await since(database)).to.be.within(before, Date.now());
      expect(await installLedger({ store: admin, admin })).to.deep.equal([]);
    });

    it('is ever, over a ledger of a version that sent notices and did not note it', async () => {
      const { admin, database } = await ofBefore();
      await ask('PUT', `/${database}/channel:ops`, { schema: 1, type: 'channel', slots: [], failures: 0 });
      await installLedger({ store: admin, admin });
      expect(await since(database)).to.equal(0);
    });
  });

  it('makes a user for the actions, who writes, and lets a reader read only', async () => {
    const { admin, as, database } = fresh();
    const actions = as('actions', 'pw-actions');
    expect(await installLedger({ store: actions, admin })).to.include('user actions');
    expect((await couchOf(actions).put({ _id: 'a' })).kind).to.equal('stored');
    const reader = {
      _id: 'org.couchdb.user:reader',
      type: 'user',
      name: 'reader',
      password: 'pw',
      roles: [`${database}-reader`],
    };
    await ask('PUT', '/_users/org.couchdb.user:reader', reader);
    const reading = couchOf(as('reader', 'pw'));
    expect(await reading.get('a')).to.include({ _id: 'a' });
    // The indexes of the past need no right to write.
    expect(await reading.latest('endedAt', { from: 0 as EpochMs, before: [], limit: 1 })).to.deep.equal([]);
    expect(await reading.ofRun('event:default:r1')).to.deep.equal([]);
    expect((await reading.put({ _id: 'b' })).kind).to.equal('refused');
    // The next deployment needs no administrator if nothing is to be changed.
    expect(await installLedger({ store: actions, admin: actions })).to.deep.equal([]);
  });

  it('replaces the function of a version that took acts with any fields, and reads such acts on', async () => {
    const { admin, as, database } = fresh();
    const actions = as('actions-of-before', 'pw-actions');
    await installLedger({ store: actions, admin });
    const access = await ask('GET', `/${database}/_design/cascade-access`);
    const earlier = { ...access, validate_doc_update: 'function () {}' };
    await ask('PUT', `/${database}/_design/cascade-access`, earlier);
    const user = { type: 'user', name: 'eve', password: 'pw', roles: [`${database}-desk`] };
    await ask('PUT', '/_users/org.couchdb.user:eve', user);
    const desk = couchOf(as('eve', 'pw'));
    const act = (end: string) => ({
      _id: `act:ticket:reload:default:r1:0mwr8x940:${end}`,
      ...{ schema: 1, type: 'act', by: 'eve', at: 1_795_316_220_000, kind: 'note', value: 'n', dueAt: 0 },
    });
    expect((await desk.put(act('aaaaaa'))).kind).to.equal('stored');
    expect(await installLedger({ store: actions, admin })).to.deep.equal([
      'write access for writers, and for the desk’s acts',
    ]);
    const stored = await desk.get(act('aaaaaa')._id);
    expect(stored === undefined ? undefined : readAct(stored)).to.deep.include({ by: 'eve', kind: 'note', value: 'n' });
    const again = await desk.put(act('bbbbbb'));
    expect(again.kind === 'refused' && again.message).to.include('An act has no field "dueAt".');
  });

  it('lets the desk add acts in its own name, and nothing else', async () => {
    const { admin, as, database } = fresh();
    const actions = as('actions-of-desk', 'pw-actions');
    await installLedger({ store: actions, admin });
    const user = { type: 'user', name: 'ann', password: 'pw', roles: [`${database}-desk`] };
    await ask('PUT', '/_users/org.couchdb.user:ann', user);
    const desk = couchOf(as('ann', 'pw'));
    const act = {
      _id: 'act:ticket:reload:default:r1:0mwr8x940:a1b2c3',
      ...{ schema: 1, type: 'act', by: 'ann', at: 1_795_316_220_000, kind: 'own', value: null },
    };
    const stored = await desk.put(act);
    expect(stored.kind).to.equal('stored');
    expect(await desk.get(act._id)).to.deep.include(act);
    const rev = String((await desk.get(act._id))?._rev);
    for (const store of [desk, couchOf(actions)]) {
      expect((await store.put({ ...act, _rev: rev, value: 'ann' })).kind).to.equal('refused');
      expect((await store.put({ ...act, _rev: rev, _deleted: true })).kind).to.equal('refused');
      expect((await store.put({ ...act, _id: act._id.replace('a1b2c3', 'ffffff'), by: 'bob' })).kind).to.equal(
        'refused',
      );
    }
    expect((await desk.put({ _id: 'order:x' })).kind).to.equal('refused');
  });

  it('gives a user who is there already the role, and keeps its password', async () => {
    const { admin, as, database } = fresh();
    const user = { _id: 'org.couchdb.user:known', type: 'user', name: 'known', password: 'pw-known', roles: ['other'] };
    await ask('PUT', '/_users/org.couchdb.user:known', user);
    const known = as('known', 'pw-known');
    expect(await installLedger({ store: known, admin })).to.include(`role ${database}-writer of user known`);
    expect((await couchOf(known).put({ _id: 'a' })).kind).to.equal('stored');
    expect((await ask('GET', '/_users/org.couchdb.user:known'))['roles']).to.deep.equal([
      'other',
      `${database}-writer`,
    ]);
  });

  it('changes nothing of a user who has another password than COUCHDB_URL says', async () => {
    const { admin, as, database } = fresh();
    const user = { _id: 'org.couchdb.user:own', type: 'user', name: 'own', password: 'pw-own', roles: ['other'] };
    await ask('PUT', '/_users/org.couchdb.user:own', user);
    expect(await refusal(installLedger({ store: as('own', 'wrong'), admin }))).to.contain('401');
    expect((await ask('GET', '/_users/org.couchdb.user:own'))['roles']).to.deep.equal(['other']);
    expect(await installLedger({ store: as('own', 'pw-own'), admin })).to.include(
      `role ${database}-writer of user own`,
    );
  });

  it('keeps who was let in before', async () => {
    const { admin, database } = fresh();
    await ask('PUT', `/${database}`);
    const members = { names: ['ann'], roles: ['people'] };
    await ask('PUT', `/${database}/_security`, { admins: { names: ['bob'], roles: [] }, members });
    await installLedger({ store: admin, admin });
    expect(await ask('GET', `/${database}/_security`)).to.deep.equal({
      admins: { names: ['bob'], roles: [] },
      members: { names: ['ann'], roles: ['people', `${database}-reader`, `${database}-desk`, `${database}-writer`] },
    });
  });

  it('refuses a ledger of a newer Cascade, and changes nothing', async () => {
    const { admin, database } = fresh();
    await ask('PUT', `/${database}`);
    await ask('PUT', `/${database}/schema`, { schema: 1, type: 'schema', version: 2 });
    expect(await refusal(installLedger({ store: admin, admin }))).to.contain(
      'version 2, and this Cascade knows up to 1',
    );
    expect(await ask('GET', `/${database}/_design/cascade-access`)).to.include({ error: 'not_found' });
  });

  it('upgrades an older one', async () => {
    const { admin, database } = fresh();
    await installLedger({ store: admin, admin });
    const { _rev } = await ask('GET', `/${database}/schema`);
    await ask('PUT', `/${database}/schema`, { _rev, schema: 1, type: 'schema', version: 0.5 });
    expect(await installLedger({ store: admin, admin })).to.deep.equal([
      'version 1 in place of 0.5',
      'since when people are notified',
    ]);
  });

  it('tells what to do where the user is no administrator, or unknown, and never a password', async () => {
    const { as } = fresh();
    await ask('PUT', '/_users/org.couchdb.user:eve', { type: 'user', name: 'eve', password: 'sesame', roles: [] });
    for (const stranger of [as('eve', 'sesame'), as('nobody', 'sesame')]) {
      const message = await refusal(installLedger({ store: stranger, admin: stranger }));
      expect(message)
        .to.contain('COUCHDB_ADMIN_URL')
        .and.not.match(/sesame|c2VzYW1l/);
    }
  });

  it('finds that the password of the actions’ user is another one', async () => {
    const { admin, as } = fresh();
    await installLedger({ store: as('twice', 'pw-twice'), admin });
    expect(await refusal(installLedger({ store: as('twice', 'other'), admin }))).to.contain('401');
  });

  it('is left out without COUCHDB_URL, and takes its user for the administrator without COUCHDB_ADMIN_URL', async () => {
    expect(await installConfiguredLedger({})).to.equal(undefined);
    const url = store.url.replace('//', `//${store.user}:${store.password}@`);
    expect(await installConfiguredLedger({ COUCHDB_URL: url, COUCHDB_DATABASE: 'configured' })).to.have.length(8);
  });
});
