import { expect } from 'chai';
import type { AppId } from '../../../src/core/names.ts';
import { A, active, at, B, checkpoint, ended, event, idsOf, rig } from './support/rig.ts';

describe('the list of ends', () => {
  it('is read page by page until what ended before the overlap', async () => {
    const { couch, qlik, sweep } = rig();
    couch.seed(checkpoint('11:00'));
    // The third reload was created last. So the list is not in the order of creation, but in that of the ends.
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
    // The reloads that ended meanwhile are at the head of the list.
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
