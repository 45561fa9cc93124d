import { expect } from 'chai';
import { useStore } from './support/use-store.ts';

const RANGE = { selector: { dueAt: { $gte: 0, $lte: 100 } } };

describe('purging in the store', () => {
  const store = useStore();

  it('takes documents out of the index too, whether it knew them already or not', async () => {
    const { couch } = store;
    const db = await couch.db();
    await couch.post(`${db}/_index`, { index: { fields: ['dueAt'] }, ddoc: 'due', name: 'due' });
    const indexed = await couch.write(db, 'indexed', { dueAt: 1 });
    await couch.write(db, 'kept', { dueAt: 2 });
    const found = async () => (await couch.post(`${db}/_find`, RANGE)).body.docs.map(({ _id }: { _id: string }) => _id);
    expect(await found()).to.deep.equal(['indexed', 'kept']);
    const fresh = await couch.write(db, 'fresh', { dueAt: 3 });
    await couch.post(`${db}/_purge`, { indexed: [indexed], fresh: [fresh] });
    expect(await found()).to.deep.equal(['kept']);
    await couch.write(db, 'indexed', { dueAt: 4 });
    expect(await found()).to.deep.equal(['kept', 'indexed']);
  });

  it('leaves a document whose leaves are not all named, and tells so', async () => {
    const { couch } = store;
    const db = await couch.db();
    const rev = await couch.write(db, 'a');
    const current = await couch.write(db, 'a', { _rev: rev });
    const { body } = await couch.post(`${db}/_purge`, { a: [rev], never: [rev] });
    expect(body.purged).to.deep.equal({ a: [], never: [] });
    expect((await couch.get(`${db}/a`)).body._rev).to.equal(current);
  });

  it('is for the store’s administrators: who rules only the database may compact it, but not purge', async () => {
    const { couch } = store;
    const db = await couch.db();
    const rev = await couch.write(db, 'a');
    await couch.put(`${db}/_security`, { admins: { roles: ['keeper'] } });
    const as = await couch.user('keeper');
    expect((await couch.post(`${db}/_compact`, {}, { as })).status).to.equal(202);
    expect((await couch.post(`${db}/_purge`, { a: [rev] }, { as })).status).to.equal(401);
    expect((await couch.get(`${db}/a`)).body._rev).to.equal(rev);
  });

  it('keeps the counts right', async () => {
    const { couch } = store;
    const db = await couch.db({ _id: 'b' });
    const rev = await couch.write(db, 'a');
    await couch.post(`${db}/_purge`, { a: [rev] });
    const { doc_count, doc_del_count } = (await couch.get(db)).body;
    expect([doc_count, doc_del_count]).to.deep.equal([1, 0]);
  });

  it('counts no document less for a tombstone that it removes', async () => {
    const { couch } = store;
    const db = await couch.db({ _id: 'b' });
    const rev = await couch.write(db, 'a');
    const tombstone = await couch.write(db, 'a', { _rev: rev, _deleted: true });
    expect((await couch.post(`${db}/_purge`, { a: [tombstone] })).body.purged).to.deep.equal({ a: [tombstone] });
    expect((await couch.get(db)).body.doc_count).to.equal(1);
  });

  it('does not disturb what goes on beside it', async () => {
    const { couch } = store;
    const db = await couch.db();
    const revs = await couch.bulk(
      db,
      Array.from({ length: 20 }, (_, n) => ({ _id: `p${n}` })),
    );
    const writes = Array.from({ length: 40 }, (_, n) => couch.put(`${db}/w${n}`));
    const purges = Object.entries(revs).map(([id, rev]) => couch.post(`${db}/_purge`, { [id]: [rev] }));
    const answers = await Promise.all([...writes, ...purges]);
    expect(answers.every(({ status }) => status === 201)).to.equal(true);
    expect((await couch.get(db)).body.doc_count).to.equal(40);
  });

  it('removes a document as it is, or leaves it, if somebody writes it at the same time', async () => {
    const { couch } = store;
    const db = await couch.db();
    await couch.post(`${db}/_index`, { index: { fields: ['dueAt'] }, ddoc: 'due', name: 'due' });
    const outcomes = new Set<string>();
    for (let round = 0; round < 20; round += 1) {
      const id = `d${round}`;
      const rev = await couch.write(db, id, { dueAt: 1 });
      const write = () => couch.put(`${db}/${id}`, { _rev: rev, dueAt: 2 });
      const purge = () => couch.post(`${db}/_purge`, { [id]: [rev] });
      const [written, purged] =
        round % 2 === 0 ? await Promise.all([write(), purge()]) : (await Promise.all([purge(), write()])).reverse();
      const isGone = purged?.body.purged[id].length > 0;
      outcomes.add(isGone ? 'gone' : 'left');
      if (!isGone) expect((await couch.get(`${db}/${id}`)).body._rev).to.equal(written?.body.rev);
      const exists = (await couch.get(`${db}/${id}`)).status === 200;
      const { docs } = (await couch.post(`${db}/_find`, RANGE)).body;
      expect(docs.some(({ _id }: { _id: string }) => _id === id)).to.equal(exists);
    }
    expect(outcomes).to.include('left');
  });
});
