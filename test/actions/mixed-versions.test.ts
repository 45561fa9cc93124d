import { expect } from 'chai';
import type { CompiledChains } from '../../src/core/link.ts';
import { type BuiltActions, buildForTest } from '../support/built-actions.ts';
import { captureLog } from '../support/capture-log.ts';

const EVENT = { tenant: 'default', appId: 'a', reloadId: 'r1', outcome: 'succeeded', endedAt: 1, partial: false };
const STORED = { ...EVENT, stored: { rev: '1-a', storedAt: 1, source: 'webhook', traceId: 't1' } };
const ENVELOPE = { traceId: 't1', source: 'webhook', receivedAt: 1, ignored: [] };
const PLAN = { ...ENVELOPE, orders: [], skips: [] };
const ENVIRONMENT = { __OW_ACTIVATION_ID: 'act1', __OW_ACTION_NAME: '/guest/cascade/x', __OW_API_KEY: 'uuid:key' };

/** A key of a later version, which this version does not know. */
const LATER = { somethingNew: true };
const without = (envelope: object, key: string): object =>
  Object.fromEntries(Object.entries(envelope).filter(([name]) => name !== key));

describe('a step that gets the envelope of another version, while a deployment replaces one after the other', () => {
  let actions: BuiltActions;
  before(async () => {
    actions = await buildForTest({ links: {}, apps: {} } satisfies CompiledChains);
  });
  after(() => actions.remove());

  // biome-ignore lint/suspicious/noExplicitAny: tests read into whatever an action answers
  async function run(action: 'resolver' | 'invoker', params: object): Promise<any> {
    const { result } = await captureLog(ENVIRONMENT, () => actions.load(action)(params));
    return result;
  }

  for (const { what, batch, undecided } of [
    { what: 'with a key that is not known', batch: { ...ENVELOPE, ...LATER, events: [STORED] }, undecided: 1 },
    { what: 'with one key less', batch: { ...without(ENVELOPE, 'source'), events: [STORED, STORED] }, undecided: 2 },
    {
      what: 'of what is due',
      batch: { ...ENVELOPE, ...LATER, events: [], due: ['order:default:a:s:r0'], hints: [{ tenant: 'default' }] },
      undecided: 2,
    },
  ]) {
    it(`resolver, a batch ${what}: all that is stored stays due, and the invoker answers 202`, async () => {
      const { plan, error } = await run('resolver', { batch });
      expect(error).to.equal(undefined);
      expect([plan.orders, plan.undecided]).to.deep.equal([[], undecided]);
      // The next step, of this version, takes what it is given.
      const answer = await run('invoker', { plan, COUCHDB_URL: 'http://127.0.0.1:1' });
      expect(answer.statusCode).to.equal(202);
    });
  }

  for (const { what, plan } of [
    { what: 'with a key that is not known', plan: { ...PLAN, ...LATER, events: [STORED] } },
    { what: 'with one key less', plan: { ...without(PLAN, 'skips'), events: [STORED] } },
    { what: 'that the resolver could not decide about', plan: { ...PLAN, ...LATER, undecided: 1 } },
    { what: 'of orders to be woken', plan: { ...PLAN, ...LATER, wake: ['order:default:a:s:r0'] } },
  ]) {
    it(`invoker, a plan ${what}: 202, and nothing is started`, async () => {
      const { statusCode, body } = await run('invoker', { plan });
      expect([statusCode, body]).to.deep.equal([202, { accepted: 0, orders: [], skips: [], ignored: [] }]);
    });
  }

  for (const { what, params } of [
    { what: 'under another key', params: { events: { ...ENVELOPE, events: [STORED] } } },
    {
      what: 'under both keys of ours in disorder',
      params: { batch: 'none', plan: 1, step: { ...PLAN, events: [STORED] } },
    },
    { what: 'under no key', params: { ...PLAN, due: ['order:default:a:s:r0'] } },
    { what: 'beside one of nothing', params: { batch: {}, work: { wake: ['order:default:a:s:r0'] } } },
  ]) {
    it(`resolver and invoker, an envelope ${what}: what is stored stays due, and the answer is 202`, async () => {
      const { plan, error } = await run('resolver', params);
      expect(error).to.equal(undefined);
      expect([plan.orders, plan.undecided]).to.deep.equal([[], 1]);
      const { statusCode, body } = await run('invoker', params);
      expect([statusCode, body]).to.deep.equal([202, { accepted: 0, orders: [], skips: [], ignored: [] }]);
    });
  }

  it('is told in the log, with what to do: the sender hears nothing of it', async () => {
    for (const [action, params] of [
      ['resolver', { batch: { ...ENVELOPE, ...LATER, events: [STORED] } }],
      ['invoker', { plan: { ...PLAN, ...LATER, events: [STORED] } }],
    ] as const) {
      const { lines } = await captureLog(ENVIRONMENT, () => actions.load(action)(params));
      expect(lines.join('\n')).to.include('Was every action of the package deployed from the same build?');
    }
  });

  it('says 400 of what is stored nowhere: its sender may send it again, or was no step of ours', async () => {
    for (const [action, params] of [
      ['resolver', { batch: { ...ENVELOPE, ...LATER, events: [EVENT] } }],
      ['resolver', {}],
      ['invoker', { plan: { ...PLAN, ...LATER } }],
      ['invoker', { plan: 'none' }],
      ['resolver', { work: { ...ENVELOPE, events: [EVENT] } }],
      ['invoker', { work: PLAN, COUCHDB_URL: 'http://127.0.0.1:1', due: 'none' }],
    ] as const) {
      expect(await run(action, params)).to.have.nested.property('error.statusCode', 400);
    }
  });
});
