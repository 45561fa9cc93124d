import { expect } from 'chai';
import fc from 'fast-check';
import { useStore } from './support/use-store.ts';

const ROUTES = [
  '',
  '/',
  '/a',
  '/b',
  '/a/file',
  '/_all_docs',
  '/_bulk_docs',
  '/_bulk_get',
  '/_changes',
  '/_compact',
  '/_find',
  '/_index',
  '/_purge',
  '/_revs_diff',
  '/_security',
  '/_local/x',
  '/_design/d',
  '/_design/d/_view/v',
  '/_nothing',
  '/%E0%A4%A',
];
const NAMES = [
  'rev',
  'since',
  'limit',
  'keys',
  'key',
  'startkey',
  'endkey',
  'filter',
  'open_revs',
  'skip',
  'descending',
  'doc_ids',
  'include_docs',
  'conflicts',
  'style',
  'attachments',
  'inclusive_end',
  'revs',
  'latest',
];
const REV = '1-967a00dff5e02add41819138abb3284d';

const value = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom<unknown>(
    'a',
    'b',
    REV,
    [REV],
    { a: [REV] },
    '_design/d',
    '_local/x',
    { $gt: null },
    { $or: 5 },
    { $elemMatch: 1 },
  ),
);
const body = fc.oneof(
  value,
  fc.dictionary(
    fc.constantFrom(
      '_id',
      '_rev',
      '_deleted',
      '_attachments',
      '_revisions',
      'docs',
      'keys',
      'selector',
      'new_edits',
      'index',
      'limit',
      'sort',
      'fields',
      'use_index',
      'a',
      '$and',
      '__proto__',
      'members',
      'writers',
      'doc_ids',
      'execution_stats',
    ),
    fc.oneof(
      value,
      fc.array(fc.oneof(value, fc.record({ _id: value, _rev: value, id: value, rev: value }, { requiredKeys: [] })), {
        maxLength: 3,
      }),
      fc.record({ fields: value, a: value, $not: value }, { requiredKeys: [] }),
    ),
  ),
);
const query = fc.dictionary(
  fc.constantFrom(...NAMES),
  fc.oneof(
    value.map((part) => JSON.stringify(part)),
    fc.string({ maxLength: 5 }),
  ),
  { maxKeys: 3 },
);

describe('the store and requests of any content', () => {
  const store = useStore();

  it('answers each with 2xx or 4xx or 501, and serves on', async () => {
    const { couch } = store;
    const db = await couch.db({ _id: 'a' }, { _id: 'b', dueAt: 5 });
    await couch.post(`${db}/_index`, { index: { fields: ['dueAt'] } });
    const method = fc.constantFrom('GET', 'PUT', 'POST', 'POST', 'DELETE');
    await fc.assert(
      fc.asyncProperty(method, fc.constantFrom(...ROUTES), query, body, async (verb, route, asked, sent) => {
        fc.pre(!(verb !== 'GET' && (route === '' || route === '/')));
        const path = `${db}${route}?${new URLSearchParams(asked as Record<string, string>)}`;
        const { status, body: told } = await couch.call(verb, path, verb === 'GET' ? undefined : JSON.stringify(sent));
        expect(status, `${verb} ${path} ${JSON.stringify(sent)}: ${JSON.stringify(told)}`).to.satisfy(
          (is: number) => is < 500 || is === 501,
        );
      }),
      { numRuns: 500 },
    );
    expect((await couch.get('/')).status).to.equal(200);
    await couch.write(db, 'still');
  });
});
