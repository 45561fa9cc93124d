import { expect } from 'chai';
import type { CollectorPorts } from '../../../actions/collector/collector-ports.ts';
import type { NewDocument } from '../../../src/clients/couchdb/couchdb-port.ts';
import type { TenantName } from '../../../src/core/names.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import { ONE_QUESTION } from '../../support/one-of-each.ts';
import { A, at, B, BOUND, checkpoint, ended, event, rig, ScriptedQlik } from './support/rig.ts';

/** Each day at 11:00 UTC. */
const DAILY = { cron: '0 11 * * *', zone: 'UTC' };
const TEXT = '{"cron":"0 11 * * *","zone":"UTC"}';
const D = at('11:00');
const P = D - 86_400_000;
const APP = `app:default:${A}`;
/** The next deadline at 12:00. */
const NEXT = { deadline: D + 86_400_000, after: D };

const counts = { succeeded: 0, failed: 0, canceled: 0, 'exceeded-limit': 0 };
const app = (more: object = {}): NewDocument => ({
  ...{ _id: APP, schema: 1, type: 'app', counts, seconds: counts, seen: [], over: [], notices: [] },
  ...{ expectedSince: { text: TEXT, at: P - 3_600_000, next: NEXT }, ...more },
});
const success = (endedAt: number) => ({ lastSuccess: { endedAt, reloadId: 'r0' } });

const LATE = { deadline: D, after: P, to: ['default'] };
const NOTICE = {
  ...{ id: `late.${D}`, kind: 'late', at: D, late: LATE, traceId: 'sweep1', to: ['default'] },
  due: { default: at('12:00:30') },
};

/** A collector at 12:00 whose app A is expected. */
function world(documents: readonly NewDocument[], changes: object = {}) {
  const { couch, qlik, lines, sweep: sweepWith, clock } = rig();
  couch.seed(checkpoint('11:58'), ...documents);
  const apps = { [`default/${A}`]: { expected: DAILY, ...changes }, [`default/${B}`]: {} };
  const sweep = () => sweepWith(undefined, { apps } as Partial<CollectorPorts>);
  const writes = () => couch.asked.filter((call) => /^(put|bulk)/.test(call));
  return { couch, qlik, lines, clock, writes, sweep };
}

describe('a sweep that judges', () => {
  it('finds an app late that has not succeeded since the deadline before, and hands its notice on', async () => {
    const { couch, sweep } = world([app(success(P))]);
    expect((await sweep()).owing).to.deep.equal([APP]);
    expect(couch.peek(APP)).to.deep.include({ late: LATE, notices: [NOTICE], dueAt: at('12:00:30') });
  });

  it('hands its notice on before the questions that are due: no app waits behind them', async () => {
    const { sweep } = world([app(success(P)), { ...ONE_QUESTION, dueAt: at('11:00') }]);
    expect((await sweep()).owing).to.deep.equal([APP, ONE_QUESTION._id]);
  });

  it('finds an app late that has never succeeded', async () => {
    const { couch, sweep } = world([app()]);
    await sweep();
    expect(couch.peek(APP)?.['late']).to.deep.equal(LATE);
  });

  it('does so once for each deadline: the next sweeps only read', async () => {
    const { couch, sweep, writes } = world([app()]);
    await sweep();
    couch.asked.length = 0;
    expect((await sweep()).owing).to.equal(undefined);
    expect(writes()).to.deep.equal([]);
    expect(couch.asked.filter((call) => call.startsWith('due'))).to.have.length(1);
  });

  it('does so again for the next deadline', async () => {
    const { couch, qlik, clock, sweep } = world([app({ late: { ...LATE, deadline: P, after: P - 86_400_000 } })]);
    await sweep();
    qlik.tenantNow = (at('12:00') + 86_400_000) as EpochMs;
    clock.store = qlik.tenantNow;
    await sweep();
    const notices = couch.peek(APP)?.['notices'] as readonly { readonly id: string }[];
    expect(notices.map(({ id }) => id)).to.deep.equal([`late.${D}`, `late.${D + 86_400_000}`]);
  });

  it('never goes back to a deadline before the one that was judged', async () => {
    const { couch, sweep } = world([app({ late: { ...LATE, deadline: D + 86_400_000 } })]);
    await sweep();
    expect(couch.peek(APP)?.['notices']).to.deep.equal([]);
  });

  for (const [what, endedAt] of [
    ['just after the deadline before', P + 1],
    ['just in time', D],
    ['too late, but before it is judged', at('11:30')],
  ] as const) {
    it(`finds no app late whose last success was ${what}`, async () => {
      const { couch, sweep } = world([app(success(endedAt))]);
      expect((await sweep()).owing).to.equal(undefined);
      expect(couch.peek(APP)).not.to.have.property('late');
    });
  }

  it('waits for the end of the grace, and lets a success count for the deadline in whose grace it was', async () => {
    const grace = 3_600_000;
    const text = `{"cron":"0 11 * * *","grace":${grace},"zone":"UTC"}`;
    const next = { deadline: D + 86_400_000, after: D + grace };
    const expectedSince = { text, at: P - 3_600_000, next };
    const expected = { ...DAILY, grace };
    const over = world([app({ expectedSince, ...success(P + grace) })], { expected });
    await over.sweep();
    expect(over.couch.peek(APP)?.['late']).to.deep.equal({ deadline: D, after: P + grace, to: ['default'] });
    const before = world([app({ expectedSince, ...success(P) })], { expected });
    before.qlik.tenantNow = (at('12:00') - 1) as EpochMs;
    await before.sweep();
    // The deadline of yesterday is the last one that may be judged, and the success was in time for it.
    expect(before.couch.peek(APP)).not.to.have.property('late');
  });

  it('hands the notice to the channels of the routes', async () => {
    const { couch, sweep } = world([app()], { routes: { late: ['bot', 'ops'], failed: ['data'] } });
    await sweep();
    expect(couch.peek(APP)?.['late']).to.deep.include({ to: ['bot', 'ops'] });
    const nobody = world([app()], { routes: {} });
    expect((await nobody.sweep()).owing).to.deep.equal([APP]);
    expect(nobody.couch.peek(APP)).to.deep.include({ late: { ...LATE, to: [] }, notices: [] });
    expect(nobody.couch.peek(APP)).not.to.have.property('dueAt');
  });
});

describe('a sweep that first sees that an app is expected', () => {
  it('notes since when, also for an app of which nothing is known, and judges nothing', async () => {
    const { couch, sweep } = world([]);
    expect((await sweep()).owing).to.equal(undefined);
    const { _rev, ...created } = couch.peek(APP) ?? {};
    expect(created).to.deep.equal(app({ expectedSince: { text: TEXT, at: at('12:00'), next: NEXT } }));
  });

  it('does so again if the chain file changes, and keeps all else', async () => {
    const known = app({ ...success(P), expectedSince: { text: 'by 07:00', at: P, next: NEXT }, seen: [] });
    const { couch, sweep } = world([known]);
    await sweep();
    expect(couch.peek(APP)).to.deep.include({
      ...success(P),
      expectedSince: { text: TEXT, at: at('12:00'), next: NEXT },
    });
    expect(couch.peek(APP)).not.to.have.property('late');
  });

  for (const [since, isLate] of [
    [D, false],
    [D - 1, true],
  ] as const) {
    it(`counts only deadlines after that: ${isLate ? 'just before' : 'at'} the deadline`, async () => {
      const { couch, sweep } = world([app({ expectedSince: { text: TEXT, at: since, next: NEXT } })]);
      await sweep();
      expect(couch.peek(APP)?.['late'] !== undefined).to.equal(isLate);
    });
  }

  it('asks Qlik once for a success of before, which nobody told', async () => {
    const { couch, qlik, sweep } = world([app({ expectedSince: { text: TEXT, at: at('10:00'), next: NEXT } })]);
    qlik.byApp.set(A, qlik.answer([ended('r2', '09:10', { status: 'FAILED' }), ended('r1', '09:00')]));
    await sweep();
    expect(couch.peek(APP)).not.to.have.property('late');
    expect(couch.peek(APP)?.['expectedSince']).to.deep.equal({
      text: TEXT,
      at: at('10:00'),
      next: NEXT,
      success: at('09:00'),
    });
    await sweep();
    expect(qlik.calls.filter((call) => call.includes(A))).to.deep.equal([`list ${A} end`]);
  });

  it('finds it late if Qlik knows of none, and not yet if Qlik does not answer', async () => {
    const since = app({ expectedSince: { text: TEXT, at: at('10:00'), next: NEXT } });
    const none = world([since]);
    await none.sweep();
    expect(none.couch.peek(APP)).to.deep.include({
      late: LATE,
      expectedSince: { text: TEXT, at: at('10:00'), next: NEXT, success: 0 },
    });
    const silent = world([since]);
    silent.qlik.byApp.set(A, { kind: 'unavailable', message: 'it is silent' });
    await silent.sweep();
    expect(silent.couch.peek(APP)).to.deep.equal({ ...since, _rev: '1-seed' });
  });
});

describe('a sweep that notes the next deadline, for the dashboard', () => {
  const since = (next?: object) => ({ text: TEXT, at: P - 3_600_000, ...(next && { next }) });

  it('does so once after each deadline, and in an app’s document of an earlier version', async () => {
    for (const known of [undefined, { deadline: D, after: P }]) {
      const { couch, sweep, writes } = world([app({ ...success(D), expectedSince: since(known) })]);
      await sweep();
      expect(couch.peek(APP)?.['expectedSince']).to.deep.equal(since(NEXT));
      couch.asked.length = 0;
      await sweep();
      expect(writes()).to.deep.equal([]);
    }
  });

  it('still judges the deadline that has just passed', async () => {
    const { couch, sweep } = world([app({ expectedSince: since({ deadline: D, after: P }) })]);
    expect((await sweep()).owing).to.deep.equal([APP]);
    expect(couch.peek(APP)).to.deep.include({ late: LATE, expectedSince: since(NEXT) });
  });

  it('waits until the grace is over', async () => {
    const grace = 3_600_001;
    const expected = { ...DAILY, grace };
    const expectedSince = {
      ...since({ deadline: D, after: P + grace }),
      text: `{"cron":"0 11 * * *","grace":${grace},"zone":"UTC"}`,
    };
    const { couch, clock, sweep } = world([app({ ...success(D), expectedSince })], { expected });
    await sweep();
    expect(couch.peek(APP)?.['expectedSince']).to.deep.equal(expectedSince);
    clock.store = (at('12:00') + 1) as EpochMs;
    await sweep();
    expect(couch.peek(APP)?.['expectedSince']).to.deep.include({ next: { ...NEXT, after: D + grace } });
  });

  it('corrects one that was noted while the store’s clock was ahead', async () => {
    const ahead = { deadline: D + 30 * 86_400_000, after: D + 29 * 86_400_000 };
    const { couch, sweep } = world([app({ ...success(D), expectedSince: since(ahead) })]);
    await sweep();
    expect(couch.peek(APP)?.['expectedSince']).to.deep.equal(since(NEXT));
  });

  it('does so also if Qlik does not answer', async () => {
    const { couch, qlik, sweep } = world([app({ expectedSince: since() })]);
    qlik.list = 'unavailable';
    await sweep();
    expect(couch.peek(APP)?.['expectedSince']).to.deep.equal(since(NEXT));
  });
});

describe('a sweep does not judge', () => {
  const unjudged = async (documents: readonly NewDocument[], prepare: (one: ReturnType<typeof world>) => void) => {
    const one = world([app(success(P)), ...documents]);
    prepare(one);
    await one.sweep();
    expect(one.couch.peek(APP)).to.deep.equal({ ...app(success(P)), _rev: '1-seed' });
  };

  it('if Qlik does not answer', () =>
    unjudged([], ({ qlik }) => {
      qlik.list = 'unavailable';
    }));

  it('if Qlik’s list was made before the deadline was over', () =>
    unjudged([], ({ qlik }) => {
      qlik.tenantNow = (D - 1) as EpochMs;
    }));

  it('if Qlik’s answers have no time', () =>
    unjudged([], ({ qlik }) => {
      qlik.tenantNow = undefined;
    }));

  it('an app whose own list Qlik does not give', () =>
    unjudged([], ({ qlik }) => {
      qlik.list = 'forbidden';
      qlik.byApp.set(A, { kind: 'unavailable', message: 'it is silent' });
    }));

  it('an app with an end that is not recorded, however late it is due', () => {
    const later = at('12:00') + 3_600_000;
    return unjudged([event('r1', '10:30', { resolvedAt: at('10:30'), dueAt: later })], () => {});
  });

  it('but does if that end is recorded, and only what follows it is not decided yet', async () => {
    const dueAt = at('12:00') + 3_600_000;
    const { couch, sweep } = world([
      app(success(P)),
      event('r1', '10:30', { resolvedAt: undefined, recordedAt: at('10:31'), dueAt }),
    ]);
    await sweep();
    expect(couch.peek(APP)?.['late']).to.deep.equal(LATE);
  });

  it('an app with an end that this sweep finds', () =>
    unjudged([], ({ qlik }) => {
      qlik.pages.push([ended('r1', '11:50')]);
    }));

  it('an app whose earlier successes Qlik lists only in part', async () => {
    const since = app({ expectedSince: { text: TEXT, at: at('10:00'), next: NEXT } });
    const { couch, qlik, sweep } = world([since]);
    qlik.byApp.set(A, qlik.answer([ended('r2', '11:30', { status: 'FAILED' })], 'more'));
    qlik.onCall = () => {
      if (qlik.calls.at(-1) === `list ${A} more`) qlik.byApp.set(A, { kind: 'unavailable', message: 'it is silent' });
    };
    await sweep();
    expect(couch.peek(APP)).not.to.have.property('late');
    expect(couch.peek(APP)?.['expectedSince']).to.deep.equal({ text: TEXT, at: at('10:00'), next: NEXT });
  });

  for (const [count, isLate] of [
    [9_999, true],
    [10_000, false],
  ] as const) {
    it(`${isLate ? 'but not yet' : 'any app'}, if ${count} documents are due some time`, async () => {
      const due = Array.from({ length: count }, (_, index) => ({ _id: `other:${index}`, dueAt: at('23:00') }));
      const { couch, sweep } = world([app(), ...due]);
      await sweep();
      expect(couch.peek(APP)?.['late'] !== undefined).to.equal(isLate);
    });
  }

  it('an app of a tenant that is not in the settings, or has moved, and notes nothing of it', async () => {
    const other = rig();
    other.couch.seed(checkpoint('11:58'));
    await other.sweep(undefined, { apps: { 'other/x': { expected: DAILY } } } as Partial<CollectorPorts>);
    expect(other.couch.peek('app:other:x')).to.equal(undefined);
    const moved = rig();
    moved.couch.seed(checkpoint('11:58'));
    const apps = { [`default/${A}`]: { expected: DAILY } } as CollectorPorts['apps'];
    await moved.sweep(undefined, { apps, addressOf: () => 'https://another.eu.qlikcloud.com' });
    expect(moved.couch.peek(APP)).to.equal(undefined);
  });

  it('asks a tenant that does not answer for no further app', async () => {
    const expectedSince = { text: TEXT, at: at('10:00'), next: NEXT };
    const ofB = { ...app({ expectedSince }), _id: `app:default:${B}` };
    const { couch, qlik, sweep } = rig();
    couch.seed(checkpoint('11:58'), app({ expectedSince }), ofB);
    qlik.byApp.set(A, { kind: 'unavailable', message: 'it is silent' });
    const apps = { [`default/${A}`]: { expected: DAILY }, [`default/${B}`]: { expected: DAILY } };
    await sweep(undefined, { apps } as Partial<CollectorPorts>);
    expect(qlik.calls.filter((call) => call.startsWith('list') && !call.includes('all'))).to.deep.equal([
      `list ${A} end`,
    ]);
    expect(couch.peek(ofB._id)).not.to.have.property('late');
  });

  it('an app with a spoilt document', async () => {
    const { couch, lines, sweep } = world([app({ seen: 'none' })]);
    await sweep();
    expect(couch.peek(APP)).to.deep.equal({ ...app({ seen: 'none' }), _rev: '1-seed' });
    expect(lines.join()).to.contain(APP);
  });
});

describe('a sweep that judges beside others', () => {
  it('reads and judges again if an end is recorded meanwhile', async () => {
    const { couch, sweep } = world([app()]);
    couch.intrude('bulk', () => couch.seed(app({ _rev: '2-storer', ...success(at('10:59')) })));
    expect((await sweep()).owing).to.equal(undefined);
    expect(couch.peek(APP)).to.deep.equal(app({ _rev: '2-storer', ...success(at('10:59')) }));
  });

  it('judges again if a failure is recorded meanwhile, and finds it late', async () => {
    const { couch, sweep } = world([app()]);
    couch.intrude('bulk', () => couch.seed(app({ _rev: '2-storer', counts: { ...counts, failed: 1 } })));
    expect((await sweep()).owing).to.deep.equal([APP]);
    expect(couch.peek(APP)).to.deep.include({ late: LATE, counts: { ...counts, failed: 1 } });
  });

  it('does not judge if another sweep, of newer chain files, expects the app otherwise meanwhile', async () => {
    const { couch, sweep } = world([app()]);
    const other = app({ _rev: '2-sweep', expectedSince: { text: 'by 07:00', at: P } });
    couch.intrude('bulk', () => couch.seed(other));
    expect((await sweep()).owing).to.equal(undefined);
    expect(couch.peek(APP)).to.deep.equal(other);
  });

  it('hands on no notice that CouchDB refuses', async () => {
    const { couch, lines, sweep } = world([app()]);
    couch.bulk = async (documents) =>
      documents.map(() => ({ kind: 'refused', message: 'too large', isForGood: true }) as const);
    expect((await sweep()).owing).to.equal(undefined);
    expect(lines).to.include(`CouchDB refuses ${APP}: too large`);
  });

  it('judges the apps of each tenant by the time of that tenant’s list', async () => {
    const other = 'other' as TenantName;
    const { couch, qlik, sweep } = rig();
    const late = new ScriptedQlik();
    late.tenantNow = (D - 1) as EpochMs;
    const ofOther = { ...app(success(P - 1)), _id: 'app:other:x' };
    couch.seed(checkpoint('11:58'), app(), ofOther);
    couch.seed({ ...checkpoint('10:58'), _id: 'checkpoint:other', apps: ['x'] }, { ...BOUND, _id: 'tenant:other' });
    const apps = { [`default/${A}`]: { expected: DAILY }, 'other/x': { expected: DAILY } };
    const qlikOf = (tenant: TenantName) => (tenant === other ? late : qlik);
    await sweep(undefined, { apps, qlikOf, tenants: ['default', other] } as unknown as Partial<CollectorPorts>);
    expect([couch.peek(APP)?.['late'], couch.peek('app:other:x')?.['late']]).to.deep.equal([LATE, undefined]);
  });

  it('writes one notice if another sweep judges at the same time', async () => {
    const { couch, sweep } = world([app()]);
    await Promise.all([sweep(), sweep()]);
    expect(couch.peek(APP)?.['notices']).to.deep.equal([NOTICE]);
  });

  it('judges an app that it lists by itself, and not one whose list fails', async () => {
    const two = world([app()], {});
    two.qlik.list = 'forbidden';
    two.qlik.byApp.set(B, { kind: 'unavailable', message: 'it is silent' });
    await two.sweep();
    expect(two.couch.peek(APP)?.['late']).to.deep.equal(LATE);
  });

  for (const [head, isLate] of [
    ['11:30', true],
    ['10:59', false],
  ] as const) {
    it(`judges up to the head of a list that took several sweeps, since later ends are not in it: ${head}`, async () => {
      const { couch, qlik, sweep } = world([app(success(P))]);
      const gap = { head: at(head), by: 'end', next: '1', reached: at('10:50') };
      couch.seed(checkpoint('10:40', { gap }));
      qlik.pages.push([], [ended('r8', '10:20', { appId: B })]);
      await sweep();
      expect(couch.peek(APP)?.['late']).to.deep.equal(isLate ? LATE : undefined);
    });
  }

  it('takes one request more if nothing is late: the apps that are expected', async () => {
    const plain = rig();
    plain.couch.seed(checkpoint('11:58'));
    await plain.sweep();
    const expecting = world([app(success(at('10:00')))]);
    await expecting.sweep();
    const asked = (calls: readonly string[]) => calls.filter((call) => call !== 'many ').length;
    expect(asked(expecting.couch.asked) - asked(plain.couch.asked)).to.equal(1);
  });
});
