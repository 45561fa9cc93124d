import { expect } from 'chai';
import { fact } from '../support/fact.ts';

/** What the code relies on and the list of facts does not tell: rows of our own. */
export const ours = [
  fact('db-ours-01', 'a range has its documents, and no more rows than asked for', async (couch) => {
    const db = await couch.db(...['a', 'b', 'c', 'd'].map((_id, n) => ({ _id, n })));
    const query = 'include_docs=true&startkey=%22b%22&endkey=%22d%22&limit=2';
    const { status, body } = await couch.get(`${db}/_all_docs?${query}`);
    expect(status).to.equal(200);
    expect(body.rows.map(({ doc }: { doc: { _id: string; n: number } }) => [doc._id, doc.n])).to.deep.equal([
      ['b', 1],
      ['c', 2],
    ]);
    for (const { doc } of body.rows) expect(doc._rev).to.match(/^1-/);
  }),
  fact('db-ours-02', 'a sorted page of the index, without naming it', async (couch) => {
    const db = await couch.db(...[50, 7, 3, 9, 4].map((dueAt) => ({ _id: `d${dueAt}`, dueAt })), { _id: 'none' });
    await couch.post(`${db}/_index`, { index: { fields: ['dueAt'] }, ddoc: 'due', name: 'at', type: 'json' });
    const selector = { dueAt: { $gte: 4, $lte: 50 } };
    const { status, body } = await couch.post(`${db}/_find`, { selector, sort: [{ dueAt: 'asc' }], limit: 3 });
    expect(status).to.equal(200);
    expect(body.docs.map(({ _id }: { _id: string }) => _id)).to.deep.equal(['d4', 'd7', 'd9']);
  }),
  fact('db-ours-03', 'a further member of _security does no harm', async (couch) => {
    const db = await couch.db({ _id: 'a' });
    const writers = { names: [], roles: ['writer'] };
    const security = { admins: { names: [], roles: ['_admin'] }, members: { names: [], roles: ['reader'] }, writers };
    expect((await couch.put(`${db}/_security`, security)).status).to.be.oneOf([200, 201]);
    expect((await couch.get(`${db}/a`, { as: await couch.user('reader') })).status).to.equal(200);
    expect((await couch.get(`${db}/a`, { as: await couch.user('writer') })).status).to.equal(403);
    const { body } = await couch.get(`${db}/_security`);
    expect(body.members.roles).to.deep.equal(['reader']);
  }),
  fact(
    'db-ours-04',
    'a user put back as read, with the same password and a further role, logs in with both',
    async (couch) => {
      const login = await couch.user('reader');
      const path = `/_users/org.couchdb.user:${login.name}`;
      const { body: user } = await couch.get(path);
      const put = await couch.put(path, { ...user, password: login.password, roles: ['reader', 'writer'] });
      expect(put.status).to.equal(201);
      const { status, body } = await couch.get('/_session', { as: login });
      expect([status, body.userCtx.name]).to.deep.equal([200, login.name]);
      expect(body.userCtx.roles).to.have.members(['reader', 'writer']);
    },
  ),
  fact('db-ours-05', 'whoever deletes by PUT or DELETE is answered 200, by POST or in a bulk 201', async (couch) => {
    const db = await couch.db();
    const revs = await couch.bulk(
      db,
      ['put', '_design/put', '_local/put', 'delete', 'post', 'bulk'].map((_id) => ({ _id })),
    );
    for (const id of ['put', '_design/put', '_local/put']) {
      const answered = await couch.put(`${db}/${id}`, { _rev: revs[id], _deleted: true });
      expect([id, answered.status]).to.deep.equal([id, 200]);
      expect(answered.body).to.have.all.keys('ok', 'id', 'rev');
    }
    expect((await couch.delete(`${db}/delete?rev=${revs['delete']}`)).status).to.equal(200);
    const gone = (_id: string): object => ({ _id, _rev: revs[_id], _deleted: true });
    expect((await couch.post(db, gone('post'))).status).to.equal(201);
    expect((await couch.post(`${db}/_bulk_docs`, { docs: [gone('bulk')] })).status).to.equal(201);
    // A PUT that carries `_deleted: false` is a write as any other.
    expect((await couch.put(`${db}/kept`, { _deleted: false })).status).to.equal(201);
    const { body } = await couch.get(`${db}/_all_docs`);
    expect(body.rows.map(({ id }: { id: string }) => id)).to.deep.equal(['kept']);
  }),
  fact('db-ours-06', 'half of a surrogate pair is no text: nothing of the request is stored', async (couch) => {
    const db = await couch.db();
    const half = 'a\ud800b';
    const refusals = [
      await couch.put(`${db}/value`, { text: half }),
      await couch.put(`${db}/key`, { [half]: 1 }),
      await couch.put(`${db}/deep`, { list: [{ text: '\udc00' }] }),
      await couch.post(db, { _id: 'posted', text: half }),
      await couch.post(`${db}/_bulk_docs`, { docs: [{ _id: 'good' }, { _id: 'bad', text: half }] }),
    ];
    for (const { status, body } of refusals) {
      expect([status, body]).to.deep.equal([400, { error: 'bad_request', reason: 'invalid UTF-8 JSON' }]);
    }
    const { body } = await couch.get(`${db}/_all_docs`);
    expect(body.rows).to.deep.equal([]);
    expect((await couch.put(`${db}/whole`, { text: 'a\ud83d\ude00b' })).status).to.equal(201);
    expect((await couch.get(`${db}/whole`)).body.text).to.equal('a😀b');
  }),
  fact('db-ours-07', 'a page further on, with id, rev and dueAt alone', async (couch) => {
    const db = await couch.db(...[50, 7, 3, 9, 4].map((dueAt) => ({ _id: `d${dueAt}`, dueAt, text: 'x' })));
    await couch.post(`${db}/_index`, { index: { fields: ['dueAt'] }, ddoc: 'due', name: 'at', type: 'json' });
    const selector = { dueAt: { $gte: 3, $lte: 50 } };
    const fields = ['_id', '_rev', 'dueAt'];
    const { body } = await couch.post(`${db}/_find`, { selector, sort: [{ dueAt: 'asc' }], limit: 2, skip: 2, fields });
    expect(body.docs.map((doc: object) => Object.keys(doc).sort())).to.deep.equal([fields, fields]);
    expect(body.docs.map(({ _id, dueAt }: { _id: string; dueAt: number }) => [_id, dueAt])).to.deep.equal([
      ['d7', 7],
      ['d9', 9],
    ]);
    const { body: all } = await couch.get(`${db}/_all_docs?include_docs=false&startkey=%22d7%22&limit=1`);
    expect(all.rows).to.deep.equal([{ id: 'd7', key: 'd7', value: { rev: body.docs[0]._rev } }]);
  }),
  fact('db-ours-08', 'behind an id comes the id and U+0000: the page after it, without it', async (couch) => {
    const db = await couch.db(...['a', 'a b', 'a0', 'aé', 'b'].map((_id) => ({ _id })));
    const idsBehind = async (id: string): Promise<string[]> => {
      const startkey = encodeURIComponent(JSON.stringify(`${id}\u0000`));
      const { body } = await couch.get(`${db}/_all_docs?startkey=${startkey}&limit=2`);
      return body.rows.map((row: { id: string }) => row.id);
    };
    expect(await idsBehind('a')).to.deep.equal(['a b', 'a0']);
    expect(await idsBehind('a0')).to.deep.equal(['aé', 'b']);
    expect(await idsBehind('a!')).to.deep.equal(['a0', 'aé']);
    expect(await idsBehind('b')).to.deep.equal([]);
  }),
  fact('db-ours-09', 'a sort that no index serves is refused', async (couch) => {
    const db = await couch.db({ _id: 'a', dueAt: 5 });
    const find = () =>
      couch.post(`${db}/_find`, { selector: { dueAt: { $gte: 4, $lte: 50 } }, sort: [{ dueAt: 'asc' }], limit: 3 });
    const { status, body } = await find();
    expect([status, body.error]).to.deep.equal([400, 'no_usable_index']);
    expect(body.reason).to.equal('No index exists for this sort, try indexing by the sort fields.');
    await couch.post(`${db}/_index`, { index: { fields: ['dueAt'] }, ddoc: 'due', name: 'at', type: 'json' });
    expect((await find()).status).to.equal(200);
  }),
];
