import { expect } from 'chai';
import type { AppId } from '../../../src/core/names.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import { A, at, B, checkpoint, ended, event, idsOf, rig } from './support/rig.ts';

const DAY_MS = 86_400_000;
const ONLY_B = { apps: { [`default/${B}`]: {} } };

describe('an app that a new deployment brought', () => {
  it('counts from the sweep after it: what ended before starts nothing', async () => {
    const { couch, qlik, sweep, clock } = rig();
    couch.seed(checkpoint('08:00', { apps: [B] }));
    qlik.pages.push([ended('r1', '08:00')]);
    expect(idsOf(await sweep(undefined, ONLY_B))).to.deep.equal([]);
    expect(idsOf(await sweep())).to.deep.equal([]);
    expect(couch.peek('checkpoint:default')).to.deep.include({ apps: [A, B], fresh: { [A]: at('12:00') } });
    clock.store = at('12:05');
    qlik.tenantNow = at('12:05');
    qlik.pages[0] = [ended('r3', '12:01'), ended('r2', '11:59'), ended('r1', '08:00')];
    expect(idsOf(await sweep())).to.deep.equal(['r3']);
  });

  it('does not stop the sweep with an end of the day before yesterday', async () => {
    const { couch, qlik, sweep } = rig();
    const old = { createdAt: (at('08:00') - 2 * DAY_MS) as EpochMs, endedAt: (at('08:00') - 2 * DAY_MS) as EpochMs };
    couch.seed(checkpoint('11:00', { t: at('08:00') - 2 * DAY_MS, from: 0, apps: [B] }));
    qlik.pages.push([ended('r2', '11:50', { appId: B }), ended('r1', '08:00', old)]);
    expect(idsOf(await sweep())).to.deep.equal(['r2']);
    expect(couch.peek('alert:checkpoint-jump:default')).to.equal(undefined);
  });

  it('holds nothing back of the apps that were there, and costs no write from then on', async () => {
    const { couch, qlik, sweep, writes } = rig();
    couch.seed(checkpoint('11:00', { apps: [B] }));
    qlik.pages.push([ended('r2', '11:50', { appId: B }), ended('r1', '11:40')]);
    expect(idsOf(await sweep())).to.deep.equal(['r2']);
    couch.asked.length = 0;
    await sweep();
    expect(writes()).to.deep.equal([]);
  });

  it('is new again where it was gone for a while', async () => {
    const { couch, qlik, sweep } = rig();
    couch.seed(checkpoint('11:00'));
    qlik.pages.push([ended('r1', '11:40')]);
    await sweep(undefined, ONLY_B);
    expect(couch.peek('checkpoint:default')?.['apps']).to.deep.equal([B]);
    expect(idsOf(await sweep())).to.deep.equal([]);
  });

  it('is forgotten to be new once the checkpoint has left its first day behind', async () => {
    const { couch, qlik, sweep } = rig();
    couch.seed(checkpoint('11:40', { fresh: { [A]: at('11:20') } }), event('r1', '11:40'));
    qlik.pages.push([ended('r1', '11:40')]);
    await sweep();
    expect(couch.peek('checkpoint:default')).not.to.have.property('fresh');
  });

  it('waits where the tenant does not tell its clock', async () => {
    const { couch, qlik, sweep, lines, writes } = rig();
    couch.seed(checkpoint('11:00', { apps: [B] }));
    qlik.tenantNow = undefined;
    qlik.pages.push([ended('r1', '11:40')]);
    expect(idsOf(await sweep())).to.deep.equal([]);
    expect(writes()).to.deep.equal([]);
    expect(lines).to.include(
      'The sweep collects nothing of a tenant: the chains have new apps, and Qlik’s answers have no time',
    );
  });
});

describe('a list app by app', () => {
  const names = ['1', '2', '3', '4', '5', '6'];
  const apps = Object.fromEntries(names.map((name) => [`default/${name}`, {}]));

  /** The list of app 1 fails in each sweep. The other apps have an end each. */
  function failing() {
    const all = rig();
    const { couch, qlik } = all;
    couch.seed(checkpoint('11:00', { apps: names }));
    qlik.list = 'forbidden';
    qlik.byApp.set('1', { kind: 'unavailable', message: 'Qlik answered 500 to the list of reloads' });
    for (const name of names.slice(1)) {
      qlik.byApp.set(name, qlik.answer([ended(`r${name}`, '11:40', { appId: name as AppId })]));
    }
    return { ...all, sweepAll: () => all.sweep(undefined, { apps }) };
  }

  it('of which one fails hears of all others, and only that one is behind', async () => {
    const { couch, sweepAll, writes, lines } = failing();
    expect(idsOf(await sweepAll())).to.deep.equal(['r2', 'r3', 'r4', 'r5', 'r6']);
    expect(couch.peek('checkpoint:default')).to.deep.include({ t: at('11:40'), behind: { '1': { t: at('11:00') } } });
    expect(lines).to.include('The sweep could not list everything of a tenant');
    couch.asked.length = 0;
    await sweepAll();
    expect(writes()).to.deep.equal([]);
  });

  it('hears of the one that failed all that ended since, once it answers', async () => {
    const { couch, qlik, sweepAll } = failing();
    await sweepAll();
    qlik.byApp.set('1', qlik.answer([ended('r1', '10:50', { appId: '1' as AppId })]));
    expect(idsOf(await sweepAll())).to.deep.equal(['r1']);
    expect(couch.peek('checkpoint:default')).not.to.have.property('behind');
  });

  it('gives up an app that fails for longer than a day, with an alert, and stops for nobody', async () => {
    const { couch, qlik, sweepAll } = failing();
    await sweepAll();
    qlik.tenantNow = (at('11:01') + DAY_MS) as EpochMs;
    for (const name of names.slice(1)) qlik.byApp.set(name, qlik.answer([]));
    await sweepAll();
    expect(couch.peek('alert:unseen-app:default/1')).to.deep.include({ kind: 'unseen-app', subject: 'default/1' });
    expect(couch.peek('checkpoint:default')).not.to.have.property('behind');
  });

  it('forgets that an app is behind once no chain has it: nobody lists it again', async () => {
    const { couch, sweep, sweepAll } = failing();
    await sweepAll();
    const { 'default/1': _, ...others } = apps;
    await sweep(undefined, { apps: others });
    expect(couch.peek('checkpoint:default')).to.deep.include({ apps: names.slice(1) });
    expect(couch.peek('checkpoint:default')).not.to.have.property('behind');
  });

  it('tells once of an app that may not be listed', async () => {
    const { couch, qlik, sweepAll, writes } = failing();
    for (const status of [403, 404]) {
      qlik.byApp.set(status === 403 ? '1' : '2', { kind: 'forbidden', message: `Qlik answered ${status}` });
    }
    await sweepAll();
    expect(couch.peek('alert:unseen-app:default/1')?.['message']).to.contain('default/1: Qlik answered 403.');
    expect(couch.peek('alert:unseen-app:default/2')?.['message']).to.contain('404');
    expect(couch.peek('checkpoint:default')).not.to.have.property('behind');
    couch.asked.length = 0;
    await sweepAll();
    expect(writes()).to.deep.equal([]);
  });

  it('of which one is longer than the time goes on with that one in the next sweep', async () => {
    const { couch, qlik, sweepAll, clock } = failing();
    const page = [ended('r1b', '11:50', { appId: '1' as AppId }), ended('r1a', '11:45', { appId: '1' as AppId })];
    qlik.byApp.set('1', qlik.answer(page, '1'));
    qlik.onCall = () => {
      if (qlik.calls.length === 5) clock.container = at('12:02');
    };
    expect(idsOf(await sweepAll())).to.deep.equal(['r2', 'r3', 'r4', 'r1a', 'r1b']);
    const gap = { head: at('11:50'), by: 'end', next: '1', reached: at('11:45') };
    expect(couch.peek('checkpoint:default')).to.deep.include({
      t: at('11:00'),
      behind: { '1': { t: at('11:00'), gap } },
      round: { since: at('12:00'), next: '5' },
    });
    clock.container = at('12:00');
    qlik.onCall = () => {};
    expect(idsOf(await sweepAll())).to.deep.equal(['r5', 'r6']);
    expect(couch.peek('checkpoint:default')).to.deep.include({
      t: at('12:00'),
      behind: { '1': { t: at('11:00'), gap } },
    });
    qlik.byApp.set('1', qlik.answer([ended('r1', '10:50', { appId: '1' as AppId })]));
    expect(idsOf(await sweepAll())).to.deep.equal(['r1']);
    expect(qlik.calls).to.include('list 1 1');
    // Cascade must still hear of ends that are newer than the beginning of the list.
    expect(couch.peek('checkpoint:default')?.['behind']).to.deep.equal({ '1': { t: at('11:50') } });
    await sweepAll();
    expect(couch.peek('checkpoint:default')).not.to.have.property('behind');
  });
});
