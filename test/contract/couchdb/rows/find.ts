import { expect } from 'chai';
import type { CouchInTest } from '../support/couch-in-test.ts';
import { fact } from '../support/fact.ts';

const INDEX = { index: { fields: ['dueAt'] }, ddoc: 'due', name: 'due', type: 'json' };

/** A database with the index and these values of `dueAt`. */
async function due(couch: CouchInTest, ...values: unknown[]): Promise<string> {
  const db = await couch.db();
  await couch.post(`${db}/_index`, INDEX);
  await couch.bulk(
    db,
    values.map((dueAt, n) => ({ _id: `id${n}`, dueAt })),
  );
  return db;
}

async function found(couch: CouchInTest, db: string, from: number, to: number, more: object = {}): Promise<unknown[]> {
  const { status, body } = await couch.post(`${db}/_find`, { selector: { dueAt: { $gte: from, $lte: to } }, ...more });
  expect(status, JSON.stringify(body)).to.equal(200);
  return body.docs.map(({ dueAt }: { dueAt: unknown }) => dueAt);
}

const ascending = (values: unknown[]) => [...values].sort((a, b) => Number(a) - Number(b));

export const find = [
  fact('db-find-01', 'an index is created once', async (couch) => {
    const db = await couch.db();
    const made = await couch.post(`${db}/_index`, INDEX);
    const again = await couch.post(`${db}/_index`, INDEX);
    expect([made.status, made.body.result, again.status, again.body.result]).to.deep.equal([
      200,
      'created',
      200,
      'exists',
    ]);
    expect([made.body.id, made.body.name]).to.deep.equal(['_design/due', 'due']);
  }),
  fact('db-find-02', 'both bounds belong to a range', async (couch) => {
    const db = await due(couch, 1, 5, 9, 10, 100);
    expect(ascending(await found(couch, db, 5, 10))).to.deep.equal([5, 9, 10]);
  }),
  fact('db-find-03', 'a document without the field is never in a range', async (couch) => {
    const db = await due(couch, 5);
    await couch.bulk(db, [{ _id: 'without' }, { _id: 'other', due: 5 }]);
    expect(await found(couch, db, 0, 9e15)).to.deep.equal([5]);
  }),
  fact('db-find-04', 'only numbers are in a range of numbers', async (couch) => {
    const db = await due(couch, null, '7', true, [7], {}, 7);
    expect(await found(couch, db, 0, 9e15)).to.deep.equal([7]);
  }),
  fact('db-find-05', 'a limited range has the smallest', async (couch) => {
    const db = await due(couch, ...Array.from({ length: 50 }, (_, n) => (n * 7) % 50));
    expect(ascending(await found(couch, db, 0, 49, { limit: 10 }))).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  }),
  fact('db-find-06', 'sorting is by number, to the millisecond', async (couch) => {
    const db = await due(couch, 100, 9, 10, 1790000000001, 1790000000000);
    const sorted = [9, 10, 100, 1790000000000, 1790000000001];
    expect(await found(couch, db, 0, 9e15, { sort: [{ dueAt: 'asc' }] })).to.deep.equal(sorted);
    expect(await found(couch, db, 0, 9e15, { sort: [{ dueAt: 'desc' }] })).to.deep.equal([...sorted].reverse());
  }),
  fact('db-find-07', 'the index is fresh after each write', async (couch) => {
    const db = await due(couch);
    for (let round = 0; round < 30; round += 1) {
      const id = `id${round}`;
      let rev = await couch.write(db, id, { dueAt: 5 });
      expect(await found(couch, db, 1, 10), 'created').to.deep.equal([5]);
      rev = await couch.write(db, id, { _rev: rev, dueAt: 50 });
      expect(await found(couch, db, 1, 10), 'out of the range').to.deep.equal([]);
      rev = await couch.write(db, id, { _rev: rev, dueAt: 6 });
      expect(await found(couch, db, 1, 10), 'into the range').to.deep.equal([6]);
      rev = await couch.write(db, id, round % 2 === 0 ? { _rev: rev } : { _rev: rev, _deleted: true });
      expect(await found(couch, db, 1, 10), 'lost or deleted').to.deep.equal([]);
    }
  }),
  fact('db-find-08', 'the cost follows what is due, not what is stored', async (couch) => {
    const db = await due(couch, ...Array.from({ length: 1000 }, (_, n) => 1000 + n));
    const { body } = await couch.post(`${db}/_find`, {
      selector: { dueAt: { $gte: 1100, $lte: 1109 } },
      execution_stats: true,
    });
    expect(body.docs).to.have.length(10);
    expect(body.execution_stats.total_keys_examined).to.be.within(1, 20);
  }),
];
