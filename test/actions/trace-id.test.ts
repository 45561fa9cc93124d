import { expect } from 'chai';
import { type BuiltActions, buildForTest } from '../support/built-actions.ts';
import { captureLog } from '../support/capture-log.ts';

const ENVELOPE = { traceId: 't1', source: 'webhook', receivedAt: 1, ignored: [] };
const ORDER = { order: 'order:default:b:s:r1', tenant: 'default', appId: 'b', body: {}, chain: 'sales' };
const EVENT = { tenant: 'default', appId: 'a', reloadId: 'r1', outcome: 'succeeded', endedAt: 1, partial: false };
const DUE = { due: [ORDER.order] };

describe('each line that a step logs, once it knows the event it works on,', () => {
  let actions: BuiltActions;
  before(async () => {
    actions = await buildForTest({ links: {}, apps: {} });
  });
  after(() => actions.remove());

  async function tracesOf(action: 'resolver' | 'invoker' | 'reload' | 'storer', params: object): Promise<unknown[]> {
    const { lines } = await captureLog({ __OW_ACTIVATION_ID: 'act1', __OW_API_KEY: '' }, () =>
      actions.load(action)(params),
    );
    return lines.map((line) => JSON.parse(line).traceId);
  }

  it('has the trace id of that event: the resolver', async () => {
    expect(await tracesOf('resolver', { batch: { ...ENVELOPE, events: [EVENT] } })).to.deep.equal(['t1']);
  });

  it('has it also if a setting is missing, and what is due stays due: the resolver and the invoker', async () => {
    expect(await tracesOf('resolver', { batch: { ...ENVELOPE, ...DUE, events: [] } })).to.deep.equal(['t1']);
    expect(await tracesOf('invoker', { plan: { ...ENVELOPE, ...DUE, orders: [], skips: [] } })).to.deep.equal(['t1']);
  });

  it('has it also if the step fails: the reload', async () => {
    expect(await tracesOf('reload', { request: { traceId: 't1', order: ORDER } })).to.deep.equal(['t1']);
  });

  it('has it also if the step fails: the record', async () => {
    expect(await tracesOf('storer', { record: { traceId: 't1', events: [EVENT] } })).to.deep.equal(['t1']);
  });
});
