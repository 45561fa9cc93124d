import { expect } from 'chai';
import type { CouchInTest, Login } from '../../contract/couchdb/support/couch-in-test.ts';
import { useStore } from './support/use-store.ts';

const ONLY_WRITERS =
  "function (doc, old, user) { if (user.roles.indexOf('cascade-writer') < 0) throw { forbidden: 'Only writers.' }; }";

/** A database for readers and writers, and one of each. */
async function prepared(couch: CouchInTest): Promise<{ db: string; reader: Login; writer: Login }> {
  const db = await couch.db({ _id: 'a', dueAt: 5 });
  await couch.post(`${db}/_index`, { index: { fields: ['dueAt'] }, ddoc: 'due', name: 'due' });
  await couch.put(`${db}/_security`, { members: { roles: ['cascade-reader', 'cascade-writer'] } });
  await couch.put(`${db}/_design/v`, { validate_doc_update: ONLY_WRITERS });
  return { db, reader: await couch.user('cascade-reader'), writer: await couch.user('cascade-writer') };
}

describe('roles of a database with a validate_doc_update for writers', () => {
  const store = useStore();

  it('let a reader read in every way, and keep its checkpoints', async () => {
    const { couch } = store;
    const { db, reader: as } = await prepared(couch);
    const statuses = [
      await couch.get(`${db}/a`, { as }),
      await couch.get(`${db}/_all_docs`, { as }),
      await couch.post(`${db}/_all_docs`, { keys: ['a'] }, { as }),
      await couch.post(`${db}/_find`, { selector: { dueAt: { $gte: 1, $lte: 9 } } }, { as }),
      await couch.get(`${db}/_changes`, { as }),
      await couch.post(`${db}/_bulk_get`, { docs: [{ id: 'a' }] }, { as }),
      await couch.post(`${db}/_revs_diff`, {}, { as }),
    ].map(({ status }) => status);
    expect(statuses).to.deep.equal([200, 200, 200, 200, 200, 200, 200]);
    expect((await couch.put(`${db}/_local/checkpoint`, { seq: 1 }, { as })).status).to.equal(201);
  });

  it('let a reader write nothing by any way', async () => {
    const { couch } = store;
    const { db, reader: as } = await prepared(couch);
    const { _rev } = (await couch.get(`${db}/a`)).body;
    const answers = [
      await couch.put(`${db}/b`, {}, { as }),
      await couch.post(db, { _id: 'b' }, { as }),
      await couch.put(`${db}/a`, { _rev }, { as }),
      await couch.call('DELETE', `${db}/a?rev=${_rev}`, undefined, { as }),
      await couch.put(`${db}/a/file?rev=${_rev}`, 'x', { as }),
      await couch.put(`${db}/_design/d`, {}, { as }),
      await couch.post(`${db}/_index`, { index: { fields: ['n'] } }, { as }),
      await couch.put(`${db}/_security`, {}, { as }),
      await couch.post(`${db}/_compact`, {}, { as }),
    ];
    expect(answers.map(({ status }) => status)).to.deep.equal([403, 403, 403, 403, 403, 403, 403, 403, 403]);
    const { body } = await couch.post(`${db}/_bulk_docs`, { docs: [{ _id: 'b' }] }, { as });
    expect(body).to.deep.equal([{ id: 'b', error: 'forbidden', reason: 'Only writers.' }]);
    expect((await couch.get(db)).body.doc_count).to.equal(3);
  });

  it('let a writer write documents, but nothing that rules the database', async () => {
    const { couch } = store;
    const { db, writer: as } = await prepared(couch);
    expect((await couch.put(`${db}/b`, {}, { as })).status).to.equal(201);
    const docs = [{ _id: 'c' }, { _id: '_design/d' }];
    const { body } = await couch.post(`${db}/_bulk_docs`, { docs }, { as });
    expect([body[0].ok, body[1].error]).to.deep.equal([true, 'forbidden']);
    expect((await couch.put(`${db}/_security`, {}, { as })).status).to.equal(403);
  });
});
