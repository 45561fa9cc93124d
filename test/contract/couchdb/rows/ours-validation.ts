import { expect } from 'chai';
import { type CouchInTest, expectRefusal } from '../support/couch-in-test.ts';
import { fact } from '../support/fact.ts';

/** Puts a design document with this function. Returns its rev. */
const validate = (couch: CouchInTest, db: string, source: string, name = 'v'): Promise<string> =>
  couch.write(db, `_design/${name}`, { language: 'javascript', validate_doc_update: source });

const NO = "throw { forbidden: 'No.' };";

/**
 * Rows of our own, beside the list of facts: how a server runs `validate_doc_update`, and what `cascade user` relies
 * on.
 */
export const oursValidation = [
  fact('db-ours-16', 'a function that throws unauthorized is answered 401', async (couch) => {
    const db = await couch.db();
    await validate(couch, db, "function () { throw { unauthorized: 'Who?' }; }");
    expectRefusal(await couch.put(`${db}/a`), 401, 'unauthorized', 'Who?');
    const { status, body } = await couch.post(`${db}/_bulk_docs`, { docs: [{ _id: 'a' }] });
    expect(status).to.equal(201);
    expect(body).to.deep.equal([{ id: 'a', error: 'unauthorized', reason: 'Who?' }]);
  }),
  fact('db-ours-17', 'a conflict comes before what a function says', async (couch) => {
    const db = await couch.db();
    const old = await couch.write(db, 'a');
    const rev = await couch.write(db, 'a', { _rev: old });
    await validate(couch, db, `function () { ${NO} }`);
    for (const named of [{}, { _rev: old }, { _rev: `3-${'a'.repeat(32)}` }]) {
      expectRefusal(await couch.put(`${db}/a`, named), 409, 'conflict', 'Document update conflict.');
    }
    const { body } = await couch.post(`${db}/_bulk_docs`, { docs: [{ _id: 'a' }, { _id: 'a', _rev: rev }] });
    expect(body.map(({ error }: { error: string }) => error)).to.deep.equal(['conflict', 'forbidden']);
    expectRefusal(await couch.put(`${db}/a`, { _rev: rev }), 403, 'forbidden', 'No.');
    expect((await couch.get(`${db}/a`)).body._rev).to.equal(rev);
  }),
  fact('db-ours-18', 'a function gets both documents, the user and _security', async (couch) => {
    const db = await couch.db();
    const members = { names: [], roles: ['member'] };
    await couch.put(`${db}/_security`, { admins: { names: ['ann'], roles: ['_admin'] }, members });
    const first = await couch.write(db, 'a', { n: 1 });
    const design = await validate(
      couch,
      db,
      'function () { throw { forbidden: JSON.stringify([].slice.call(arguments)) }; }',
    );
    const as = await couch.user('member', 'other');
    const given = async (answer: Promise<{ readonly body: { readonly reason: string } }>) =>
      JSON.parse((await answer).body.reason);
    const [changed, old, user, security] = await given(couch.put(`${db}/a`, { _rev: first, n: 2 }, { as }));
    expect(changed).to.include({ _id: 'a', _rev: first, n: 2 });
    expect(old).to.include({ _id: 'a', _rev: first, n: 1 });
    expect([user.db, user.name]).to.deep.equal([db.slice(1), as.name]);
    expect(user.roles).to.have.members(['member', 'other']);
    expect([security.admins.names, security.members.roles]).to.deep.equal([['ann'], ['member']]);
    const [made, none] = await given(couch.put(`${db}/b`, { n: 3 }, { as }));
    expect([made._id, made._rev, made.n, none]).to.deep.equal(['b', undefined, 3, null]);
    const [deleted, before] = await given(couch.call('DELETE', `${db}/a?rev=${first}`, undefined, { as }));
    expect(deleted).to.include({ _id: 'a', _rev: first, _deleted: true });
    expect(before.n).to.equal(1);
    await couch.write(db, '_design/v', { _rev: design, _deleted: true });
    expect((await couch.delete(`${db}/a?rev=${first}`)).status).to.equal(200);
    await validate(
      couch,
      db,
      'function (doc, old) { if (old !== null) throw { forbidden: JSON.stringify(old) }; }',
      'w',
    );
    await couch.write(db, 'a', { n: 4 });
  }),
  fact('db-ours-19', 'a function is asked about copies, with what they follow', async (couch) => {
    const db = await couch.db();
    const rev = await couch.write(db, 'a', { n: 1 });
    await validate(couch, db, `function (doc, old) { if (old || doc.n === 1) ${NO} }`);
    const [next, other, gone] = ['a', 'b', 'c'].map((digit) => digit.repeat(32));
    const after = (id: string | undefined) => ({
      _rev: `2-${id}`,
      _revisions: { start: 2, ids: [id, rev.replace('1-', '')] },
    });
    const docs = [
      { _id: 'a', ...after(next), n: 2 },
      { _id: 'a', _rev: rev, n: 1 },
      { _id: 'new', _rev: `1-${other}` },
      { _id: 'a', ...after(gone), _deleted: true },
    ];
    const { body } = await couch.post(`${db}/_bulk_docs`, { docs, new_edits: false });
    const refused = body.map(({ id, error, reason }: Record<string, string>) => ({ id, error, reason }));
    const row = { id: 'a', error: 'forbidden', reason: 'No.' };
    expect(refused).to.deep.equal([row, row]);
    expect((await couch.get(`${db}/new`)).body._rev).to.equal(`1-${other}`);
    const { body: kept } = await couch.get(`${db}/a?conflicts=true`);
    expect(kept).to.deep.equal({ _id: 'a', _rev: rev, n: 1 });
  }),
  fact('db-ours-20', 'a function is asked about attachments', async (couch) => {
    const db = await couch.db();
    const headers = { 'content-type': 'text/plain' };
    const rev = (await couch.put(`${db}/a/kept.txt`, 'x', { headers })).body.rev;
    await validate(
      couch,
      db,
      `function (doc, old) {
        var names = Object.keys(doc._attachments || {});
        if (names.indexOf('kept.txt') < 0 || names.length > 1) ${NO}
      }`,
    );
    expectRefusal(await couch.put(`${db}/a/more.txt?rev=${rev}`, 'x', { headers }), 403, 'forbidden', 'No.');
    expectRefusal(await couch.put(`${db}/b/more.txt`, 'x', { headers }), 403, 'forbidden', 'No.');
    expectRefusal(await couch.delete(`${db}/a/kept.txt?rev=${rev}`), 403, 'forbidden', 'No.');
    const { body } = await couch.get(`${db}/a`);
    expect([body._rev, Object.keys(body._attachments)]).to.deep.equal([rev, ['kept.txt']]);
    expect((await couch.get(`${db}/b`)).status).to.equal(404);
    expect((await couch.put(`${db}/a/kept.txt?rev=${rev}`, 'y', { headers })).status).to.equal(201);
  }),
  fact('db-ours-21', 'a write needs the consent of every function that is there', async (couch) => {
    const db = await couch.db();
    const first = await validate(couch, db, 'function () {}', 'first');
    expect((await couch.put(`${db}/a`)).status).to.equal(201);
    const second = await validate(couch, db, `function () { ${NO} }`, 'second');
    expect((await couch.put(`${db}/b`)).status).to.equal(403);
    await couch.write(db, '_design/second', { _rev: second, _deleted: true });
    expect((await couch.put(`${db}/b`)).status).to.equal(201);
    await couch.write(db, '_design/first', { _rev: first, validate_doc_update: `function () { ${NO} }` });
    expect((await couch.put(`${db}/c`)).status).to.equal(403);
  }),
  fact('db-ours-22', 'a function that fails lets nothing pass', async (couch) => {
    const db = await couch.db();
    let _rev = await validate(couch, db, 'function () {}');
    for (const source of ['function (doc) { doc.a.b = 1; }', "function () { throw 'No.'; }", 'function ( {']) {
      _rev = await couch.write(db, '_design/v', { _rev, language: 'javascript', validate_doc_update: source });
      expect((await couch.put(`${db}/a`)).status, source).to.be.within(500, 599);
      expect((await couch.get(`${db}/a`)).status, source).to.equal(404);
    }
    await couch.write(db, '_design/v', { _rev, _deleted: true });
    expect((await couch.put(`${db}/a`)).status).to.equal(201);
  }),
  fact('db-ours-23', 'a user put back without a password keeps it', async (couch) => {
    const login = await couch.user('reader');
    const path = `/_users/org.couchdb.user:${login.name}`;
    const { body: user } = await couch.get(path);
    expect((await couch.put(path, { ...user, roles: ['writer'] })).status).to.equal(201);
    const { status, body } = await couch.get('/_session', { as: login });
    expect([status, body.userCtx.roles]).to.deep.equal([200, ['writer']]);
  }),
];
