import { expect } from 'chai';
import { fact } from '../support/fact.ts';

export const local = [
  fact('db-local-01', 'a _local document has generations of its own', async (couch) => {
    const path = `${await couch.db()}/_local/x`;
    const made = await couch.put(path, { a: 1 });
    expect([made.status, made.body.rev]).to.deep.equal([201, '0-1']);
    expect((await couch.get(path)).body).to.include({ _id: '_local/x', a: 1 });
    expect((await couch.put(path, { _rev: '0-1', a: 2 })).body.rev).to.equal('0-2');
    expect((await couch.delete(`${path}?rev=0-2`)).status).to.equal(200);
    expect((await couch.get(path)).status).to.equal(404);
  }),
  fact('db-local-02', 'a _local document is nowhere else', async (couch) => {
    const db = await couch.db();
    await couch.put(`${db}/_local/x`, { a: 1 });
    expect((await couch.get(`${db}/_all_docs`)).body.rows).to.deep.equal([]);
    expect((await couch.get(`${db}/_changes`)).body.results).to.deep.equal([]);
    expect((await couch.post(`${db}/_find`, { selector: { a: 1 } })).body.docs).to.deep.equal([]);
    expect((await couch.get(db)).body.doc_count).to.equal(0);
  }),
];
