import { expect } from 'chai';
import type { NewDocument } from '../../../src/clients/couchdb/couchdb-port.ts';
import { A, active, at, B, ended, event, rig } from './support/rig.ts';

const CAUSE = 'r0';
const ID = `order:default:${B}:s:${CAUSE}`;

const order = ({ _id = ID, ...more }: Partial<NewDocument> = {}): NewDocument => ({
  _id,
  schema: 1,
  type: 'order',
  tenant: 'default',
  appId: B,
  chain: 'sales',
  state: 'posted',
  body: {},
  causes: [CAUSE],
  hops: 1,
  root: 'event:default:r0',
  traceId: 't1',
  try: 1,
  claims: 1,
  owner: 'act1',
  reloadId: 'p1',
  isCertain: true,
  ends: [],
  createdAt: at('11:30'),
  postedAt: at('11:31'),
  dueAt: at('11:46'),
  ...more,
});

const posted = (id: string, time: string) => ended(id, time, { appId: B, type: 'external' });
const endOf = (id: string, time: string, more: object = {}) => event(id, time, { appId: B, ...more });

describe('what is due', () => {
  it('is nothing where nothing is', async () => {
    const { couch, sweep } = rig();
    couch.seed(order({ dueAt: at('12:00:01') }), event('r1', '11:00'));
    const batch = await sweep(undefined, { tenants: [] });
    expect(batch).to.deep.equal({
      traceId: 'sweep1',
      source: 'sweep',
      receivedAt: at('12:00'),
      ignored: [],
      events: [],
    });
  });

  it('as an event goes to the resolver as it is stored', async () => {
    const { couch, sweep, writes } = rig();
    couch.seed(event('r1', '11:00', { resolvedAt: undefined, skips: undefined, dueAt: at('12:00'), eventId: 'e1' }));
    const { events } = await sweep(undefined, { tenants: [] });
    expect(events).to.deep.equal([
      {
        tenant: 'default',
        appId: A,
        reloadId: 'r1',
        outcome: 'succeeded',
        endedAt: at('11:00'),
        partial: false,
        eventId: 'e1',
        stored: { rev: '1-seed', storedAt: at('11:00'), source: 'webhook', traceId: 't1' },
      },
    ]);
    expect(writes()).to.deep.equal([]);
  });

  for (const state of ['planned', 'claimed', 'unknown', 'parked', 'waiting']) {
    it(`as an order that is ${state} goes to reload, and the sweep writes nothing on it`, async () => {
      const { couch, qlik, sweep, writes } = rig();
      couch.seed(order({ state, reloadId: undefined }));
      expect((await sweep(undefined, { tenants: [] })).due).to.deep.equal([ID]);
      expect([writes(), qlik.calls]).to.deep.equal([[], []]);
    });
  }

  it('goes by the store’s clock', async () => {
    const { couch, sweep, clock } = rig();
    couch.seed(order({ state: 'planned', dueAt: at('12:03') }));
    clock.container = at('12:05');
    expect(await sweep(undefined, { tenants: [] })).not.to.have.property('due');
    clock.store = at('12:03');
    expect((await sweep(undefined, { tenants: [] })).due).to.deep.equal([ID]);
  });

  it('is taken up however much is due in the same millisecond', async () => {
    const { couch, sweep } = rig();
    const orders = Array.from({ length: 450 }, (_, index) => order({ _id: `${ID}${index}`, state: 'planned' }));
    couch.seed(...orders, order({ _id: 'order:last', state: 'planned', dueAt: at('11:47') }));
    const { due = [] } = await sweep(undefined, { tenants: [] });
    expect(new Set(due).size).to.equal(451);
    expect(due.at(-1)).to.equal('order:last');
  });

  it('is taken up past what nobody understands', async () => {
    const { couch, sweep, lines } = rig();
    couch.seed(
      { _id: 'x', type: 'join', dueAt: at('11:00') },
      event('bad', '11:00', { endedAt: 'soon', dueAt: at('11:00') }),
    );
    couch.seed(order({ state: 'planned' }));
    expect((await sweep(undefined, { tenants: [] })).due).to.deep.equal([ID]);
    expect(lines[0]).to.contain('event:default:bad');
    expect(lines[1]).to.equal('Something is due that this version does not know');
  });
});

describe('a posted order whose end nobody told', () => {
  it('is ended by its event where that is stored', async () => {
    const { couch, qlik, sweep } = rig();
    couch.seed(order(), endOf('p1', '11:50'));
    const batch = await sweep();
    expect(batch.events).to.deep.equal([]);
    expect(couch.peek(ID)).to.deep.include({
      state: 'ended',
      outcome: 'succeeded',
      endedAt: at('11:50'),
      ends: ['p1'],
    });
    expect(couch.peek(ID)).not.to.have.property('dueAt');
    expect(qlik.calls).not.to.include('get p1');
  });

  it('gets the event that Qlik tells, and keeps its state until that is told', async () => {
    const { couch, qlik, sweep } = rig();
    couch.seed(order());
    qlik.byId.set('p1', { kind: 'found', reload: posted('p1', '11:50') });
    expect((await sweep()).events).to.have.length(1);
    expect(couch.peek('event:default:p1')).to.deep.include({ endedAt: at('11:50'), source: 'sweep' });
    expect(couch.peek(ID)?.['state']).to.equal('posted');
    await sweep();
    expect(couch.peek(ID)?.['state']).to.equal('ended');
  });

  for (const [what, answer] of [
    ['runs', { kind: 'found', reload: active('p1', '11:31', { appId: B }) }],
    ['is unknown to Qlik', { kind: 'absent' }],
  ] as const) {
    it(`is looked at again in 15 minutes where it ${what}`, async () => {
      const { couch, qlik, sweep } = rig();
      couch.seed(order());
      qlik.byId.set('p1', answer);
      expect((await sweep()).events).to.deep.equal([]);
      expect(couch.peek(ID)).to.deep.include({ state: 'posted', dueAt: at('12:15'), _rev: '2-aaaaaaaa' });
    });
  }

  it('stays due where the tenant does not answer, which is not asked again, and what is due after it goes on', async () => {
    const { couch, qlik, sweep } = rig();
    for (const number of [1, 2, 3, 4, 5, 6]) couch.seed(order({ _id: `${ID}${number}`, reloadId: `p${number}` }));
    couch.seed(order({ _id: 'order:z', state: 'planned', dueAt: at('11:50') }));
    for (const number of [1, 2, 3, 4, 5, 6]) qlik.byId.set(`p${number}`, { kind: 'unavailable', message: '503' });
    expect((await sweep()).due).to.deep.equal(['order:z']);
    expect(qlik.calls.filter((call) => call.startsWith('get'))).to.have.length(4);
    expect(couch.peek(`${ID}1`)).to.deep.include({ dueAt: at('11:46'), _rev: '1-seed' });
  });

  it('is left where the time is up', async () => {
    const { couch, qlik, sweep, clock } = rig();
    couch.seed(order());
    await sweep(undefined, { deadline: clock.container });
    expect(qlik.calls).to.deep.equal([]);
  });
});
