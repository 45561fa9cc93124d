import { expect } from 'chai';
import type { NewDocument, Written } from '../../../src/clients/couchdb/couchdb-port.ts';
import { at, rig } from './support/rig.ts';

const ORDER = 'order:default:c:j1:b1';
const OPEN = {
  ...{ order: ORDER, tenant: 'default', appId: 'c', body: { weight: 2 }, chain: 'sales', traceId: 't7' },
  lineage: { cause: 'b1', others: ['a1'], hops: 3, root: 'event:default:b1' },
};
const join = (more: object = {}): NewDocument => ({
  ...{ _id: 'join:default:c:j1', schema: 1, type: 'join', tenant: 'default', appId: 'c', chain: 'sales', clause: 'j1' },
  rule: { of: { 'default/a': 'succeeded', 'default/b': 'succeeded' }, atLeast: 2, within: 3_600_000 },
  ...{ baseHalves: [], log: [], open: [OPEN], dueAt: at('11:59') },
  ...more,
});

describe('the sweep and a link that waits for several apps', () => {
  it('creates an order whose creator died, fires it and takes it out of the document', async () => {
    const { couch, sweep } = rig();
    couch.seed(join());
    expect((await sweep(undefined, { apps: {} })).due).to.deep.equal([ORDER]);
    expect(couch.peek(ORDER)).to.deep.include({
      ...{ type: 'order', state: 'planned', body: { weight: 2 }, causes: ['b1', 'a1'], hops: 3, traceId: 't7' },
      ...{ root: 'event:default:b1', chain: 'sales', createdAt: at('12:00'), dueAt: at('12:01') },
    });
    expect(couch.peek('join:default:c:j1')).to.deep.include({ open: [] });
    expect(couch.peek('join:default:c:j1')).not.to.have.property('dueAt');
  });

  it('T12: after a crash that followed the write of the link, one order, acknowledged; the next sweep is silent', async () => {
    const { couch, sweep, writes } = rig();
    couch.seed(join());
    const fired = [await sweep(undefined, { apps: {} })];
    expect(couch.peek('join:default:c:j1')).to.deep.include({ open: [] });
    const before = writes().length;
    for (let more = 0; more < 3; more += 1) fired.push(await sweep(undefined, { apps: {} }));
    expect(fired.map(({ due }) => due)).to.deep.equal([[ORDER], undefined, undefined, undefined]);
    expect(writes()).to.have.length(before);
    expect(couch.all().flatMap(({ _id }) => (_id.startsWith('order:') ? [_id] : []))).to.deep.equal([ORDER]);
  });

  it('takes an order out that is stored, without a second start; then it writes nothing', async () => {
    const { couch, sweep, writes } = rig();
    couch.seed(join());
    await sweep(undefined, { apps: {} });
    couch.seed(join());
    expect((await sweep(undefined, { apps: {} })).due).to.equal(undefined);
    expect(couch.peek('join:default:c:j1')).to.deep.include({ open: [] });
    const before = writes().length;
    await sweep(undefined, { apps: {} });
    expect(writes()).to.have.length(before);
  });

  it('leaves the document due if CouchDB does not answer', async () => {
    const { couch, sweep } = rig();
    couch.seed(join());
    couch.fail('bulk', 'before');
    await sweep(undefined, { apps: {} }).catch(() => undefined);
    expect(couch.peek('join:default:c:j1')).to.deep.include({ dueAt: at('11:59') });
    expect(couch.peek(ORDER)).to.equal(undefined);
  });

  for (const [isForGood, open] of [
    [true, []],
    [false, [OPEN]],
  ] as const) {
    it(`${isForGood ? 'takes out' : 'keeps'} an order that CouchDB refuses ${isForGood ? 'for good' : 'for now'}`, async () => {
      const { couch, sweep } = rig();
      couch.seed(join());
      const refusal: Written = { kind: 'refused', message: 'CouchDB answered 413 (document_too_large)', isForGood };
      const bulk = async (documents: readonly NewDocument[]) => documents.map(() => refusal);
      const { due } = await sweep(undefined, { apps: {}, store: { ...couch, bulk } });
      expect(due).to.equal(undefined);
      expect(couch.peek('join:default:c:j1')).to.deep.include({ open });
    });
  }

  it('leaves the order of a tenant that neither settings nor chains know', async () => {
    const { couch, sweep } = rig();
    couch.seed(join({ _id: 'join:other:c:j1', tenant: 'other' }));
    expect((await sweep(undefined, { apps: {} })).due).to.equal(undefined);
    expect(couch.peek('join:other:c:j1')).to.deep.include({ dueAt: at('11:59') });
  });
});
