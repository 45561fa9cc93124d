import { expect } from 'chai';
import { type EmbeddedStore, startStore } from '../../../local/store/start-store.ts';
import { installConfiguredLedger } from '../../../src/deploy/install-configured-ledger.ts';
import { CouchInTest } from '../../contract/couchdb/support/couch-in-test.ts';
import { Peer } from '../../contract/couchdb/support/peer.ts';

const act = (end: string, by: string, more: object = {}) => ({
  _id: `act:ticket:reload:default:r1:0mwr8x940:${end}`,
  ...{ schema: 1, type: 'act', by, at: 1_795_316_220_000, kind: 'note', value: 'Made offline.' },
  ...more,
});

describe('a replica of somebody of the desk', () => {
  let store: EmbeddedStore;
  let couch: CouchInTest;
  before(async () => {
    store = await startStore({ port: 0 });
    couch = new CouchInTest(store);
    const url = store.url.replace('//', `//${store.user}:${store.password}@`);
    await installConfiguredLedger({ COUCHDB_URL: url });
  });
  after(async () => {
    await couch.close();
    await store.close();
  });

  it('brings the acts that were made offline, and nothing else', async () => {
    const as = await couch.user('cascade-desk');
    const peer = await Peer.open();
    await peer.pull(couch, '/cascade', undefined, { as });
    const { body: schema } = await couch.get('/cascade/schema');
    await peer.pouch.bulkDocs([
      act('aaaaaa', as.name),
      act('bbbbbb', 'somebody else'),
      act('cccccc', as.name, { kind: 'close' }),
      { _id: 'order:default:x:s:r1', state: 'gave-up' },
      { ...schema, version: 2 },
    ]);
    const pushed = await peer.push(couch, '/cascade', { as });
    await peer.close();
    expect(pushed).to.deep.equal({ read: 5, written: 1, failures: 4 });
    const { body } = await couch.get('/cascade/_all_docs?include_docs=true');
    const ids = body.rows.map(({ id }: { id: string }) => id).filter((id: string) => !id.startsWith('_design/'));
    expect(ids).to.deep.equal([act('aaaaaa', '')._id, 'schema']);
    expect((await couch.get('/cascade/schema')).body.version).to.equal(1);
  });

  it('puts no act of its own in the place of another one, as a later rev of it', async () => {
    const [ann, bob] = [await couch.user('cascade-desk'), await couch.user('cascade-desk')];
    const first = act('dddddd', ann.name);
    expect((await couch.put(`/cascade/${encodeURIComponent(first._id)}`, first, { as: ann })).status).to.equal(201);
    const copy = { ...act('dddddd', bob.name), _rev: `9-${'f'.repeat(32)}` };
    const _revisions = { start: 9, ids: ['f'.repeat(32)] };
    const docs = [{ ...copy, _revisions }];
    const { body } = await couch.post('/cascade/_bulk_docs', { new_edits: false, docs }, { as: bob });
    const reason = 'Nobody changes or deletes an act: add another one.';
    expect(body).to.have.length(1);
    expect(body[0]).to.include({ id: first._id, error: 'forbidden', reason });
    expect((await couch.get(`/cascade/${encodeURIComponent(first._id)}`)).body.by).to.equal(ann.name);
  });
});
