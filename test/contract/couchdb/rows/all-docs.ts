import { expect } from 'chai';
import type { CouchInTest } from '../support/couch-in-test.ts';
import { fact } from '../support/fact.ts';

const docsOf = (...ids: string[]) => ids.map((_id) => ({ _id }));

/** The ids of a range, bounds as JSON. */
async function idsOf(couch: CouchInTest, db: string, range: Record<string, unknown> = {}): Promise<string[]> {
  const query = Object.entries(range).map(([name, value]) => `${name}=${encodeURIComponent(JSON.stringify(value))}`);
  const { body } = await couch.get(`${db}/_all_docs?${query.join('&')}`);
  return body.rows.map(({ id }: { id: string }) => id);
}

export const allDocs = [
  fact('db-all-docs-01', 'ids are in the order of their bytes', async (couch) => {
    const db = await couch.db(...docsOf('10', '2', 'A', 'B', 'a', 'b', 'z', '~', 'é').reverse());
    expect(await idsOf(couch, db)).to.deep.equal(['10', '2', 'A', 'B', 'a', 'b', 'z', '~', 'é']);
  }),
  fact('db-all-docs-02', 'both bounds belong to a range unless it says otherwise', async (couch) => {
    const db = await couch.db(...docsOf('a', 'b', 'c', 'd'));
    expect(await idsOf(couch, db, { startkey: 'b', endkey: 'c' })).to.deep.equal(['b', 'c']);
    expect(await idsOf(couch, db, { startkey: 'b', endkey: 'c', inclusive_end: false })).to.deep.equal(['b']);
  }),
  fact('db-all-docs-03', 'a prefix is a range', async (couch) => {
    const db = await couch.db(
      ...docsOf('order:t', 'order:t:', 'order:t:1', 'order:t:~é', 'order:t;', 'order:u:1', 'order'),
    );
    const found = await idsOf(couch, db, { startkey: 'order:t:', endkey: 'order:t:\ufff0' });
    expect(found).to.deep.equal(['order:t:', 'order:t:1', 'order:t:~é']);
  }),
  fact(
    'db-all-docs-04',
    'keys come in the order asked, repeated ones repeated, with their documents',
    async (couch) => {
      const db = await couch.db({ _id: 'a', n: 1 }, { _id: 'b', n: 2 });
      const { body } = await couch.post(`${db}/_all_docs?include_docs=true`, { keys: ['b', 'a', 'b'] });
      expect(body.rows.map((row: { key: string; doc: { n: number } }) => [row.key, row.doc.n])).to.deep.equal([
        ['b', 2],
        ['a', 1],
        ['b', 2],
      ]);
    },
  ),
  fact('db-all-docs-05', 'an id that never was has a row that says so, in its place', async (couch) => {
    const db = await couch.db(...docsOf('a', 'b'));
    const { status, body } = await couch.post(`${db}/_all_docs`, { keys: ['a', 'never', 'b'] });
    expect(status).to.equal(200);
    expect(body.rows[1]).to.deep.equal({ key: 'never', error: 'not_found' });
    expect([body.rows[0].id, body.rows[2].id]).to.deep.equal(['a', 'b']);
  }),
  fact('db-all-docs-06', 'a deleted id has a row without a document', async (couch) => {
    const db = await couch.db();
    await couch.delete(`${db}/a?rev=${await couch.write(db, 'a')}`);
    const { body } = await couch.post(`${db}/_all_docs?include_docs=true`, { keys: ['a'] });
    expect(body.rows[0].value.deleted).to.equal(true);
    expect(body.rows[0].doc).to.equal(null);
  }),
  fact('db-all-docs-07', 'what was written is listed at once', async (couch) => {
    const db = await couch.db();
    let rev: string | undefined;
    for (let n = 0; n < 50; n += 1) {
      rev = await couch.write(db, 'a', { n, ...(rev === undefined ? {} : { _rev: rev }) });
      const { body } = await couch.post(`${db}/_all_docs?include_docs=true`, { keys: ['a'] });
      expect([body.rows[0].value.rev, body.rows[0].doc.n]).to.deep.equal([rev, n]);
    }
  }),
];
