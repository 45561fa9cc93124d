import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import { expectRefusal } from '../support/couch-in-test.ts';
import { fact } from '../support/fact.ts';

const EXISTS = 'The database could not be created, the file already exists.';

export const databases = [
  fact('db-databases-01', 'an existing database is not created again', async (couch) => {
    expectRefusal(await couch.put(await couch.db()), 412, 'file_exists', EXISTS);
  }),
  fact('db-databases-02', 'of 20 parallel creations exactly one is 201', async (couch) => {
    const db = couch.newName();
    const answers = await Promise.all(Array.from({ length: 20 }, () => couch.put(db)));
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).to.deep.equal([201, ...Array.from({ length: 19 }, () => 412)]);
  }),
  fact('db-databases-03', 'a database that is not there is 404 for every use', async (couch) => {
    const db = couch.newName();
    const answers = [
      await couch.get(db),
      await couch.put(`${db}/x`),
      await couch.post(`${db}/_bulk_docs`, { docs: [] }),
      await couch.get(`${db}/_all_docs`),
      await couch.post(`${db}/_find`, { selector: {} }),
      await couch.get(`${db}/_changes`),
    ];
    for (const answer of answers) expectRefusal(answer, 404, 'not_found', 'Database does not exist.');
  }),
  fact('db-databases-04', 'a deleted database is gone, and empty when it is made again', async (couch) => {
    const db = await couch.db({ _id: 'a' });
    const gone = await couch.delete(db);
    expect([gone.status, gone.body]).to.deep.equal([200, { ok: true }]);
    expect([(await couch.get(db)).status, (await couch.delete(db)).status]).to.deep.equal([404, 404]);
    expect((await couch.put(db)).status).to.equal(201);
    expect((await couch.get(db)).body.doc_count).to.equal(0);
    expectRefusal(await couch.get(`${db}/a`), 404, 'not_found', 'missing');
  }),
  fact('db-databases-05', 'instance_start_time changes with the database, not with its documents', async (couch) => {
    const db = await couch.db();
    const started = async () => (await couch.get(db)).body.instance_start_time;
    const first = await started();
    await couch.write(db, 'a');
    expect(await started()).to.equal(first);
    await couch.delete(db);
    // The fact needs more than a second between: real CouchDB counts in seconds.
    await setTimeout(1100);
    await couch.put(db);
    expect(await started()).to.not.equal(first);
  }),
  fact('db-databases-06', 'bad names are refused', async (couch) => {
    for (const name of ['Upper', '1digit', 'a%20space']) {
      expectRefusal(await couch.put(`/${name}`), 400, 'illegal_database_name');
    }
  }),
];
