import { expect } from 'chai';
import { METRICS } from '../../src/core/metrics/metrics.ts';
import { type CascadeWithLedger, cascadeWithLedger } from '../support/cascade-with-ledger.ts';
import { deployCascade, READ_API_KEY } from '../support/deployed-cascade.ts';
import { promcheck } from '../support/promcheck.ts';

const UP = '5a1e5000-0000-4000-8000-000000000001';
const DOWN = '5a1e5000-0000-4000-8000-000000000002';
const chains = {
  'sales.yaml': `chain: sales
apps:
  up: { id: ${UP} }
  down: { id: ${DOWN} }
reloads:
  - { app: down, after: up }
`,
};
const KEY = { 'x-api-key': READ_API_KEY };

describe('metrics on a host', () => {
  let cascade: CascadeWithLedger;
  let url = '';
  before(async () => {
    cascade = await cascadeWithLedger({ chains, apps: [{ id: UP }, { id: DOWN }] });
    url = cascade.webhookUrl.replace('webhook', 'metrics');
  });
  after(() => cascade.close());

  const meter = async (): Promise<{ readonly counted: number; readonly isUpToDate: boolean }> => {
    const authorization = `Basic ${Buffer.from(cascade.host.auth).toString('base64')}`;
    const address = `${cascade.host.url}/api/v1/namespaces/_/actions/cascade/meter?blocking=true&result=true`;
    return (await fetch(address, { method: 'POST', headers: { authorization } })).json() as never;
  };

  it('are read by Prometheus, as the host sends them, with what happened', async function () {
    const prometheus = promcheck(this);
    await cascade.reloadByHand(UP);
    await cascade.until('both apps are recorded', async () => (await cascade.documents('app:')).length === 2);
    await cascade.until('both orders are done', async () => {
      const orders = await cascade.documents('order:');
      return orders.length === 1 && orders[0].state === 'ended';
    });
    const { counted, isUpToDate } = await meter();
    expect(isUpToDate).to.equal(true);
    expect(counted).to.be.greaterThan(6);

    const answer = await fetch(url, { headers: KEY });
    expect(answer.status).to.equal(200);
    const type = answer.headers.get('content-type') ?? '';
    expect(type).to.match(/^application\/openmetrics-text; ?version=1\.0\.0; ?charset=utf-8$/i);
    const { families, samples } = prometheus.metrics(await answer.text(), type);
    expect(families).to.deep.equal(
      Object.fromEntries(
        Object.entries(METRICS).map(([name, metric]) => [
          name,
          { type: metric.type, unit: 'unit' in metric ? metric.unit : '', help: metric.help },
        ]),
      ),
    );
    const sampleOf = (name: string, labels: object) =>
      samples.find((each) => JSON.stringify(each.labels) === JSON.stringify({ __name__: name, ...labels }))?.value;
    for (const app of [DOWN, UP]) {
      const labels = { app, outcome: 'succeeded', tenant: 'default' };
      expect(sampleOf('cascade_reloads_total', labels)).to.equal(1);
    }
    expect(sampleOf('cascade_action_invocations_total', { action: 'webhook', status: 'success' })).to.equal(
      cascade.activations.filter(({ name }) => name === 'webhook').length,
    );
    expect(sampleOf('cascade_action_invocations_total', { action: 'reload', status: 'success' })).to.equal(1);
    expect(sampleOf('cascade_action_duration_seconds_count', { action: 'reload' })).to.equal(1);
  });

  it('need the readers’ key, and are only read', async () => {
    expect((await fetch(url)).status).to.equal(401);
    expect((await fetch(url, { headers: { 'x-api-key': 'x' } })).status).to.equal(401);
    expect((await fetch(url, { method: 'POST', headers: KEY })).status).to.equal(405);
    expect((await fetch(`${url}/more`, { headers: KEY })).status).to.equal(404);
    expect((await fetch(`${url}?parts=0`, { headers: KEY })).status).to.equal(400);
  });

  it('need a ledger, and say so', async () => {
    const without = await deployCascade({ chains });
    try {
      const answer = await fetch(without.webhookUrl.replace('webhook', 'metrics'), { headers: KEY });
      expect(answer.status).to.equal(500);
      expect(JSON.stringify(await answer.json())).to.contain(
        'The action metrics needs a ledger, and the setting COUCHDB_URL is missing.',
      );
    } finally {
      await without.close();
    }
  });
});
