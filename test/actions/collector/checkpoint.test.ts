import { expect } from 'chai';
import type { AppId, TenantName } from '../../../src/core/names.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import { A, at, B, checkpoint, DEFAULT, ended, event, idsOf, rig, ScriptedQlik } from './support/rig.ts';

describe('the sweep’s checkpoint', () => {
  it('is set to the tenant’s now where there is none, and nothing is started', async () => {
    const { couch, qlik, sweep } = rig();
    qlik.pages.push([ended('r1', '11:59')]);
    const batch = await sweep();
    expect(batch).to.deep.equal({
      traceId: 'sweep1',
      source: 'sweep',
      receivedAt: at('12:00'),
      ignored: [],
      events: [],
    });
    expect(couch.all().map(({ _id }) => _id)).to.deep.equal(['checkpoint:default', 'tenant:default']);
    expect(couch.peek('checkpoint:default')).to.deep.include({ t: at('12:00'), from: at('12:00'), store: 'memory' });
  });

  it('is set by the clock that an app’s list tells where the whole may not be seen', async () => {
    const { couch, qlik, sweep } = rig();
    qlik.list = 'forbidden';
    qlik.byApp.set(A, { kind: 'forbidden', message: 'not yours' });
    await sweep();
    expect(couch.peek('checkpoint:default')).to.deep.include({ t: at('12:00'), apps: [A, B] });
    expect(qlik.calls).to.deep.equal(['list all end', `list ${A} end`, `list ${B} end`]);
  });

  it('lets the next sweep start nothing either of what ended before it', async () => {
    const { qlik, sweep, clock } = rig();
    qlik.pages.push([ended('r1', '11:59')]);
    await sweep();
    clock.store = at('12:05');
    qlik.pages[0] = [ended('r2', '12:04'), ended('r1', '11:59')];
    expect(idsOf(await sweep())).to.deep.equal(['r2']);
  });

  it('moves to the greatest end seen once the events are stored, whoever’s end that was', async () => {
    const { couch, qlik, sweep, writes } = rig();
    couch.seed(checkpoint('11:00'));
    qlik.pages.push([ended('r3', '11:50', { appId: 'stranger' as AppId }), ended('r2', '11:40'), ended('r0', '09:00')]);
    const batch = await sweep();
    expect(batch.events).to.deep.equal([
      {
        tenant: 'default',
        appId: A,
        reloadId: 'r2',
        outcome: 'succeeded',
        createdAt: at('11:39'),
        endedAt: at('11:40'),
        partial: false,
        startedBy: 'chronos',
        stored: { rev: '1-aaaaaaaa', storedAt: at('12:00'), source: 'sweep', traceId: 'sweep1' },
      },
    ]);
    expect(couch.peek('event:default:r2')).to.deep.include({
      source: 'sweep',
      dueAt: at('12:02'),
      storedAt: at('12:00'),
    });
    expect(writes()).to.deep.equal(['bulk event:default:r2', 'put checkpoint:default']);
    expect(couch.peek('checkpoint:default')).to.deep.include({ t: at('11:50'), from: at('00:00') });
  });

  it('stays where the events could not be stored', async () => {
    const { couch, qlik, sweep } = rig();
    couch.seed(checkpoint('11:00'));
    qlik.pages.push([ended('r1', '11:40')]);
    couch.fail('bulk', 'after');
    const code = await sweep().then(
      () => 'none',
      (error: { code: string }) => error.code,
    );
    expect(code).to.equal('STORE_UNAVAILABLE');
    expect(couch.peek('checkpoint:default')?.['t']).to.equal(at('11:00'));
  });

  it('is overlapped by 15 minutes, since ends may be listed late', async () => {
    const { couch, qlik, sweep } = rig();
    couch.seed(checkpoint('11:00'));
    qlik.pages.push([ended('r2', '10:45:00'), ended('r1', '10:44:59')]);
    expect(idsOf(await sweep())).to.deep.equal(['r2']);
  });

  it('costs three reads and no write over what is known', async () => {
    const { couch, qlik, sweep, requests } = rig();
    couch.seed(checkpoint('11:50'), event('r1', '11:50'));
    qlik.pages.push([ended('r1', '11:50'), ended('r0', '08:00')]);
    await sweep();
    expect(requests()).to.deep.equal(['many checkpoint:default tenant:default', 'many event:default:r1', 'due 200']);
  });

  it('is not moved by an end that the tenant’s clock has not reached', async () => {
    const { couch, qlik, sweep } = rig();
    couch.seed(checkpoint('11:50'), event('r1', '11:50'));
    qlik.pages.push([ended('rx', '18:00', { appId: 'stranger' as AppId }), ended('r1', '11:50')]);
    await sweep();
    expect(couch.peek('checkpoint:default')?.['t']).to.equal(at('11:50'));
  });

  it('leaves to others what they stored meanwhile', async () => {
    const { couch, qlik, sweep } = rig();
    couch.seed(checkpoint('11:00'));
    qlik.pages.push([ended('r1', '11:40')]);
    couch.intrude('bulk', () => couch.seed(event('r1', '11:40', { resolvedAt: undefined, dueAt: at('12:02') })));
    expect(idsOf(await sweep())).to.deep.equal([]);
  });

  it('is written by one of two sweeps; the other’s is passed over', async () => {
    const { couch, qlik, sweep } = rig();
    couch.seed(checkpoint('11:00'));
    qlik.pages.push([ended('r1', '11:40')]);
    couch.intrude('put', () => couch.seed({ ...checkpoint('11:45'), _rev: '2-b' }));
    expect(idsOf(await sweep())).to.deep.equal(['r1']);
    expect(couch.peek('checkpoint:default')?.['t']).to.equal(at('11:45'));
  });

  it('stops a tenant with an alert where it was written in another store', async () => {
    const { couch, qlik, sweep } = rig();
    couch.seed(checkpoint('11:00', { store: 'another' }));
    qlik.pages.push([ended('r1', '11:40')]);
    expect(idsOf(await sweep())).to.deep.equal([]);
    expect(couch.all().map(({ _id }) => _id)).to.deep.equal([
      'alert:store-changed:default',
      'checkpoint:default',
      'tenant:default',
    ]);
    expect(couch.peek('checkpoint:default')?.['t']).to.equal(at('11:00'));
  });

  it('stops a tenant with an alert where an end of more than a day ago is unknown', async () => {
    const { couch, qlik, sweep } = rig();
    couch.seed(checkpoint('11:00', { t: at('12:00') - 2 * 86_400_000, from: 0 }));
    const old = { createdAt: (at('11:59') - 86_460_000) as EpochMs, endedAt: (at('11:59') - 86_400_000) as EpochMs };
    qlik.pages.push([ended('r1', '11:40'), ended('r0', '11:59', old)]);
    expect(idsOf(await sweep())).to.deep.equal([]);
    expect(couch.all().map(({ _id }) => _id)).to.deep.equal([
      'alert:checkpoint-jump:default',
      'checkpoint:default',
      'tenant:default',
    ]);
  });

  it('goes on after a quiet weekend', async () => {
    const { couch, qlik, sweep } = rig();
    couch.seed(checkpoint('11:00', { t: at('12:00') - 3 * 86_400_000, from: 0 }));
    qlik.pages.push([ended('r1', '11:40')]);
    expect(idsOf(await sweep())).to.deep.equal(['r1']);
    expect(couch.peek('checkpoint:default')?.['t']).to.equal(at('11:40'));
  });

  it('of one tenant does not wait for another that does not answer', async () => {
    const { couch, qlik, sweep, ports, lines } = rig();
    const silent = new ScriptedQlik();
    silent.list = 'unavailable';
    couch.seed(checkpoint('11:00'), { ...checkpoint('11:00'), _id: 'checkpoint:other' });
    qlik.pages.push([ended('r1', '11:40')]);
    const other = 'other' as TenantName;
    const batch = await sweep(undefined, {
      tenants: [other, DEFAULT],
      apps: { ...ports.apps, [`other/${A}`]: {} },
      qlikOf: (tenant) => (tenant === other ? silent : qlik),
    });
    expect(idsOf(batch)).to.deep.equal(['r1']);
    expect(couch.peek('checkpoint:other')?.['t']).to.equal(at('11:00'));
    expect(lines).to.include('The sweep could not list everything of a tenant');
  });

  it('is not looked for where no app of a tenant is in a chain', async () => {
    const { qlik, sweep, requests } = rig();
    await sweep(undefined, { apps: {} });
    expect([requests(), qlik.calls]).to.deep.equal([['many tenant:default', 'due 200'], []]);
  });

  it('that somebody else wrote stops its tenant alone', async () => {
    const { couch, sweep, lines } = rig();
    couch.seed(
      { ...checkpoint('11:00'), t: 'soon' },
      event('r9', '11:00', { resolvedAt: undefined, dueAt: at('11:02') }),
    );
    expect(idsOf(await sweep())).to.deep.equal(['r9']);
    expect(lines[0]).to.contain('checkpoint:default');
  });
});
