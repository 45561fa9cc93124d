import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { type CouchInTest, expectRefusal, type Login } from '../support/couch-in-test.ts';
import { fact } from '../support/fact.ts';

const NOT_HERE = 'You are not authorized to access this db.';
const WRONG = 'Name or password is incorrect.';
const LOCKED = 'Account is temporarily locked due to multiple authentication failures';

/** Lets users with these roles in. */
async function admit(couch: CouchInTest, db: string, roles: readonly string[]): Promise<void> {
  const security = { admins: { names: [], roles: ['_admin'] }, members: { names: [], roles } };
  expect((await couch.put(`${db}/_security`, security)).status).to.equal(200);
}

const validate = (source: string) => ({ language: 'javascript', validate_doc_update: source });

async function cookieOf(couch: CouchInTest, { name, password }: Login): Promise<string> {
  const { status, headers } = await couch.post('/_session', { name, password }, { as: null });
  expect(status).to.equal(200);
  return String(headers.get('set-cookie')).split(';')[0] ?? '';
}

export const auth = [
  fact('db-auth-01', 'without credentials everything of a database is 401', async (couch) => {
    const db = await couch.db({ _id: 'a' });
    const as = { as: null };
    for (const answer of [
      await couch.get(db, as),
      await couch.get(`${db}/a`, as),
      await couch.put(`${db}/b`, {}, as),
    ]) {
      expectRefusal(answer, 401, 'unauthorized', NOT_HERE);
    }
    expect((await couch.put(couch.newName(), {}, as)).status).to.equal(401);
    expect((await couch.call('DELETE', db, undefined, as)).status).to.equal(401);
    expect((await couch.get('/_all_dbs', as)).status).to.equal(401);
    expect((await couch.get(`${db}/a`)).status).to.equal(200);
  }),
  fact('db-auth-02', 'wrong credentials are 401, even where none are needed', async (couch) => {
    const { name } = await couch.user();
    for (const as of [
      { name, password: 'wrong' },
      { name: `n${randomBytes(8).toString('hex')}`, password: 'any' },
    ]) {
      expectRefusal(await couch.get('/', { as }), 401, 'unauthorized', WRONG);
      expectRefusal(await couch.get('/_users', { as }), 401, 'unauthorized', WRONG);
    }
  }),
  fact('db-auth-03', 'a login gives a cookie', async (couch) => {
    const login = await couch.user('reader');
    const { status, body, headers } = await couch.post('/_session', login, { as: null });
    expect(status).to.equal(200);
    expect(body).to.deep.include({ ok: true, name: login.name, roles: ['reader'] });
    const cookie = String(headers.get('set-cookie'));
    expect(cookie).to.match(/^AuthSession=[^;]+;/);
    expect(cookie).to.match(/; *Path=\//i);
    expect(cookie).to.match(/; *HttpOnly/i);
  }),
  fact('db-auth-04', 'the cookie alone writes and reads', async (couch) => {
    const db = await couch.db();
    const { user: name, password } = couch.server;
    const options = { as: null, headers: { cookie: await cookieOf(couch, { name, password }) } };
    expect((await couch.put(`${db}/a`, {}, options)).status).to.equal(201);
    expect((await couch.get(`${db}/a`, options)).status).to.equal(200);
  }),
  fact('db-auth-05', 'an altered or made-up cookie is never served', async (couch) => {
    const db = await couch.db();
    const { user: name, password } = couch.server;
    const cookie = await cookieOf(couch, { name, password });
    const altered = `${cookie.slice(0, -3)}${cookie.endsWith('AAA') ? 'BBB' : 'AAA'}`;
    for (const made of [altered, 'AuthSession=made-up', 'AuthSession=YWRtaW46NjY6']) {
      const { status } = await couch.get(db, { as: null, headers: { cookie: made } });
      expect(status, made).to.be.oneOf([400, 401]);
    }
  }),
  fact('db-auth-06', 'five failed logins lock the name, and no other', async (couch) => {
    const [locked, other] = [await couch.user(), await couch.user()];
    for (let n = 0; n < 5; n += 1) {
      const { status } = await couch.post('/_session', { name: locked.name, password: 'wrong' }, { as: null });
      expect(status).to.equal(401);
    }
    expectRefusal(await couch.post('/_session', locked, { as: null }), 403, 'forbidden', LOCKED);
    expect((await couch.post('/_session', other, { as: null })).status).to.equal(200);
  }),
  fact('db-auth-07', 'a user of _users logs in with its roles, and its password is not to be read', async (couch) => {
    const login = await couch.user('reader', 'writer');
    const { status, body } = await couch.get('/_session', { as: login });
    expect([status, body.userCtx.name]).to.deep.equal([200, login.name]);
    expect(body.userCtx.roles).to.have.members(['reader', 'writer']);
    const stored = await couch.get(`/_users/org.couchdb.user:${login.name}`);
    expect(stored.status).to.equal(200);
    expect(stored.body).to.not.have.property('password');
    expect(JSON.stringify(stored.body)).to.not.contain(login.password);
  }),
  fact('db-auth-08', 'a new database is for administrators only', async (couch) => {
    const { status, body } = await couch.get(`${await couch.db()}/_security`);
    expect(status).to.equal(200);
    expect([body.admins.roles, body.members.roles]).to.deep.equal([['_admin'], ['_admin']]);
  }),
  fact('db-auth-09', 'a role lets its users in, and nobody else', async (couch) => {
    const db = await couch.db({ _id: 'a' });
    await admit(couch, db, ['reader']);
    expect((await couch.get(`${db}/a`, { as: await couch.user('reader') })).status).to.equal(200);
    const other = await couch.get(`${db}/a`, { as: await couch.user('other') });
    expectRefusal(other, 403, 'forbidden', 'You are not allowed to access this db.');
    expect((await couch.get(`${db}/a`, { as: null })).status).to.equal(401);
  }),
  fact('db-auth-10', 'membership alone does not make a reader', async (couch) => {
    const db = await couch.db();
    await admit(couch, db, ['reader']);
    expect((await couch.put(`${db}/a`, {}, { as: await couch.user('reader') })).status).to.equal(201);
  }),
  fact('db-auth-11', 'a member that is no administrator administers nothing', async (couch) => {
    const db = await couch.db();
    const rev = await couch.write(db, 'a');
    await admit(couch, db, ['member']);
    const [as, other] = [await couch.user('member'), await couch.user('member')];
    const security = (await couch.get(`${db}/_security`)).body;
    const answers = [
      await couch.put(`${db}/_design/d`, { language: 'javascript' }, { as }),
      await couch.put(`${db}/_security`, { members: { names: [], roles: [] } }, { as }),
      await couch.put(couch.newName(), {}, { as }),
      await couch.post(`${db}/_purge`, { a: [rev] }, { as }),
      await couch.get(`/_users/org.couchdb.user:${other.name}`, { as }),
    ];
    for (const { status } of answers) expect(status).to.be.at.least(400);
    expect((await couch.get(`${db}/_security`)).body).to.deep.equal(security);
    expect((await couch.get(`${db}/a`)).status).to.equal(200);
  }),
  fact('db-auth-12', 'validate_doc_update refuses a write with its own text', async (couch) => {
    const db = await couch.db();
    const source =
      "function (doc, old, user) { if (user.roles.indexOf('writer') < 0 && user.roles.indexOf('_admin') < 0) throw { forbidden: 'No.' }; }";
    await couch.put(`${db}/_design/v`, validate(source));
    await admit(couch, db, ['reader', 'writer']);
    expectRefusal(await couch.put(`${db}/a`, {}, { as: await couch.user('reader') }), 403, 'forbidden', 'No.');
    expect((await couch.get(`${db}/a`)).status).to.equal(404);
    expect((await couch.put(`${db}/a`, {}, { as: await couch.user('writer') })).status).to.equal(201);
  }),
  fact('db-auth-13', 'validate_doc_update refuses a row of a batch alone', async (couch) => {
    const db = await couch.db();
    await couch.put(`${db}/_design/v`, validate("function (doc) { if (doc.bad) throw { forbidden: 'No.' }; }"));
    const { status, body } = await couch.post(`${db}/_bulk_docs`, { docs: [{ _id: 'a', bad: true }, { _id: 'b' }] });
    expect(status).to.equal(201);
    expect(body[0]).to.deep.equal({ id: 'a', error: 'forbidden', reason: 'No.' });
    expect(body[1].ok).to.equal(true);
  }),
  fact('db-auth-14', 'validate_doc_update is asked about everything but _local documents', async (couch) => {
    const db = await couch.db();
    const rev = await couch.write(db, 'a');
    await couch.put(`${db}/_design/v`, validate("function () { throw { forbidden: 'No.' }; }"));
    expect((await couch.delete(`${db}/a?rev=${rev}`)).status).to.equal(403);
    expect((await couch.put(`${db}/b`)).status).to.equal(403);
    const docs = [{ _id: 'c', _rev: `1-${'a'.repeat(32)}` }];
    const { body } = await couch.post(`${db}/_bulk_docs`, { docs, new_edits: false });
    expect(body[0].error).to.equal('forbidden');
    expect((await couch.put(`${db}/_local/x`)).status).to.equal(201);
  }),
];
