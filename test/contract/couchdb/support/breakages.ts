import { withHeader, withStatus } from '../../../support/altering-proxy.ts';
import { answersTo, type Breakage, bodiesOf } from '../../support/break.ts';

const ROOT = /^\/$/;
const DB = /^\/t[^/]+$/;
const DOCUMENT = /^\/t[^/]+\/[^_][^/]*$/;
const any = /./;

/** Changes of what passes between the suite and the server. Each makes one fact untrue, and its test must fail. */
export const BREAKAGES: readonly Breakage[] = [
  {
    id: 'db-server-01',
    how: 'the version is a number',
    rule: bodiesOf('GET', ROOT, 200, (body) => ({ ...body, version: 3 })),
  },
  {
    id: 'db-server-03',
    how: '_up tells of maintenance',
    rule: bodiesOf('GET', /^\/_up$/, 200, () => ({ status: 'maintenance_mode' })),
  },
  {
    id: 'db-server-05',
    how: 'the Date is ten seconds late',
    rule: answersTo('GET', ROOT, 200, (answer) =>
      withHeader(answer, 'date', new Date(Date.now() - 10_000).toUTCString()),
    ),
  },
  {
    id: 'db-databases-01',
    how: 'an existing database is told in other words',
    rule: bodiesOf('PUT', DB, 412, (body) => ({ ...body, reason: 'It exists.' })),
  },
  {
    id: 'db-documents-08',
    how: 'a deleted document is told as missing',
    rule: bodiesOf('GET', DOCUMENT, 404, (body) => ({ ...body, reason: 'missing' })),
  },
  {
    id: 'db-documents-10',
    how: 'the generations begin anew after a deletion',
    rule: bodiesOf('PUT', DOCUMENT, 201, (body) => ({ ...body, rev: body.rev.replace(/^3-/, '1-') })),
  },
  {
    id: 'db-conflicts-01',
    how: 'conflicts are not told',
    rule: bodiesOf('GET', /conflicts=true/, 200, ({ _conflicts: _, ...body }) => body),
  },
  {
    id: 'db-bulk-01',
    how: 'the rows come backwards',
    rule: bodiesOf('POST', /_bulk_docs$/, 201, (rows) => (rows.length === 3 ? rows.reverse() : rows)),
  },
  {
    id: 'db-bulk-02',
    how: 'a conflict of a row is told in other words',
    rule: bodiesOf('POST', /_bulk_docs$/, 201, (rows) => {
      for (const row of rows) if ('error' in row) row.reason = 'No.';
    }),
  },
  {
    id: 'db-bulk-06',
    how: 'a bad member is some bad request',
    rule: bodiesOf('POST', /_bulk_docs$/, 400, (body) => ({ ...body, error: 'bad_request' })),
  },
  {
    id: 'db-all-docs-05',
    how: 'the row of an unknown id has an id',
    rule: bodiesOf('POST', /_all_docs/, 200, (body) => {
      for (const row of body.rows) if ('error' in row) row.id = row.key;
    }),
  },
  {
    id: 'db-all-docs-06',
    how: 'the row of a deleted document has no doc at all',
    rule: bodiesOf('POST', /_all_docs/, 200, (body) => {
      for (const row of body.rows) if (row.value?.deleted) delete row.doc;
    }),
  },
  {
    id: 'db-find-01',
    how: 'an index is always created',
    rule: bodiesOf('POST', /_index$/, 200, (body) => ({ ...body, result: 'created' })),
  },
  {
    id: 'db-find-08',
    how: 'everything is examined',
    rule: bodiesOf('POST', /_find$/, 200, (body) => {
      if ('execution_stats' in body) body.execution_stats.total_keys_examined = 1000;
    }),
  },
  {
    id: 'db-local-01',
    how: 'a _local document begins at another generation',
    rule: bodiesOf('PUT', /_local\/x$/, 201, (body) => ({ ...body, rev: '0-7' })),
  },
  {
    id: 'db-local-02',
    how: '_local documents are counted',
    rule: bodiesOf('GET', DB, 200, (body) => ({ ...body, doc_count: body.doc_count + 1 })),
  },
  {
    id: 'db-attachments-01',
    how: 'the type of an attachment is lost',
    rule: answersTo('GET', /pic\.png$/, 200, (answer) =>
      withHeader(answer, 'content-type', 'application/octet-stream'),
    ),
  },
  {
    id: 'db-attachments-02',
    how: 'an attachment that is gone is told in other words',
    rule: bodiesOf('GET', /pic\.png$/, 404, (body) => ({ ...body, reason: 'missing' })),
  },
  {
    id: 'db-auth-03',
    how: 'scripts may read the cookie',
    rule: answersTo('POST', /^\/_session$/, 200, (answer) =>
      withHeader(answer, 'set-cookie', String(answer.headers['set-cookie']).replace(/HttpOnly/i, 'Open')),
    ),
  },
  {
    id: 'db-auth-08',
    how: 'a new database is open to all',
    rule: bodiesOf('GET', /_security$/, 200, (body) => {
      if (body.members.roles[0] === '_admin') body.members.roles = [];
    }),
  },
  {
    id: 'db-auth-09',
    how: 'who is not let in is told in other words',
    rule: bodiesOf('GET', any, 403, (body) => ({ ...body, reason: 'No.' })),
  },
  {
    id: 'db-auth-13',
    how: 'a row that a function refuses is told in other words',
    rule: bodiesOf('POST', /_bulk_docs$/, 201, (rows) => {
      for (const row of rows) if (row.error === 'forbidden') row.reason = 'Forbidden.';
    }),
  },
  {
    id: 'db-limits-03',
    how: 'a wrong type is told in other words',
    rule: bodiesOf('POST', any, 415, (body) => ({ ...body, reason: 'No.' })),
  },
  {
    id: 'db-ours-05',
    how: 'a document deleted by PUT is answered as one that was made',
    rule: answersTo('PUT', DOCUMENT, 200, (answer) => withStatus(answer, 201)),
  },
  {
    id: 'db-ours-10',
    how: 'a purge names what it did not remove',
    rule: bodiesOf('POST', /_purge$/, 201, (body) => {
      for (const [id, revs] of Object.entries<string[]>(body.purged)) if (revs.length === 0) body.purged[id] = ['1-a'];
    }),
  },
  {
    id: 'db-ours-12',
    how: 'a list tells no conflicts',
    rule: bodiesOf('POST', /_all_docs.*conflicts=true/, 200, (body) => {
      for (const { doc } of body.rows) delete doc._conflicts;
    }),
  },
  {
    id: 'db-ours-13',
    how: 'a compaction is answered as one that is over',
    rule: answersTo('POST', /_compact$/, 202, (answer) => withStatus(answer, 200)),
  },
  {
    id: 'db-ours-15',
    how: 'who may only read finds nothing',
    rule: bodiesOf('POST', /_find$/, 200, (body) => {
      if (body.docs.length === 3 && body.docs[0]._id === 'new') body.docs = [];
    }),
  },
  {
    id: 'db-ours-16',
    how: 'whoever is unauthorized for a function is forbidden',
    rule: answersTo('PUT', DOCUMENT, 401, (answer) => withStatus(answer, 403)),
  },
];
