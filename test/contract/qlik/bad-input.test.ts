import { request } from 'node:http';
import { expect } from 'chai';
import fc from 'fast-check';
import { requireLocal } from '../support/target.ts';
import { RELOAD } from './support/fact.ts';
import { QlikInTest } from './support/qlik-in-test.ts';

const HOOKS = ['/api/core/webhooks', '/api/v1/webhooks'].flatMap((prefix) => [
  `GET ${prefix}`,
  `POST ${prefix}`,
  `GET ${prefix}/event-types`,
  `GET ${prefix}/{id}`,
  `PUT ${prefix}/{id}`,
  `PATCH ${prefix}/{id}`,
  `DELETE ${prefix}/{id}`,
  `GET ${prefix}/{id}/deliveries`,
  `GET ${prefix}/{id}/deliveries/{id}`,
  `POST ${prefix}/{id}/deliveries/{id}/actions/resend`,
]);

const ROUTES = [
  'POST /oauth/token',
  'GET /api/v1/users/me',
  'POST /api/v1/reloads',
  'GET /api/v1/reloads',
  'GET /api/v1/reloads/{id}',
  'POST /api/v1/reloads/{id}/actions/cancel',
  'GET /api/v1/apps/{id}',
  'GET /api/v1/apps/{id}/reloads/logs',
  'GET /api/v1/apps/{id}/reloads/logs/{id}',
  'GET /api/v1/items',
  'GET /api/v1/items/{id}',
  'GET /api/v1/collections',
  'GET /api/v1/collections/{id}',
  'GET /api/v1/collections/{id}/items',
  'GET /api/v1/spaces',
  'GET /api/v1/spaces/types',
  'GET /api/v1/spaces/{id}',
  'GET /api/v1/spaces/{id}/assignments',
  'GET /api/v1/audits',
  'GET /api/v1/audits/sources',
  'GET /api/v1/audits/types',
  'GET /api/v1/audits/{id}',
  ...HOOKS,
];

const CONTROL = [
  'POST /_sim/apps',
  'POST /_sim/apps/{id}/reload',
  'POST /_sim/apps/{id}/editor-load',
  'PUT /_sim/apps/{id}/next-outcomes',
  'POST /_sim/webhooks/{id}/deliveries/{id}/resend',
  'POST /_sim/schedule',
  'GET /_sim/apps',
  'GET /_sim/spaces',
  'GET /_sim/clock',
  'POST /_sim/clock',
  'POST /_sim/users',
  'POST /_sim/spaces',
  'GET /_sim/faults',
  'PUT /_sim/faults',
  'GET /_sim/switches',
  'PUT /_sim/switches',
  'GET /_sim/journal',
  'POST /_sim/deliver',
];

/** The names that the API knows: it reads the odd values under these names. */
const QUERY =
  'appId filter limit log partial next prev sort status eventType eventTime resourceType resourceId resourceIds collectionId type types name id noActions enabled eventTypes level origins ownerId url spaceId query'.split(
    ' ',
  );
const FIELDS =
  'appId partial weight variables resourceType resourceId name url eventTypes level filter secret enabled headers encryptedHeaders description ownerId origin client_id client_secret grant_type scope user_lookup roles id members outcomes durationMs on kind times webhookId body'.split(
    ' ',
  );

/** Deep enough to overflow the stack of a parser that calls itself. */
const PARENTHESES = '('.repeat(8000);
/** A regular expression of this would take for ever on a long name. */
const STARS = `${'*a'.repeat(25)}*b`;
/** `JSON.parse` takes this, but `JSON.stringify` overflows the stack. */
const BALANCED = '['.repeat(20_000) + ']'.repeat(20_000);

const oddText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom(
    '',
    '0',
    '-1',
    '101',
    'true',
    'null',
    '%',
    '%00',
    '../..',
    '"',
    '()',
    'a eq "b',
    'e30',
    '[]',
    '*',
    '/',
    'A/B/C',
  ),
  fc.constantFrom(
    RELOAD,
    'app',
    'public',
    'a',
    'status eq "FAILED"',
    '2026-11-21T07:00:00Z/2026-13-45T99:00:00Z',
    '9'.repeat(400),
    PARENTHESES,
    STARS,
  ),
);
const oddValue = fc.oneof(
  oddText,
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(Number.MAX_VALUE, -0.5, [[]], { a: null }),
);
const oddObject = fc.dictionary(fc.constantFrom(...FIELDS), oddValue, { maxKeys: 6 });
const oddBody = fc.oneof(
  oddObject.map((value) => JSON.stringify(value)),
  fc
    .array(fc.oneof(oddObject, fc.record({ op: oddText, path: oddText, value: oddValue })))
    .map((value) => JSON.stringify(value)),
  fc.jsonValue().map((value) => JSON.stringify(value)),
  oddText,
  fc.constantFrom(
    '{"appId":',
    '['.repeat(20_000),
    BALANCED,
    `{"body":${BALANCED},"variables":${BALANCED}}`,
    '{"__proto__":{"appId":"a"}}',
    '{"appId":"a","appId":5}',
  ),
);
const oddQuery = fc.array(fc.tuple(fc.constantFrom(...QUERY), oddText), { maxLength: 4 });
/** Stands for the id of a thing that exists. */
const THERE = ':there';
const oddId = fc.oneof(
  fc.constant(THERE),
  oddText.map(encodeURIComponentSafely),
  fc.constantFrom('a', '%', '%ff', '..', '.', '%2e%2e', '%2F', '__proto__', 'constructor'),
);

function encodeURIComponentSafely(text: string): string {
  return encodeURIComponent(Buffer.from(text).toString('utf8')); // a lone surrogate has no UTF-8
}

/** Every route gets these calls beside the drawn ones. */
const ALWAYS: [string[], [string, string][], string][] = [
  [[THERE, THERE], [['filter', PARENTHESES]], BALANCED],
  [[THERE, THERE], [['name', STARS]], `{"appId":"a","body":${BALANCED},"variables":${BALANCED}}`],
  [[THERE, THERE], [['url', STARS]], `[{"on":"POST /api/v1/reloads","kind":"status","body":${BALANCED}}]`],
];

interface RawAnswer {
  readonly status: number;
  readonly text: string;
}

describe('bad input', function () {
  this.timeout(60_000);
  const qlik = new QlikInTest();
  let journalRead = 0;
  let there: Readonly<Record<string, readonly string[]>> = {};
  before(async function () {
    requireLocal(this, 'QLIK_TEST_TENANT', 'some of it is good input');
    await qlik.start();
    await qlik.app('a');
    const wide = { 'api.reloadsPer5Min': 1_000_000, 'api.tier1Per5Min': 1_000_000, 'api.tier2Per5Min': 1_000_000 };
    await qlik.switches({ ...wide, 'clock.patienceMs': 50, 'delivery.timeoutMs': 50 });
    const hook = await qlik.subscribe([RELOAD], { name: 'a'.repeat(500) });
    const reload = await qlik.reload('a');
    const [delivery] = await qlik.listed(`${hook.path}/deliveries`);
    await qlik.advance(60_000);
    there = { reloads: [reload], apps: ['a', reload], webhooks: [hook.id, String(delivery)] };
  });
  after(() => qlik.close());

  /** Sends the path exactly as it is written: fetch would clean it. */
  function send(method: string, path: string, body: string | undefined): Promise<RawAnswer> {
    const authorization = `Bearer ${qlik.sim.apiKey}`;
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
    const headers = { authorization, 'content-type': 'application/json', ...length };
    return new Promise((resolve, reject) => {
      const outgoing = request(qlik.url, { method, path, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
        );
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }

  function expectSense({ status, text }: RawAnswer): void {
    expect(status, text).to.be.within(200, 499);
    if (status < 400) return;
    const body = JSON.parse(text);
    expect(body.errors).to.be.an('array').with.length.above(0);
    expect(body.errors[0].code).to.be.a('string').with.length.above(0);
    expect(body.errors[0].title).to.be.a('string').with.length.above(0);
    expect(body.traceId).to.match(/^[0-9a-f]{32}$/);
  }

  /** The journal must be readable, whatever the calls were. */
  async function readJournal(): Promise<void> {
    const answer = await send('GET', `/_sim/journal?after=${journalRead}`, undefined);
    expectSense(answer);
    journalRead = JSON.parse(answer.text).last;
  }

  /** No call deletes a thing that exists: later calls need it. */
  const idOf = (template: string, method: string, index: number) =>
    (method === 'DELETE' ? undefined : there[template.split('/')[3] ?? '']?.[index]) ?? 'a';
  const pathOf = (route: string, ids: readonly string[], query: readonly (readonly [string, string])[]) => {
    const [method = '', template = ''] = route.split(' ');
    let used = -1;
    const path = template.replaceAll('{id}', () => {
      used += 1;
      const id = ids[used] ?? 'a';
      return id === THERE ? idOf(template, method, used) : id;
    });
    const text = query.map(([name, value]) => `${name}=${encodeURIComponentSafely(value)}`).join('&');
    return text === '' ? path : `${path}?${text}`;
  };

  for (const route of [...ROUTES, ...CONTROL]) {
    it(`${route} is answered with sense, or refused in Qlik's form`, async () => {
      const [method = ''] = route.split(' ');
      const ids = fc.array(oddId, { minLength: 2, maxLength: 2 });
      const property = fc.asyncProperty(ids, oddQuery, oddBody, async (some, query, body) => {
        expectSense(await send(method, pathOf(route, some, query), method === 'GET' ? undefined : body));
      });
      await fc.assert(property, { seed: 20261121, numRuns: 40, examples: ALWAYS });
      await readJournal();
    });
  }

  it('is tried on routes that there are', async () => {
    await qlik.faults(...ROUTES.map((on) => ({ on, kind: 'hang' }))); // refused if one is no route
    await qlik.faults();
  });

  it('a method or a path that is not served is 404', async () => {
    for (const route of ['HEAD /api/v1/reloads', 'DELETE /api/v1/reloads', 'PATCH /oauth/token', 'GET /', 'GET /api']) {
      const [method = '', path = ''] = route.split(' ');
      expect((await send(method, path, undefined)).status, route).to.equal(404);
    }
  });
});
