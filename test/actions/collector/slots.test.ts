import { expect } from 'chai';
import type { NewDocument } from '../../../src/clients/couchdb/couchdb-port.ts';
import { at, B, rig } from './support/rig.ts';

const waiting = (cause: string, dueAt: number, code = 'QLIK_RATE_LIMITED'): NewDocument => ({
  ...{ _id: `order:default:${B}:s:${cause}`, schema: 1, type: 'order', tenant: 'default', appId: B, chain: 'sales' },
  ...{
    state: 'waiting',
    body: {},
    causes: [cause],
    hops: 1,
    root: 'event:default:r0',
    traceId: 't1',
    try: 1,
    claims: 1,
  },
  ...{ owner: 'act1', ends: [], createdAt: at('11:30'), reason: { code, message: 'it is full' }, dueAt },
});
const idOf = (cause: string): string => `order:default:${B}:s:${cause}`;

describe('orders that wait for their tenant’s rate limit', () => {
  it('get slots instead of being started at once: the one that has waited longest comes first', async () => {
    const { couch, sweep } = rig();
    couch.seed(waiting('r2', at('11:59')), waiting('r1', at('11:58')));
    const batch = await sweep(undefined, { apps: {} });
    expect(batch).to.not.have.property('due');
    expect(batch.slots).to.deep.equal([
      { order: idOf('r1'), at: at('12:00') + 1_225 },
      { order: idOf('r2'), at: at('12:00') + 2_450 },
    ]);
    expect(couch.peek('gate:default')).to.deep.include({ lastSlot: at('12:00') + 2_450 });
  });

  it('get a slot before they are due, where the gate opens before the next sweep', async () => {
    const { couch, sweep } = rig();
    couch.seed({ _id: 'gate:default', schema: 1, type: 'gate', until: at('12:03') }, waiting('r1', at('12:03')));
    expect((await sweep(undefined, { apps: {} })).slots).to.deep.equal([
      { order: idOf('r1'), at: at('12:03') + 1_225 },
    ]);
  });

  it('stay as they are where the gate opens later', async () => {
    const { couch, sweep, writes } = rig();
    couch.seed({ _id: 'gate:default', schema: 1, type: 'gate', until: at('12:05') }, waiting('r1', at('12:05')));
    expect(await sweep(undefined, { apps: {} })).to.not.have.property('slots');
    expect(writes()).to.deep.equal([]);
  });

  it('are 244 at most for five minutes', async () => {
    const { couch, sweep } = rig();
    couch.seed(...Array.from({ length: 300 }, (_, index) => waiting(`r${index}`, at('11:58'))));
    expect((await sweep(undefined, { apps: {} })).slots).to.have.length(244);
  });

  it('go to the orders behind those that have one from an earlier sweep', async () => {
    const { couch, sweep } = rig();
    couch.seed({ _id: 'gate:default', schema: 1, type: 'gate', lastSlot: at('12:00') + 2_450 });
    couch.seed(waiting('r1', at('11:57')), waiting('r2', at('11:58')), waiting('r3', at('11:59')));
    expect((await sweep(undefined, { apps: {} })).slots).to.deep.equal([
      { order: idOf('r3'), at: at('12:00') + 3_675 },
    ]);
  });

  it('are not those that wait for something else', async () => {
    const { couch, sweep } = rig();
    couch.seed(waiting('r1', at('11:58'), 'QLIK_QUOTA'), waiting('r2', at('12:01'), 'QLIK_QUOTA'));
    const batch = await sweep(undefined, { apps: {} });
    expect(batch.due).to.deep.equal([idOf('r1')]);
    expect(batch).to.not.have.property('slots');
  });
});
