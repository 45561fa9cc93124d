import { expect } from 'chai';
import { useStore } from './support/use-store.ts';

describe('documents of the store', () => {
  const store = useStore();

  it('may have the names that JavaScript’s objects have', async () => {
    const { couch } = store;
    const db = await couch.db();
    const ids = ['constructor', 'hasOwnProperty', 'toString', 'valueOf'];
    for (const id of ids) await couch.write(db, id, { n: 1 });
    for (const id of ids) expect((await couch.get(`${db}/${id}`)).body).to.include({ _id: id, n: 1 });
    const { body } = await couch.post(`${db}/_all_docs?include_docs=true`, { keys: ids });
    expect(body.rows.map(({ id }: { id: string }) => id)).to.deep.equal(ids);
    expect(Object.keys((await couch.post(`${db}/_revs_diff`, { constructor: ['1-a'] })).body)).to.deep.equal([
      'constructor',
    ]);
  });

  it('are all listed, those with ids beyond Latin letters too, from both ends', async () => {
    const ids = ['a', 'ÿ', 'Ā', '中', '\uffff', '😀'];
    const db = await store.couch.db(...ids.map((_id) => ({ _id })));
    const listed = async (query: string) =>
      (await store.couch.get(`${db}/_all_docs?${query}`)).body.rows.map(({ id }: { id: string }) => id);
    expect(await listed('')).to.have.members(ids);
    expect(await listed('descending=true')).to.have.members(ids);
    expect(await listed(`startkey=${encodeURIComponent('"b"')}`)).to.have.members(ids.slice(1));
  });

  it('are paged, from a key on, by skip and limit', async () => {
    const db = await store.couch.db(...['a', 'b', 'c', 'd', 'e'].map((_id) => ({ _id })));
    const { body } = await store.couch.get(`${db}/_all_docs?startkey="b"&skip=1&limit=2`);
    expect(body.rows.map(({ id }: { id: string }) => id)).to.deep.equal(['c', 'd']);
    expect(body.total_rows).to.equal(5);
  });

  it('are found 25 at a time unless a limit says otherwise', async () => {
    const db = await store.couch.db(...Array.from({ length: 30 }, (_, n) => ({ _id: `id${n}`, n })));
    const found = async (more: object) =>
      (await store.couch.post(`${db}/_find`, { selector: { n: { $gte: 0 } }, ...more })).body.docs;
    expect(await found({})).to.have.length(25);
    expect(await found({ limit: 30 })).to.have.length(30);
    expect(await found({ limit: 2, fields: ['_id'] })).to.deep.equal([{ _id: 'id0' }, { _id: 'id1' }]);
  });

  it('come whole with all their leaves to who asks for them', async () => {
    const { couch } = store;
    const db = await couch.db();
    const [a, b] = ['1-a', '1-b'];
    await couch.bulk(
      db,
      [
        { _id: 'x', _rev: a },
        { _id: 'x', _rev: b },
      ],
      false,
    );
    const { body } = await couch.post(`${db}/_bulk_get`, { docs: [{ id: 'x' }, { id: 'x', rev: a }, { id: 'none' }] });
    const revs = body.results.map(({ docs }: { docs: { ok?: { _rev: string } }[] }) => docs.map(({ ok }) => ok?._rev));
    expect(revs[0]).to.have.members([a, b]);
    expect(revs.slice(1)).to.deep.equal([[a], [undefined]]);
    expect(body.results[2].docs[0].error).to.include({ id: 'none', error: 'not_found' });
  });

  it('lose their old bodies with each write, so that files do not grow without end', async () => {
    const { couch } = store;
    const db = await couch.db();
    const old = await couch.write(db, 'a', { n: 1 });
    await couch.write(db, 'a', { _rev: old, n: 2 });
    expect((await couch.get(`${db}/a?rev=${old}`)).status).to.equal(404);
  });

  it('are answered 304 to who has them already', async () => {
    const { couch } = store;
    const db = await couch.db();
    const rev = await couch.write(db, 'a');
    const { status, headers } = await couch.get(`${db}/a`, { headers: { 'if-none-match': `"${rev}"` } });
    expect([status, headers.get('etag')]).to.deep.equal([304, `"${rev}"`]);
    await couch.write(db, 'a', { _rev: rev });
    expect((await couch.get(`${db}/a`, { headers: { 'if-none-match': `"${rev}"` } })).status).to.equal(200);
  });
});
