import { expect } from 'chai';
import { expectRefusal } from '../../../contract/couchdb/support/couch-in-test.ts';
import { useStore } from '../support/use-store.ts';

describe('the validate_doc_update functions of the store', () => {
  const store = useStore();

  const withFunction = async (source: string): Promise<string> => {
    const db = await store.couch.db({ _id: 'a', n: 1 });
    await store.couch.write(db, '_design/v', { language: 'javascript', validate_doc_update: source });
    return db;
  };

  it('are stopped if they do not end, and the store serves on', async () => {
    const { couch } = store;
    for (const endless of ['for (;;) {}', 'Promise.resolve().then(function () { for (;;) {} });']) {
      const db = await withFunction(`function () { ${endless} }`);
      const { status, body } = await couch.put(`${db}/b`);
      expect([status, body.error]).to.deep.equal([500, 'os_process_error']);
      expect((await couch.get(`${db}/b`)).status).to.equal(404);
      expect((await couch.get(`${db}/a`)).body.n).to.equal(1);
    }
  });

  it('have the language and CouchDB’s helpers, and nothing of this process', async () => {
    const db = await withFunction(`function (doc) {
      var mine = [typeof process, typeof require, typeof globalThis.fetch, doc instanceof Object, isArray([]), toJSON([1]), sum([1, 2])];
      log('not shown');
      throw { forbidden: mine.join(' ') + ' ' + this._id };
    };`);
    const { body } = await store.couch.put(`${db}/b`);
    expect(body.reason).to.equal('undefined undefined undefined true true [1] 3 _design/v');
  });

  it('let nothing pass whatever they throw', async () => {
    const { couch } = store;
    const thrown = [
      'undefined',
      'null',
      '{}',
      '7',
      '{ forbidden: 1, more: 2 }',
      '{ other: 1 }',
      'function () {}',
      '1n',
    ];
    for (const each of thrown) {
      const db = await withFunction(`function () { throw ${each}; }`);
      expect([each, (await couch.put(`${db}/b`)).status]).to.deep.equal([each, 500]);
      expect((await couch.get(`${db}/b`)).status).to.equal(404);
    }
    const db = await withFunction('function () { throw { forbidden: { no: 1 } }; }');
    expectRefusal(await couch.put(`${db}/b`), 403, 'forbidden', '{"no":1}');
  });

  it('see nothing that a later rev in the same batch could hide behind', async () => {
    const { couch } = store;
    const db = await withFunction("function (doc, old) { if (old) throw { forbidden: 'No changes.' }; }");
    // The rev that PouchDB gives to the first of the two.
    const { rev } = (await couch.put(`${await couch.db()}/b`, { n: 1 })).body;
    const docs = [
      { _id: 'b', n: 1 },
      { _id: 'b', n: 2, _rev: rev },
    ];
    const { body } = await couch.post(`${db}/_bulk_docs`, { docs });
    expect(body[1].error).to.equal('conflict');
    expect((await couch.get(`${db}/b`)).body.n).to.equal(1);
  });

  it('hold no more once they are purged', async () => {
    const { couch } = store;
    const db = await couch.db();
    const rev = await couch.write(db, '_design/v', {
      validate_doc_update: "function () { throw { forbidden: 'No.' }; }",
    });
    expect((await couch.put(`${db}/b`)).status).to.equal(403);
    expect((await couch.post(`${db}/_purge`, { '_design/v': [rev] })).status).to.equal(201);
    expect((await couch.put(`${db}/b`)).status).to.equal(201);
  });
});
