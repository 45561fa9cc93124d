import { expect } from 'chai';
import type { CompiledChains } from '../../../src/core/link.ts';
import {
  type Answerer,
  json,
  type ScriptedServer,
  startScriptedServer,
} from '../../clients/support/scripted-server.ts';
import { type BuiltActions, buildForTest } from '../../support/built-actions.ts';
import { captureLog } from '../../support/capture-log.ts';
import { planOf } from './support/plan.ts';

const LIMITS = json(200, { invocationsPerMinute: 600, concurrentInvocations: 100 });
const accepted = (activationId: string) => json(202, { activationId });

describe('the invoker as it is deployed', () => {
  let actions: BuiltActions;
  let server: ScriptedServer;
  before(async () => {
    actions = await buildForTest({ links: {}, apps: {} } satisfies CompiledChains);
  });
  after(() => actions.remove());

  const environmentOf = (activationId: string) => ({
    __OW_ACTIVATION_ID: activationId,
    __OW_ACTION_NAME: '/guest/my-package/invoker',
    __OW_API_HOST: server.url,
    __OW_API_KEY: 'uuid:key',
    __OW_DEADLINE: String(Date.now() + 120_000),
  });

  async function run(plans: readonly object[], ...answers: readonly Answerer[]) {
    server = await startScriptedServer(...answers);
    const environment = environmentOf('act1');
    const main = actions.load('invoker');
    try {
      const results: unknown[] = [];
      for (const plan of plans) results.push((await captureLog(environment, () => main({ plan }))).result);
      return results;
    } finally {
      await server.close();
    }
  }

  const calls = () => server.received.map(({ call }) => call.replace(/\?$/, ''));
  const plan = (count: number) => ({ ...planOf(count), receivedAt: Date.now() });

  it('tells in its log which activation is its own and which it started', async () => {
    server = await startScriptedServer(accepted('started1'));
    const environment = environmentOf('own1');
    const main = actions.load('invoker');
    const { lines } = await captureLog(environment, () => main({ plan: plan(1) })).finally(() => server.close());
    const [line] = lines.map((text) => JSON.parse(text) as Record<string, unknown>);
    expect(line).to.include({ message: 'Started', activationId: 'own1', startedActivationId: 'started1' });
  });

  it('calls the host under the id of the webhook’s own transaction, so that the host’s log lines belong together', async () => {
    server = await startScriptedServer(accepted('started1'));
    const environment = { ...environmentOf('own1'), __OW_TRANSACTION_ID: 'tid-of-the-webhook' };
    const main = actions.load('invoker');
    await captureLog(environment, () => main({ plan: plan(1) })).finally(() => server.close());
    expect(server.received.map(({ headers }) => headers['x-request-id'])).to.deep.equal(['tid-of-the-webhook']);
  });

  it('starts one activation of reload, of its own package, for each order', async () => {
    const [result] = await run([plan(1)], accepted('act2'));
    expect(result).to.deep.equal({
      statusCode: 202,
      headers: { 'content-type': 'application/json' },
      body: {
        accepted: 1,
        orders: [{ order: 'order:default:a0:s:r0', app: 'a0', activationId: 'act2' }],
        skips: [],
        ignored: [],
      },
    });
    expect(calls()).to.deep.equal(['POST /api/v1/namespaces/guest/actions/my-package/reload']);
    expect(JSON.parse(server.received[0]?.body ?? '')).to.deep.equal({
      request: {
        traceId: 't1',
        order: { order: 'order:default:a0:s:r0', tenant: 'default', appId: 'a0', body: {}, chain: 'sales' },
      },
    });
  });

  const acceptedAll = (count: number) => Array.from({ length: count }, (_, index) => accepted(`act${index}`));

  it('asks for the limits where the targets are many, once while its container lives, again where it was not told', async () => {
    await run([plan(8)], ...acceptedAll(8));
    expect(calls().filter((call) => call.startsWith('GET'))).to.have.length(0);
    await run([plan(9), plan(9)], LIMITS, ...acceptedAll(18));
    expect(calls().filter((call) => call.startsWith('GET'))).to.have.length(1);
    await run([plan(9), plan(9)], json(404, {}), ...acceptedAll(9), LIMITS, ...acceptedAll(9));
    expect(calls().filter((call) => call.startsWith('GET'))).to.have.length(2);
  });

  it('asks for the limits where few targets came so often that the least a host has in a minute is spent', async () => {
    const asAsked: Answerer = (response, received) =>
      (received.call.startsWith('GET') ? LIMITS : accepted('act'))(response, received);
    // Twice as many as fill a minute, so that a minute that ends meanwhile changes nothing.
    const plans = Array.from({ length: 14 }, () => plan(8));
    const results = await run(plans, ...Array.from({ length: 14 * 8 + 1 }, () => asAsked));
    expect(calls().filter((call) => call.startsWith('GET'))).to.have.length(1);
    expect(calls().filter((call) => call.endsWith('my-package/reload'))).to.have.length(112);
    expect(JSON.stringify(results)).not.to.include('carried');
  });

  it('counts the webhook’s own invocation: of 4 a minute it leaves 1, as 2 are kept back', async () => {
    const four = json(200, { invocationsPerMinute: 4, concurrentInvocations: 100 });
    const [result] = await run([plan(9)], four, accepted('1'), accepted('2'));
    expect(calls().filter((call) => call.startsWith('POST'))).to.deep.equal([
      'POST /api/v1/namespaces/guest/actions/my-package/reload',
      'POST /api/v1/namespaces/guest/actions/my-package/invoker',
    ]);
    expect(result).to.have.nested.property('body.orders[1].carried', true);
  });

  it('calls nobody where there is nothing to start', async () => {
    expect(await run([plan(0)])).to.deep.equal([
      {
        statusCode: 200,
        headers: { 'content-type': 'application/json' },
        body: { accepted: 0, orders: [], skips: [], ignored: [] },
      },
    ]);
    expect(calls()).to.deep.equal([]);
  });

  it('answers 502 where nothing was started', async () => {
    const [result] = await run([plan(1)], json(404, { error: 'The requested resource does not exist.' }));
    expect(result).to.have.nested.property('error.statusCode', 502);
    expect(result).to.have.nested.property('error.body.error.code', 'NOTHING_STARTED');
  });

  it('is misconfigured without the namespace’s key', async () => {
    const main = actions.load('invoker');
    const { result } = await captureLog({ __OW_ACTIVATION_ID: 'act1' }, () => main({ plan: plan(1) }));
    expect(result).to.have.nested.property('error.statusCode', 500);
    expect(result).to.have.nested.property('error.body.error.code', 'SETTINGS_INVALID');
  });

  describe('answers 202, and leaves what is stored to the sweep,', () => {
    const LEDGER = { COUCHDB_URL: 'http://cascade:made-up@127.0.0.1:9' };
    const end = { tenant: 'default', appId: 'a', reloadId: 'r1', outcome: 'succeeded', endedAt: 1, partial: false };
    const stored = { rev: '1-a', storedAt: 1, source: 'webhook', traceId: 't0' };
    const hints = [{ tenant: 'default', told: 'x1' }];

    const cases: readonly { when: string; key?: object; settings: object; of: object }[] = [
      { when: 'has no key of the namespace', settings: LEDGER, of: { events: [{ ...end, stored }] } },
      { when: 'has no key, and only a hint', settings: LEDGER, of: { hints } },
      { when: 'does not know the ledger', settings: {}, of: { events: [{ ...end, stored }] } },
      { when: 'has a wrong COUCHDB_URL', settings: { COUCHDB_URL: 'nonsense' }, of: { events: [{ ...end, stored }] } },
      {
        when: 'is passed an order without its cause',
        key: { __OW_API_KEY: 'uuid:key' },
        settings: LEDGER,
        of: { events: [{ ...end, stored }], orders: planOf(1).orders },
      },
    ];
    for (const { when, key = {}, settings, of } of cases) {
      it(`where it ${when}`, async () => {
        const main = actions.load('invoker');
        const environment = { __OW_ACTIVATION_ID: 'act1', __OW_ACTION_NAME: '/guest/cascade/invoker', ...key };
        const given = { ...settings, plan: { ...plan(0), ...of } };
        const { result, lines } = await captureLog(environment, () => main(given));
        expect(result).to.deep.equal({
          statusCode: 202,
          headers: { 'content-type': 'application/json' },
          body: { accepted: 0, orders: [], skips: [], ignored: [] },
        });
        expect(lines.map((line) => JSON.parse(line).code)).to.satisfy((codes: string[]) => codes.some(Boolean));
      });
    }
  });
});
