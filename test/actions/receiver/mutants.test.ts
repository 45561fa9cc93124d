import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import { plan as isPlan } from '../../../src/contracts/generated/plan.cjs';
import type { CompiledChains } from '../../../src/core/link.ts';
import { type BuiltActions, buildForTest, type Main } from '../../support/built-actions.ts';
import { captureLog } from '../../support/capture-log.ts';

const MUTANTS = 10_000;
const FUZZED = 2_000;
const APP = '002ff8c5-3c11-4464-a22b-68fb5e7ee5e8';
const TARGET = '002ff8c5-3c11-4464-a22b-68fb5e7ee5e9';

/** Every tenant has the app in a chain, so that what is accepted would start a reload. */
const TENANTS = ['default', 'eu', 'us', 'ap', 'sa'];
const compiled = {
  links: Object.fromEntries(
    TENANTS.map((tenant) => [
      `${tenant}/${APP}`,
      [
        {
          chain: 'sales',
          after: { tenant, appId: APP },
          on: 'any',
          target: { tenant, appId: TARGET },
          clause: 's',
          body: {},
          paused: false,
        },
      ],
    ]),
  ),
  apps: Object.fromEntries(
    TENANTS.flatMap((tenant) =>
      [APP, TARGET].map((appId) => [`${tenant}/${appId}`, { tenant, appId, label: appId, names: [] }]),
    ),
  ),
} as unknown as CompiledChains;

interface Sender {
  readonly settings: Readonly<Record<string, string>>;
  readonly tenantId: string;
  readonly secret?: string;
  readonly apiKey?: string;
  /** The credential and the id of another tenant that may post to the same receiver. */
  readonly other?: { readonly tenantId: string; readonly secret?: string; readonly apiKey?: string };
}

const several = {
  WEBHOOK_TENANTS: JSON.stringify([
    { name: 'eu', id: 't-eu', secrets: ['secret-eu-new', 'secret-eu-old'] },
    { name: 'us', id: 't-us', secrets: ['secret-us'] },
    { name: 'ap', id: 't-ap', apiKeys: ['key-ap-first', 'key-ap-second'] },
    { name: 'sa', id: 't-sa', apiKeys: ['key-sa'] },
  ]),
};
const senders: readonly Sender[] = [
  { settings: { WEBHOOK_SECRET: 'secret-1', QLIK_TENANT_ID: 't-1' }, tenantId: 't-1', secret: 'secret-1' },
  { settings: { WEBHOOK_API_KEY: 'key-1', QLIK_TENANT_ID: 't-1' }, tenantId: 't-1', apiKey: 'key-1' },
  { settings: several, tenantId: 't-eu', secret: 'secret-eu-new', other: { tenantId: 't-us', secret: 'secret-us' } },
  { settings: several, tenantId: 't-eu', secret: 'secret-eu-old', other: { tenantId: 't-ap', apiKey: 'key-ap-first' } },
  { settings: several, tenantId: 't-ap', apiKey: 'key-ap-second', other: { tenantId: 't-sa', apiKey: 'key-sa' } },
  { settings: several, tenantId: 't-sa', apiKey: 'key-sa', other: { tenantId: 't-us', secret: 'secret-us' } },
];

/** Content types, and whether OpenWhisk passes such a body as base64 (facts ow-raw-http). */
const contentTypes: readonly (readonly [type: string, isBase64: boolean])[] = [
  ['application/json', true],
  ['application/json; charset=utf-8', true],
  ['application/cloudevents+json', true],
  ['application/cloudevents+json; charset=utf-8', false],
  ['application/json; profile=x', false],
  ['text/plain', false],
  ['application/octet-stream', true],
];

const files = ['reload-finished', 'reload-finished-failed-non-ascii', 'app-reload-finished', 'legacy', 'hybrid'];
const fixtures = files.map((name) =>
  readFileSync(new URL(`../../fixtures/webhooks/${name}.json`, import.meta.url), 'utf8'),
);

interface Request {
  readonly body: Buffer;
  readonly signature?: string | undefined;
  readonly apiKey?: string | undefined;
}

const sign = (secret: string, body: Buffer) => createHmac('sha256', secret).update(body).digest('hex');
const bodyOf = (fixture: string, tenantId: unknown) =>
  Buffer.from(fixture.replaceAll('"UkeLb6"', () => JSON.stringify(tenantId)));
const authentic = (body: Buffer, { secret, apiKey }: Pick<Sender, 'secret' | 'apiKey'>): Request => ({
  body,
  ...(secret === undefined ? {} : { signature: sign(secret, body) }),
  ...(apiKey === undefined ? {} : { apiKey }),
});

const edits: Readonly<Record<string, (text: string, at: number, random: number) => string>> = {
  changed: (text, at, random) => text.slice(0, at) + String.fromCharCode(33 + (random % 94)) + text.slice(at + 1),
  removed: (text, at) => text.slice(0, at) + text.slice(at + 1),
  inserted: (text, at, random) => text.slice(0, at) + String.fromCharCode(33 + (random % 94)) + text.slice(at),
  cut: (text, at) => text.slice(0, at),
  begun: (text, at) => text.slice(at),
  doubled: (text) => `${text}, ${text}`,
  capitals: (text) => text.toUpperCase(),
  prefixed: (text) => `sha256=${text}`,
  empty: () => '',
};
const textEdit = fc.record({ name: fc.constantFrom(...Object.keys(edits)), at: fc.nat(), random: fc.nat() }).map(
  ({ name, at, random }) =>
    (text: string) =>
      edits[name]?.(text, at % Math.max(1, text.length), random) ?? text,
);

const byteEdit = fc
  .record({
    kind: fc.constantFrom('flip', 'insert', 'drop', 'cut', 'append', 'space'),
    at: fc.nat(),
    byte: fc.nat(255),
  })
  .map(({ kind, at, byte }) => (body: Buffer): Buffer => {
    const index = at % body.length;
    const before = body.subarray(0, index);
    switch (kind) {
      case 'flip':
        return Buffer.concat([before, Buffer.of((body[index] ?? 0) ^ (1 << (byte % 8))), body.subarray(index + 1)]);
      case 'insert':
        return Buffer.concat([before, Buffer.of(byte), body.subarray(index)]);
      case 'drop':
        return Buffer.concat([before, body.subarray(index + 1)]);
      case 'cut':
        return before;
      case 'append':
        return Buffer.concat([body, Buffer.of(byte)]);
      default:
        return Buffer.from(JSON.stringify(JSON.parse(body.toString())));
    }
  });

/** What a mutant changes; undefined if it would change nothing. */
const mutation: fc.Arbitrary<(sender: Sender, fixture: string) => Request | undefined> = fc.oneof(
  byteEdit.map((edit) => (sender: Sender, fixture: string) => {
    const body = bodyOf(fixture, sender.tenantId);
    const mutant = edit(body);
    if (sender.secret === undefined || mutant.equals(body)) return undefined;
    return { ...authentic(body, sender), body: mutant };
  }),
  textEdit.map((edit) => (sender: Sender, fixture: string) => {
    const request = authentic(bodyOf(fixture, sender.tenantId), sender);
    const { signature, apiKey } = request;
    if (signature !== undefined) {
      const edited = edit(signature);
      // Capitals stand for the same bytes.
      return edited.toLowerCase() === signature ? undefined : { ...request, signature: edited };
    }
    return edit(apiKey ?? '') === apiKey ? undefined : { ...request, apiKey: edit(apiKey ?? '') };
  }),
  fc
    .constantFrom('without', 'other-secret', 'secret-as-key', 'key-as-signature')
    .map((what) => (sender: Sender, fixture: string) => {
      const body = bodyOf(fixture, sender.tenantId);
      if (what === 'without') return { body };
      if (what === 'other-secret')
        return { body, signature: sign('a secret of nobody', body), apiKey: 'a key of nobody' };
      return what === 'secret-as-key'
        ? { body, apiKey: sender.secret ?? 'none' }
        : { body, signature: sender.apiKey === undefined ? sender.secret : sign(sender.apiKey, body) };
    }),
  fc
    .oneof(fc.string(), fc.integer(), fc.boolean(), fc.constantFrom('t-us', 't-ap', 'T-1', 't-1 ', []))
    .map(
      (tenantId) => (sender: Sender, fixture: string) =>
        tenantId === sender.tenantId ? undefined : authentic(bodyOf(fixture, tenantId), sender),
    ),
  fc.boolean().map((isBodyOfOther) => ({ other, ...sender }: Sender, fixture: string) => {
    if (other === undefined) return undefined;
    return isBodyOfOther
      ? authentic(bodyOf(fixture, other.tenantId), sender)
      : authentic(bodyOf(fixture, sender.tenantId), other);
  }),
);

let actions: BuiltActions;
let receiver: Main;
let resolver: Main;

interface Answer {
  readonly batch?: { readonly events: readonly unknown[]; readonly ignored: readonly unknown[] };
  readonly error?: { readonly statusCode: number; readonly body: { readonly error: { readonly message: string } } };
}

const ENVIRONMENT = { __OW_ACTIVATION_ID: 'act1', __OW_ACTION_NAME: '/guest/cascade/receiver' };

async function post(
  settings: object,
  { body, signature, apiKey }: Request,
  [type, isBase64]: readonly [string, boolean],
) {
  const params = {
    ...settings,
    __ow_method: 'post',
    __ow_path: '',
    __ow_query: '',
    __ow_body: body.toString(isBase64 ? 'base64' : 'utf8'),
    __ow_headers: {
      'content-type': type,
      ...(signature === undefined ? {} : { 'qlik-signature': signature }),
      ...(apiKey === undefined ? {} : { 'x-api-key': apiKey }),
    },
  };
  return (await captureLog(ENVIRONMENT, async () => (await receiver(params)) as Answer)).result;
}

describe('the receiver as it is deployed', () => {
  before(async () => {
    actions = await buildForTest(compiled);
    receiver = actions.load('receiver');
    resolver = actions.load('resolver');
  });
  after(() => actions.remove());

  it('takes each of these as Qlik sends it', async () => {
    for (const sender of senders) {
      for (const fixture of fixtures) {
        for (const contentType of contentTypes) {
          const answer = await post(sender.settings, authentic(bodyOf(fixture, sender.tenantId), sender), contentType);
          expect(answer.batch, JSON.stringify(answer)).to.be.an('object');
        }
      }
    }
  });

  it(`accepts none of ${MUTANTS} requests whose body, signature, key or tenant was changed`, async function () {
    this.timeout(120_000);
    let mutants = 0;
    const property = fc.asyncProperty(
      fc.constantFrom(...senders),
      fc.constantFrom(...fixtures),
      fc.constantFrom(...contentTypes),
      mutation,
      async (sender, fixture, contentType, mutate) => {
        const request = mutate(sender, fixture);
        fc.pre(request !== undefined);
        mutants += 1;
        const answer = await post(sender.settings, request, contentType);
        expect(answer.batch).to.equal(undefined);
        expect(answer.error?.statusCode).to.equal(401);
        expect(answer.error?.body.error.message).to.equal('Not authorised.');
      },
    );
    const { seed, failed } = await fc.check(property, { numRuns: MUTANTS, maxSkipsPerRun: 10 });
    if (failed) await fc.assert(property, { numRuns: MUTANTS, maxSkipsPerRun: 10, seed });
    console.log(`    receiver: ${mutants} mutants, seed ${seed}: none accepted, none answered 5xx`);
    expect(mutants).to.equal(MUTANTS);
  });

  it(`answers ${FUZZED} authentic bodies of any content with a batch or 400, and the resolver takes each batch`, async function () {
    this.timeout(120_000);
    const deep = fc
      .constantFrom(10, 1_000)
      .map((depth): unknown => JSON.parse(`${'{"data":'.repeat(depth)}1${'}'.repeat(depth)}`));
    const any = fc.oneof(
      { weight: 4, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
      { weight: 2, arbitrary: fc.string({ unit: 'binary' }) },
      { weight: 1, arbitrary: deep },
      { weight: 4, arbitrary: fc.constantFrom(APP, 'ok', 'FAILED', true) },
    );
    const keyOf = fc.constantFrom(
      'id',
      'appId',
      'status',
      'succeeded',
      'reloadId',
      'errorMessage',
      'errorCode',
      'type',
      'resourceId',
      'endTime',
      '__proto__',
      'constructor',
    );
    const type = fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom('com.qlik.v1.reload.finished', 'com.qlik.v1.app.reload.finished') },
      { weight: 1, arbitrary: any },
    );
    const plausible = { id: '6a849f7f18ec290e6ceb025d', reloadId: 'r1', appId: APP, status: 'ok', succeeded: true };
    const body = fc.record(
      {
        type,
        id: any,
        time: any,
        tenantid: any,
        traceparent: any,
        extensions: any,
        toplevelresourceid: fc.oneof(fc.constant(APP), any),
        data: fc.oneof(
          fc.dictionary(keyOf, any, { maxKeys: 2 }).map((changes) => ({ ...plausible, ...changes })),
          fc.dictionary(keyOf, any),
          any,
        ),
      },
      { requiredKeys: ['type', 'data'] },
    );
    let events = 0;
    const property = fc.asyncProperty(
      fc.oneof({ weight: 9, arbitrary: body }, { weight: 1, arbitrary: any }),
      fc.constantFrom('reload.finished', 'app.reload.finished'),
      async (value, RELOAD_EVENT) => {
        const bytes = Buffer.from(JSON.stringify(value));
        const request = { body: bytes, signature: sign('secret-1', bytes) };
        const answer = await post({ WEBHOOK_SECRET: 'secret-1', RELOAD_EVENT }, request, ['application/json', true]);
        if (answer.batch === undefined) {
          expect(answer.error?.statusCode).to.equal(400);
          return;
        }
        events += answer.batch.events.length;
        const batch: unknown = JSON.parse(JSON.stringify(answer.batch));
        const { result } = await captureLog(ENVIRONMENT, () => resolver({ batch }));
        const { plan } = result as { plan?: unknown };
        expect(isPlan(JSON.parse(JSON.stringify(plan ?? null))), JSON.stringify(result).slice(0, 500)).to.equal(true);
      },
    );
    const { seed, failed } = await fc.check(property, { numRuns: FUZZED });
    if (failed) await fc.assert(property, { numRuns: FUZZED, seed });
    console.log(`    receiver: ${FUZZED} authentic bodies, ${events} of them events, seed ${seed}: none answered 5xx`);
    expect(events).to.be.greaterThan(0);
  });

  it('answers a megabyte with 413, whoever sent it', async () => {
    const body = Buffer.alloc(1_048_000, 'x');
    for (const contentType of contentTypes) {
      const answer = await post({ WEBHOOK_SECRET: 'secret-1' }, { body }, contentType);
      expect(answer.error?.statusCode).to.equal(413);
    }
  });

  it('answers 401 where the host gives it no body and no headers, and 500 without a secret', async () => {
    const call = async (params: object) =>
      ((await captureLog(ENVIRONMENT, () => receiver(params))).result as Answer).error?.statusCode;
    expect(await call({ WEBHOOK_SECRET: 'secret-1' })).to.equal(401);
    expect(await call({ WEBHOOK_SECRET: 'secret-1', __ow_body: { a: 1 }, __ow_headers: null })).to.equal(401);
    expect(await call({ WEBHOOK_SECRET: '', __ow_body: '' })).to.equal(500);
  });
});
