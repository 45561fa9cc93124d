import { expect } from 'chai';
import { CouchInTest } from '../../contract/couchdb/support/couch-in-test.ts';
import { StoreProcess } from '../../contract/couchdb/support/servers.ts';

const ROUNDS = 4;
const STEPS = 5;
const STEP = 20;

describe('a store whose process is killed while it purges', () => {
  const process = new StoreProcess();
  before(() => process.start());
  after(() => process.close());

  it('has each document as it was, or nothing of it; the next purge removes the rest', async () => {
    const couch = new CouchInTest(process.server);
    await couch.put('/db');
    await couch.post('/db/_index', { index: { fields: ['dueAt'] }, ddoc: 'due', name: 'due' });
    for (let round = 0; round < ROUNDS; round += 1) {
      const ids = Array.from({ length: STEPS * STEP }, (_, n) => `r${round}-${String(n).padStart(3, '0')}`);
      const revs = await couch.bulk(
        '/db',
        ids.map((_id) => ({ _id, dueAt: 1 })),
      );
      const steps = Array.from({ length: STEPS }, (_, step) => ids.slice(step * STEP, (step + 1) * STEP));
      const purges = steps.map((step) => couch.post('/db/_purge', revsOf(step, revs)).catch(() => undefined));
      await Promise.race(purges.slice(round, round + 1));
      await process.restart('SIGKILL');
      await Promise.all(purges);
      const { rows } = (await couch.post('/db/_all_docs', { keys: ids })).body;
      for (const row of rows) expect(row.error ?? row.value.rev).to.be.oneOf(['not_found', revs[row.key]]);
      const left = rows.flatMap(({ key, error }: { key: string; error?: string }) =>
        error === undefined ? [key] : [],
      );
      const { docs } = (await couch.post('/db/_find', { selector: { dueAt: { $gte: 0, $lte: 9 } }, limit: 999 })).body;
      expect(docs.map(({ _id }: { _id: string }) => _id)).to.deep.equal(left);
      await couch.post('/db/_purge', revsOf(left, revs));
      const { doc_count, doc_del_count } = (await couch.get('/db')).body;
      expect([doc_count, doc_del_count]).to.deep.equal([1, 0]);
    }
  });
});

const revsOf = (ids: readonly string[], revs: Readonly<Record<string, string>>): object =>
  Object.fromEntries(ids.map((id) => [id, [revs[id]]]));
