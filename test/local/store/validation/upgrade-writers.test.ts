import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { type EmbeddedStore, startStore } from '../../../../local/store/start-store.ts';
import { CouchInTest } from '../../../contract/couchdb/support/couch-in-test.ts';

const admin = { name: 'admin', password: 'p' };

describe('a directory whose _security names the writers, as earlier versions wrote it', () => {
  let directory = '';
  let store: EmbeddedStore;
  const start = async (): Promise<CouchInTest> => {
    store = await startStore({ port: 0, directory, admin });
    return new CouchInTest(store);
  };
  const catalogue = () => path.join(directory, 'store.json');

  /** Writes `writers` into the catalogue as an earlier version did. The store is closed. */
  function addWriters(name: string, writers: unknown): void {
    const file = JSON.parse(readFileSync(catalogue(), 'utf8'));
    for (const entry of file.databases) if (entry.name === name) entry.security.writers = writers;
    writeFileSync(catalogue(), JSON.stringify(file));
  }

  beforeEach(async () => {
    directory = mkdtempSync(path.join(os.tmpdir(), 'cascade-store-'));
    const couch = await start();
    await couch.put('/db');
    await couch.put('/db/_security', {
      admins: { names: [], roles: ['boss'] },
      members: { names: [], roles: ['reader', 'writer'] },
    });
  });
  afterEach(async () => {
    await store.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it('lets the same users write as before, by a function in the place of deployment’s', async () => {
    await store.close();
    addWriters('db', { names: ['ann'], roles: ['writer'] });
    const couch = await start();
    const user = async (name: string, ...roles: string[]) => {
      await couch.put(`/_users/org.couchdb.user:${name}`, { name, password: 'x', type: 'user', roles });
      return { name, password: 'x' };
    };
    const put = async (id: string, as: { name: string; password: string }) =>
      (await couch.put(`/db/${id}`, {}, { as })).status;
    expect(await put('1', await user('one', 'reader'))).to.equal(403);
    expect(await put('2', await user('two', 'reader', 'writer'))).to.equal(201);
    expect(await put('3', await user('ann', 'reader'))).to.equal(201);
    expect(await put('4', await user('four', 'boss'))).to.equal(201);
    expect((await couch.put('/db/5')).status).to.equal(201);
    expect((await couch.get('/db/_security')).body).to.have.all.keys('admins', 'members');
    expect((await couch.get('/db/_design/cascade-access')).body.validate_doc_update).to.be.a('string');
    await store.close();
    expect(readFileSync(catalogue(), 'utf8')).to.not.contain('writers');
    const again = await start();
    expect((await again.put('/db/6', {}, { as: { name: 'one', password: 'x' } })).status).to.equal(403);
  });

  it('keeps the function that is there, which runs from now on', async () => {
    const source = "function () { throw { forbidden: 'Mine.' }; }";
    await new CouchInTest(store).put('/db/_design/mine', { validate_doc_update: source });
    await store.close();
    addWriters('db', { names: [], roles: ['writer'] });
    const couch = await start();
    expect((await couch.put('/db/a')).body).to.deep.equal({ error: 'forbidden', reason: 'Mine.' });
    expect((await couch.get('/db/_design/cascade-access')).status).to.equal(404);
    expect((await couch.get('/db/_security')).body).to.have.all.keys('admins', 'members');
  });
});
