import { expect } from 'chai';
import { resolve } from '../../../actions/resolver/resolve.ts';
import type { Batch } from '../../../src/contracts/batch.ts';
import { plan as isPlan } from '../../../src/contracts/generated/plan.cjs';
import type { CompiledChains } from '../../../src/core/link.ts';
import type { AppId, ReloadId, TenantName } from '../../../src/core/names.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import { buildForTest } from '../../support/built-actions.ts';
import { captureLog } from '../../support/capture-log.ts';
import { compileChains } from '../../support/compile-chains.ts';

const [A, B, C] = ['1', '2', '3'].map((digit) => `b4a3cf85-0000-4000-8000-00000000000${digit}` as AppId) as [
  AppId,
  AppId,
  AppId,
];

const content = {
  chain: 'sales',
  apps: { a: { id: A }, b: { id: B, name: 'B' }, c: { id: C, tenant: 'acme-eu' } },
  reloads: [
    { app: 'b', after: 'a', weight: 5 },
    { app: 'c', after: { app: 'a', on: 'failed' } },
  ],
};
const compiled = compileChains([{ file: 'sales.yaml', content }] as unknown as Parameters<typeof compileChains>[0])
  .compiled as CompiledChains;

const batch: Batch = {
  traceId: 't1',
  source: 'webhook',
  receivedAt: 5_000 as EpochMs,
  events: [
    {
      tenant: 'default' as TenantName,
      appId: A,
      reloadId: 'r1' as ReloadId,
      outcome: 'succeeded',
      endedAt: 4_000 as EpochMs,
      partial: false,
    },
  ],
  ignored: [{ reason: 'other-event', type: 't' }],
};
const plan = {
  traceId: 't1',
  source: 'webhook',
  receivedAt: 5_000,
  orders: [{ order: `order:default:${B}:s:r1`, tenant: 'default', appId: B, body: { weight: 5 }, chain: 'sales' }],
  skips: [
    {
      reason: 'outcome-not-matched',
      tenant: 'default',
      appId: A,
      reloadId: 'r1',
      chain: 'sales',
      target: { tenant: 'acme-eu', appId: C },
      on: 'failed',
      outcome: 'succeeded',
    },
  ],
  ignored: [{ reason: 'other-event', type: 't' }],
};

describe('the resolver', () => {
  it('makes a plan of a batch, and passes on what the batch ignored', async () => {
    const made = await resolve(batch, compiled.links);
    expect(made).to.deep.equal(plan);
    expect(isPlan(made)).to.equal(true);
  });

  it('does so as it is deployed, takes one key alone, and says what a wrong batch lacks', async () => {
    const actions = await buildForTest(compiled);
    const main = actions.load('resolver');
    const call = async (params: object) =>
      (await captureLog({ __OW_ACTIVATION_ID: 'act1' }, () => main(params))).result;
    try {
      expect(await call({ batch, LOG_LEVEL: 'error', plan: 'from elsewhere' })).to.deep.equal({ plan });
      const refused = (message: string) => ({
        error: {
          statusCode: 400,
          headers: { 'content-type': 'application/json' },
          body: { error: { code: 'PARAMETERS_INVALID', message, traceId: 'act1' } },
        },
      });
      expect(await call({})).to.deep.equal(
        refused('The parameter "batch" is missing. This action is a step of a sequence: invoke the sequence instead.'),
      );
      expect(await call({ batch: { ...batch, more: 1 } })).to.deep.equal(
        refused(
          'The parameter "batch" has an unknown key "more". Was every action of the package deployed from the same build?',
        ),
      );
    } finally {
      actions.remove();
    }
  });

  describe('with a ledger, as it is deployed, leaves what is stored to the sweep', () => {
    const stored = { rev: '1-a', storedAt: 1, source: 'webhook', traceId: 't0' };
    const kept = { ...batch, events: batch.events.map((event) => ({ ...event, stored })) };
    const { orders: _orders, skips: _skips, ...passedOn } = plan;
    const cases = [
      { when: 'MAX_HOPS is no number', settings: { COUCHDB_URL: 'http://127.0.0.1:9', MAX_HOPS: 'many' } },
      { when: 'COUCHDB_URL is wrong', settings: { COUCHDB_URL: 'nonsense' } },
      { when: 'COUCHDB_URL is missing', settings: {} },
      { when: 'the store does not answer', settings: { COUCHDB_URL: 'http://127.0.0.1:9' } },
    ];
    for (const { when, settings } of cases) {
      it(`where ${when}`, async () => {
        const actions = await buildForTest(compiled);
        const main = actions.load('resolver');
        try {
          const { result } = await captureLog({ __OW_ACTIVATION_ID: 'act1' }, () => main({ ...settings, batch: kept }));
          expect(result).to.deep.equal({ plan: { ...passedOn, orders: [], skips: [], undecided: 1 } });
          const hint = { ...batch, events: [], hints: [{ tenant: 'default', told: 'x1' }] };
          const other = await captureLog({ __OW_ACTIVATION_ID: 'act1' }, () => main({ ...settings, batch: hint }));
          expect(other.result).to.deep.equal({ plan: { ...passedOn, orders: [], skips: [], hints: hint.hints } });
        } finally {
          actions.remove();
        }
      });
    }
  });
});
