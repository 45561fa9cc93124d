import { expect } from 'chai';
import type { TenantName } from '../../../src/core/names.ts';
import { A, at, BOUND, checkpoint, ended, event, idsOf, rig } from './support/rig.ts';

const tenant = 'default' as TenantName;
/** The settings of the deployment that sweeps. The ledger has another address. */
const elsewhere = { addressOf: () => 'https://another.eu.qlikcloud.com' };
const ALERT = 'alert:tenant-moved:default';
const APP = `app:default:${A}`;
const COUNTS = { succeeded: 0, failed: 0, canceled: 0, 'exceeded-limit': 0 };

const order = (id: string, more: object = {}) => ({
  ...{ _id: `order:default:${A}:s:${id}`, schema: 1, type: 'order', tenant, appId: A, chain: 'one', state: 'planned' },
  ...{ body: {}, causes: [id], hops: 1, root: `event:default:${id}`, traceId: 't1', try: 1, claims: 0, ends: [] },
  ...{ createdAt: at('11:00'), dueAt: at('11:01') },
  ...more,
});
const hint = (more: object = {}) => ({
  ...{ _id: 'hint:default:e1', schema: 1, type: 'hint', tenant, appId: A, traceId: 't1' },
  told: { outcome: 'succeeded', endedAt: at('11:50'), partial: false, reloadId: 'e1' },
  ...{ storedAt: at('11:50'), dueAt: at('11:52') },
  ...more,
});

/** A ledger with something of each kind to do. */
function busyRig() {
  const world = rig();
  world.couch.seed(
    checkpoint('11:00'),
    order('r1'),
    order('r2', { state: 'posted', reloadId: 'p1' }),
    event('r3', '11:40', { resolvedAt: undefined, dueAt: at('11:42') }),
    hint(),
    // It owes a notice.
    {
      ...{ _id: APP, schema: 1, type: 'app', counts: COUNTS, seconds: COUNTS, seen: [], over: [] },
      ...{ notices: [{ id: 'late.1', kind: 'late', at: at('11:00'), to: ['ops'], due: { ops: at('11:30') } }] },
      dueAt: at('11:30'),
    },
  );
  world.qlik.pages.push([ended('r4', '11:45')]);
  return world;
}

describe('a tenant that is another one for the ledger than for the sweep’s settings', () => {
  it('is neither listed nor asked, and nothing of it is taken up, settled or written', async () => {
    const { couch, qlik, sweep, writes } = busyRig();
    const before = couch.all();
    const batch = await sweep(undefined, elsewhere);
    expect([batch.events, batch.due, batch.owing, qlik.calls]).to.deep.equal([[], undefined, undefined, []]);
    expect(writes()).to.deep.equal([`put ${ALERT}`]);
    expect(couch.all().filter(({ _id }) => _id !== ALERT)).to.deep.equal(before);
  });

  it('is told once, with both addresses and what to do', async () => {
    const { couch, sweep, lines } = busyRig();
    await sweep(undefined, elsewhere);
    await sweep(undefined, elsewhere);
    expect(couch.peek(ALERT)).to.deep.include({
      ...{ kind: 'tenant-moved', subject: 'default', traceId: 'sweep1', at: at('12:00') },
      message:
        'The settings say that the tenant "default" is at https://another.eu.qlikcloud.com, and the ledger that it is at https://default.eu.qlikcloud.com: with these settings nothing is started there, and nothing settled. Has another deployment the same database? Then give each a COUCHDB_DATABASE of its own. Has the tenant moved? Then ./build.sh deploy --tenant-moved default.',
    });
    expect(lines.filter((line) => line.includes('another.eu'))).to.have.length(1);
  });

  it('stays due for the right deployment, whose sweep takes it all', async () => {
    const { sweep, qlik } = busyRig();
    await sweep(undefined, elsewhere);
    qlik.byId.set('p1', { kind: 'found', reload: ended('p1', '11:50') });
    qlik.byId.set('e1', { kind: 'found', reload: ended('e1', '11:50') });
    const batch = await sweep();
    expect(idsOf(batch)).to.have.members(['r4', 'r3', 'p1', 'e1']);
    expect(batch.due).to.deep.equal([`order:default:${A}:s:r1`]);
    expect(batch.owing).to.deep.equal([APP]);
  });

  it('has its hints left alone also where one is fired for itself', async () => {
    const { couch, qlik, sweep, writes } = busyRig();
    expect((await sweep({ tenant, told: 'e1' }, elsewhere)).events).to.deep.equal([]);
    expect([qlik.calls, writes()]).to.deep.equal([[], [`put ${ALERT}`]]);
    expect(couch.peek('hint:default:e1')).to.include({ dueAt: at('11:52') });
  });

  it('does not keep another tenant of the same deployment from being swept', async () => {
    const { couch, sweep, qlik } = busyRig();
    const other = 'other' as TenantName;
    couch.seed(
      { ...checkpoint('11:00'), _id: 'checkpoint:other' },
      { ...BOUND, _id: 'tenant:other', url: 'https://o.com' },
    );
    const addressOf = (name: TenantName) => (name === other ? 'https://o.com' : 'https://another.eu.qlikcloud.com');
    const apps = { [`default/${A}`]: {}, [`other/${A}`]: {} };
    expect(idsOf(await sweep(undefined, { tenants: [tenant, other], addressOf, apps }))).to.deep.equal(['r4']);
    expect(qlik.calls).to.deep.equal(['list all end']);
    expect(couch.peek('event:other:r4')).not.to.equal(undefined);
  });

  it('is one too where its document cannot be read', async () => {
    const { couch, qlik, sweep, lines } = busyRig();
    couch.seed({ _id: 'tenant:default', schema: 1, type: 'tenant', url: 'somewhere' });
    expect((await sweep()).due).to.equal(undefined);
    expect(qlik.calls).to.deep.equal([]);
    expect(lines.join('\n')).to.include(
      'The document tenant:default is no tenant of schema 1: look at its field "url".',
    );
    expect(couch.peek(ALERT)?.['message']).to.include('has a document tenant:default that cannot be read');
  });
});

describe('a tenant that no deployment has bound to an address', () => {
  it('is swept as ever, with a warning', async () => {
    const { couch, sweep, lines } = rig();
    couch.seed({ ...BOUND, _id: 'tenant:unrelated' });
    const unbound = {
      ...couch,
      many: (ids: readonly string[]) => couch.many(ids.map((id) => id.replace('tenant:default', '-'))),
    };
    couch.seed(checkpoint('11:00'), order('r1'));
    expect((await sweep(undefined, { store: unbound })).due).to.deep.equal([`order:default:${A}:s:r1`]);
    expect(lines).to.deep.equal(['The ledger does not say where this tenant is: deploy again']);
  });
});

describe('a hint that was heard of in another tenant than the ledger means', () => {
  for (const [heardFrom, more, isOurs] of [
    ['https://another.eu.qlikcloud.com', {}, false],
    ['https://default.eu.qlikcloud.com', {}, true],
    ['https://old.eu.qlikcloud.com', { before: ['https://old.eu.qlikcloud.com'] }, true],
    ['id-2', { id: 'id-1' }, false],
    ['id-1', { id: 'id-1' }, true],
    ['id-2', {}, true],
  ] as const) {
    it(`comes to ${isOurs ? 'its event' : 'nothing'}: heard from ${heardFrom}, bound to ${JSON.stringify(more)}`, async () => {
      const { couch, qlik, sweep } = rig();
      couch.seed({ ...BOUND, ...more }, hint({ heardFrom }));
      qlik.byId.set('e1', { kind: 'found', reload: ended('e1', '11:50') });
      expect(idsOf(await sweep({ tenant, told: 'e1' }))).to.deep.equal(isOurs ? ['e1'] : []);
      expect(couch.peek('hint:default:e1')).to.include({ settledAs: isOurs ? 'event' : 'other-tenant' });
      expect(couch.peek('hint:default:e1')).not.to.have.property('dueAt');
    });
  }
});
