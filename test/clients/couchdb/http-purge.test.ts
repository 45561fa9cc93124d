import { expect } from 'chai';
import { httpPurge } from '../../../src/clients/couchdb/http-purge.ts';
import type { PurgePort } from '../../../src/clients/couchdb/purge-port.ts';
import { CascadeError } from '../../../src/core/cascade-error.ts';
import { seconds } from '../../../src/core/units.ts';
import { parseStoreSettings } from '../../../src/platform/settings/ledger-settings.ts';
import { useStore } from '../../local/store/support/use-store.ts';
import { type Answerer, json, type ScriptedServer, startScriptedServer } from '../support/scripted-server.ts';

/** A row of `_all_docs` with the document. */
const row = (_id: string, _rev: string, more: object = {}) => ({ id: _id, key: _id, doc: { _id, _rev, ...more } });

describe('purging over HTTP, by what a CouchDB answers', () => {
  let server: ScriptedServer;
  afterEach(() => server.close());

  async function portAt(...answers: readonly Answerer[]): Promise<PurgePort> {
    server = await startScriptedServer(...answers);
    return httpPurge({ url: server.url, database: 'cascade' }, seconds(10));
  }

  it('names no document that has a conflict: CouchDB would remove the rev that won', async () => {
    const rows = [row('two', '1-b', { _conflicts: ['1-a'] }), row('one', '1-c')];
    const port = await portAt(json(200, { rows }), json(201, { purge_seq: null, purged: { one: ['1-c'] } }));
    const named = [
      { _id: 'two', _rev: '1-b' },
      { _id: 'one', _rev: '1-c' },
    ];
    expect(await port.purge(named)).to.deep.equal(['one']);
    expect(server.received.map(({ call }) => call)).to.deep.equal([
      'POST /cascade/_all_docs?include_docs=true&conflicts=true',
      'POST /cascade/_purge',
    ]);
    expect(server.received[1]?.body).to.equal('{"one":["1-c"]}');
  });

  it('believes a cluster of which not every node has removed it yet (202)', async () => {
    const removed = json(202, { purge_seq: null, purged: { one: ['1-c'] } });
    const port = await portAt(json(200, { rows: [row('one', '1-c')] }), removed);
    expect(await port.purge([{ _id: 'one', _rev: '1-c' }])).to.deep.equal(['one']);
  });

  it('leaves a document that alone is too large for an answer', async () => {
    const tooLarge: Answerer = (response) => response.writeHead(200, { 'content-length': 5_000_000 }).flushHeaders();
    const removed = json(201, { purge_seq: null, purged: { b: ['1-b'] } });
    const port = await portAt(tooLarge, tooLarge, json(200, { rows: [row('b', '1-b')] }), removed);
    const named = [
      { _id: 'a', _rev: '1-a' },
      { _id: 'b', _rev: '1-b' },
    ];
    expect(await port.purge(named)).to.deep.equal(['b']);
  });
});

describe('purging over HTTP', () => {
  const admin = { name: 'admin', password: 'of-the-test' };
  const store = useStore({ admin });

  /** As the administrator, or as a user that is none. */
  function portOf(db: string, login = `${admin.name}:${admin.password}`): PurgePort {
    const COUCHDB_URL = store.couch.server.url.replace('://', `://${login}@`);
    const settings = parseStoreSettings({ COUCHDB_URL, COUCHDB_DATABASE: db.slice(1) });
    if (settings === undefined) throw new Error('There is no address.');
    return httpPurge(settings, seconds(10));
  }

  it('removes the documents that still have these revs, and names them', async () => {
    const { couch } = store;
    const db = await couch.db();
    const gone = await couch.write(db, 'gone');
    const old = await couch.write(db, 'changed');
    await couch.write(db, 'changed', { _rev: old });
    const removed = await portOf(db).purge([
      { _id: 'gone', _rev: gone },
      { _id: 'changed', _rev: old },
      { _id: 'never', _rev: gone },
    ]);
    expect(removed).to.deep.equal(['gone']);
    expect((await couch.get(`${db}/gone`)).body.reason).to.equal('missing');
    expect((await couch.get(`${db}/changed`)).status).to.equal(200);
  });

  it('leaves a document with a conflict: without the rev that won, the other one would show', async () => {
    const { couch } = store;
    const db = await couch.db();
    const docs = ['1-a', '1-b'].map((_rev) => ({ _id: 'two', _rev }));
    await couch.post(`${db}/_bulk_docs`, { docs, new_edits: false });
    expect(await portOf(db).purge([{ _id: 'two', _rev: '1-b' }])).to.deep.equal([]);
    expect((await couch.get(`${db}/two`)).body._rev).to.equal('1-b');
  });

  it('reads documents that are too large for one answer in parts', async () => {
    const { couch } = store;
    const db = await couch.db();
    const text = 'x'.repeat(1_500_000);
    const ids = ['a', 'b', 'c', 'd'];
    const named = [];
    for (const _id of ids) named.push({ _id, _rev: await couch.write(db, _id, { text }) });
    expect(await portOf(db).purge(named)).to.deep.equal(ids);
  });

  it('compacts the database', async () => {
    const db = await store.couch.db();
    await portOf(db).compact();
  });

  it('asks nothing about nothing', async () => {
    expect(await portOf('/no-such-database').purge([])).to.deep.equal([]);
  });

  it('advises to set COUCHDB_ADMIN_URL where the login may not purge, and shows no password', async () => {
    const db = await store.couch.db();
    const failure = await portOf(db, 'somebody:a-secret-word')
      .purge([{ _id: 'a', _rev: '1-a' }])
      .catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(CascadeError).with.property('code', 'STORE_REFUSED');
    expect(String(failure)).to.contain('COUCHDB_ADMIN_URL').and.not.contain('a-secret-word');
  });
});
