import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import type { CouchInTest } from '../support/couch-in-test.ts';
import { fact } from '../support/fact.ts';
import { Peer } from '../support/peer.ts';

/** Everything the server acknowledged, by id, while six writers wrote until it was killed. */
async function writeUntilKilled(couch: CouchInTest, db: string, atLeast: number): Promise<Map<string, string>> {
  const acknowledged = new Map<string, string>();
  let isDown = false;
  const writers = Array.from({ length: 6 }, async (_, writer) => {
    for (let n = 0; !isDown; n += 1) {
      const id = `w${writer}-${n}`;
      const answer = await couch.put(`${db}/${id}`, { n }).catch(() => undefined);
      if (answer?.status === 201) acknowledged.set(id, answer.body.rev);
    }
  });
  for (let looks = 0; acknowledged.size < atLeast && looks < 500; looks += 1) await setTimeout(10);
  await couch.restart('SIGKILL');
  isDown = true;
  await Promise.all(writers);
  return acknowledged;
}

const revsOf = async (couch: CouchInTest, db: string) =>
  new Map<string, string>(
    (await couch.get(`${db}/_all_docs`)).body.rows.map((row: { id: string; value: { rev: string } }) => [
      row.id,
      row.value.rev,
    ]),
  );

export const durability = [
  fact(
    'db-durability-01',
    'nothing acknowledged is lost when the process is killed',
    async (couch) => {
      const db = await couch.db();
      const acknowledged = await writeUntilKilled(couch, db, 300);
      expect(acknowledged.size).to.be.at.least(300);
      const stored = await revsOf(couch, db);
      for (const [id, rev] of acknowledged) expect(stored.get(id), id).to.equal(rev);
    },
    'embedded',
  ),
  fact(
    'db-durability-02',
    'no acknowledged batch is lost or cut when the process is killed',
    async (couch) => {
      const db = await couch.db();
      const acknowledged: string[] = [];
      for (let batch = 0; batch < 10; batch += 1) {
        const docs = Array.from({ length: 50 }, (_, n) => ({ _id: `b${batch}-${n}` }));
        await couch.bulk(db, docs);
        acknowledged.push(...docs.map(({ _id }) => _id));
      }
      await couch.restart('SIGKILL');
      expect([...(await revsOf(couch, db)).keys()]).to.include.members(acknowledged);
    },
    'embedded',
  ),
  fact(
    'db-durability-03',
    'a feed leads on over a kill',
    async (couch) => {
      const db = await couch.db({ _id: 'before' });
      const { last_seq } = (await couch.get(`${db}/_changes`)).body;
      await couch.write(db, 'after1');
      await couch.restart('SIGKILL');
      await couch.write(db, 'after2');
      const { body } = await couch.get(`${db}/_changes?since=${encodeURIComponent(last_seq)}`);
      expect(body.results.map(({ id }: { id: string }) => id)).to.have.members(['after1', 'after2']);
    },
    'embedded',
  ),
  fact(
    'db-durability-04',
    'the index is fresh after a kill',
    async (couch) => {
      const db = await couch.db();
      await couch.post(`${db}/_index`, { index: { fields: ['dueAt'] }, ddoc: 'due', name: 'due', type: 'json' });
      const find = async () =>
        (await couch.post(`${db}/_find`, { selector: { dueAt: { $gte: 0, $lte: 10 } } })).body.docs.map(
          ({ _id }: { _id: string }) => _id,
        );
      await couch.write(db, 'a', { dueAt: 5 });
      expect(await find()).to.deep.equal(['a']);
      await couch.write(db, 'b', { dueAt: 6 });
      await couch.restart('SIGKILL');
      expect(await find()).to.deep.equal(['a', 'b']);
    },
    'embedded',
  ),
  fact(
    'db-durability-05',
    'everything is there after a proper stop',
    async (couch) => {
      const db = await couch.db({ _id: 'a' });
      const security = { admins: { names: [], roles: ['_admin'] }, members: { names: [], roles: ['reader'] } };
      await couch.put(`${db}/_security`, security);
      await couch.put(`${db}/_local/x`, { n: 1 });
      await couch.restart('SIGTERM');
      expect((await couch.get(`${db}/a`)).status).to.equal(200);
      expect((await couch.get(`${db}/_local/x`)).body.n).to.equal(1);
      expect((await couch.get(`${db}/_security`)).body).to.deep.equal(security);
    },
    'embedded',
  ),
  fact(
    'db-durability-06',
    'a pull that tries again goes on after a kill',
    async (couch) => {
      const peer = await Peer.open();
      try {
        const db = await couch.db({ _id: 'a' });
        expect((await peer.pull(couch, db)).read).to.equal(1);
        await couch.restart('SIGKILL');
        await couch.write(db, 'b');
        expect((await peer.pull(couch, db)).read).to.equal(1);
        expect((await peer.pouch.info()).doc_count).to.equal(2);
      } finally {
        await peer.close();
      }
    },
    'embedded',
  ),
];
