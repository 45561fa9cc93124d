import { expect } from 'chai';
import type { NewDocument } from '../../../src/clients/couchdb/couchdb-port.ts';
import type { TenantName } from '../../../src/core/names.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import { A, active, at, B, ended, event, rig } from './support/rig.ts';

const tenant = 'default' as TenantName;

const hint = (told: string, time: string, more: object = {}): NewDocument => ({
  _id: `hint:default:${told}`,
  schema: 1,
  type: 'hint',
  tenant,
  appId: A,
  told: { outcome: 'succeeded', endedAt: at(time), partial: false, ...(!told.startsWith('x.') && { reloadId: told }) },
  traceId: 't1',
  storedAt: at(time),
  dueAt: at('11:59'),
  ...more,
});

const settledAs = (document: object | undefined) => {
  expect(document).not.to.have.property('dueAt');
  return (document as { settledAs?: string }).settledAs;
};

describe('a hint', () => {
  it('of a request that ended is its event, under the outcome of the record', async () => {
    const { couch, qlik, sweep } = rig();
    couch.seed(hint('e1', '11:50'));
    qlik.byId.set('e1', { kind: 'found', reload: ended('e1', '11:51', { status: 'FAILED' }) });
    const { events } = await sweep({ tenant, told: 'e1' });
    expect(events).to.have.length(1);
    expect(couch.peek('event:default:e1')).to.deep.include({
      outcome: 'failed',
      endedAt: at('11:51'),
      source: 'sweep',
    });
    expect(settledAs(couch.peek('hint:default:e1'))).to.equal('event');
    expect(couch.asked).to.deep.equal([
      'many hint:default:e1 tenant:default',
      'bulk event:default:e1',
      'put hint:default:e1',
    ]);
  });

  it('of a tenant that the settings do not know stays due, with an alert', async () => {
    const { couch, qlik, sweep } = rig();
    const gone = 'gone' as TenantName;
    const unknown = { ...hint('e1', '11:50'), _id: 'hint:gone:e1', tenant: gone };
    couch.seed(unknown);
    expect((await sweep({ tenant: gone, told: 'e1' })).events).to.deep.equal([]);
    expect(couch.peek('hint:gone:e1')).to.include({ _rev: '1-seed' });
    expect(couch.peek('alert:tenant-unknown:gone')).to.include({ kind: 'tenant-unknown', subject: 'gone' });
    expect(qlik.calls).to.deep.equal([]);
  });

  it('from the future is the end of 5 minutes after its receipt, by a container’s clock that may be 5 minutes off', async () => {
    const { couch, sweep } = rig();
    const told = { outcome: 'succeeded', endedAt: at('12:00') + 31_536_000_000, partial: false, reloadId: 'e1' };
    couch.seed(hint('e1', '11:50', { told, absentAt: at('11:58') }));
    const { events } = await sweep({ tenant, told: 'e1' });
    expect(events.map(({ endedAt }) => endedAt)).to.deep.equal([at('12:00')]);
    expect(couch.peek('hint:default:e1')).to.include({ reportedEnd: at('12:00') + 31_536_000_000 });
  });

  it('of a request that runs waits: Qlik may repeat the attempt', async () => {
    const { couch, qlik, sweep } = rig();
    couch.seed(hint('e1', '11:50'));
    qlik.byId.set('e1', { kind: 'found', reload: active('e1', '11:40') });
    expect((await sweep({ tenant, told: 'e1' })).events).to.deep.equal([]);
    expect(couch.peek('hint:default:e1')).to.deep.include({ dueAt: at('12:02') });
  });

  it('of a request that ended under a malformed reload id is settled without an event', async () => {
    const { couch, qlik, sweep } = rig();
    couch.seed(hint('e1', '11:50'));
    qlik.byId.set('e1', { kind: 'found', reload: ended('e:1', '11:51') });
    expect((await sweep({ tenant, told: 'e1' })).events).to.deep.equal([]);
    expect(settledAs(couch.peek('hint:default:e1'))).to.equal('event');
  });

  it('that an ended request with a malformed reload id covers is settled without an event', async () => {
    const { couch, qlik, sweep } = rig();
    couch.seed(hint('e1', '11:50'));
    qlik.byApp.set(A, qlik.answer([ended('r:9', '11:50:02', { createdAt: at('11:40') })]));
    expect((await sweep({ tenant, told: 'e1' })).events).to.deep.equal([]);
    expect(settledAs(couch.peek('hint:default:e1'))).to.equal('event');
  });

  it('that Qlik has no request for is the end itself: a load from the editor', async () => {
    const { couch, qlik, sweep } = rig();
    couch.seed(hint('e1', '11:50', { absentAt: at('11:59') }));
    qlik.byApp.set(A, qlik.answer([ended('r9', '11:49'), ended('r8', '11:30')]));
    const { events, traceId } = await sweep({ tenant, told: 'e1' });
    // The trace id is the webhook's, and not that of the sweep's activation.
    expect(traceId).to.equal('t1');
    expect(events).to.deep.equal([
      {
        tenant: 'default',
        appId: A,
        reloadId: 'e1',
        outcome: 'succeeded',
        endedAt: at('11:50'),
        partial: false,
        stored: { rev: '1-aaaaaaaa', storedAt: at('12:00'), source: 'sweep', traceId: 't1' },
      },
    ]);
    expect(settledAs(couch.peek('hint:default:e1'))).to.equal('event');
    expect(qlik.calls).to.deep.equal(['get e1', `list ${A} end`]);
  });

  it('that a request covers is that request: running, it will tell itself', async () => {
    const { couch, qlik, sweep } = rig();
    couch.seed(hint('e1', '11:50'));
    qlik.byApp.set(A, qlik.answer([active('r9', '11:40')]));
    expect((await sweep({ tenant, told: 'e1' })).events).to.deep.equal([]);
    expect(settledAs(couch.peek('hint:default:e1'))).to.equal('covered');
  });

  it('that an ended request covers is the event of that one', async () => {
    const { couch, qlik, sweep } = rig();
    couch.seed(hint('e1', '11:50'));
    qlik.byApp.set(A, qlik.answer([ended('r9', '11:50:02', { createdAt: at('11:40') })]));
    expect((await sweep({ tenant, told: 'e1' })).events.map(({ reloadId }) => reloadId)).to.deep.equal(['r9']);
    expect(couch.peek('event:default:e1')).to.equal(undefined);
  });

  it('is not covered by a request that only waits in the queue, or was made later', async () => {
    const { couch, qlik, sweep } = rig();
    couch.seed(hint('e1', '11:50', { absentAt: at('11:59') }));
    const queued = active('r9', '11:40', { status: 'QUEUED' });
    qlik.byApp.set(A, qlik.answer([active('r10', '11:51'), queued]));
    expect((await sweep({ tenant, told: 'e1' })).events.map(({ reloadId }) => reloadId)).to.deep.equal(['e1']);
  });

  for (const { what, endedAt, createdAt, asked } of [
    { what: 'ended up to 5 s before the attempt is its request', endedAt: '11:49:55', createdAt: '11:40', asked: 'r9' },
    { what: 'ended earlier is another one', endedAt: '11:49:54', createdAt: '11:40', asked: 'e1' },
    {
      what: 'was made up to 5 s after the attempt is its request',
      endedAt: '11:51',
      createdAt: '11:50:05',
      asked: 'r9',
    },
    { what: 'was made later is another one', endedAt: '11:51', createdAt: '11:50:06', asked: 'e1' },
  ]) {
    it(`by two clocks of Qlik’s: what ${what}`, async () => {
      const { couch, qlik, sweep } = rig();
      couch.seed(hint('e1', '11:50', { absentAt: at('11:59') }));
      qlik.byApp.set(A, qlik.answer([ended('r9', endedAt, { createdAt: at(createdAt) })]));
      expect((await sweep({ tenant, told: 'e1' })).events.map(({ reloadId }) => reloadId)).to.deep.equal([asked]);
    });
  }

  it('of the paper’s form is the request that ended about then', async () => {
    const { couch, qlik, sweep } = rig();
    couch.seed(hint('x.act1', '11:50'), event('r9', '11:44'));
    qlik.byApp.set(A, qlik.answer([ended('r10', '11:59', { createdAt: at('11:58') }), ended('r9', '11:44')]));
    const { events } = await sweep({ tenant, told: 'x.act1' });
    expect(events.map(({ reloadId }) => reloadId)).to.deep.equal(['r10']);
    expect(settledAs(couch.peek('hint:default:x.act1'))).to.equal('event');
    expect(qlik.calls).to.deep.equal([`list ${A} end`]);
  });

  // Ten minutes: a container's clock is up to 5 minutes off, and the delivery may have been slow.
  for (const { what, created, end, events } of [
    { what: 'ended 10 minutes before it', created: '11:30', end: '11:40', events: ['r9'] },
    { what: 'ended longer before it', created: '11:30', end: '11:39:59', events: ['x.act1'] },
    { what: 'ended 10 minutes after it', created: '11:30', end: '12:00', events: ['r9'] },
    { what: 'ended longer after it', created: '11:30', end: '12:00:01', events: ['x.act1'] },
    { what: 'runs, and was created 10 minutes after it', created: '12:00', end: undefined, events: [] },
    { what: 'runs, and was created longer after it', created: '12:00:01', end: undefined, events: ['x.act1'] },
  ]) {
    it(`of the paper’s form, and a request that ${what}: ${events[0] ?? 'covered'}`, async () => {
      const { couch, qlik, sweep } = rig();
      couch.seed(hint('x.act1', '11:50', { absentAt: at('11:58') }));
      const reload = end === undefined ? active('r9', created) : ended('r9', end, { createdAt: at(created) });
      qlik.byApp.set(A, qlik.answer([reload]));
      expect((await sweep({ tenant, told: 'x.act1' })).events.map(({ reloadId }) => reloadId)).to.deep.equal(events);
      expect(settledAs(couch.peek('hint:default:x.act1'))).to.equal(events.length === 0 ? 'covered' : 'event');
    });
  }

  it('of the paper’s form is an end of its own where no request is near, once a late list would show it', async () => {
    const { couch, sweep, clock } = rig();
    couch.seed(hint('x.act1', '11:50'));
    expect((await sweep({ tenant, told: 'x.act1' })).events).to.deep.equal([]);
    clock.store = at('12:01');
    const { events } = await sweep();
    expect(events.map(({ reloadId }) => reloadId)).to.deep.equal(['x.act1']);
  });

  it('is not believed to have no request before the grace is over: records may be shown late', async () => {
    const { couch, qlik, sweep, clock } = rig();
    couch.seed(hint('e1', '11:50'));
    expect((await sweep({ tenant, told: 'e1' })).events).to.deep.equal([]);
    expect(couch.peek('hint:default:e1')).to.deep.include({ absentAt: at('12:00'), dueAt: at('12:01') });
    clock.store = at('12:00:59');
    expect((await sweep({ tenant, told: 'e1' })).events).to.deep.equal([]);
    clock.store = at('12:01');
    qlik.byId.set('e1', { kind: 'found', reload: ended('e1', '11:59:40', { status: 'FAILED' }) });
    expect((await sweep()).events).to.have.length(1);
    expect(couch.peek('event:default:e1')).to.deep.include({ outcome: 'failed', endedAt: at('11:59:40') });
  });

  for (const { time, dueAt, title } of [
    { time: '11:59', dueAt: '12:02', title: 'two minutes later' },
    { time: '11:50', dueAt: '12:10', title: 'after as long as it has waited' },
    { time: '09:00', dueAt: '12:15', title: 'no more than 15 minutes later' },
  ]) {
    it(`stays due where the tenant does not answer, ${title}`, async () => {
      const { couch, qlik, sweep, writes } = rig();
      couch.seed(hint('e1', time));
      qlik.byId.set('e1', { kind: 'unavailable', message: '503' });
      expect((await sweep({ tenant, told: 'e1' })).events).to.deep.equal([]);
      expect(couch.peek('hint:default:e1')).to.deep.include({ dueAt: at(dueAt) });
      expect(writes()).to.deep.equal(['put hint:default:e1']);
    });
  }

  it('of an app that Qlik never lists holds up no other of its tenant', async () => {
    const { couch, qlik, sweep } = rig();
    for (const id of ['e1', 'e2', 'e3', 'e4', 'e5']) couch.seed(hint(id, '11:50', { dueAt: at('11:55') }));
    couch.seed(hint('e6', '11:50', { appId: B, absentAt: at('11:58') }));
    qlik.byApp.set(A, { kind: 'unavailable', message: 'Qlik answered 500 to the list of reloads' });
    const told = [...(await sweep()).events, ...(await sweep()).events];
    expect(told.map(({ reloadId }) => reloadId)).to.deep.equal(['e6']);
  });

  it('that alone gets no answer leaves the sweep time for the others at once', async () => {
    const { couch, qlik, sweep } = rig();
    for (const id of ['e1', 'e2', 'e3', 'e4', 'e5']) couch.seed(hint(id, '11:50'));
    qlik.byId.set('e1', { kind: 'unavailable', message: '500' });
    for (const id of ['e2', 'e3', 'e4', 'e5']) qlik.byId.set(id, { kind: 'found', reload: ended(id, '11:51') });
    const told = (await sweep()).events.map(({ reloadId }) => reloadId);
    expect(told).to.deep.equal(['e2', 'e3', 'e4', 'e5']);
  });

  it('is settled once, and the event stored before that', async () => {
    const { couch, qlik, sweep } = rig();
    couch.seed(hint('e1', '11:50'));
    qlik.byId.set('e1', { kind: 'found', reload: ended('e1', '11:51') });
    couch.fail('put', 'before');
    await sweep({ tenant, told: 'e1' }).catch(() => undefined);
    expect(couch.peek('event:default:e1')).not.to.equal(undefined);
    expect((await sweep({ tenant, told: 'e1' })).events).to.deep.equal([]);
    expect(settledAs(couch.peek('hint:default:e1'))).to.equal('event');
    qlik.calls.length = 0;
    await sweep({ tenant, told: 'e1' });
    expect(qlik.calls).to.deep.equal([]);
  });

  it('that is not stored is nothing', async () => {
    const { sweep } = rig();
    expect((await sweep({ tenant, told: 'none' })).events).to.deep.equal([]);
  });

  it('is settled by an ordinary sweep too', async () => {
    const { couch, qlik, sweep } = rig();
    couch.seed(hint('e1', '11:50'));
    qlik.byId.set('e1', { kind: 'found', reload: ended('e1', '11:51') });
    expect((await sweep()).events.map(({ reloadId }) => reloadId)).to.deep.equal(['e1']);
  });
});

describe('a hint that stayed due until a purge may have removed what followed its end', () => {
  const DAY_MS = 86_400_000;
  /** As old as the retention of 30 days less a day, and `laterMs` younger. */
  const old = (laterMs: number): EpochMs => (at('12:00') - 29 * DAY_MS + laterMs) as EpochMs;
  const oldHint = (endedAt: EpochMs, reportedEnd = endedAt): NewDocument =>
    hint('e1', '11:50', {
      ...{ told: { outcome: 'succeeded', endedAt: reportedEnd, partial: false, reloadId: 'e1' } },
      ...{ storedAt: endedAt, absentAt: endedAt },
    });

  it('is settled without asking Qlik, starts nothing, and the log says so', async () => {
    const { couch, qlik, sweep, lines } = rig();
    couch.seed(oldHint(old(-1)));
    expect((await sweep({ tenant, told: 'e1' })).events).to.deep.equal([]);
    expect(settledAs(couch.peek('hint:default:e1'))).to.equal('too-old');
    expect(couch.peek('event:default:e1')).to.equal(undefined);
    expect(qlik.calls).to.deep.equal([]);
    expect(lines).to.include(
      'Nothing follows an old webhook: Qlik did not say in time what became of the reload, and a purge may have removed what followed it. If an app that follows is out of date, start it by hand',
    );
  });

  it('is an end if it is a millisecond younger', async () => {
    const { couch, sweep } = rig();
    couch.seed(oldHint(old(0)));
    expect((await sweep({ tenant, told: 'e1' })).events.map(({ endedAt }) => endedAt)).to.deep.equal([old(0)]);
  });

  it('is settled without effect also if only Qlik knows how old the end is', async () => {
    const { couch, qlik, sweep } = rig();
    couch.seed(oldHint(at('11:59'), at('12:00')));
    const reload = ended('e1', '11:00', { createdAt: old(-60_000), endedAt: old(-1) });
    qlik.byId.set('e1', { kind: 'found', reload });
    expect((await sweep({ tenant, told: 'e1' })).events).to.deep.equal([]);
    expect(settledAs(couch.peek('hint:default:e1'))).to.equal('too-old');
    expect(couch.peek('event:default:e1')).to.equal(undefined);
  });

  it('of another tenant is no matter of its age', async () => {
    const { couch, sweep } = rig();
    couch.seed({ ...oldHint(old(-1)), heardFrom: 'https://other.eu.qlikcloud.com' });
    await sweep({ tenant, told: 'e1' });
    expect(settledAs(couch.peek('hint:default:e1'))).to.equal('other-tenant');
  });
});

describe('a hint of an app that Qlik does not show us', () => {
  const APP_ALERT = `alert:unseen-app:default/${A}`;

  it('is not taken for an end of its own: the request may be there, and tell itself', async () => {
    const { couch, qlik, sweep, clock } = rig();
    couch.seed(hint('e1', '11:50'));
    qlik.byApp.set(A, { kind: 'forbidden', message: 'Qlik answered 403 to the list of reloads' });
    expect((await sweep({ tenant, told: 'e1' })).events).to.deep.equal([]);
    clock.store = at('12:30');
    expect((await sweep({ tenant, told: 'e1' })).events).to.deep.equal([]);
    expect(couch.peek('hint:default:e1')).to.deep.include({ dueAt: at('12:45') });
    expect(couch.peek(APP_ALERT)).to.deep.include({ kind: 'unseen-app', subject: `default/${A}` });
    expect(couch.asked.filter((call) => call === `put ${APP_ALERT}`)).to.have.length(1);
  });

  it('is settled once the app is shown', async () => {
    const { couch, qlik, sweep } = rig();
    couch.seed(hint('e1', '11:50'));
    qlik.byId.set('e1', { kind: 'refused', message: 'Qlik answered 403 to a reload’s id' });
    expect((await sweep({ tenant, told: 'e1' })).events).to.deep.equal([]);
    expect(couch.peek('hint:default:e1')).to.deep.include({ dueAt: at('12:15') });
    qlik.byApp.set(A, qlik.answer([ended('r9', '11:50:02', { createdAt: at('11:40') })]));
    expect((await sweep({ tenant, told: 'e1' })).events.map(({ reloadId }) => reloadId)).to.deep.equal(['r9']);
  });
});
