import { expect } from 'chai';
import type { CouchInTest } from '../support/couch-in-test.ts';
import { fact } from '../support/fact.ts';

async function indexed(couch: CouchInTest, ...docs: object[]): Promise<string> {
  const db = await couch.db(...docs);
  await couch.post(`${db}/_index`, { index: { fields: ['dueAt'] }, ddoc: 'due', name: 'due', type: 'json' });
  return db;
}

/** Facts in which the two servers differ. Both behaviours pass, but no third one. */
export const differs = [
  fact('db-differs-01', 'a sequence is a string or a number', async (couch) => {
    const { body } = await couch.get(`${await couch.db({ _id: 'a' })}/_changes`);
    expect(typeof body.last_seq).to.be.oneOf(['string', 'number']);
    expect(typeof body.results[0].seq).to.equal(typeof body.last_seq);
  }),
  fact('db-differs-02', 'a since of nowhere is refused, or answered with everything or nothing', async (couch) => {
    const db = await couch.db({ _id: 'a' });
    for (const since of ['garbage', '999999']) {
      const { status, body } = await couch.get(`${db}/_changes?since=${since}`);
      expect(status).to.be.oneOf([200, 400]);
      if (status === 200) expect(body.results.length).to.be.within(0, 1);
    }
  }),
  fact('db-differs-03', 'all rows come, in whatever order', async (couch) => {
    const ids = ['d', 'a', 'c', 'b'];
    const db = await couch.db();
    for (const id of ids) await couch.write(db, id);
    const { body } = await couch.get(`${db}/_changes`);
    expect(body.results.map(({ id }: { id: string }) => id)).to.have.members(ids);
  }),
  fact('db-differs-04', 'an upper bound alone takes or leaves what lacks the field', async (couch) => {
    const db = await indexed(couch, { _id: 'a', dueAt: 1 }, { _id: 'b', dueAt: 5 }, { _id: 'c' });
    const { body } = await couch.post(`${db}/_find`, { selector: { dueAt: { $lt: 3 } } });
    const ids = body.docs
      .map(({ _id }: { _id: string }) => _id)
      .sort()
      .join();
    expect(ids).to.be.oneOf(['a', 'a,c']);
  }),
  fact('db-differs-05', 'exclusive bounds with a limit give a full or a short page', async (couch) => {
    const db = await indexed(couch, ...[5, 6, 7, 8, 9, 15].map((dueAt) => ({ _id: `id${dueAt}`, dueAt })));
    const { body } = await couch.post(`${db}/_find`, { selector: { dueAt: { $gt: 5, $lt: 15 } }, limit: 3 });
    const values = body.docs.map(({ dueAt }: { dueAt: number }) => dueAt);
    expect(values.length).to.be.within(1, 3);
    expect([6, 7, 8]).to.include.members(values);
  }),
  fact('db-differs-06', 'a _local document put again without a rev wins or conflicts', async (couch) => {
    const path = `${await couch.db()}/_local/x`;
    await couch.put(path, { n: 1 });
    const { status } = await couch.put(path, { n: 2 });
    expect(status).to.be.oneOf([201, 409]);
    expect((await couch.get(path)).body.n).to.equal(status === 201 ? 2 : 1);
  }),
  fact('db-differs-07', 'an unknown id with a rev conflicts, or is made at generation 2', async (couch) => {
    const { status, body } = await couch.put(`${await couch.db()}/a`, { _rev: `1-${'a'.repeat(32)}` });
    expect(status).to.be.oneOf([201, 409]);
    if (status === 201) expect(body.rev).to.match(/^2-/);
  }),
  fact('db-differs-08', 'another _id in the body is dropped or refused', async (couch) => {
    const db = await couch.db();
    const { status } = await couch.put(`${db}/a`, { _id: 'b' });
    expect(status).to.be.oneOf([201, 400]);
    expect((await couch.get(`${db}/a`)).status).to.equal(status === 201 ? 200 : 404);
    expect((await couch.get(`${db}/b`)).status).to.equal(404);
  }),
  fact('db-differs-09', 'a PUT of another type is stored or refused', async (couch) => {
    const answer = await couch.put(`${await couch.db()}/a`, {}, { headers: { 'content-type': 'text/plain' } });
    expect(answer.status).to.be.oneOf([201, 415]);
  }),
  fact('db-differs-10', 'an integer beyond 2^53 is kept or rounded', async (couch) => {
    const db = await couch.db();
    expect((await couch.put(`${db}/a`, '{"n":9007199254740993}')).status).to.equal(201);
    expect((await couch.get(`${db}/a`)).body.n).to.be.within(9007199254740992, 9007199254740994);
  }),
  fact('db-differs-11', 'a first rev has generation 1 and some hash', async (couch) => {
    expect(await couch.write(await couch.db(), 'x', { a: 1 })).to.match(/^1-[0-9a-f]{32}$/);
  }),
  fact('db-differs-12', 'text keys are in a language’s order or that of their code units', async (couch) => {
    const keys = ['10', '2', 'A', 'B', 'a', 'b', 'z', '~', 'é'];
    const db = await indexed(couch, ...keys.map((dueAt, n) => ({ _id: `id${n}`, dueAt })));
    const { body } = await couch.post(`${db}/_find`, { selector: { dueAt: { $gt: null } }, sort: [{ dueAt: 'asc' }] });
    const sorted = body.docs.map(({ dueAt }: { dueAt: string }) => dueAt).join(' ');
    expect(sorted).to.be.oneOf(['~ 10 2 a A b B é z', '10 2 A B a b z ~ é']);
  }),
  fact(
    'db-differs-13',
    'after a restart a cookie lives on or is refused',
    async (couch) => {
      const { user: name, password } = couch.server;
      const { headers } = await couch.post('/_session', { name, password }, { as: null });
      const cookie = String(headers.get('set-cookie')).split(';')[0] ?? '';
      await couch.restart('SIGTERM');
      expect((await couch.get('/_all_dbs', { as: null, headers: { cookie } })).status).to.be.oneOf([200, 401]);
    },
    'embedded',
  ),
];
