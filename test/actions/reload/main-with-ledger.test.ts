import { expect } from 'chai';
import type { CouchPort } from '../../../src/clients/couchdb/couchdb-port.ts';
import { type Answerer, json, type ScriptedServer } from '../../clients/support/scripted-server.ts';
import { captureLog } from '../../support/capture-log.ts';
import { APP, useDeployed } from '../support/use-deployed.ts';

const BY_HAND = `order:default:${APP}:s:m.act1`;
const queued = json(201, { id: '6a84', status: 'QUEUED' });
const calledOff = async (couch: CouchPort): Promise<void> => {
  const order = await couch.get(BY_HAND);
  if (order === undefined) return;
  const { dueAt: _, ...rest } = order;
  await couch.put({ ...rest, state: 'called-off', reason: { code: 'CALLED_OFF', message: 'a person called it off' } });
};
const isBusy = json(429, { errors: [{ code: 'RELOADS-007', title: 'Busy' }] });

describe('reload and storer as they are deployed, with a ledger', () => {
  const deployed = useDeployed();
  let server: ScriptedServer | undefined;

  async function ledgerAnd(...answers: readonly Answerer[]) {
    const { couch, settings } = await deployed.ledger();
    server = await deployed.tenant(...answers);
    return { couch, params: { ...settings, QLIK_TENANT_URL: server.url, QLIK_API_KEY: 'key-1' } };
  }

  const environment = () => ({ __OW_ACTIVATION_ID: 'act1', __OW_DEADLINE: String(Date.now() + 110_000) });
  const run = async (action: 'reload' | 'storer', params: object) => {
    const { result, lines } = await captureLog(environment(), () => deployed.load(action)(params));
    expect(lines.join(), 'the password is in no line').to.not.include(deployed.password());
    return result as Readonly<Record<string, unknown>>;
  };

  it('tells the trace of the event, also where it fails', async () => {
    const { params } = await ledgerAnd();
    const result = await run('reload', { ...params, request: { traceId: 't9', due: BY_HAND } });
    expect(result).to.have.nested.property('error.code', 'PARAMETERS_INVALID');
    expect(result).to.have.nested.property('error.traceId', 't9');
  });

  it('has the trace of the order’s end in each line, also if a sweep starts the order', async () => {
    const { params, couch } = await ledgerAnd(queued);
    const now = Date.now();
    await couch.put({
      ...{ _id: BY_HAND, schema: 1, type: 'order', tenant: 'default', appId: APP, chain: 'sales', body: {} },
      ...{ state: 'planned', causes: ['r1'], hops: 1, root: 'event:default:r1', traceId: 'webhook1', try: 1 },
      ...{ claims: 0, ends: [], createdAt: now, dueAt: now },
    });
    const request = { traceId: 'sweep1', due: BY_HAND };
    const { lines } = await captureLog(environment(), () => deployed.load('reload')({ ...params, request }));
    expect(lines.map((line) => JSON.parse(line)).map(({ message, traceId }) => [message, traceId])).to.deep.equal([
      ['The ledger does not say where this tenant is: deploy again', 'webhook1'],
      ['The order is posted', 'webhook1'],
    ]);
  });

  it('starts a reload by hand as an order of its own, and says how it stands', async () => {
    const { params, couch } = await ledgerAnd(queued);
    const result = await run('reload', { ...params, app: 'extract', partial: true });
    expect(result).to.deep.include({ order: BY_HAND, did: 'started', state: 'posted', reloadId: '6a84' });
    expect(await couch.get(BY_HAND)).to.deep.include({
      type: 'order',
      state: 'posted',
      body: { partial: true },
      causes: ['m.act1'],
      hops: 1,
      root: BY_HAND,
      reloadId: '6a84',
      isCertain: true,
      owner: 'act1',
    });
    expect(await couch.get('started:default:6a84')).to.deep.include({ order: BY_HAND, isGuess: false });
  });

  it('answers with data, not with an error, where the app is busy', async () => {
    const running = { id: '6a83', appId: APP, status: 'RELOADING', type: 'hub', creationTime: '2026-11-22T02:00:00Z' };
    const { params, couch } = await ledgerAnd(isBusy, json(200, { data: [running] }));
    const result = await run('reload', { ...params, app: APP });
    expect(result).to.deep.include({ order: BY_HAND, did: 'parked', state: 'parked' });
    expect((await couch.get(`park:default:${APP}`))?.['slots']).to.deep.equal({
      cedc9a8b99fa1c1b: { order: BY_HAND, hops: 1 },
    });
  });

  it('answers with an error where Qlik refuses the reload for good: the order is given up', async () => {
    const { params, couch } = await ledgerAnd(json(403, { errors: [{ code: 'RELOADS-003', title: 'Forbidden.' }] }));
    const error = {
      code: 'QLIK_REFUSED',
      message: 'Qlik answered 403: RELOADS-003 · Forbidden.',
      order: BY_HAND,
      kind: 'permanent',
      state: 'gave-up',
    };
    expect(await run('reload', { ...params, app: APP })).to.deep.equal({ error });
    expect(await couch.get(BY_HAND)).to.deep.include({ state: 'gave-up' });
  });

  it('answers with an error also to the sweep that an order was given up, once', async () => {
    const { params } = await ledgerAnd(isBusy, json(200, { data: [{ id: '6a83' }] }), json(401, {}));
    await run('reload', { ...params, app: APP });
    const request = { traceId: 't1', due: BY_HAND, wake: true };
    expect(await run('reload', { ...params, request })).to.have.nested.property('error.code', 'QLIK_UNAUTHORIZED');
    expect(await run('reload', { ...params, request })).to.deep.include({ did: 'finished', state: 'gave-up' });
  });

  it('answers with an error where a person called the order off while it was being claimed', async () => {
    const { params, couch } = await ledgerAnd((response, call) => {
      void calledOff(couch).then(() => json(429, { errors: [{ code: 'HTTP-429' }] })(response, call));
    });
    const { error } = await run('reload', { ...params, app: APP });
    expect(error).to.deep.equal({
      code: 'CALLED_OFF',
      message: 'a person called it off',
      order: BY_HAND,
      kind: 'permanent',
      state: 'called-off',
    });
  });

  it('answers with data where Qlik gives no token: it waits, and nothing is in doubt', async () => {
    const { params, couch } = await ledgerAnd(json(503, {}));
    const { QLIK_API_KEY: _, ...settings } = params;
    const client = { QLIK_CLIENT_ID: 'c', QLIK_CLIENT_SECRET: 's' };
    const result = await run('reload', { ...settings, ...client, app: APP });
    expect(result).to.deep.include({
      did: 'waiting',
      reason: { code: 'QLIK_UNREACHABLE', message: 'Qlik gave no token: it answered 503' },
    });
    expect(await couch.get(BY_HAND)).to.not.have.property('doubt');
    expect(server?.received.map(({ call }) => call)).to.deep.equal(['POST /oauth/token']);
  });

  it('takes up an order that the sweep found, and leaves it alone once it is posted', async () => {
    const { params, couch } = await ledgerAnd(isBusy, json(200, { data: [{ id: '6a83' }] }), queued);
    await run('reload', { ...params, app: APP });
    const request = { traceId: 't1', due: BY_HAND, wake: true };
    expect(await run('reload', { ...params, request })).to.deep.include({ did: 'started', reloadId: '6a84' });
    expect(await run('reload', { ...params, request })).to.deep.include({ did: 'finished', state: 'posted' });
    expect((await couch.get(`park:default:${APP}`))?.['slots']).to.deep.equal({});
  });

  it('ends an order by the record of its reload’s end', async () => {
    const { params, couch } = await ledgerAnd(queued);
    await run('reload', { ...params, app: APP });
    const { COUCHDB_URL, COUCHDB_DATABASE } = params;
    const end = { tenant: 'default', appId: APP, reloadId: '6a84', outcome: 'failed', endedAt: 1, partial: false };
    const record = { traceId: 't1', events: [end] };
    const event = { _id: 'event:default:6a84', schema: 1, type: 'event', ...end, source: 'webhook', traceId: 't1' };
    await couch.put({ ...event, storedAt: 1, resolvedAt: 2, skips: [], dueAt: 3 });
    expect(await run('storer', { COUCHDB_URL, COUCHDB_DATABASE, record })).to.deep.equal({
      ended: [{ order: BY_HAND, reloadId: '6a84' }],
      apps: [`app:default:${APP}`],
      notify: { traceId: 't1', documents: [] },
    });
    const swept = { traceId: 't1', events: [], owing: ['alert:quota:x'] };
    const { notify } = await run('storer', { COUCHDB_URL, COUCHDB_DATABASE, record: swept });
    expect(notify).to.deep.equal({ traceId: 't1', documents: ['alert:quota:x'], isSwept: true });
    expect(await couch.get('event:default:6a84'))
      .to.include.keys('recordedAt')
      .and.not.to.include.keys('dueAt');
    expect(await couch.get(BY_HAND)).to.deep.include({ state: 'ended', outcome: 'failed' });
    expect((await couch.get(`app:default:${APP}`))?.['last']).to.deep.equal(end);
  });

  it('leaves no order behind where a person gives a tenant that the settings do not know', async () => {
    const { params, couch } = await ledgerAnd(queued);
    const result = await run('reload', { ...params, app: APP, tenant: 'defualt' });
    expect(result['error']).to.have.property('code', 'SETTINGS_INVALID');
    expect(await couch.range('order:defualt:', { limit: 1 })).to.deep.equal([]);
    expect(await couch.range('alert:', { limit: 1 })).to.deep.equal([]);
  });

  it('starts nothing where the store does not answer', async () => {
    const { params } = await ledgerAnd(queued);
    const result = await run('reload', { ...params, COUCHDB_URL: 'http://127.0.0.1:9', app: APP });
    expect(result['error']).to.have.property('code', 'STORE_UNAVAILABLE');
    expect(server?.received).to.deep.equal([]);
  });

  it('cannot take up or record anything without a ledger', async () => {
    const { params } = await ledgerAnd();
    const { QLIK_TENANT_URL, QLIK_API_KEY } = params;
    const request = { traceId: 't1', due: BY_HAND };
    const reload = await run('reload', { QLIK_TENANT_URL, QLIK_API_KEY, request });
    const storer = await run('storer', { record: { traceId: 't1', events: [] } });
    for (const { error } of [reload, storer]) {
      expect(error).to.have.property('code', 'SETTINGS_INVALID');
      expect(error).to.have.property('message').that.includes('COUCHDB_URL');
    }
  });
});
