import { expect } from 'chai';
import { A, at, B, checkpoint, ended, event, rig } from './support/rig.ts';

const NEXT_YEAR = at('12:00') + 31_536_000_000;
const future = { endedAt: NEXT_YEAR as ReturnType<typeof at> };

describe('an end from the future', () => {
  it('in Qlik’s list is stored as of 5 minutes after the sweep, and moves no checkpoint', async () => {
    const { couch, qlik, sweep } = rig();
    couch.seed(checkpoint('11:50'));
    qlik.pages.push([ended('r1', '11:40', future), ended('r2', '11:55')]);
    const { events } = await sweep();
    expect(events.map(({ reloadId, endedAt }) => [reloadId, endedAt])).to.deep.equal([
      ['r2', at('11:55')],
      ['r1', at('12:05')],
    ]);
    expect(events.map(({ stored }) => stored?.reportedEnd)).to.deep.equal([undefined, NEXT_YEAR]);
    expect(couch.peek('event:default:r1')).to.include({ endedAt: at('12:05'), reportedEnd: NEXT_YEAR });
    expect(couch.peek('event:default:r2')).not.to.have.property('reportedEnd');
    expect(couch.peek('checkpoint:default')).to.include({ t: at('11:55') });
  });

  it('keeps no time that would be after its end', async () => {
    const { couch, qlik, sweep } = rig();
    couch.seed(checkpoint('11:50'));
    const begun = { createdAt: at('12:04'), startedAt: (NEXT_YEAR - 60_000) as typeof future.endedAt };
    qlik.pages.push([ended('r1', '11:40', { ...future, ...begun })]);
    expect((await sweep()).events.map(({ createdAt, startedAt }) => [createdAt, startedAt])).to.deep.equal([
      [at('12:04'), undefined],
    ]);
    expect(couch.peek('event:default:r1')).not.to.have.property('startedAt');
  });

  it('stops no sweep where the tenant’s own clock is as far ahead: by that it is not old', async () => {
    const { couch, qlik, sweep } = rig();
    qlik.tenantNow = (NEXT_YEAR + 60_000) as typeof qlik.tenantNow;
    couch.seed(checkpoint('11:50'));
    qlik.pages.push([ended('r1', '11:40', future)]);
    expect((await sweep()).events.map(({ endedAt }) => endedAt)).to.deep.equal([at('12:05')]);
    expect(couch.peek('alert:checkpoint-jump:default')).to.equal(undefined);
  });

  it('moves no checkpoint either where the tenant tells no clock', async () => {
    const { couch, qlik, sweep } = rig();
    qlik.tenantNow = undefined;
    couch.seed(checkpoint('11:50'));
    qlik.pages.push([ended('r1', '11:40', future), ended('r2', '11:55')]);
    await sweep();
    expect(couch.peek('checkpoint:default')).to.include({ t: at('11:55') });
  });

  it('moves no checkpoint of one app where the tenant is listed app by app and tells no clock', async () => {
    const { couch, qlik, sweep } = rig();
    qlik.list = 'forbidden';
    qlik.tenantNow = undefined;
    couch.seed(checkpoint('11:50'));
    qlik.byApp.set(A, qlik.answer([ended('r1', '11:40', future)]));
    qlik.byApp.set(B, qlik.answer([ended('r2', '11:55', { appId: B })]));
    await sweep();
    expect(couch.peek('checkpoint:default')).to.include({ t: at('11:55') });
  });

  it('that is due goes on as of 5 minutes after it was stored, by a container’s clock that may be 5 minutes off', async () => {
    const { couch, sweep } = rig();
    couch.seed(event('r1', '11:40', { ...future, resolvedAt: undefined, dueAt: at('11:42') }));
    expect((await sweep(undefined, { apps: {} })).events.map(({ endedAt }) => endedAt)).to.deep.equal([at('11:50')]);
  });

  it('that an earlier version stored ends its order at most 10 minutes after it was stored', async () => {
    const { couch, sweep } = rig();
    const order = `order:default:${B}:s:r0`;
    couch.seed(event('r1', '11:40', { ...future, appId: B }), {
      ...{ _id: order, schema: 1, type: 'order', tenant: 'default', appId: B, chain: 'one', state: 'posted' },
      ...{ body: {}, causes: ['r0'], hops: 1, root: 'event:default:r0', traceId: 't1', try: 1, claims: 1, ends: [] },
      ...{ createdAt: at('11:30'), postedAt: at('11:31'), reloadId: 'r1', dueAt: at('11:59') },
    });
    await sweep(undefined, { apps: {} });
    expect(couch.peek(order)).to.include({ state: 'ended', endedAt: at('11:50') });
  });

  it('keeps the time that was reported first, however often another one is believed', async () => {
    const { couch, sweep } = rig();
    const ahead = { endedAt: at('12:30'), storedAt: at('12:25'), resolvedAt: undefined, dueAt: at('11:59') };
    couch.seed(event('r1', '12:30', ahead), event('r2', '12:30', { ...ahead, reportedEnd: NEXT_YEAR }));
    const { events } = await sweep(undefined, { apps: {} });
    expect(events.map(({ reloadId, endedAt, stored }) => [reloadId, endedAt, stored?.reportedEnd])).to.deep.equal([
      ['r1', at('12:05'), at('12:30')],
      ['r2', at('12:05'), NEXT_YEAR],
    ]);
  });

  it('is not what an end is that a container stored whose clock is 5 minutes slow: it stays as it is', async () => {
    const { couch, sweep } = rig();
    const late = { endedAt: at('11:50'), storedAt: at('11:40'), resolvedAt: undefined, dueAt: at('11:42') };
    couch.seed(event('r1', '11:50', late));
    expect((await sweep(undefined, { apps: {} })).events.map(({ endedAt }) => endedAt)).to.deep.equal([at('11:50')]);
  });

  it('that a container with a clock far ahead stored goes on as of 5 minutes from now', async () => {
    const { couch, sweep } = rig();
    couch.seed(event('r1', '11:40', { ...future, storedAt: NEXT_YEAR, resolvedAt: undefined, dueAt: at('11:42') }));
    expect((await sweep(undefined, { apps: {} })).events.map(({ endedAt }) => endedAt)).to.deep.equal([at('12:05')]);
  });
});
