import { expect } from 'chai';
import type { CouchPort, NewDocument } from '../../../src/clients/couchdb/couchdb-port.ts';
import type { GetAnswer } from '../../../src/clients/qlik/qlik-port.ts';
import type { TenantName } from '../../../src/core/names.ts';
import { ONE_QUESTION } from '../../support/one-of-each.ts';
import { A, active, at, B, DEFAULT, ended, event, rig, ScriptedQlik } from './support/rig.ts';

const CAUSE = 'r0';
const ID = `order:default:${B}:s:${CAUSE}`;
const Z = `order:default:${B}:s:z`;

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
    const batch = await sweep(undefined, { apps: {} });
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
    const { events } = await sweep(undefined, { apps: {} });
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

  it('as an event that is resolved goes to be recorded, and not to the resolver', async () => {
    const { couch, sweep, writes } = rig();
    const due = { dueAt: at('12:00') };
    couch.seed(event('r1', '11:00', due), event('r2', '11:00', { ...due, recordedAt: at('11:01') }));
    const batch = await sweep(undefined, { apps: {} });
    expect(batch.events).to.deep.equal([]);
    expect(batch.unrecorded).to.deep.equal([
      {
        tenant: 'default',
        appId: A,
        reloadId: 'r1',
        outcome: 'succeeded',
        endedAt: at('11:00'),
        partial: false,
      },
    ]);
    expect(writes()).to.deep.equal([]);
  });

  it('as an app and an alert that owe notices go to record, by their ids, and the sweep writes nothing on them', async () => {
    const { couch, sweep, writes } = rig();
    const due = { to: ['ops'], due: { ops: at('12:00') } };
    const end = {
      tenant: 'default',
      appId: A,
      reloadId: 'r1',
      outcome: 'failed',
      endedAt: at('11:00'),
      partial: false,
    };
    const none = { succeeded: 0, failed: 0, canceled: 0, 'exceeded-limit': 0 };
    couch.seed(
      {
        ...{
          _id: `app:default:${A}`,
          schema: 1,
          type: 'app',
          last: end,
          counts: none,
          seconds: none,
          seen: [],
          over: [],
        },
        ...{
          notices: [{ id: 'failed.r1', kind: 'failed', reloadId: 'r1', at: at('11:00'), ...due }],
          dueAt: at('11:59'),
        },
      },
      {
        ...{ _id: 'alert:quota:x', schema: 1, type: 'alert', kind: 'quota', subject: 'x', message: 'm', traceId: 't' },
        ...{ at: at('11:00'), unroutedSince: at('11:00'), dueAt: at('11:00') },
      },
      { ...ONE_QUESTION, dueAt: at('10:00') },
      { _id: 'app:default:spoilt', schema: 1, type: 'app', last: end, notices: 'mine', dueAt: at('11:00') },
    );
    const batch = await sweep(undefined, { apps: {} });
    // No failed reload waits behind a question, however long that has been due.
    expect(batch.owing).to.deep.equal(['alert:quota:x', `app:default:${A}`, ONE_QUESTION._id]);
    expect(batch.events).to.deep.equal([]);
    expect(writes()).to.deep.equal([]);
  });

  it('as an event that is recorded goes to the resolver with that, so that nobody forgets it', async () => {
    const { couch, sweep } = rig();
    const recorded = { resolvedAt: undefined, skips: undefined, recordedAt: at('11:01'), dueAt: at('12:00') };
    couch.seed(event('r1', '11:00', recorded));
    const batch = await sweep(undefined, { apps: {} });
    expect(batch).not.to.have.property('unrecorded');
    expect(batch.events).to.have.nested.property('[0].stored.recordedAt', at('11:01'));
  });

  it('as an event of a tenant that has moved is left alone, resolved or not', async () => {
    const { couch, sweep } = rig();
    couch.seed({ _id: 'tenant:default', schema: 1, type: 'tenant', url: 'https://elsewhere.eu.qlikcloud.com' });
    couch.seed(event('r1', '11:00', { dueAt: at('12:00') }), event('r2', '11:00', { resolvedAt: undefined, dueAt: 1 }));
    const { events, unrecorded } = await sweep(undefined, { apps: {} });
    expect([events, unrecorded]).to.deep.equal([[], undefined]);
  });

  for (const state of ['planned', 'claimed', 'unknown', 'parked', 'waiting']) {
    it(`as an order that is ${state} goes to reload, and the sweep writes nothing on it`, async () => {
      const { couch, qlik, sweep, writes } = rig();
      couch.seed(order({ state, reloadId: undefined }));
      expect((await sweep(undefined, { apps: {} })).due).to.deep.equal([ID]);
      expect([writes(), qlik.calls]).to.deep.equal([[], []]);
    });
  }

  it('goes by the store’s clock', async () => {
    const { couch, sweep, clock } = rig();
    couch.seed(order({ state: 'planned', dueAt: at('12:03') }));
    clock.container = at('12:05');
    expect(await sweep(undefined, { apps: {} })).not.to.have.property('due');
    clock.store = at('12:03');
    expect((await sweep(undefined, { apps: {} })).due).to.deep.equal([ID]);
  });

  it('is taken up however much is due in the same millisecond', async () => {
    const { couch, sweep } = rig();
    const orders = Array.from({ length: 450 }, (_, index) => order({ _id: `${ID}${index}`, state: 'planned' }));
    couch.seed(...orders, order({ _id: Z, state: 'planned', dueAt: at('11:47') }));
    const { due = [] } = await sweep(undefined, { apps: {} });
    expect(new Set(due).size).to.equal(451);
    expect(due.at(-1)).to.equal(Z);
  });

  it('is taken up past a millisecond in which more is due than an answer lists', async () => {
    const { couch, sweep } = rig();
    const orders = Array.from({ length: 150 }, (_, index) => order({ _id: `${ID}${index}`, state: 'planned' }));
    couch.seed(...orders, order({ _id: Z, state: 'planned', dueAt: at('11:47') }));
    const store: CouchPort = {
      ...couch,
      due: ({ limit, ...range }) => couch.due({ ...range, limit: Math.min(limit, 100) }),
    };
    const { due = [] } = await sweep(undefined, { apps: {}, store });
    expect([due.length, due.at(-1)]).to.deep.equal([101, Z]);
  });

  it('is taken up past what nobody understands', async () => {
    const { couch, sweep, lines } = rig();
    couch.seed(
      { _id: 'x', type: 'thing', dueAt: at('11:00') },
      event('bad', '11:00', { endedAt: 'soon', dueAt: at('11:00') }),
    );
    couch.seed(order({ state: 'planned' }));
    expect((await sweep(undefined, { apps: {} })).due).to.deep.equal([ID]);
    expect(lines[0]).to.contain('event:default:bad');
    expect(lines[1]).to.equal('Something is due that this version does not know');
  });
});

describe('what cannot be worked', () => {
  const GONE = { tenant: 'gone', dueAt: at('10:00') };
  const UNKNOWN =
    'The ledger has work for the tenant "gone", and the settings do not know it: with these settings nothing is started there, and nothing settled. Add it to QLIK_TENANTS and deploy again. Has another deployment the same database? Then give each a COUCHDB_DATABASE of its own. Is the tenant gone for good? Then call its orders off with cascade cancel, and delete the rest that is due for it.';
  const workable = [
    order({ _id: Z, state: 'planned', dueAt: at('11:50') }),
    event('z', '11:00', { resolvedAt: undefined, dueAt: at('11:40') }),
  ];
  const posts = (more: { readonly tenant?: string; readonly [field: string]: unknown }) =>
    Array.from({ length: 1_000 }, (_, index) =>
      order({ _id: `${ID.replace('default', more.tenant ?? 'default')}${index}`, reloadId: `p${index}`, ...more }),
    );

  it('does not stand in the way of what is due after it: a thousand reloads of a tenant that the settings lost', async () => {
    const { couch, qlik, sweep, lines, writes } = rig();
    couch.seed(...posts(GONE), ...workable);
    const batch = await sweep(undefined, { apps: {} });
    expect([batch.due, batch.events.map(({ reloadId }) => reloadId)]).to.deep.equal([[Z], ['z']]);
    expect([qlik.calls, writes()]).to.deep.equal([[], ['put alert:tenant-unknown:gone']]);
    expect(lines).to.deep.equal([UNKNOWN]);
  });

  it('is left due as an event, too: by the chains of another deployment something may follow it', async () => {
    const { couch, sweep, lines, writes } = rig();
    const unresolved = { resolvedAt: undefined, skips: undefined };
    couch.seed(event('r9', '11:40', { ...GONE, _id: 'event:gone:r9', ...unresolved }), ...workable);
    const before = couch.peek('event:gone:r9');
    const batch = await sweep(undefined, { apps: {} });
    expect([batch.due, batch.events.map(({ reloadId }) => reloadId)]).to.deep.equal([[Z], ['z']]);
    expect([lines, writes()]).to.deep.equal([[UNKNOWN], ['put alert:tenant-unknown:gone']]);
    expect(couch.peek('event:gone:r9')).to.deep.equal(before);
  });

  it('is taken up as an event of a tenant that the chains name, and that only webhooks tell of', async () => {
    const { couch, sweep, lines } = rig();
    const unresolved = { resolvedAt: undefined, skips: undefined };
    couch.seed(event('r9', '11:40', { ...GONE, _id: 'event:gone:r9', ...unresolved }));
    const batch = await sweep(undefined, { apps: { [`gone/${A}`]: {} } });
    expect([batch.events.map(({ reloadId }) => reloadId), lines]).to.deep.equal([['r9'], []]);
  });

  it('is told by an alert for each tenant that the settings lost, at most once an hour', async () => {
    const { couch, sweep, clock } = rig();
    couch.seed(
      order({ _id: ID.replace('default', 'gone'), state: 'planned', ...GONE }),
      order({ _id: ID.replace('default', 'other'), state: 'posted', ...GONE, tenant: 'other' }),
    );
    await sweep(undefined, { apps: {} });
    expect(couch.peek('alert:tenant-unknown:gone')).to.deep.equal({
      ...{ _id: 'alert:tenant-unknown:gone', _rev: '1-aaaaaaaa', schema: 1, type: 'alert' },
      ...{ kind: 'tenant-unknown', subject: 'gone', traceId: 'sweep1', at: at('12:00'), message: UNKNOWN },
      ...{ unroutedSince: at('12:00'), dueAt: at('12:00') + 30_000 },
    });
    expect(couch.peek('alert:tenant-unknown:other')).to.include({ subject: 'other' });
    clock.store = at('12:59');
    await sweep(undefined, { apps: {} });
    expect(couch.peek('alert:tenant-unknown:gone')).to.include({ _rev: '1-aaaaaaaa' });
    clock.store = at('13:00');
    await sweep(undefined, { apps: {} });
    expect(couch.peek('alert:tenant-unknown:gone')).to.include({ at: at('12:00'), lastAt: at('13:00') });
  });

  it('does not, nor do a thousand orders of such a tenant', async () => {
    const { couch, sweep } = rig();
    couch.seed(...posts({ ...GONE, state: 'planned' }), ...workable);
    expect((await sweep(undefined, { apps: {} })).due).to.deep.equal([Z]);
  });

  it('does not, nor do a thousand reloads of a tenant that is silent', async () => {
    const { couch, sweep, qlik, ports } = rig();
    const silent = new ScriptedQlik();
    silent.getReload = async () => ({ kind: 'unavailable', message: '503' });
    couch.seed(...posts({ ...GONE, tenant: 'other' }), ...workable, order());
    qlik.byId.set('p1', { kind: 'found', reload: posted('p1', '11:50') });
    const other = 'other' as TenantName;
    const batch = await sweep(undefined, {
      ...ports,
      apps: {},
      tenants: [other, DEFAULT],
      qlikOf: (tenant) => (tenant === other ? silent : qlik),
    });
    expect([batch.due, batch.events.map(({ reloadId }) => reloadId)]).to.deep.equal([[Z], ['z', 'p1']]);
  });
});

describe('what a tenant is asked', () => {
  it('is at most 300 questions in one sweep', async () => {
    const { couch, qlik, sweep } = rig();
    couch.seed(...Array.from({ length: 400 }, (_, index) => order({ _id: `${ID}${index}`, reloadId: `p${index}` })));
    await sweep(undefined, { apps: {} });
    expect(qlik.calls).to.have.length(300);
  });
});

describe('a batch', () => {
  it('is at most 400 kB, however much is due; the rest stays due', async () => {
    const { couch, sweep } = rig();
    const error = { code: 'E', message: 'ü'.repeat(2_000) };
    const events = Array.from({ length: 190 }, (_, index) =>
      event(`e${index}`, '11:00', { resolvedAt: undefined, dueAt: at('11:02'), error }),
    );
    const orders = Array.from({ length: 490 }, (_, index) =>
      order({ _id: `${ID}${'x'.repeat(300)}${index}`, state: 'planned' }),
    );
    couch.seed(...events, ...orders);
    const batch = await sweep(undefined, { apps: {} });
    const bytes = Buffer.byteLength(JSON.stringify(batch));
    expect(bytes).to.be.within(380_000, 401_000);
    expect(batch.events.length).to.be.within(50, 100);
    expect(batch.due?.length).to.be.within(150, 300);
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
    // This sweep does not record the end in its app.
    expect(couch.peek(`app:default:${B}`)).to.equal(undefined);
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

  const unclear: readonly (readonly [string, GetAnswer])[] = [
    ['runs', { kind: 'found', reload: active('p1', '11:31', { appId: B }) }],
    ['is unknown to Qlik', { kind: 'absent' }],
    ['may not be seen', { kind: 'refused', message: 'Qlik answered 403' }],
  ];
  for (const [what, answer] of unclear) {
    it(`is looked at again in 15 minutes where it ${what}`, async () => {
      const { couch, qlik, sweep } = rig();
      couch.seed(order());
      qlik.byId.set('p1', answer);
      expect((await sweep()).events).to.deep.equal([]);
      expect(couch.peek(ID)).to.deep.include({ state: 'posted', dueAt: at('12:15'), _rev: '2-aaaaaaaa' });
    });
  }

  it('that may not be seen is told once for its app, and does not stand in the way of the others', async () => {
    const { couch, qlik, sweep } = rig();
    couch.seed(order({ dueAt: at('11:00') }));
    qlik.byId.set('p1', { kind: 'refused', message: 'Qlik answered 403 to a reload’s id' });
    const others = [2, 3, 4, 5, 6];
    for (const number of others) {
      couch.seed(order({ _id: `${ID}${number}`, reloadId: `p${number}` }));
      qlik.byId.set(`p${number}`, { kind: 'found', reload: posted(`p${number}`, '11:50') });
    }
    expect((await sweep()).events.map(({ reloadId }) => reloadId)).to.have.members(
      others.map((number) => `p${number}`),
    );
    expect(couch.peek(`alert:unseen-app:default/${B}`)?.['message']).to.contain('Qlik answered 403');
  });

  it('is asked for no more when 8 s are left: they are for writing and for the answer', async () => {
    const { couch, qlik, sweep, clock } = rig();
    const begun: number[] = [];
    for (let number = 0; number < 200; number += 1)
      couch.seed(order({ _id: `${ID}${number}`, reloadId: `p${number}` }));
    qlik.onCall = () => {
      begun.push(clock.container - at('12:00'));
      clock.container = (clock.container + 1_000) as typeof clock.container;
    };
    await sweep(undefined, { apps: {} });
    // The sweep has 120 s. No call begins if less than a second is left until second 112.
    expect(begun.at(-1)).to.equal(111_000);
  });

  for (const answer of [{ kind: 'absent' }, { kind: 'refused', message: 'Qlik answered 403' }] as const) {
    it(`is ended without an outcome, with an alert, where it is ${answer.kind} and the reload surely over`, async () => {
      const { couch, qlik, sweep } = rig();
      // 9 h 30 after 02:30.
      couch.seed(order({ postedAt: at('02:30') }));
      qlik.byId.set('p1', answer);
      expect((await sweep()).events).to.deep.equal([]);
      expect(couch.peek(ID)).to.deep.include({ state: 'ended' });
      expect(couch.peek(ID)?.['reason']).to.deep.include({ code: 'END_UNKNOWN' });
      expect(couch.peek(ID)).to.not.have.any.keys('dueAt', 'outcome', 'endedAt');
      expect(couch.peek(`alert:end-unknown:${ID}`)).to.deep.include({ kind: 'end-unknown', subject: ID });
    });
  }

  it('that only guessed its reload is not made certain by its end', async () => {
    const { couch, sweep } = rig();
    couch.seed(order({ isCertain: false }), endOf('p1', '11:50'));
    await sweep();
    expect(couch.peek(ID)).to.deep.include({ state: 'ended', isCertain: false });
  });

  it('ends by what Qlik tells where somebody spoilt its event’s document, which stays as it is', async () => {
    const { couch, qlik, sweep } = rig();
    const spoilt = endOf('p1', '11:40', { outcome: 'fine' });
    couch.seed(order(), spoilt);
    qlik.byId.set('p1', { kind: 'found', reload: posted('p1', '11:40') });
    expect((await sweep(undefined, { apps: {} })).events).to.deep.equal([]);
    expect(couch.peek(ID)).to.deep.include({ state: 'ended', outcome: 'succeeded', endedAt: at('11:40') });
    expect(couch.peek('event:default:p1')).to.deep.include({ outcome: 'fine' });
  });

  it('is asked for in 15 minutes where the tenant does not answer, which is not asked again in this sweep, and what is due after it goes on', async () => {
    const { couch, qlik, sweep } = rig();
    for (const number of [1, 2, 3, 4, 5, 6]) couch.seed(order({ _id: `${ID}${number}`, reloadId: `p${number}` }));
    couch.seed(order({ _id: Z, state: 'planned', dueAt: at('11:50') }));
    for (const number of [1, 2, 3, 4, 5, 6]) qlik.byId.set(`p${number}`, { kind: 'unavailable', message: '503' });
    expect((await sweep()).due).to.deep.equal([Z]);
    expect(qlik.calls.filter((call) => call.startsWith('get'))).to.have.length(4);
    expect(couch.peek(`${ID}1`)).to.deep.include({ state: 'posted', dueAt: at('12:15') });
    expect(couch.peek(`${ID}5`)).to.deep.include({ dueAt: at('11:46'), _rev: '1-seed' });
  });

  it('is asked for before what is due later, be that a hint', async () => {
    const { couch, qlik, sweep } = rig();
    const hint = { outcome: 'succeeded', endedAt: at('11:50'), partial: false, reloadId: 'e' };
    for (const number of [1, 2, 3, 4]) {
      const told = { ...hint, reloadId: `e${number}` };
      const more = { tenant: 'default', appId: A, traceId: 't1', storedAt: at('11:50'), dueAt: at('11:52') };
      couch.seed({ _id: `hint:default:e${number}`, schema: 1, type: 'hint', told, ...more });
      qlik.byId.set(`e${number}`, { kind: 'unavailable', message: '500' });
    }
    couch.seed(order());
    qlik.byId.set('p1', { kind: 'found', reload: posted('p1', '11:50') });
    expect((await sweep()).events.map(({ reloadId }) => reloadId)).to.deep.equal(['p1']);
  });

  it('is left where the time is up', async () => {
    const { couch, qlik, sweep, clock } = rig();
    couch.seed(order());
    await sweep(undefined, { deadline: clock.container });
    expect(qlik.calls).to.deep.equal([]);
  });
});
