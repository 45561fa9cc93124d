import { expect } from 'chai';
import type { CouchInTest, Login } from '../support/couch-in-test.ts';
import { fact } from '../support/fact.ts';

/** Rows of our own: what the code relies on and the list of facts does not have. */
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
  fact('db-ours-10', 'a purge answers each id with the revs that it removed, and removes no more', async (couch) => {
    const db = await couch.db();
    const revs = await couch.bulk(
      db,
      ['a', 'b', 'changed', 'kept'].map((_id) => ({ _id })),
    );
    const old = revs['changed'] ?? '';
    await couch.write(db, 'changed', { _rev: old, n: 2 });
    const asked = { a: [revs['a']], b: [revs['b']], changed: [old], unknown: ['1-967a00dff5e02add41819138abb3284d'] };
    const { status, body } = await couch.post(`${db}/_purge`, asked);
    expect(status).to.be.oneOf([201, 202]);
    const removed = Object.entries<readonly string[]>(body.purged).filter(([, list]) => list.length > 0);
    expect(Object.fromEntries(removed)).to.deep.equal({ a: [revs['a']], b: [revs['b']] });
    const { body: left } = await couch.get(`${db}/_all_docs`);
    expect(left.rows.map(({ id }: { id: string }) => id)).to.deep.equal(['changed', 'kept']);
    expect((await couch.get(db)).body).to.include({ doc_count: 2, doc_del_count: 0 });
  }),
  fact('db-ours-11', 'an index does not show what was purged', async (couch) => {
    const db = await couch.db();
    await installHistory(couch, db);
    const revs = await couch.bulk(
      db,
      [1, 2, 3].map((endedAt) => ({ _id: `d${endedAt}`, endedAt, root: 'r' })),
    );
    expect(await newestFirst(couch, db)).to.deep.equal(['d3', 'd2', 'd1']);
    await couch.post(`${db}/_purge`, { d2: [revs['d2']] });
    expect(await newestFirst(couch, db)).to.deep.equal(['d3', 'd1']);
  }),
  fact('db-ours-12', 'the documents of a list of ids come with their conflicts', async (couch) => {
    const db = await couch.db({ _id: 'one' });
    await couch.bulk(
      db,
      ['1-a', '1-b'].map((_rev) => ({ _id: 'two', _rev })),
      false,
    );
    const { body } = await couch.post(`${db}/_all_docs?include_docs=true&conflicts=true`, { keys: ['one', 'two'] });
    const [one, two] = body.rows.map(({ doc }: { doc: object }) => doc);
    expect(one).to.not.have.property('_conflicts');
    expect([two._rev, two._conflicts]).to.deep.equal(['1-b', ['1-a']]);
  }),
  fact('db-ours-13', 'an administrator has a database compacted, and it goes on; nobody else does', async (couch) => {
    const db = await couch.db();
    for (let n = 0, rev = {}; n < 20; n += 1) rev = { _rev: await couch.write(db, 'a', { ...rev, n }) };
    const { status, body } = await couch.post(`${db}/_compact`);
    expect([status, body]).to.deep.equal([202, { ok: true }]);
    expect((await couch.get(`${db}/a`)).body).to.include({ n: 19 });
    expect((await couch.put(`${db}/b`, { n: 1 })).status).to.equal(201);
    await admitReaders(couch, db);
    expect((await couch.post(`${db}/_compact`, {}, { as: await couch.user('reader') })).status).to.be.oneOf([401, 403]);
  }),
  fact('db-ours-14', 'one design document takes several indexes, and each serves its sort', async (couch) => {
    const db = await couch.db({ _id: 'a', endedAt: 1, root: 'x' }, { _id: 'b', endedAt: 2, root: 'y' });
    await installHistory(couch, db);
    await couch.bulk(db, [
      { _id: 'c', endedAt: 3, createdAt: 7, root: 'x' },
      { _id: 'd', createdAt: 8, root: 'x' },
    ]);
    expect(await newestFirst(couch, db)).to.deep.equal(['c', 'b', 'a']);
    expect(await newestFirst(couch, db, 'createdAt')).to.deep.equal(['d', 'c']);
    const ofRun = { selector: { root: 'x' }, sort: [{ root: 'asc' }], limit: 2, skip: 1 };
    expect(await foundBy(couch, db, ofRun)).to.deep.equal(['c', 'd']);
    const { body } = await couch.get(`${db}/_index`);
    const design = body.indexes.filter(({ ddoc }: { ddoc: string | null }) => ddoc === '_design/history');
    expect(design.map(({ name }: { name: string }) => name)).to.have.members(['created-at', 'ended-at', 'run']);
  }),
  fact('db-ours-15', 'who may only read has an index brought up to date by asking', async (couch) => {
    // Written before there is an index, as by the version before.
    const db = await couch.db({ _id: 'old', endedAt: 1 }, { _id: 'older', endedAt: 0 });
    await couch.put(`${db}/_design/access`, {
      language: 'javascript',
      validate_doc_update: `function (doc, old, user) {
        if (user.roles.indexOf('_admin') < 0) throw { forbidden: 'Readers do not write.' };
      }`,
    });
    await installHistory(couch, db);
    await admitReaders(couch, db);
    const as = await couch.user('reader');
    expect((await couch.put(`${db}/mine`, {}, { as })).status).to.equal(403);
    expect(await newestFirst(couch, db, 'endedAt', as)).to.deep.equal(['old', 'older']);
    await couch.bulk(db, [{ _id: 'new', endedAt: 2 }]);
    expect(await newestFirst(couch, db, 'endedAt', as)).to.deep.equal(['new', 'old', 'older']);
    const index = { index: { fields: ['n'] }, ddoc: 'history', name: 'n', type: 'json' };
    expect((await couch.post(`${db}/_index`, index, { as })).status).to.be.oneOf([401, 403]);
  }),
];

/** The indexes of the past, all in one design document, as a deployment makes them. */
async function installHistory(couch: CouchInTest, db: string): Promise<void> {
  for (const [name, field] of [
    ['ended-at', 'endedAt'],
    ['created-at', 'createdAt'],
    ['run', 'root'],
  ]) {
    const { status, body } = await couch.post(`${db}/_index`, {
      ...{ index: { fields: [field] }, ddoc: 'history', name, type: 'json' },
    });
    expect([status, body.result]).to.deep.equal([200, 'created']);
  }
}

async function admitReaders(couch: CouchInTest, db: string): Promise<void> {
  const [admins, members] = ['_admin', 'reader'].map((role) => ({ names: [], roles: [role] }));
  const security = { admins, members };
  expect((await couch.put(`${db}/_security`, security)).status).to.equal(200);
}

async function foundBy(couch: CouchInTest, db: string, query: object, as?: Login): Promise<readonly string[]> {
  const { status, body } = await couch.post(`${db}/_find`, query, as && { as });
  expect(status, JSON.stringify(body)).to.equal(200);
  return body.docs.map(({ _id }: { _id: string }) => _id);
}

/** The ids by an index of instants, the newest first, with both bounds. */
const newestFirst = (couch: CouchInTest, db: string, field = 'endedAt', as?: Login): Promise<readonly string[]> =>
  foundBy(couch, db, { selector: { [field]: { $gte: 0, $lte: 9e15 } }, sort: [{ [field]: 'desc' }], limit: 10 }, as);
