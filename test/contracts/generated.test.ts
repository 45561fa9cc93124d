import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { generateValidators } from '../../build/generate-validators.ts';
import { batch } from '../../src/contracts/generated/batch.cjs';
import { hintRef } from '../../src/contracts/generated/hint-ref.cjs';
import { manualReload } from '../../src/contracts/generated/manual-reload.cjs';
import { orderRequest } from '../../src/contracts/generated/order-request.cjs';
import { plan } from '../../src/contracts/generated/plan.cjs';
import { qlikTenants } from '../../src/contracts/generated/qlik-tenants.cjs';
import { webhookTenants } from '../../src/contracts/generated/webhook-tenants.cjs';
import { type Validator, violationOf } from '../../src/contracts/validator.ts';

const directory = new URL('../../src/contracts/generated/', import.meta.url);

describe('the generated validators', () => {
  it('are what the schemas give: else run npm run generate', () => {
    const generated = generateValidators();
    expect(readdirSync(directory).sort()).to.deep.equal([...generated.keys()].sort());
    for (const [name, text] of generated) {
      expect(readFileSync(new URL(name, directory), 'utf8'), name).to.equal(text);
    }
  });
});

const app = { tenant: 'default', appId: 'a-1' };
const order = { order: 'order:default:a-1:s:r1', ...app, body: { weight: 5, variables: { v: 'x' } }, chain: 'sales' };
const event = {
  ...app,
  reloadId: 'r1',
  outcome: 'failed',
  endedAt: 1_000,
  eventId: 'e1',
  partial: false,
  startedBy: 'hub',
  orderId: 'order:default:a-1:s:r0',
  error: { code: 'E', message: 'm' },
};
const ofLink = { ...app, reloadId: 'r1', chain: 'sales', target: app };
const skips = [
  { reason: 'no-link', ...app, reloadId: 'r1' },
  { reason: 'outcome-not-matched', ...ofLink, on: 'failed', outcome: 'canceled' },
  { reason: 'already-ordered', ...ofLink, order: 'order:default:a-1:s:r1' },
  { reason: 'paused', ...ofLink },
];
const ignored = [{ reason: 'other-event', type: 't', appId: 'a', reloadId: 'r' }];
const head = { traceId: 't1', source: 'webhook', receivedAt: 1_000 };

/** One whole value of each schema. */
const whole: readonly (readonly [name: string, validator: Validator<unknown>, value: object])[] = [
  ['a batch', batch, { ...head, events: [event], ignored }],
  ['a plan', plan, { ...head, orders: [order], skips, ignored, carries: 1 }],
  ['a request', orderRequest, { traceId: 't1', order }],
  ['a reload by hand', manualReload, { app: 'sales/extract', tenant: 'eu', partial: true, weight: 10, variables: {} }],
  ['Qlik’s tenants', qlikTenants, [{ name: 'eu', url: 'u', apiKey: 'k', clientId: 'c', clientSecret: 's' }]],
  ['the webhook’s tenants', webhookTenants, [{ name: 'eu', id: 't', secrets: ['s'], apiKeys: ['k'] }]],
];

/** A copy for each object in `value`, with one more key in that object. */
function withStranger(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.entries(value).flatMap(([key, child]) =>
    withStranger(child).map((changed) =>
      Array.isArray(value) ? value.with(Number(key), changed) : { ...value, [key]: changed },
    ),
  );
  return Array.isArray(value) ? inner : [{ ...value, stranger: { a: 1 } }, ...inner];
}

describe('what crosses between the actions', () => {
  for (const [name, validator, value] of whole) {
    it(`is taken whole: ${name}`, () => {
      expect(validator(value), violationOf(validator)).to.equal(true);
    });

    it(`is closed, in each object of it: ${name}`, () => {
      const strange = withStranger(value);
      expect(strange.length).to.be.greaterThan(0);
      for (const each of strange) expect(validator(each), JSON.stringify(each)).to.equal(false);
    });
  }

  it('may lack what is optional, and nothing else', () => {
    const bare = { ...app, reloadId: 'r1', outcome: 'succeeded', endedAt: 1, partial: false };
    expect(batch({ ...head, events: [bare], ignored: [{ reason: 'session-app' }] })).to.equal(true);
    for (const key of Object.keys(bare)) {
      const { [key as 'tenant']: _dropped, ...rest } = bare;
      expect(batch({ ...head, events: [rest], ignored: [] }), key).to.equal(false);
    }
  });

  it('keeps Qlik’s bounds on a reload', () => {
    const byHand = (body: object): boolean => manualReload({ app: 'a', ...body });
    const variables = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`v${i}`, 'x']));
    expect([byHand({ weight: 1 }), byHand({ weight: 10 })]).to.deep.equal([true, true]);
    expect([
      byHand({ weight: 0 }),
      byHand({ weight: 11 }),
      byHand({ weight: 1.5 }),
      byHand({ weight: '5' }),
    ]).to.deep.equal([false, false, false, false]);
    expect([byHand({ variables: variables(20) }), byHand({ variables: variables(21) })]).to.deep.equal([true, false]);
    const long = 'x'.repeat(256);
    expect([byHand({ variables: { [long]: long } }), byHand({ variables: { v: `${long}x` } })]).to.deep.equal([
      true,
      false,
    ]);
    expect([byHand({ variables: { [`${long}x`]: '' } }), byHand({ variables: { v: 1 } })]).to.deep.equal([
      false,
      false,
    ]);
    expect([byHand({ partial: 'true' }), manualReload({}), manualReload({ app: '' })]).to.deep.equal([
      false,
      false,
      false,
    ]);
  });

  it('keeps the bounds of texts that become part of an id: a hint’s 256, a trace’s 64, an app’s 64, a name’s 40', () => {
    const hint = (told: string): boolean => hintRef({ tenant: 'default', told });
    expect([hint(''), hint('x'), hint('x'.repeat(256)), hint('x'.repeat(257))]).to.deep.equal([
      false,
      true,
      true,
      false,
    ]);
    const due = (traceId: string): boolean => orderRequest({ traceId, due: 'order:default:a-1:s:r1' });
    expect([due(''), due('x'), due('x'.repeat(64)), due('x'.repeat(65))]).to.deep.equal([false, true, true, false]);
    const to = (more: object): boolean => orderRequest({ traceId: 't1', order: { ...order, ...more } });
    const appIds = [to({ appId: '' }), to({ appId: 'a'.repeat(64) }), to({ appId: 'a'.repeat(65) })];
    expect(appIds).to.deep.equal([false, true, false]);
    const names = [to({ chain: '' }), to({ chain: 'a'.repeat(40) }), to({ chain: 'a'.repeat(41) })];
    expect(names).to.deep.equal([false, true, false]);
  });

  it('names what is wrong by its place, and never by its value', () => {
    manualReload({ app: 'a', sesame: 1 });
    expect(violationOf(manualReload)).to.equal('has an unknown key "sesame"');
    manualReload({ app: 'a', variables: { v: ['sesame'] } });
    expect(violationOf(manualReload)).to.equal('must be string at variables.v');
    expect(violationOf(Object.assign((_value: unknown): _value is unknown => true, {}))).to.equal('is not valid');
  });
});
