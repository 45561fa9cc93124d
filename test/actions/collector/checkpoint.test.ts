import { expect } from 'chai';
import type { AppId, TenantName } from '../../../src/core/names.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import { A, active, at, B, checkpoint, DEFAULT, ended, event, rig, ScriptedQlik } from './support/rig.ts';

const idsOf = (batch: { readonly events: readonly { readonly reloadId: string }[] }) =>
  batch.events.map(({ reloadId }) => reloadId);

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
    expect(couch.all()).to.have.length(1);
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
    expect(requests()).to.deep.equal(['many checkpoint:default', 'many event:default:r1 event:default:r0', 'due 200']);
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
    expect(couch.all().map(({ _id }) => _id)).to.deep.equal(['alert:store-changed:default', 'checkpoint:default']);
    expect(couch.peek('checkpoint:default')?.['t']).to.equal(at('11:00'));
  });

  it('stops a tenant with an alert where an end of more than a day ago is unknown', async () => {
    const { couch, qlik, sweep } = rig();
    couch.seed(checkpoint('11:00', { t: at('12:00') - 2 * 86_400_000, from: 0 }));
    const old = { createdAt: (at('11:59') - 86_460_000) as EpochMs, endedAt: (at('11:59') - 86_400_000) as EpochMs };
    qlik.pages.push([ended('r1', '11:40'), ended('r0', '11:59', old)]);
    expect(idsOf(await sweep())).to.deep.equal([]);
    expect(couch.all().map(({ _id }) => _id)).to.deep.equal(['alert:checkpoint-jump:default', 'checkpoint:default']);
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
    expect(lines).to.include('The sweep did not hear everything from a tenant');
  });

  it('is not looked for where no app of a tenant is in a chain', async () => {
    const { qlik, sweep, requests } = rig();
    await sweep(undefined, { apps: {} });
    expect([requests(), qlik.calls]).to.deep.equal([['due 200'], []]);
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

describe('the list of ends', () => {
  it('is read page by page until what ended before the overlap', async () => {
    const { couch, qlik, sweep } = rig();
    couch.seed(checkpoint('11:00'));
    // The third was created last: by creation the list is in no order, so it is by end.
    qlik.pages.push(
      [active('q1', '11:58'), ended('r5', '11:50'), ended('r4', '11:40')],
      [ended('r3', '11:30', { createdAt: at('11:29:50') }), ended('r2', '11:20', { createdAt: at('11:20') })],
      [ended('r1', '11:10', { createdAt: at('11:05') }), ended('r0', '10:44', { createdAt: at('10:43:59') })],
      [ended('old', '09:00')],
    );
    const batch = await sweep();
    expect(idsOf(batch)).to.deep.equal(['r1', 'r2', 'r3', 'r4', 'r5']);
  });

  it('is read by creation where the tenant ignores the order, back to what surely ended before', async () => {
    const { couch, qlik, sweep } = rig();
    couch.seed(checkpoint('11:00'));
    // By creation, newest first: r1 ended after r2, though it was created before.
    qlik.pages.push(
      [ended('r2', '11:10', { createdAt: at('11:05') }), ended('r1', '11:50', { createdAt: at('10:00') })],
      [ended('r0', '11:30', { createdAt: at('01:20') })],
      [ended('old', '01:10', { createdAt: at('01:09') })],
      [ended('older', '01:00')],
    );
    expect(idsOf(await sweep())).to.deep.equal(['r2', 'r0', 'r1']);
    // 11:00 − 15 min − 9 h 30 = 01:15.
    expect(qlik.calls).to.deep.equal(['list all end', 'list all creation', 'list all 1', 'list all 2']);
  });

  it('is not trusted to be by end while creation would give the same order', async () => {
    const { couch, qlik, sweep } = rig();
    couch.seed(checkpoint('11:00'));
    qlik.pages.push([ended('r2', '11:40'), ended('r1', '10:30')], [ended('r0', '11:50', { createdAt: at('08:00') })]);
    expect(idsOf(await sweep())).to.deep.equal(['r2', 'r0']);
  });

  it('leaves a gap where the time ran out, and goes on there in the next sweep, however slow that is', async () => {
    const { couch, qlik, sweep, clock } = rig();
    couch.seed(checkpoint('09:00'));
    qlik.pages.push(
      [ended('r5', '11:50'), ended('r4', '11:40', { createdAt: at('03:00') })],
      [ended('r3', '11:30', { createdAt: at('11:29:50') }), ended('r2', '10:30', { createdAt: at('03:00') })],
      [ended('r1', '10:00', { createdAt: at('09:59:50') }), ended('r0', '09:10', { createdAt: at('03:00') })],
      [ended('old', '08:00')],
    );
    // Each sweep has the time for one page.
    qlik.onCall = () => {
      clock.container = at('12:02');
    };
    const slowSweep = () => {
      clock.container = at('12:00');
      qlik.calls.length = 0;
      return sweep();
    };
    expect(idsOf(await slowSweep())).to.deep.equal(['r4', 'r5']);
    const gap = { head: at('11:50'), by: 'end', next: '1', reached: at('11:40') };
    expect(couch.peek('checkpoint:default')).to.deep.include({ t: at('09:00'), gap });
    expect(idsOf(await slowSweep())).to.deep.equal(['r2', 'r3']);
    expect(qlik.calls).to.deep.equal(['list all 1']);
    expect(idsOf(await slowSweep())).to.deep.equal(['r0', 'r1']);
    expect(couch.peek('checkpoint:default')).to.deep.include({ t: at('09:00') });
    expect(idsOf(await slowSweep())).to.deep.equal([]);
    expect(couch.peek('checkpoint:default')?.['t']).to.equal(at('11:50'));
    expect(couch.peek('checkpoint:default')).not.to.have.property('gap');
    // What ended meanwhile is at the list’s head.
    qlik.pages.splice(0, 4, [ended('r6', '11:59'), ended('r5', '11:50'), ended('older', '11:00')]);
    expect(idsOf(await slowSweep())).to.deep.equal(['r6']);
  });

  it('is begun anew where the tenant takes the place of the gap no more', async () => {
    const { couch, qlik, sweep } = rig();
    couch.seed(checkpoint('11:00', { gap: { head: at('11:20'), by: 'end', next: 'gone', reached: at('11:10') } }));
    qlik.pages.push([ended('r2', '11:40'), ended('r0', '01:00')]);
    expect(idsOf(await sweep())).to.deep.equal(['r2']);
    expect(qlik.calls).to.deep.equal(['list all gone', 'list all end']);
    expect(couch.peek('checkpoint:default')?.['t']).to.equal(at('11:40'));
  });

  it('goes on by creation where the gap’s next page ended later than what was read before', async () => {
    const { couch, qlik, sweep } = rig();
    couch.seed(checkpoint('11:00', { gap: { head: at('11:20'), by: 'end', next: '1', reached: at('11:10') } }));
    qlik.pages.push([ended('r2', '11:40')], [ended('r1', '11:30')], [ended('old', '01:00')]);
    expect(idsOf(await sweep())).to.deep.equal(['r1', 'r2']);
    expect(qlik.calls.slice(0, 2)).to.deep.equal(['list all 1', 'list all creation']);
    expect(couch.peek('checkpoint:default')?.['t']).to.equal(at('11:40'));
  });

  it('keeps what it heard where the time is up just as creation has to be asked for, and does that next', async () => {
    const { couch, qlik, sweep, clock } = rig();
    couch.seed(checkpoint('11:00'));
    qlik.pages.push([ended('r1', '11:10'), ended('r2', '11:50', { createdAt: at('11:00') })], [ended('old', '01:00')]);
    qlik.onCall = () => {
      clock.container = at('12:02');
    };
    expect(idsOf(await sweep())).to.deep.equal(['r1', 'r2']);
    expect(couch.peek('checkpoint:default')?.['gap']).to.deep.equal({ head: at('11:50'), by: 'creation' });
    clock.container = at('12:00');
    qlik.onCall = () => {};
    await sweep();
    expect(qlik.calls).to.deep.equal(['list all end', 'list all creation', 'list all 1']);
    expect(couch.peek('checkpoint:default')?.['t']).to.equal(at('11:50'));
  });

  it('is read as far back as the app that is furthest behind, once the whole may be seen', async () => {
    const { couch, qlik, sweep } = rig();
    couch.seed(checkpoint('11:00', { behind: { [A]: { t: at('09:00') } } }));
    qlik.pages.push(
      [ended('r3', '11:50', { createdAt: at('03:00') }), ended('r2', '10:40', { appId: B })],
      [ended('r1', '09:30')],
    );
    expect(idsOf(await sweep())).to.deep.equal(['r1', 'r3']);
    expect(couch.peek('checkpoint:default')?.['t']).to.equal(at('11:50'));
    expect(couch.peek('checkpoint:default')).not.to.have.property('behind');
  });

  it('keeps the gap where the tenant does not answer there', async () => {
    const { couch, qlik, sweep, writes } = rig();
    const gap = { head: at('11:20'), by: 'end', next: '1', reached: at('11:10') };
    couch.seed(checkpoint('11:00', { gap }));
    qlik.list = 'unavailable';
    await sweep();
    expect([writes(), couch.peek('checkpoint:default')?.['gap']]).to.deep.equal([[], gap]);
  });

  it('goes on by creation, too: what ends meanwhile is heard of', async () => {
    const { couch, qlik, sweep, clock } = rig();
    couch.seed(checkpoint('11:00'));
    // By creation, newest first; r1 ended before r0, which was created before.
    qlik.pages.push(
      [
        active('q', '11:40'),
        ended('r1', '11:20', { createdAt: at('11:10') }),
        ended('r0', '11:30', { createdAt: at('11:00') }),
      ],
      [ended('late', '11:25', { createdAt: at('10:00') })],
      [ended('old', '01:10', { createdAt: at('01:09') })],
    );
    qlik.onCall = () => {
      if (qlik.calls.length === 2) clock.container = at('12:02');
    };
    expect(idsOf(await sweep())).to.deep.equal(['r1', 'r0']);
    const gap = { head: at('11:30'), by: 'creation', next: '1', reached: at('11:20') };
    expect(couch.peek('checkpoint:default')).to.deep.include({ t: at('11:00'), gap });
    clock.container = at('12:00');
    expect(idsOf(await sweep())).to.deep.equal(['late']);
    expect(couch.peek('checkpoint:default')?.['t']).to.equal(at('11:30'));
    qlik.pages[0] = [ended('q', '11:45', { createdAt: at('11:40') }), ...(qlik.pages[0] ?? []).slice(1)];
    expect(idsOf(await sweep())).to.deep.equal(['q']);
  });

  it('is asked for app by app where the credential may not see the whole', async () => {
    const { couch, qlik, sweep } = rig();
    couch.seed(checkpoint('11:00'));
    qlik.list = 'forbidden';
    qlik.byApp.set(A, qlik.answer([ended('r1', '11:40')]));
    qlik.byApp.set(B, { kind: 'forbidden', message: 'not yours' });
    expect(idsOf(await sweep())).to.deep.equal(['r1']);
    expect(qlik.calls).to.deep.equal(['list all end', `list ${A} end`, `list ${B} end`]);
    expect(couch.peek('checkpoint:default')?.['t']).to.equal(at('11:40'));
  });

  it('app by app costs no write over what is known', async () => {
    const { couch, qlik, sweep, writes } = rig();
    couch.seed(checkpoint('11:40'), event('r1', '11:40'));
    qlik.list = 'forbidden';
    qlik.byApp.set(A, qlik.answer([ended('r1', '11:40')]));
    await sweep();
    expect(writes()).to.deep.equal([]);
  });

  it('app by app goes on in the next sweep where the time ran out, and the checkpoint moves to when the round began', async () => {
    const { couch, qlik, sweep, clock } = rig();
    const names = ['1', '2', '3', '4', '5', '6'];
    couch.seed(checkpoint('10:00', { apps: names }));
    const apps = Object.fromEntries(names.map((name) => [`default/${name}`, {}]));
    qlik.list = 'forbidden';
    for (const name of names) {
      const appId = name as AppId;
      qlik.byApp.set(name, qlik.answer([ended(`r${name}`, '11:40', { appId })]));
    }
    qlik.onCall = () => {
      if (qlik.calls.length === 5) clock.container = at('12:01');
    };
    expect(idsOf(await sweep(undefined, { apps }))).to.deep.equal(['r1', 'r2', 'r3', 'r4']);
    expect(couch.peek('checkpoint:default')).to.deep.include({
      t: at('10:00'),
      round: { since: at('12:00'), next: '5' },
    });
    clock.container = at('12:00');
    expect(idsOf(await sweep(undefined, { apps }))).to.deep.equal(['r5', 'r6']);
    expect(couch.peek('checkpoint:default')).to.deep.include({ t: at('12:00') });
    expect(couch.peek('checkpoint:default')).not.to.have.property('round');
  });
});

describe('what a record tells', () => {
  const records = [
    ['FAILED', 'failed'],
    ['CANCELED', 'canceled'],
    ['EXCEEDED_LIMIT', 'exceeded-limit'],
  ] as const;
  for (const [status, outcome] of records) {
    it(`is what the webhook would: ${status}`, async () => {
      const { couch, qlik, sweep } = rig();
      couch.seed(checkpoint('11:00'));
      const error = { code: 'E1', message: 'broken' };
      const resourceId = 'order:default:a:s:r0~1';
      qlik.pages.push([ended('r1', '11:40', { status, error, resourceId, partial: true, type: 'external' })]);
      const [told] = (await sweep()).events;
      expect(told).to.deep.include({
        outcome,
        error,
        orderId: 'order:default:a:s:r0',
        partial: true,
        startedBy: 'external',
      });
    });
  }

  it('is nothing while it is queued or runs, nor with an id that no document can have', async () => {
    const { couch, qlik, sweep } = rig();
    couch.seed(checkpoint('11:00'));
    qlik.pages.push([active('r1', '11:30'), ended('r:2', '11:40'), ended('r3', '11:39', { status: 'CANCELING' })]);
    expect(idsOf(await sweep())).to.deep.equal([]);
  });
});

describe('a silent webhook', () => {
  const five = ['r1', 'r2', 'r3', 'r4', 'r5'];
  const times = ['11:10', '11:20', '11:30', '11:40', '11:50'];
  const list = five.map((id, index) => ended(id, times[index] ?? '')).reverse();
  const known = (source: string) => five.slice(0, 4).map((id, index) => event(id, times[index] ?? '', { source }));

  it('is an alert where the sweep told the newest five ends', async () => {
    const { couch, qlik, sweep } = rig();
    couch.seed(checkpoint('11:45'), ...known('sweep'));
    qlik.pages.push(list);
    expect(idsOf(await sweep())).to.deep.equal(['r5']);
    expect(couch.peek('alert:webhook-silent:default')).to.deep.include({ kind: 'webhook-silent', subject: 'default' });
  });

  it('is none where the list went on from where an older one ended: the newest ends are not in it', async () => {
    const { couch, qlik, sweep } = rig();
    const gap = { head: at('11:59'), by: 'end', next: '1', reached: at('11:55') };
    couch.seed(checkpoint('11:45', { gap }), ...known('sweep'));
    qlik.pages.push([], list);
    expect(idsOf(await sweep())).to.deep.equal(['r5']);
    expect(couch.peek('alert:webhook-silent:default')).to.equal(undefined);
  });

  it('is none where the webhook told one of them, or where there are fewer', async () => {
    for (const seeds of [known('webhook'), known('sweep').slice(1)]) {
      const { couch, qlik, sweep } = rig();
      couch.seed(checkpoint('11:45'), ...seeds);
      qlik.pages.push(seeds.length === 4 ? list : list.slice(0, 4));
      await sweep();
      expect(couch.peek('alert:webhook-silent:default')).to.equal(undefined);
    }
  });
});
