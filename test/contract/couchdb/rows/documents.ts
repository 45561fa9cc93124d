import { expect } from 'chai';
import type { Answered } from '../../support/answered.ts';
import { CONFLICT, type CouchInTest, expectRefusal } from '../support/couch-in-test.ts';
import { fact } from '../support/fact.ts';

const statusesOf = (answers: readonly Answered[]) => answers.map(({ status }) => status).sort();
const ONE_OF_50 = [201, ...Array.from({ length: 49 }, () => 409)];
const fifty = (make: (n: number) => Promise<Answered>) => Promise.all(Array.from({ length: 50 }, (_, n) => make(n)));

function expectConflict({ status, body }: Answered): void {
  expect([status, body]).to.deep.equal([409, CONFLICT]);
}

/** The document with its conflicts, without what the tests do not name. */
async function withConflicts(couch: CouchInTest, path: string) {
  return (await couch.get(`${path}?conflicts=true`)).body;
}

export const documents = [
  fact('db-documents-01', 'a new id is created at generation 1', async (couch) => {
    const { status, body } = await couch.put(`${await couch.db()}/id`, { a: 1 });
    expect(status).to.equal(201);
    expect(body).to.include({ ok: true, id: 'id' });
    expect(body.rev).to.match(/^1-[0-9a-f]{32}$/);
  }),
  fact('db-documents-02', 'an existing id is not created again, even with the same body', async (couch) => {
    const db = await couch.db();
    const rev = await couch.write(db, 'id', { a: 1 });
    expectConflict(await couch.put(`${db}/id`, { a: 1 }));
    expectConflict(await couch.put(`${db}/id`, { a: 2 }));
    expect((await couch.get(`${db}/id`)).body).to.deep.equal({ _id: 'id', _rev: rev, a: 1 });
  }),
  fact('db-documents-03', 'of 50 parallel creations exactly one is 201', async (couch) => {
    const db = await couch.db();
    const answers = await fifty((n) => couch.put(`${db}/id`, { n }));
    expect(statusesOf(answers)).to.deep.equal(ONE_OF_50);
    const stored = await withConflicts(couch, `${db}/id`);
    expect(stored.n).to.equal(answers.findIndex(({ status }) => status === 201));
    expect(stored._rev).to.match(/^1-/);
    expect(stored).to.not.have.property('_conflicts');
    expect(statusesOf(await fifty(() => couch.put(`${db}/same`, { n: 0 })))).to.deep.equal(ONE_OF_50);
  }),
  fact('db-documents-04', 'of creations by three routes at once exactly one succeeds', async (couch) => {
    const db = await couch.db();
    const ten = (make: () => Promise<boolean>) => Array.from({ length: 10 }, make);
    const succeeded = await Promise.all([
      ...ten(async () => (await couch.put(`${db}/id`)).status === 201),
      ...ten(async () => (await couch.post(`${db}/_bulk_docs`, { docs: [{ _id: 'id' }] })).body[0].ok === true),
      ...ten(async () => (await couch.post(db, { _id: 'id' })).status === 201),
    ]);
    expect(succeeded.filter((is) => is)).to.have.length(1);
  }),
  fact('db-documents-05', 'of 50 parallel updates of one rev exactly one is 201', async (couch) => {
    const db = await couch.db();
    const _rev = await couch.write(db, 'id');
    expect(statusesOf(await fifty((n) => couch.put(`${db}/id`, { _rev, n })))).to.deep.equal(ONE_OF_50);
    expect(await withConflicts(couch, `${db}/id`)).to.not.have.property('_conflicts');
    const same = { _rev: await couch.write(db, 'same'), n: 0 };
    const answers = await fifty(() => couch.put(`${db}/same`, same));
    expect(answers.filter(({ status }) => status === 201)).to.have.length(1);
  }),
  fact('db-documents-06', 'an update sent again is a conflict and changes nothing', async (couch) => {
    const db = await couch.db();
    const update = { _rev: await couch.write(db, 'id', { n: 1 }), n: 2 };
    const rev = await couch.write(db, 'id', update);
    expectConflict(await couch.put(`${db}/id`, update));
    expect((await couch.get(`${db}/id`)).body).to.deep.equal({ _id: 'id', _rev: rev, n: 2 });
  }),
  fact('db-documents-07', 'what was written is seen at once on another connection', async (couch) => {
    const db = await couch.db();
    for (let n = 0; n < 100; n += 1) {
      const rev = await couch.write(db, `id${n}`, { n });
      const read = await couch.get(`${db}/id${n}`, { headers: { connection: 'close' } });
      expect(read.body._rev).to.equal(rev);
    }
  }),
  fact('db-documents-08', 'a deleted document is told from one that never was', async (couch) => {
    const db = await couch.db();
    const rev = await couch.write(db, 'id');
    const { status, body } = await couch.delete(`${db}/id?rev=${rev}`);
    expect(status).to.equal(200);
    expect(body).to.include({ ok: true, id: 'id' });
    expect(body.rev).to.match(/^2-[0-9a-f]{32}$/);
    expectRefusal(await couch.get(`${db}/id`), 404, 'not_found', 'deleted');
    expectRefusal(await couch.get(`${db}/never`), 404, 'not_found', 'missing');
  }),
  fact('db-documents-09', 'a deletion without the current rev is a conflict', async (couch) => {
    const db = await couch.db();
    const old = await couch.write(db, 'id');
    const rev = await couch.write(db, 'id', { _rev: old });
    expectConflict(await couch.delete(`${db}/id`));
    expectConflict(await couch.delete(`${db}/id?rev=${old}`));
    expect((await couch.get(`${db}/id`)).body._rev).to.equal(rev);
  }),
  fact('db-documents-10', 'a deleted document created again goes on in its generations', async (couch) => {
    const db = await couch.db();
    await couch.delete(`${db}/id?rev=${await couch.write(db, 'id')}`);
    expect(await couch.write(db, 'id')).to.match(/^3-/);
  }),
  fact('db-documents-11', 'ids of any letters come back unchanged', async (couch) => {
    const db = await couch.db();
    const ids = ['a:b', 'a~b', 'a.b', 'a b', 'a/b', 'é', 'ÿz', '中文', '😀'];
    for (const id of ids) {
      const { status, body } = await couch.put(`${db}/${encodeURIComponent(id)}`);
      expect([status, body.id]).to.deep.equal([201, id]);
      expect((await couch.get(`${db}/${encodeURIComponent(id)}`)).body._id).to.equal(id);
    }
    const { rows } = (await couch.get(`${db}/_all_docs`)).body;
    expect(rows.map(({ id }: { id: string }) => id)).to.have.members(ids);
  }),
  fact('db-documents-12', 'values come back equal', async (couch) => {
    const db = await couch.db();
    const values = {
      max: 9007199254740991,
      low: -9007199254740991,
      half: 0.5,
      none: null,
      yes: true,
      deep: [[1, [2]], {}],
      text: '😀\u2028',
    };
    await couch.write(db, 'id', values);
    expect((await couch.get(`${db}/id`)).body).to.deep.include(values);
  }),
  fact('db-documents-13', 'a purged document leaves no trace', async (couch) => {
    const db = await couch.db();
    const rev = await couch.write(db, 'id');
    const { status, body } = await couch.post(`${db}/_purge`, { id: [rev] });
    expect([status, body.purged]).to.deep.equal([201, { id: [rev] }]);
    expectRefusal(await couch.get(`${db}/id`), 404, 'not_found', 'missing');
    expect((await couch.get(`${db}/_changes`)).body.results).to.deep.equal([]);
    expect(await couch.write(db, 'id')).to.match(/^1-/);
  }),
  fact('db-documents-14', 'a purged tombstone is forgotten', async (couch) => {
    const db = await couch.db();
    const { body } = await couch.delete(`${db}/id?rev=${await couch.write(db, 'id')}`);
    const row = async () => (await couch.post(`${db}/_all_docs`, { keys: ['id'] })).body.rows[0];
    const deleted = async () => (await couch.get(db)).body.doc_del_count;
    expect((await row()).value.deleted).to.equal(true);
    expect(await deleted()).to.equal(1);
    expect((await couch.post(`${db}/_purge`, { id: [body.rev] })).body.purged).to.deep.equal({ id: [body.rev] });
    expect(await row()).to.include({ key: 'id', error: 'not_found' });
    expect(await deleted()).to.equal(0);
  }),
];
