import http from 'node:http';
import { expect } from 'chai';
import { type CouchInTest, expectRefusal } from '../../contract/couchdb/support/couch-in-test.ts';
import { useStore } from './support/use-store.ts';

/** The status for a request with these raw headers. */
function statusWith(couch: CouchInTest, headers: http.OutgoingHttpHeaders): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const request = http.get(`${couch.server.url}/_up`, { headers, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.on('error', reject);
  });
}

const OPERATORS =
  '$and $or $nor $not $eq $ne $gt $in $nin $all $exists $type $size $mod $elemMatch $allMatch $keyMapMatch $x'.split(
    ' ',
  );

describe('the store refuses', () => {
  const store = useStore();

  it('another Host than loopback, so that no page can have its own name point here', async () => {
    expect(await statusWith(store.couch, { host: 'evil.example:5985' })).to.equal(403);
    for (const host of ['127.0.0.1:5985', 'localhost', '[::1]:80']) {
      expect(await statusWith(store.couch, { host })).to.equal(200);
    }
  });

  it('a page that is not on loopback, even with credentials', async () => {
    const db = await store.couch.db();
    for (const origin of ['https://example.org', 'null', 'http://localhost.example.org']) {
      expect((await store.couch.put(`${db}/a`, {}, { headers: { origin } })).status).to.equal(403);
    }
    expect((await store.couch.put(`${db}/a`, {}, { headers: { origin: 'http://localhost:4848' } })).status).to.equal(
      201,
    );
  });

  it('patterns, which one request could stop the process with', async () => {
    const { couch } = store;
    const db = await couch.db({ _id: 'a', text: 'a'.repeat(50) });
    const selector = { $or: [{ text: { $regex: '(a+)+$' } }] };
    expectRefusal(await couch.post(`${db}/_find`, { selector }), 400, 'bad_request');
    expectRefusal(await couch.post(`${db}/_changes?filter=_selector`, { selector }), 400, 'bad_request');
  });

  it('a selector with an operator that is none, or with an argument that it does not take', async () => {
    const { couch } = store;
    const db = await couch.db({ _id: 'a', n: 1 });
    for (const [selector, reason] of [
      [{ $not: 'a' }, 'Bad argument for operator $not'],
      [{ n: { $not: { $exists: 1 } } }, 'Bad argument for operator $exists'],
      [{ $or: [{ n: { $size: 'a' } }] }, 'Bad argument for operator $size'],
      [{ n: { $mod: [0, 1] } }, 'Bad argument for operator $mod'],
      [{ n: { $and: [{ $eq: 1 }] } }, 'Invalid operator: $and (this store has none here)'],
      [{ $x: 1 }, 'Invalid operator: $x (this store has none here)'],
      [{ toString: 1, $toString: 1 }, 'Invalid operator: $toString (this store has none here)'],
    ] as const) {
      const answer = await couch.post(`${db}/_find`, { selector });
      expectRefusal(answer, 400, 'bad_request');
      expect(answer.body.reason).to.equal(reason);
    }
  });

  it('a selector that is nested too deeply: the check itself must not end the process', async () => {
    const { couch } = store;
    const db = await couch.db({ _id: 'a', n: 1 });
    const nested = (levels: number) => ({
      selector: JSON.parse(`${'{"$not":'.repeat(levels)}{"n":2}${'}'.repeat(levels)}`),
    });
    expect((await couch.post(`${db}/_find`, nested(20))).status).to.equal(200);
    expectRefusal(await couch.post(`${db}/_find`, nested(21)), 400, 'bad_request');
  });

  it('no selector with 500, whatever its operators are given', async () => {
    const { couch } = store;
    const db = await couch.db({ _id: 'a', n: [{ m: 1 }, 'a'], m: 1 });
    const failed: unknown[] = [];
    for (const operator of OPERATORS) {
      for (const argument of [1, 'a', null, [[]], [{ $not: 'a' }], { m: { $gt: 0 } }]) {
        for (const selector of [{ [operator]: argument }, { n: { [operator]: argument } }]) {
          if ((await couch.post(`${db}/_find`, { selector })).status >= 500) failed.push(selector);
        }
      }
    }
    expect(failed).to.deep.equal([]);
  });

  it('no null and no list in parts of a selector: they mean equal, as with CouchDB', async () => {
    const { couch } = store;
    const db = await couch.db({ _id: 'a', n: null, l: [1] }, { _id: 'b', n: 1, l: [2] });
    for (const [selector, ids] of [
      [{ n: null }, ['a']],
      [{ $and: [{ n: null }] }, ['a']],
      [{ $and: [{ l: [2] }, { n: 1 }] }, ['b']],
      [{ $and: [{ $or: [{ n: null }] }, { $or: [{ l: [1] }, { l: [2] }] }] }, ['a']],
      [{ $not: { l: [2] } }, ['a']],
    ] as const) {
      const { status, body } = await couch.post(`${db}/_find`, { selector });
      const found = (body.docs as { _id: string }[] | undefined)?.map(({ _id }) => _id);
      expect([status, found], JSON.stringify(selector)).to.deep.equal([200, ids]);
    }
  });

  it('to run what a design document says', async () => {
    const { couch } = store;
    const db = await couch.db({ _id: 'a' });
    const endless = 'function () { for (;;) {} }';
    const views = { v: { map: endless } };
    await couch.put(`${db}/_design/d`, { language: 'javascript', views, filters: { f: endless } });
    expect((await couch.get(`${db}/_design/d/_view/v`)).status).to.equal(501);
    expect((await couch.get(`${db}/_changes?filter=d/f`)).status).to.equal(501);
    expect((await couch.post(`${db}/_find`, { selector: { n: 1 } })).status).to.equal(200);
  });

  it('a validating function from anybody but the server’s administrator, even from one of the database', async () => {
    const { couch } = store;
    const db = await couch.db();
    const as = await couch.user('ruler');
    await couch.put(`${db}/_security`, { admins: { roles: ['ruler'] }, members: { roles: ['ruler'] } });
    expect((await couch.put(`${db}/_design/d`, { language: 'javascript' }, { as })).status).to.equal(201);
    const design = { validate_doc_update: 'function () {}' };
    expectRefusal(await couch.put(`${db}/_design/v`, design, { as }), 403, 'forbidden');
    const docs = [{ _id: '_design/v', _rev: `1-${'a'.repeat(32)}`, ...design }];
    const { body } = await couch.post(`${db}/_bulk_docs`, { docs, new_edits: false }, { as });
    expect(body[0].error).to.equal('forbidden');
    expect((await couch.put(`${db}/_design/v`, design)).status).to.equal(201);
  });

  it('a request of over 64 MB, and goes on', async () => {
    const { couch } = store;
    const db = await couch.db();
    const answer = await couch.put(`${db}/a/file`, Buffer.alloc(65_000_000));
    expectRefusal(answer, 413, 'too_large');
    expect((await couch.get(db)).status).to.equal(200);
  });

  it('documents that PouchDB would stumble over', async () => {
    const { couch } = store;
    const db = await couch.db();
    const bad = [
      { _id: 5 },
      { _id: '' },
      { _id: '_other' },
      { _rev: 7 },
      { _rev: 'x' },
      { _deleted: 'yes' },
      { _attachments: [] },
      { _attachments: { a: null } },
      { _attachments: { a: { data: '%' } } },
      { _attachments: { _a: { data: '' } } },
    ];
    for (const document of bad) {
      const { status } = await couch.post(`${db}/_bulk_docs`, { docs: [{ _id: 'good' }, document] });
      expect(status, JSON.stringify(document)).to.equal(400);
    }
    for (const _revisions of [
      5,
      {},
      { start: 1, ids: ['a', 'b'] },
      { start: 2, ids: ['x', 'b'] },
      { start: 2, ids: [1] },
    ]) {
      const docs = [{ _id: 'x', _rev: '2-a', _revisions }];
      expect((await couch.post(`${db}/_bulk_docs`, { docs, new_edits: false })).status).to.equal(400);
    }
    expect((await couch.get(db)).body.doc_count).to.equal(0);
  });

  it('to change its own notes', async () => {
    const { couch } = store;
    const db = await couch.db();
    for (const id of ['_pouch_dependentDbs', 'mrviews', 'purges', 'purging', 'compaction']) {
      expect((await couch.put(`${db}/_local/${id}`, { dependentDbs: { x: true } })).status, id).to.equal(403);
    }
  });

  it('a sequence of another database, rather than wait in silence for ever', async () => {
    const db = await store.couch.db({ _id: 'a' });
    for (const since of ['2', '999999', 'garbage', '-1', '1.5']) {
      expect((await store.couch.get(`${db}/_changes?since=${since}`)).status, since).to.equal(400);
    }
  });

  it('a user without the right form, and a change of users by themselves', async () => {
    const { couch } = store;
    const path = '/_users/org.couchdb.user:eve';
    const form = { name: 'eve', type: 'user', roles: ['reader'], password: 'p' };
    for (const wrong of [
      { ...form, name: 'adam' },
      { ...form, type: 'x' },
      { ...form, roles: 'x' },
      { ...form, roles: ['_admin'] },
      { ...form, password: 5 },
    ]) {
      expect((await couch.put(path, wrong)).status).to.equal(403);
    }
    const as = await couch.user('reader');
    const own = `/_users/org.couchdb.user:${as.name}`;
    const { body } = await couch.get(own, { as });
    expect(body.roles).to.deep.equal(['reader']);
    expect((await couch.put(own, { ...body, roles: ['writer'] }, { as })).status).to.equal(403);
  });

  it('to let anybody but administrators see _users, whatever its _security says', async () => {
    const { couch } = store;
    const as = await couch.user('reader');
    await couch.put('/_users/_security', { members: { roles: ['reader'] } });
    for (const path of ['/_users', '/_users/_all_docs', '/_users/_changes']) {
      expect((await couch.get(path, { as })).status, path).to.equal(403);
      expect((await couch.get(path, { as: null })).status, path).to.equal(401);
    }
    await couch.put('/_users/_security', { admins: { roles: ['_admin'] }, members: { roles: ['_admin'] } });
  });
});
