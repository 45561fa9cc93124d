import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { type EmbeddedStore, type StoreOptions, startStore } from '../../../local/store/start-store.ts';
import { CouchInTest } from '../../contract/couchdb/support/couch-in-test.ts';
import { StoreProcess } from '../../contract/couchdb/support/servers.ts';

const open: EmbeddedStore[] = [];
const folders: string[] = [];

async function start(options: StoreOptions = {}): Promise<EmbeddedStore> {
  const store = await startStore({ port: 0, ...options });
  open.push(store);
  return store;
}

function newFolder(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'cascade-store-'));
  folders.push(folder);
  return folder;
}

const errorOf = (promise: Promise<unknown>): Promise<unknown> => promise.catch((error: unknown) => error);

describe('startStore', () => {
  afterEach(async () => {
    for (const store of open.splice(0)) await store.close();
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  });

  it('listens on 127.0.0.1, with an administrator of its own at each start', async () => {
    const [one, other] = [await start(), await start()];
    expect(one.url).to.match(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(one.password)
      .to.match(/^[0-9a-f]{32}$/)
      .and.not.equal(other.password);
  });

  it('takes the administrator it is told', async () => {
    const store = await start({ admin: { name: 'ada', password: 'p:w' } });
    expect([store.user, store.password]).to.deep.equal(['ada', 'p:w']);
    expect((await new CouchInTest(store).get('/_session')).body.userCtx).to.deep.equal({
      name: 'ada',
      roles: ['_admin'],
    });
  });

  it('says in one line that its port is in use', async () => {
    const { port } = new URL((await start()).url);
    const error = await errorOf(start({ port: Number(port) }));
    expect(error).to.include({ name: 'CascadeError', code: 'PORT_IN_USE' });
    expect((error as Error).message)
      .to.contain(port)
      .and.not.contain('\n');
  });

  it('says that its directory is in use, by this process or another, and leaves that one alone', async () => {
    const directory = newFolder();
    const couch = new CouchInTest(await start({ directory }));
    const error = await errorOf(start({ directory }));
    expect(error).to.include({ name: 'CascadeError', code: 'STORE_IN_USE' });
    expect((error as Error).message)
      .to.contain(directory)
      .and.not.contain('\n');
    const elsewhere = await StoreProcess.refusedAt(directory);
    expect(elsewhere).to.contain('STORE_IN_USE');
    expect((await couch.put('/still')).status).to.equal(201);
  });

  it('goes on where it was, as long as it has its directory', async () => {
    const directory = newFolder();
    const admin = { name: 'admin', password: 'p' };
    const first = new CouchInTest(await start({ directory, admin }));
    const { uuid } = (await first.get('/')).body;
    await first.put('/kept');
    const rev = await first.write('/kept', 'a', { n: 1 });
    await open.pop()?.close();
    const again = new CouchInTest(await start({ directory, admin }));
    expect((await again.get('/')).body.uuid).to.equal(uuid);
    expect((await again.get('/kept/a')).body).to.deep.equal({ _id: 'a', _rev: rev, n: 1 });
  });

  it('forgets everything when it is closed in memory', async () => {
    const first = new CouchInTest(await start());
    await first.put('/db');
    await open.pop()?.close();
    expect((await new CouchInTest(await start()).get('/_all_dbs')).body).to.deep.equal(['_users']);
  });

  it('removes what a deletion cut short left behind, and nothing else', async () => {
    const directory = newFolder();
    mkdirSync(path.join(directory, 'databases', '0123456789abcdef', 'data'), { recursive: true });
    mkdirSync(path.join(directory, 'databases', 'mine'));
    await start({ directory });
    const left = readdirSync(path.join(directory, 'databases'));
    expect(left).to.include('mine').and.not.include('0123456789abcdef');
  });

  it('keeps a database’s files in one folder, which goes with it', async () => {
    const directory = newFolder();
    const couch = new CouchInTest(await start({ directory }));
    await couch.put('/db');
    await couch.post('/db/_index', { index: { fields: ['n'] } });
    await couch.write('/db', 'a', { n: 1 });
    await couch.post('/db/_find', { selector: { n: { $gte: 0, $lte: 2 } } });
    expect(readdirSync(path.join(directory, 'databases'))).to.have.length(2);
    await couch.delete('/db');
    expect(readdirSync(path.join(directory, 'databases'))).to.have.length(1);
    expect(readFileSync(path.join(directory, 'store.json'), 'utf8')).to.not.contain('"db"');
  });
});
