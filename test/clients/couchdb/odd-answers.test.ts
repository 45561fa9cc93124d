import { expect } from 'chai';
import type { CouchPort } from '../../../src/clients/couchdb/couchdb-port.ts';
import { httpCouchdb } from '../../../src/clients/couchdb/http-couchdb.ts';
import type { DurationMs, EpochMs } from '../../../src/core/units.ts';
import { type Answerer, json, type ScriptedServer, startScriptedServer } from '../support/scripted-server.ts';

const DATE = { date: 'Sat, 21 Nov 2026 07:00:05 GMT' };
const AT = Date.UTC(2026, 10, 21, 7, 0, 5);
const STORED = json(201, { ok: true, id: 'a', rev: '1-x' }, DATE);

let server: ScriptedServer;
let elapsed = 0;

async function couchAt(...answers: readonly Answerer[]): Promise<CouchPort> {
  elapsed = 0;
  server = await startScriptedServer(...answers);
  const database = { url: server.url, database: 'cascade', authorization: 'Basic c2VzYW1l' };
  return httpCouchdb(database, { stopwatch: () => elapsed, timeout: 200 as DurationMs });
}

const codeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'none',
    (error: { code: string }) => error.code,
  );
const calls = () => server.received.map(({ call }) => call);

describe('a CouchDB that answers oddly', () => {
  afterEach(() => server.close());

  it('is sent what facts/couchdb.md lets it rely on', async () => {
    const couch = await couchAt(
      STORED,
      json(200, { docs: [] }),
      json(200, { rows: [] }),
      json(200, { rows: [{ key: 'a', error: 'not_found' }] }),
    );
    await couch.put({ _id: 'a:b/c', n: 1 });
    await couch.due({ from: 3 as EpochMs, until: 7 as EpochMs, limit: 50 });
    await couch.range('order:', { limit: 10 });
    await couch.many(['a']);
    expect(calls()).to.deep.equal([
      'PUT /cascade/a%3Ab%2Fc',
      'POST /cascade/_find',
      'GET /cascade/_all_docs?include_docs=true&startkey=%22order%3A%22&endkey=%22order%3A%EF%BF%B0%22&limit=10',
      'POST /cascade/_all_docs?include_docs=true',
    ]);
    const [put, find, range] = server.received;
    expect(put?.headers).to.include({ authorization: 'Basic c2VzYW1l', 'content-type': 'application/json' });
    expect(put?.body).to.equal('{"_id":"a:b/c","n":1}');
    expect(find?.body).to.equal('{"selector":{"dueAt":{"$gte":3,"$lte":7}},"sort":[{"dueAt":"asc"}],"limit":50}');
    expect(range?.headers).not.to.have.property('content-type');
  });

  it('is asked for 200 documents at first, however long a list may be: nobody knows yet how large they are', async () => {
    const couch = await couchAt(json(200, { rows: [] }), json(200, { docs: [] }));
    await couch.range('order:', { limit: 1_000 });
    await couch.due({ from: 3 as EpochMs, until: 7 as EpochMs, limit: 1_000 });
    expect(calls()[0]).to.match(/&limit=200$/);
    expect(JSON.parse(server.received[1]?.body ?? '')).to.have.property('limit', 200);
  });

  it('is not asked for ever for what is due where it lists what it does not hold', async () => {
    const TOO_LARGE: Answerer = (response) => response.writeHead(200, { 'content-length': 5_000_000 }).flushHeaders();
    const listed = json(200, { docs: [{ _id: 'a', _rev: '1-x', dueAt: 5 }] });
    const done = json(200, { rows: [{ key: 'a', id: 'a', value: { rev: '2-x' }, doc: { _id: 'a', _rev: '2-x' } }] });
    const couch = await couchAt(...Array.from({ length: 30 }, () => [TOO_LARGE, listed, done]).flat());
    expect(await codeOf(couch.due({ from: 3 as EpochMs, until: 7 as EpochMs, limit: 1 }))).to.equal(
      'STORE_UNAVAILABLE',
    );
    expect(calls()).to.have.length(30);
  });

  it('has the clock of its last answer, and the stopwatch since', async () => {
    const couch = await couchAt(STORED, json(409, {}, { date: 'Sat, 21 Nov 2026 07:00:20 GMT' }));
    await couch.put({ _id: 'a' });
    expect(couch.now()).to.equal(AT);
    elapsed = 1_500.7;
    expect(couch.now()).to.equal(AT + 1_500);
    await couch.put({ _id: 'a' });
    expect(couch.now()).to.equal(AT + 15_000);
  });

  it('keeps its clock through an answer without Date, and through a 500 of whatever stands before it', async () => {
    const undated: Answerer = (response, received) => {
      response.sendDate = false;
      json(409, {})(response, received);
    };
    const couch = await couchAt(undated, STORED, undated, json(502, {}, { date: 'Sat, 21 Nov 2026 09:00:00 GMT' }));
    await couch.put({ _id: 'a' });
    expect(couch.now()).to.equal(undefined);
    await couch.put({ _id: 'a' });
    await couch.put({ _id: 'a' });
    await codeOf(couch.put({ _id: 'a' }));
    expect(couch.now()).to.equal(AT);
  });

  const unavailable: readonly (readonly [what: string, answer: Answerer])[] = [
    ['500', json(500, { error: 'internal_server_error' })],
    ['503 of a proxy', json(503, 'no')],
    ['429 of Cloudant', json(429, { error: 'too_many_requests' })],
    ['a cut connection', (response) => response.destroy()],
    ['nothing', () => {}],
    ['200 with a page', (response) => response.end('<html>')],
    ['201 without a rev', json(201, { ok: true })],
    ['202: not all its nodes have it', json(202, { ok: true, id: 'a', rev: '1-x' })],
  ];
  for (const [what, answer] of unavailable) {
    it(`leaves open whether a write is stored where it answers ${what}, and is asked once`, async () => {
      const couch = await couchAt(answer, STORED);
      expect(await codeOf(couch.put({ _id: 'a' }))).to.equal('STORE_UNAVAILABLE');
      expect(calls()).to.have.length(1);
    });
  }

  const bulks: readonly (readonly [what: string, answer: Answerer])[] = [
    ['fewer rows', json(201, [{ ok: true, id: 'a', rev: '1-x' }])],
    [
      'another document',
      json(201, [
        { id: 'b', rev: '1-x' },
        { id: 'a', rev: '1-x' },
      ]),
    ],
    [
      'a row that may be stored',
      json(201, [
        { ok: true, id: 'a', rev: '1-x' },
        { id: 'b', error: 'timeout' },
      ]),
    ],
    [
      '202',
      json(202, [
        { id: 'a', rev: '1-x' },
        { id: 'b', rev: '1-x' },
      ]),
    ],
  ];
  for (const [what, answer] of bulks) {
    it(`leaves a batch open where it answers with ${what}`, async () => {
      expect(await codeOf((await couchAt(answer)).bulk([{ _id: 'a' }, { _id: 'b' }]))).to.equal('STORE_UNAVAILABLE');
    });
  }

  it('may refuse one of a batch', async () => {
    const couch = await couchAt(
      json(201, [
        { id: 'a', error: 'forbidden', reason: 'no' },
        { ok: true, id: 'b', rev: '3-x' },
        { ok: true, id: 'c', rev: '1-x' },
      ]),
    );
    const written = await couch.bulk([{ _id: 'a' }, { _id: 'b', _rev: '2-y' }, { _id: 'c', _rev: '2-y' }]);
    expect(written).to.deep.equal([
      { kind: 'refused', message: 'CouchDB refused it (forbidden: no)', isForGood: false },
      { kind: 'stored', rev: '3-x' },
      { kind: 'conflict' },
    ]);
  });

  const STORED_B = json(201, [{ ok: true, id: 'b', rev: '1-x' }]);
  const forContents: readonly (readonly [what: string, answer: Answerer, words: string])[] = [
    ['400 of a proxy', (response) => response.writeHead(400).end('<html>'), 'CouchDB answered 400'],
    ['400 of its own', json(400, { error: 'bad_request' }), 'CouchDB answered 400 (bad_request)'],
    ['403 of a firewall', (response) => response.writeHead(403).end('<html>'), 'CouchDB answered 403'],
    ['413 of a proxy', (response) => response.writeHead(413).end('<html>'), 'CouchDB answered 413'],
  ];
  for (const [what, answer, message] of forContents) {
    it(`is asked for each document by itself where it refuses a batch with ${what}, and believed the second time`, async () => {
      const couch = await couchAt(answer, answer, answer, STORED_B);
      expect(await couch.bulk([{ _id: 'a' }, { _id: 'b' }])).to.deep.equal([
        { kind: 'refused', message, isForGood: true },
        { kind: 'stored', rev: '1-x' },
      ]);
      expect(calls()).to.deep.equal([
        'POST /cascade/_bulk_docs',
        'POST /cascade/_bulk_docs',
        'PUT /cascade/a',
        'POST /cascade/_bulk_docs',
      ]);
    });
  }

  it('leaves open whether a document is stored where its own request is not answered', async () => {
    const page: Answerer = (response) => response.writeHead(400).end('<html>');
    const couch = await couchAt(page, json(502, 'no'));
    expect(await codeOf(couch.bulk([{ _id: 'a' }]))).to.equal('STORE_UNAVAILABLE');
  });

  const forAll: readonly (readonly [what: string, answer: Answerer])[] = [
    ['401', json(401, { error: 'unauthorized' })],
    ['403 of its own', json(403, { error: 'forbidden', reason: 'You are not allowed to access this db.' })],
    ['404', json(404, { error: 'not_found', reason: 'Database does not exist.' })],
    ['407', (response) => response.writeHead(407).end()],
  ];
  for (const [what, answer] of forAll) {
    it(`refuses all of a batch with ${what}, and is asked once`, async () => {
      expect(await codeOf((await couchAt(answer)).bulk([{ _id: 'a' }, { _id: 'b' }]))).to.equal('STORE_REFUSED');
      expect(calls()).to.have.length(1);
    });
  }

  it('has made a purged document anew where the rev is not one generation on: nobody owns it', async () => {
    const couch = await couchAt(json(201, { rev: '2-x' }), json(201, { rev: '6-x' }), json(201, { rev: '3-x' }));
    expect(await couch.put({ _id: 'a', _rev: '5-y' })).to.deep.equal({ kind: 'conflict' });
    expect(await couch.put({ _id: 'a', _rev: '5-y' })).to.deep.equal({ kind: 'stored', rev: '6-x' });
    // Deleted before, and created again.
    expect(await couch.put({ _id: 'a' })).to.deep.equal({ kind: 'stored', rev: '3-x' });
  });

  const refusals: readonly (readonly [answer: Answerer, as: string])[] = [
    [json(403, { error: 'forbidden', reason: 'Only writers' }), 'refused'],
    [json(413, { error: 'document_too_large', reason: 'a' }), 'refused'],
    [(response) => response.writeHead(413).end('<html>'), 'refused'],
    [json(413, { error: 'too_large', reason: 'the request entity is too large' }), 'refused'],
    [(response) => response.writeHead(400).end('<html>'), 'STORE_REFUSED'],
    [json(400, { error: 'illegal_database_name', reason: 'Name: Cascade' }), 'STORE_REFUSED'],
    [json(400, { error: 'doc_validation', reason: 'Bad special document member: _foo' }), 'refused'],
    [json(403, { error: 'forbidden', reason: 'You are not allowed to access this db.' }), 'STORE_REFUSED'],
    [json(403, { error: 'forbidden', reason: 'Account is temporarily locked' }), 'STORE_REFUSED'],
    [json(401, { error: 'unauthorized', reason: 'Name or password is incorrect.' }), 'STORE_REFUSED'],
    [json(404, { error: 'not_found', reason: 'Database does not exist.' }), 'STORE_REFUSED'],
    [(response) => response.writeHead(404).end('<html>'), 'STORE_REFUSED'],
    [(response) => response.writeHead(302, { location: '/x' }).end(), 'STORE_REFUSED'],
  ];
  it('says to wait where the user is locked, and of which setting it is', async () => {
    const locked = 'Account is temporarily locked due to multiple authentication failures';
    const couch = await couchAt(json(403, { error: 'forbidden', reason: locked }));
    const message = await couch.range('order:', { limit: 1 }).then(
      () => 'none',
      (error: Error) => error.message,
    );
    expect(message).to.match(/locked the user of COUCHDB_URL after several failed logins: wait 5 minutes/);
    expect(message).to.not.contain('role');
  });

  for (const [answer, as] of refusals) {
    it(`certainly stored nothing: ${as}`, async () => {
      const outcome = await (await couchAt(answer)).put({ _id: 'a' }).then(
        ({ kind }) => kind as string,
        (error: { code: string }) => error.code,
      );
      expect(outcome).to.equal(as);
    });
  }

  it('lacks a document only where it says so, not where the database is missing', async () => {
    const couch = await couchAt(
      json(404, { error: 'not_found', reason: 'missing' }),
      json(404, { error: 'not_found', reason: 'deleted' }),
      json(404, { error: 'not_found', reason: 'Database does not exist.' }),
    );
    expect([await couch.get('a'), await couch.get('a')]).to.deep.equal([undefined, undefined]);
    expect(await codeOf(couch.get('a'))).to.equal('STORE_REFUSED');
  });

  it('lacks deleted and unknown ids of a list', async () => {
    const rows = [
      { key: 'a', error: 'not_found' },
      { id: 'b', key: 'b', value: { rev: '2-x', deleted: true }, doc: null },
      { id: 'c', key: 'c', value: { rev: '1-x' }, doc: { _id: 'c', _rev: '1-x' } },
    ];
    const couch = await couchAt(json(200, { rows }), json(200, { rows: rows.slice(1) }));
    expect(await couch.many(['a', 'b', 'c'])).to.deep.equal([undefined, undefined, { _id: 'c', _rev: '1-x' }]);
    expect(await codeOf(couch.many(['a', 'b', 'c']))).to.equal('STORE_UNAVAILABLE');
  });

  it('is asked again on a new connection where the kept one was dead: reads, never writes', async () => {
    const dies: Answerer = (response) => response.destroy();
    const missing = json(404, { error: 'not_found', reason: 'missing' });
    const couch = await couchAt(missing, dies, missing, missing, dies, STORED);
    await couch.get('a');
    expect(await couch.get('b')).to.equal(undefined);
    expect(calls()).to.deep.equal(['GET /cascade/a', 'GET /cascade/b', 'GET /cascade/b']);
    await couch.get('c');
    expect(await codeOf(couch.put({ _id: 'd' }))).to.equal('STORE_UNAVAILABLE');
    expect(calls()).to.have.length(5);
  });

  it('shares one time-out between a read that met a dead connection and its repeat, which has what the first left', async () => {
    const dead: Answerer = (response) => {
      elapsed += 150;
      response.destroy();
    };
    const couch = await couchAt(json(200, { _id: 'a', _rev: '1-x' }, DATE), dead, () => {});
    await couch.get('a');
    const failure = await couch.get('a').catch((error: Error) => error.message);
    expect(failure).to.equal('CouchDB gave no answer within 50 ms to a. Try again later.');
    expect(calls()).to.deep.equal(['GET /cascade/a', 'GET /cascade/a', 'GET /cascade/a']);
  });

  it('is asked once where a new connection dies', async () => {
    const couch = await couchAt((response) => response.destroy(), STORED);
    expect(await codeOf(couch.get('a'))).to.equal('STORE_UNAVAILABLE');
    expect(calls()).to.have.length(1);
  });
});
