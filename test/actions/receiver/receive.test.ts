import { createHmac } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { LARGEST_BODY_BYTES, type WebhookRequest } from '../../../actions/receiver/read-request.ts';
import { receive } from '../../../actions/receiver/receive.ts';
import { CascadeError } from '../../../src/core/cascade-error.ts';
import type { TenantName } from '../../../src/core/names.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import { createLog } from '../../../src/platform/log.ts';
import type { WebhookTenant } from '../../../src/platform/settings/receiver-settings.ts';

const SECRET = '0123456789abcdef0123456789abcdef';
/** Test vector of fact q-signature-03. */
const VECTOR =
  '{"id":"b347fd0d-1321-417f-91ee-90e96c76389c","type":"com.qlik.v1.reload.finished","source":"com.qlik/reloads","specversion":"1.0","tenantid":"t1","data":{"id":"6a849f7f18ec290e6ceb025d","appId":"002ff8c5-3c11-4464-a22b-68fb5e7ee5e8","userId":"u1","succeeded":true,"status":"SUCCEEDED"}}';
const VECTOR_SIGNATURE = '138e487f7319b8fada1c4a00d0d82bb27fc5e57283ce209ef557b04a51c164d6';
const APP = '002ff8c5-3c11-4464-a22b-68fb5e7ee5e8';

const tenant = (more: Partial<WebhookTenant> = {}): WebhookTenant => ({
  name: 'default' as TenantName,
  secrets: [],
  apiKeys: [],
  ...more,
});
const signed = tenant({ secrets: [SECRET] });
const keyed = tenant({ apiKeys: ['key-1'] });

const sign = (body: string | Buffer, secret = SECRET) => createHmac('sha256', secret).update(body).digest('hex');
const asJson = (body: string | Buffer) => ({
  contentType: 'application/json',
  owBody: Buffer.from(body).toString('base64'),
});

/** The receiver's result for a request, or the error with its line in the log. */
async function post(request: WebhookRequest, ...tenants: readonly WebhookTenant[]) {
  const lines: string[] = [];
  const log = createLog(
    'debug',
    {},
    (line) => lines.push(line),
    () => 0,
  );
  const ports = {
    settings: { tenants, countedEvent: 'reload.finished' },
    isInAChain: (key: string) => key.endsWith(APP),
    receivedAt: 5_000 as EpochMs,
    activationId: 'act1',
    log,
  } as const;
  try {
    return { batch: await receive(request, ports), lines };
  } catch (error) {
    if (!(error instanceof CascadeError)) throw error;
    return { code: error.code, message: error.message, lines };
  }
}

describe('an event from the future', () => {
  it('is taken for one of 5 minutes after its receipt, without a ledger by the container’s clock', async () => {
    for (const [time, endedAt] of [
      ['2030-01-01T00:00:00Z', 305_000],
      ['1970-01-01T00:05:05.001Z', 305_000],
      ['1970-01-01T00:05:05Z', 305_000],
      ['1970-01-01T00:05:04Z', 304_000],
    ] as const) {
      const body = JSON.stringify({ ...JSON.parse(VECTOR), time });
      expect((await post({ ...asJson(body), signature: sign(body) }, signed)).batch?.events[0]?.endedAt, time).to.equal(
        endedAt,
      );
    }
  });
});

describe('a signed webhook', () => {
  const event = {
    tenant: 'default',
    eventId: 'b347fd0d-1321-417f-91ee-90e96c76389c',
    appId: APP,
    reloadId: '6a849f7f18ec290e6ceb025d',
    outcome: 'succeeded',
    endedAt: 5_000,
    partial: false,
  };
  const batch = { traceId: 'act1', source: 'webhook', receivedAt: 5_000, events: [event], ignored: [] };

  it('is taken by the documented test vector', async () => {
    expect(Buffer.byteLength(VECTOR)).to.equal(286);
    expect(await post({ ...asJson(VECTOR), signature: VECTOR_SIGNATURE }, signed)).to.deep.equal({ batch, lines: [] });
  });

  it('is taken however the host passed the body', async () => {
    for (const contentType of ['text/plain', 'application/cloudevents+json; charset=utf-8', 'application/json']) {
      expect((await post({ contentType, owBody: VECTOR, signature: VECTOR_SIGNATURE }, signed)).batch).to.deep.equal(
        batch,
      );
      const owBody = Buffer.from(VECTOR).toString('base64');
      expect((await post({ contentType, owBody, signature: VECTOR_SIGNATURE }, signed)).batch).to.deep.equal(batch);
    }
    expect((await post({ owBody: VECTOR, signature: VECTOR_SIGNATURE }, signed)).batch).to.deep.equal(batch);
  });

  it('is taken with its signature in capitals, or in both', async () => {
    const capitals = '138E487F7319B8FADA1C4A00D0D82BB27FC5E57283CE209EF557B04A51C164D6';
    expect((await post({ ...asJson(VECTOR), signature: capitals }, signed)).batch).to.deep.equal(batch);
    const both = `${VECTOR_SIGNATURE.slice(0, 32)}${capitals.slice(32)}`;
    expect((await post({ ...asJson(VECTOR), signature: both }, signed)).batch).to.deep.equal(batch);
  });

  it('is taken with a byte order mark before its JSON, which is signed too', async () => {
    const marked = `\uFEFF${VECTOR}`;
    for (const contentType of ['application/json', 'text/plain; charset=utf-8']) {
      for (const owBody of [marked, Buffer.from(marked).toString('base64')]) {
        expect((await post({ contentType, owBody, signature: sign(marked) }, signed)).batch).to.deep.equal(batch);
        expect((await post({ contentType, owBody, signature: VECTOR_SIGNATURE }, signed)).code).to.equal(
          'UNAUTHORIZED',
        );
      }
    }
  });

  it('is no JSON with two byte order marks, or with one inside', async () => {
    for (const body of [`\uFEFF\uFEFF${VECTOR}`, `${VECTOR}\uFEFF`]) {
      expect((await post({ ...asJson(body), signature: sign(body) }, signed)).code).to.equal('EVENT_MALFORMED');
    }
  });

  it('is taken with either of two live secrets', async () => {
    const rotating = tenant({ secrets: ['the new one', SECRET] });
    expect((await post({ ...asJson(VECTOR), signature: VECTOR_SIGNATURE }, rotating)).batch).to.deep.equal(batch);
    expect((await post({ ...asJson(VECTOR), signature: sign(VECTOR, 'the new one') }, rotating)).batch).to.deep.equal(
      batch,
    );
    expect((await post({ ...asJson(VECTOR), signature: sign(VECTOR, 'an old one') }, rotating)).code).to.equal(
      'UNAUTHORIZED',
    );
  });

  it('tells which of several tenants it is by its credential', async () => {
    const eu = tenant({ name: 'eu' as TenantName, id: 't2', secrets: ['eu-secret'] });
    const us = tenant({ name: 'us' as TenantName, id: 't1', secrets: [SECRET] });
    const ap = tenant({ name: 'ap' as TenantName, id: 't1', apiKeys: ['ap-key'] });
    const request = { ...asJson(VECTOR), signature: VECTOR_SIGNATURE };
    expect((await post(request, eu, us, ap)).batch?.events[0]?.tenant).to.equal('us');
    expect((await post({ ...asJson(VECTOR), apiKey: 'ap-key' }, eu, us, ap)).batch?.events[0]?.tenant).to.equal('ap');
    expect((await post({ ...asJson(VECTOR), signature: sign(VECTOR, 'eu-secret') }, eu, us, ap)).code).to.equal(
      'UNAUTHORIZED',
    );
  });

  for (const file of readdirSync(new URL('../../fixtures/webhooks/', import.meta.url))) {
    it(`is one event, or one thing ignored, in this form: ${file}`, async () => {
      const body = readFileSync(new URL(`../../fixtures/webhooks/${file}`, import.meta.url));
      const { batch: told } = await post({ ...asJson(body), signature: sign(body) }, signed);
      expect((told?.events.length ?? 0) + (told?.ignored.length ?? 0)).to.equal(1);
    });
  }

  it('carries the trace id of its traceparent', async () => {
    const body = readFileSync(new URL('../../fixtures/webhooks/reload-finished.json', import.meta.url));
    const { batch: told } = await post({ ...asJson(body), signature: sign(body) }, signed);
    expect(told?.traceId).to.equal('0af7651916cd43dd8448eb211c80319c');
  });

  it('is ignored where no chain has its app', async () => {
    const body = VECTOR.replace(APP, '99999999-3c11-4464-a22b-68fb5e7ee5e8');
    expect((await post({ ...asJson(body), signature: sign(body) }, signed)).batch).to.deep.equal({
      ...batch,
      events: [],
      ignored: [
        {
          reason: 'not-in-a-chain',
          appId: '99999999-3c11-4464-a22b-68fb5e7ee5e8',
          reloadId: '6a849f7f18ec290e6ceb025d',
        },
      ],
    });
  });
});

describe('a webhook that may not post', () => {
  const withId = tenant({ id: 't1', secrets: [SECRET] });
  const keyedWithId = tenant({ id: 't1', apiKeys: ['key-1'] });
  const inData = (tenantId: unknown) => {
    const body = JSON.parse(VECTOR) as { data: object };
    return JSON.stringify({ ...body, data: { ...body.data, tenantId } });
  };
  const otherTenant = (tenantid: unknown) => JSON.stringify({ ...JSON.parse(VECTOR), tenantid });
  const legacy = (tenantId: unknown) => {
    const { tenantid: _, ...rest } = JSON.parse(VECTOR);
    return JSON.stringify({ ...rest, extensions: { tenantId, topLevelResourceId: APP } });
  };
  const bySignature = (body: string) => ({ ...asJson(body), signature: sign(body) });
  const noSecret = 'no tenant has a secret';
  const cases: readonly (readonly [
    what: string,
    request: WebhookRequest,
    tenants: readonly WebhookTenant[],
    logged: string,
  ])[] = [
    ['shows nothing', asJson(VECTOR), [signed], 'neither a qlik-signature nor an x-api-key'],
    ['shows nothing to a tenant with a key', asJson(VECTOR), [keyed], 'neither a qlik-signature nor an x-api-key'],
    [
      'has another signature',
      { ...asJson(VECTOR), signature: sign('x') },
      [signed],
      'the signature is not that of this body',
    ],
    ['has an empty signature', { ...asJson(VECTOR), signature: '' }, [signed], 'the signature is not that'],
    [
      'has a prefix before its signature',
      { ...asJson(VECTOR), signature: `sha256=${VECTOR_SIGNATURE}` },
      [signed],
      'the signature is not that',
    ],
    [
      'has a signature with white space in it',
      { ...asJson(VECTOR), signature: `${VECTOR_SIGNATURE} ` },
      [signed],
      'the signature is not that',
    ],
    [
      'has no hex digit in its signature',
      { ...asJson(VECTOR), signature: `${VECTOR_SIGNATURE.slice(0, 63)}g` },
      [signed],
      'the signature is not that',
    ],
    [
      'has half a signature',
      { ...asJson(VECTOR), signature: VECTOR_SIGNATURE.slice(0, 32) },
      [signed],
      'the signature is not that',
    ],
    [
      'has two signatures',
      { ...asJson(VECTOR), signature: `${VECTOR_SIGNATURE},${VECTOR_SIGNATURE}` },
      [signed],
      'the signature is not that',
    ],
    [
      'has its body formatted anew',
      { ...asJson(`${VECTOR} `), signature: VECTOR_SIGNATURE },
      [signed],
      'the signature is not that',
    ],
    [
      'has the right key where a signature is needed',
      { ...asJson(VECTOR), apiKey: 'key-1' },
      [tenant({ secrets: [SECRET], apiKeys: ['key-1'] })],
      'needs a signature',
    ],
    [
      'has the right key, but the wrong signature',
      { ...asJson(VECTOR), apiKey: 'key-1', signature: sign('x') },
      [tenant({ secrets: [SECRET], apiKeys: ['key-1'] })],
      'the signature is not that',
    ],
    [
      'shows the secret itself as its signature',
      { ...asJson(VECTOR), signature: SECRET },
      [signed],
      'the signature is not that',
    ],
    ['shows the secret as its key', { ...asJson(VECTOR), apiKey: SECRET }, [signed], 'needs a signature'],
    ['has the wrong key', { ...asJson(VECTOR), apiKey: 'key-2' }, [keyed], 'is not one of the keys'],
    ['has an empty key', { ...asJson(VECTOR), apiKey: '' }, [keyed], 'is not one of the keys'],
    ['shows its key as a signature', { ...asJson(VECTOR), signature: 'key-1' }, [keyed], noSecret],
    [
      'has a signature where only keys are known',
      { ...asJson(VECTOR), signature: VECTOR_SIGNATURE },
      [keyed],
      noSecret,
    ],
    [
      'has a signature and the wrong key where only keys are known',
      { ...asJson(VECTOR), signature: VECTOR_SIGNATURE, apiKey: 'key-2' },
      [keyed],
      'is not one of the keys',
    ],
    ['names another tenant', bySignature(otherTenant('t2')), [withId], 'names another tenant id'],
    ['names a tenant by a number', bySignature(otherTenant(1)), [withId], 'names another tenant id'],
    ['names an empty tenant', bySignature(otherTenant('')), [withId], 'names another tenant id'],
    [
      'names another tenant, with a key',
      { ...asJson(otherTenant('t2')), apiKey: 'key-1' },
      [keyedWithId],
      'names another tenant id',
    ],
    ['names another tenant in its data', bySignature(inData('t2')), [withId], 'names another tenant id'],
    ['names another tenant in the legacy form', bySignature(legacy('t2')), [withId], 'names another tenant id'],
    [
      'names two tenants',
      bySignature(VECTOR.replace('"data"', '"extensions":{"tenantId":"t2"},"data"')),
      [withId],
      'names another tenant id',
    ],
    ['is empty', { ...asJson(''), signature: VECTOR_SIGNATURE }, [signed], 'the signature is not that'],
    [
      'was mangled by the host',
      { contentType: 'text/plain; charset=iso-8859-1', owBody: '{"x":"\uFFFD"}', signature: VECTOR_SIGNATURE },
      [signed],
      'lost bytes that are not UTF-8',
    ],
  ];
  for (const [what, request, tenants, logged] of cases) {
    it(`is answered with one text, and the log says why: it ${what}`, async () => {
      const { code, message, lines } = await post(request, ...tenants);
      expect([code, message]).to.deep.equal(['UNAUTHORIZED', 'Not authorised.']);
      expect(lines).to.have.length(1);
      expect(lines[0]).to.contain(logged);
      for (const secret of [SECRET, 'key-1', 'key-2', VECTOR_SIGNATURE, sign('x')])
        expect(lines[0]).not.to.contain(secret);
    });
  }

  it('may name its own tenant, or none', async () => {
    const { tenantid: _, ...nameless } = JSON.parse(VECTOR);
    for (const body of [VECTOR, JSON.stringify(nameless), legacy('t1'), otherTenant(null)]) {
      expect((await post(bySignature(body), withId)).batch?.events, body).to.have.length(1);
    }
  });
});

describe('the size of a webhook', () => {
  it('is at most 256 KiB, and is looked at before who sent it', async () => {
    const largest = Buffer.alloc(LARGEST_BODY_BYTES, 'x');
    expect(LARGEST_BODY_BYTES).to.equal(262_144);
    expect((await post(asJson(largest), signed)).code).to.equal('UNAUTHORIZED');
    const tooLarge = Buffer.alloc(LARGEST_BODY_BYTES + 1, 'x');
    const refused = {
      code: 'BODY_TOO_LARGE',
      message: 'The body has 262145 bytes; at most 262144 are taken.',
      lines: [],
    };
    expect(await post(asJson(tooLarge), signed)).to.deep.equal(refused);
    expect(await post({ contentType: 'text/plain', owBody: tooLarge.toString() }, signed)).to.deep.equal(refused);
  });

  it('counts bytes, not letters', async () => {
    const owBody = 'é'.repeat(LARGEST_BODY_BYTES / 2 + 1);
    expect((await post({ contentType: 'text/plain', owBody }, signed)).code).to.equal('BODY_TOO_LARGE');
  });
});

describe('an authentic webhook that nobody understands', () => {
  const nonsense: readonly (readonly [what: string, body: string | Buffer])[] = [
    ['nothing', ''],
    ['no JSON', '{bad'],
    ['an array', '[]'],
    ['null', 'null'],
    ['a number', '1234'],
    ['true', 'true'],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x00])],
    ['an object without anything', '{}'],
    ['brackets 100,000 deep', '['.repeat(100_000)],
    ['arrays 100,000 deep', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    ['objects 20,000 deep', `${'{"data":'.repeat(20_000)}1${'}'.repeat(20_000)}`],
  ];
  for (const [what, body] of nonsense) {
    it(`is refused as malformed: ${what}`, async () => {
      expect((await post({ ...asJson(body), signature: sign(body) }, signed)).code).to.equal('EVENT_MALFORMED');
      expect((await post({ ...asJson(body), apiKey: 'key-1' }, keyed)).code).to.equal('EVENT_MALFORMED');
    });
  }
});
