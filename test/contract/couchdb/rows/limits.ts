import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import { expectRefusal } from '../support/couch-in-test.ts';
import { fact } from '../support/fact.ts';

const of = (bytes: number) => ({ text: 'x'.repeat(bytes) });
const ORIGIN = 'http://localhost:4848';

export const limits = [
  fact('db-limits-01', 'a document of 7.5 million bytes is stored, one of 8.1 million not', async (couch) => {
    const db = await couch.db();
    expect((await couch.put(`${db}/a`, of(7_500_000))).status).to.equal(201);
    expectRefusal(await couch.put(`${db}/b`, of(8_100_000)), 413, 'document_too_large');
    expect((await couch.get(`${db}/b`)).status).to.equal(404);
  }),
  fact('db-limits-02', 'one document too large refuses its whole batch', async (couch) => {
    const db = await couch.db();
    const docs = [{ _id: 'a' }, { _id: 'b', ...of(8_100_000) }];
    expectRefusal(await couch.post(`${db}/_bulk_docs`, { docs }), 413, 'document_too_large');
    expect((await couch.get(db)).body.doc_count).to.equal(0);
  }),
  fact('db-limits-03', 'what is posted must say that it is JSON', async (couch) => {
    const db = await couch.db();
    const headers = { headers: { 'content-type': 'text/plain' } };
    for (const [path, body] of [
      ['', {}],
      ['/_bulk_docs', { docs: [] }],
      ['/_find', { selector: {} }],
      ['/_all_docs', { keys: [] }],
    ] as const) {
      const answer = await couch.post(`${db}${path}`, body, headers);
      expectRefusal(answer, 415, 'bad_content_type', 'Content-Type must be application/json');
    }
  }),
  fact('db-limits-04', 'broken requests are answered, and the server goes on', async (couch) => {
    const db = await couch.db({ _id: 'a' });
    const asked = [
      couch.post(`${db}/_bulk_docs`, 'no JSON'),
      couch.post(`${db}/_find`, { selector: 5 }),
      couch.post(`${db}/_bulk_get`, { docs: [{ id: null }] }),
      couch.get(`${db}/%E0%A4%A`),
      couch.get(`${db}/_changes?filter=unknown`),
      couch.call('POST', `${db}/_bulk_docs`),
    ];
    for (const one of asked) {
      const answer = await Promise.race([one, setTimeout(5000, undefined, { ref: false })]);
      expect(answer?.status).to.be.within(200, 599);
      expect((await couch.get('/')).status).to.equal(200);
    }
  }),
  fact('db-limits-05', 'a _revs_diff of something else is refused, and the server goes on', async (couch) => {
    const db = await couch.db({ _id: 'a' });
    const answer = await couch.post(`${db}/_revs_diff`, { a: 5 }).catch(() => undefined);
    if (answer !== undefined) expect(answer.status).to.be.within(400, 599);
    expect((await couch.get('/')).status).to.equal(200);
  }),
  fact(
    'db-limits-06',
    'a page on loopback may ask with its cookie, another may not',
    async (couch) => {
      const db = await couch.db();
      const preflight = (origin: string) =>
        couch.call('OPTIONS', db, undefined, {
          as: null,
          headers: {
            origin,
            'access-control-request-method': 'PUT',
            'access-control-request-headers': 'content-type',
          },
        });
      const { status, headers } = await preflight(ORIGIN);
      expect([status, headers.get('access-control-allow-origin')]).to.deep.equal([204, ORIGIN]);
      expect(headers.get('access-control-allow-credentials')).to.equal('true');
      expect(headers.get('access-control-allow-methods')).to.contain('PUT');
      expect(headers.get('access-control-allow-headers')).to.contain('content-type');
      const foreign = (await preflight('https://example.org')).headers;
      expect([...foreign.keys()].filter((name) => name.startsWith('access-control-'))).to.deep.equal([]);
    },
    'embedded',
  ),
];
