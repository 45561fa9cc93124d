import { expect } from 'chai';
import type { CouchInTest } from '../support/couch-in-test.ts';
import { fact } from '../support/fact.ts';
import { Peer } from '../support/peer.ts';

/** A test with a PouchDB of its own. */
const withPeer = (test: (couch: CouchInTest, peer: Peer) => Promise<void>) => async (couch: CouchInTest) => {
  const peer = await Peer.open();
  try {
    await test(couch, peer);
  } finally {
    await peer.close();
  }
};

const VALIDATE =
  "function (doc, old, user) { if (user.roles.indexOf('writer') < 0 && user.roles.indexOf('_admin') < 0) throw { forbidden: 'No.' }; }";

export const replication = [
  fact(
    'db-replication-01',
    '500 documents are pushed and pulled with the same ids and revs',
    withPeer(async (couch, peer) => {
      const db = await couch.db();
      await peer.pouch.bulkDocs(Array.from({ length: 500 }, (_, n) => ({ _id: `id${n}`, n })));
      expect(await peer.push(couch, db)).to.deep.equal({ read: 500, written: 500, failures: 0 });
      expect((await couch.get(db)).body.doc_count).to.equal(500);
      const other = await Peer.open();
      await other.pull(couch, db);
      const listed = async ({ pouch }: Peer) => (await pouch.allDocs({})).rows.map(({ id, value }) => [id, value.rev]);
      expect(await listed(other)).to.deep.equal(await listed(peer));
      await other.close();
    }),
  ),
  fact(
    'db-replication-02',
    'a second pull reads only what is new',
    withPeer(async (couch, peer) => {
      const db = await couch.db({ _id: 'a' }, { _id: 'b' });
      expect((await peer.pull(couch, db)).read).to.equal(2);
      expect((await peer.pull(couch, db)).read).to.equal(0);
      await couch.write(db, 'c');
      expect((await peer.pull(couch, db)).read).to.equal(1);
    }),
  ),
  fact(
    'db-replication-03',
    'a live feed brings a document within a second, and one pushed is there at once',
    withPeer(async (couch, peer) => {
      const db = await couch.db();
      const feed = couch.feed(db, 'feed=longpoll&heartbeat=1000&since=now&style=all_docs');
      await feed.opened();
      const writtenAt = Date.now();
      await couch.write(db, 'theirs');
      await feed.whole();
      await peer.pull(couch, db);
      expect(Date.now() - writtenAt).to.be.below(1000);
      expect((await peer.pouch.get('theirs'))._id).to.equal('theirs');
      await peer.pouch.put({ _id: 'ours' });
      await peer.push(couch, db);
      expect((await couch.get(`${db}/ours`)).status).to.equal(200);
    }),
  ),
  fact(
    'db-replication-04',
    'both sides agree on the winner of a conflict',
    withPeer(async (couch, peer) => {
      const db = await couch.db({ _id: 'a' });
      await peer.pull(couch, db);
      const { _rev } = await peer.pouch.get('a');
      await peer.pouch.put({ _id: 'a', _rev, from: 'peer' });
      await couch.write(db, 'a', { _rev, from: 'server' });
      await peer.push(couch, db);
      await peer.pull(couch, db);
      const ours = await peer.pouch.get('a', { conflicts: true });
      const theirs = (await couch.get(`${db}/a?conflicts=true`)).body;
      expect(theirs._rev).to.equal(ours._rev);
      expect([ours['_conflicts'], theirs._conflicts]).to.deep.equal([theirs._conflicts, theirs._conflicts]);
      expect(theirs._conflicts).to.have.length(1);
    }),
  ),
  fact(
    'db-replication-05',
    'a pull with a selector brings only what matches',
    withPeer(async (couch, peer) => {
      const db = await couch.db({ _id: 'a', type: 'app' }, { _id: 'b', type: 'other' });
      await peer.pull(couch, db, { type: 'app' });
      expect((await peer.pouch.allDocs({})).rows.map(({ id }) => id)).to.deep.equal(['a']);
    }),
  ),
  fact(
    'db-replication-06',
    'an attachment of 100,000 bytes arrives byte for byte on either side',
    withPeer(async (couch, peer) => {
      const db = await couch.db();
      const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, n) => (n * 31) % 256));
      await peer.pouch.putAttachment('up', 'file', null, bytes, 'application/x-test');
      await peer.push(couch, db);
      expect(Buffer.compare((await couch.get(`${db}/up/file`)).body, bytes)).to.equal(0);
      await couch.put(`${db}/down/file`, bytes, { headers: { 'content-type': 'application/x-test' } });
      await peer.pull(couch, db);
      expect(Buffer.compare(await peer.pouch.getAttachment('down', 'file'), bytes)).to.equal(0);
    }),
  ),
  fact(
    'db-replication-07',
    'a reader pulls, and keeps its checkpoint, without writing anything',
    withPeer(async (couch, peer) => {
      const db = await couch.db({ _id: 'a' }, { _id: 'b' });
      await couch.put(`${db}/_security`, {
        admins: { names: [], roles: ['_admin'] },
        members: { names: [], roles: ['reader'] },
      });
      const design = await couch.put(`${db}/_design/v`, { language: 'javascript', validate_doc_update: VALIDATE });
      expect(design.status).to.equal(201);
      const as = await couch.user('reader');
      expect((await couch.put(`${db}/c`, {}, { as })).status).to.equal(403);
      const refused = await couch.post(
        `${db}/_bulk_docs`,
        { docs: [{ _id: 'c', _rev: `1-${'a'.repeat(32)}` }], new_edits: false },
        { as },
      );
      expect(refused.body[0].error).to.equal('forbidden');
      expect((await peer.pull(couch, db, undefined, { as })).read).to.equal(3);
      expect((await peer.pull(couch, db, undefined, { as })).read).to.equal(0);
    }),
  ),
];
