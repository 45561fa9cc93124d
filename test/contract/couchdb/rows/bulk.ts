import { expect } from 'chai';
import { CONFLICT, expectRefusal } from '../support/couch-in-test.ts';
import { fact } from '../support/fact.ts';

interface Row {
  readonly ok?: true;
  readonly id: string;
  readonly rev?: string;
  readonly error?: string;
}

export const bulk = [
  fact('db-bulk-01', 'a batch has a row for each document, in the order sent', async (couch) => {
    const { status, body } = await couch.post(`${await couch.db()}/_bulk_docs`, {
      docs: [{ _id: 'c' }, { _id: 'a' }, { _id: 'b' }],
    });
    expect(status).to.equal(201);
    expect(body.map(({ id, ok }: Row) => [id, ok])).to.deep.equal([
      ['c', true],
      ['a', true],
      ['b', true],
    ]);
    for (const { rev } of body) expect(rev).to.match(/^1-/);
  }),
  fact('db-bulk-02', 'conflicts are told by row', async (couch) => {
    const db = await couch.db();
    const stale = await couch.write(db, 'updated');
    await couch.write(db, 'updated', { _rev: stale });
    await couch.write(db, 'there');
    const docs = [{ _id: 'there' }, { _id: 'new1' }, { _id: 'new2' }, { _id: 'updated', _rev: stale }];
    const { status, body } = await couch.post(`${db}/_bulk_docs`, { docs });
    expect(status).to.equal(201);
    expect([body[0], body[3]]).to.deep.equal([
      { id: 'there', ...CONFLICT },
      { id: 'updated', ...CONFLICT },
    ]);
    expect([body[1].id, body[1].ok, body[2].id, body[2].ok]).to.deep.equal(['new1', true, 'new2', true]);
  }),
  fact('db-bulk-03', 'a batch is not atomic: the good rows are stored', async (couch) => {
    const db = await couch.db();
    const rev = await couch.write(db, 'there', { n: 1 });
    await couch.post(`${db}/_bulk_docs`, { docs: [{ _id: 'there', n: 2 }, { _id: 'new' }] });
    expect((await couch.get(`${db}/there`)).body).to.deep.equal({ _id: 'there', _rev: rev, n: 1 });
    expect((await couch.get(`${db}/new`)).status).to.equal(200);
  }),
  fact('db-bulk-04', 'a batch sent again is all conflicts and changes nothing', async (couch) => {
    const docs = [{ _id: 'a', n: 1 }, { _id: 'b' }];
    const db = await couch.db(...docs);
    const { status, body } = await couch.post(`${db}/_bulk_docs`, { docs });
    expect(status).to.equal(201);
    expect(body.map(({ error }: Row) => error)).to.deep.equal(['conflict', 'conflict']);
    expect((await couch.get(db)).body.doc_count).to.equal(2);
    expect((await couch.get(`${db}/a?conflicts=true`)).body).to.not.have.property('_conflicts');
  }),
  fact(
    'db-bulk-05',
    'of 20 batches that create one id exactly one gets it, and all others are stored',
    async (couch) => {
      const db = await couch.db();
      const batches = await Promise.all(
        Array.from({ length: 20 }, (_, n) =>
          couch.post(`${db}/_bulk_docs`, { docs: [{ _id: 'common' }, { _id: `own${n}` }] }),
        ),
      );
      expect(batches.map(({ status }) => status)).to.deep.equal(Array.from({ length: 20 }, () => 201));
      expect(batches.filter(({ body }) => body[0].ok === true)).to.have.length(1);
      expect(batches.filter(({ body }) => body[1].ok === true)).to.have.length(20);
      expect((await couch.get(db)).body.doc_count).to.equal(21);
    },
  ),
  fact('db-bulk-06', 'a bad special member refuses the whole batch', async (couch) => {
    const db = await couch.db();
    const answer = await couch.post(`${db}/_bulk_docs`, { docs: [{ _id: 'a' }, { _id: 'b', _foo: 1 }] });
    expectRefusal(answer, 400, 'doc_validation');
    expect((await couch.get(db)).body.doc_count).to.equal(0);
  }),
];
