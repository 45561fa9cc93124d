import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parse } from 'yaml';
import type { TicketId } from '../../../src/core/desk/notice.ts';
import type { AppId, ReloadId, TenantName } from '../../../src/core/names.ts';
import { findProblems, type ProblemFacts, SWEEP_PERIOD } from '../../../src/core/runs/find-problems.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import { at, ordered } from './some-facts.ts';

const ALERT = {
  _id: 'alert:quota:default/t',
  kind: 'quota',
  subject: 'default/t',
  message: 'quota',
  at: at('03:00'),
};
const GAVE_UP = ordered('t', 'r1', '02:00', { state: 'gave-up', reason: { code: 'QLIK_REFUSED', message: 'no' } });
const DEAD = {
  _id: 'dead:1',
  tenant: 'default',
  reason: { code: 'EVENT_MALFORMED', message: 'no' },
  storedAt: at('04:00'),
};
const OVERDUE = {
  _id: 'event:default:r1',
  dueAt: at('00:10'),
  count: 1,
  isMore: false,
  tenants: ['default'],
};

const FINE = {
  ...{ alerts: [], orders: [], dead: [], dismissed: new Map(), expired: [], unreadable: [], stuck: [] },
  ...{ channels: [] },
  ...{ failing: [], late: [], failedRuns: [], lastSuccess: new Map() },
};
const TICKET = 'ticket:reload:default:r1' as TicketId;
const R1 = 'r1' as ReloadId;
const APP = { tenant: 'default' as TenantName, appId: 't' as AppId };
const FAILING = {
  ...APP,
  streak: { since: at('01:00'), first: R1, times: 2, lastFailedAt: at('02:00'), ticket: TICKET },
  hasTicket: true,
  why: 'No memory.',
};
const FAILED_RUN = {
  root: 'event:default:r1',
  reloads: [{ ...APP, reloadId: R1, endedAt: at('01:00'), ticket: TICKET }],
};
const NOW = at('08:00');
const WRONG = { _id: 'order:default:t:s:r9', why: 'no order' };
const problemsIn = (facts: Partial<ProblemFacts>, since: EpochMs) => findProblems({ ...FINE, ...facts }, since, NOW);

const kinds = (problems: ReturnType<typeof findProblems>) => problems.map(({ kind }) => kind);

describe('problems', () => {
  it('are dead letters, and not the alert that says so', () => {
    const alert = { ...ALERT, _id: 'alert:dead-letter:default', kind: 'dead-letter', subject: 'default' };
    expect(kinds(problemsIn({ alerts: [alert], dead: [DEAD] }, at('00:00')))).to.deep.equal(['dead-letter']);
    // Somebody has replayed or dismissed them all.
    expect(problemsIn({ alerts: [alert] }, at('00:00'))).to.deep.equal([]);
  });

  it('are channels that have taken no message for an hour, as long as they are tried', () => {
    const channel = { _id: 'channel:ops', failingSince: at('07:00'), answer: 'no answer (ENOTFOUND)' };
    const found = (more: object) => problemsIn({ channels: [{ ...channel, pausedUntil: NOW, ...more }] }, at('06:00'));
    expect(found({})).to.deep.equal([{ kind: 'channel', channel: { ...channel, pausedUntil: NOW }, at: at('07:00') }]);
    expect(kinds(found({ failingSince: at('00:00'), pausedUntil: at('09:00') }))).to.deep.equal(['channel']);
    expect(found({ failingSince: (at('07:00') + 1) as EpochMs })).to.deep.equal([]);
    // It takes messages, or was never tried.
    expect(found({ failingSince: undefined })).to.deep.equal([]);
    // It does not know its address, and an alert says so.
    expect(found({ answer: undefined })).to.deep.equal([]);
    // Nothing is owed to it any more, perhaps because the settings no longer have it.
    expect(found({ pausedUntil: at('07:29') })).to.deep.equal([]);
    expect(kinds(found({ pausedUntil: at('07:30') }))).to.deep.equal(['channel']);
  });

  it('take what is due for longer than schedule.yaml’s period for forgotten', () => {
    const { triggers } = parse(readFileSync('schedule.yaml', 'utf8')).project.packages.default;
    expect(SWEEP_PERIOD).to.equal(triggers['cascade-every-5-minutes'].inputs.minutes.value * 60_000);
  });

  it('are alerts, given-up orders and dead letters, newest first, after what nobody works on', () => {
    const facts = { alerts: [ALERT], orders: [GAVE_UP], dead: [DEAD], overdue: OVERDUE };
    expect(kinds(problemsIn(facts, at('00:00')))).to.deep.equal(['overdue', 'dead-letter', 'alert', 'gave-up']);
  });

  it('are none where all is well', () => {
    const orders = [ordered('t', 'r1', '02:00'), ordered('u', 'r1', '02:00', { state: 'parked' })];
    const dead = [{ ...DEAD, replayedAt: at('05:00') }];
    expect(problemsIn({ alerts: [], orders, dead }, at('00:00'))).to.deep.equal([]);
  });

  it('may be too old, but not what is overdue, nor a dead letter that nobody replayed', () => {
    const facts = { alerts: [ALERT], orders: [GAVE_UP], dead: [DEAD], overdue: OVERDUE };
    expect(kinds(problemsIn(facts, at('03:00')))).to.deep.equal(['overdue', 'dead-letter', 'alert']);
    expect(kinds(problemsIn(facts, at('05:00')))).to.deep.equal(['overdue', 'dead-letter']);
  });

  it('are as old as what happened last: an alert raised again, an order given up long after it was owed', () => {
    const alerts = [{ ...ALERT, lastAt: at('05:00') }];
    const orders = [{ ...GAVE_UP, gaveUpAt: at('06:00') }];
    const problems = problemsIn({ alerts, orders, dead: [] }, at('05:00'));
    expect(problems.map(({ kind, at: when }) => [kind, when])).to.deep.equal([
      ['gave-up', at('06:00')],
      ['alert', at('05:00')],
    ]);
  });

  it('are told once where an alert is about a given-up order', () => {
    const about = { ...ALERT, kind: 'gave-up', subject: GAVE_UP._id };
    expect(kinds(problemsIn({ alerts: [about], orders: [GAVE_UP], dead: [] }, at('00:00')))).to.deep.equal(['gave-up']);
    expect(kinds(problemsIn({ alerts: [about], orders: [], dead: [] }, at('00:00')))).to.deep.equal(['alert']);
  });

  it('are none once a person has dismissed them: an order for good, an alert until it is raised again', () => {
    const dismissed = new Map([
      [ALERT._id, at('03:30')],
      [String(GAVE_UP._id), at('01:00')],
    ]);
    const about = { ...ALERT, kind: 'gave-up', subject: GAVE_UP._id };
    expect(problemsIn({ alerts: [ALERT, about], orders: [GAVE_UP], dismissed }, at('00:00'))).to.deep.equal([]);
    const again = (lastAt: EpochMs) => problemsIn({ alerts: [{ ...ALERT, lastAt }], dismissed }, at('00:00'));
    expect(kinds(again(at('03:30')))).to.deep.equal([]);
    expect(kinds(again(at('03:31')))).to.deep.equal(['alert']);
  });

  it('are apps that are failing and runs with a failed reload, however old, until a person dismisses the ticket', () => {
    const facts = { failing: [FAILING], failedRuns: [FAILED_RUN] };
    expect(problemsIn(facts, at('07:00'))).to.deep.equal([
      { kind: 'failing', app: FAILING, at: at('02:00') },
      { kind: 'failed-run', run: FAILED_RUN, at: at('01:00') },
    ]);
    const dismissed = new Map([[String(TICKET), at('03:00')]]);
    expect(problemsIn({ ...facts, dismissed }, at('00:00'))).to.deep.equal([]);
  });

  it('leave out of a run only the reloads whose tickets were dismissed', () => {
    const other = { ...APP, reloadId: 'r2' as ReloadId, endedAt: at('00:30') };
    const run = { ...FAILED_RUN, reloads: [other, ...FAILED_RUN.reloads] };
    const dismissed = new Map([[String(TICKET), at('03:00')]]);
    expect(problemsIn({ failedRuns: [run], dismissed }, at('00:00'))).to.deep.equal([
      { kind: 'failed-run', run: { root: FAILED_RUN.root, reloads: [other] }, at: at('00:30') },
    ]);
  });

  it('are no given-up orders whose apps succeeded after that, nor the alerts about them', () => {
    const orders = [{ ...GAVE_UP, gaveUpAt: at('06:00') }];
    const alerts = [{ ...ALERT, kind: 'gave-up', subject: GAVE_UP._id }];
    const kindsAfter = (time: string) =>
      kinds(problemsIn({ alerts, orders, lastSuccess: new Map([['app:default:t', at(time)]]) }, at('00:00')));
    expect(kindsAfter('05:59')).to.deep.equal(['gave-up']);
    expect(kindsAfter('06:01')).to.deep.equal([]);
  });

  it('are what is wrong now before all else, the cause first', () => {
    const facts = {
      alerts: [ALERT],
      overdue: OVERDUE,
      unreadable: [WRONG],
      stuck: [WRONG],
      noWrites: 'the disk is full',
    };
    expect(problemsIn(facts, at('00:00')).map(({ kind, at: when }) => [kind, when])).to.deep.equal([
      ['no-writes', NOW],
      ['overdue', at('00:10')],
      ['unreadable', NOW],
      ['stuck', NOW],
      ['alert', at('03:00')],
    ]);
  });

  const isSweepAsked = (facts: Partial<ProblemFacts>): boolean | undefined => {
    const overdue = problemsIn({ overdue: OVERDUE, ...facts }, at('02:00')).find(({ kind }) => kind === 'overdue');
    return overdue?.kind === 'overdue' ? overdue.isSweepAsked : undefined;
  };

  it('ask whether the sweep is running only where nothing else explains what is overdue', () => {
    expect(isSweepAsked({ alerts: [ALERT], unreadable: [WRONG], stuck: [WRONG] })).to.equal(true);
    expect(isSweepAsked({ noWrites: 'the disk is full' })).to.equal(false);
  });

  describe('of a tenant that an alert says nothing is done for', () => {
    /**
     * 08:00 is now: two periods of the sweep, and the hour in which an alert is not raised again, were over at 06:50.
     */
    const alertOf = (more: object) => ({
      ...ALERT,
      kind: 'tenant-moved',
      subject: 'default',
      at: at('06:50'),
      ...more,
    });

    for (const kind of ['tenant-moved', 'tenant-unknown']) {
      it(`ask for no sweep while the alert goes on: ${kind}`, () => {
        expect(isSweepAsked({ alerts: [alertOf({ kind })] })).to.equal(false);
        expect(isSweepAsked({ alerts: [alertOf({ kind, at: at('02:30'), lastAt: at('06:50') })] })).to.equal(false);
      });
    }

    it('ask for the sweep where the alert is old: a sweep that runs would have raised it again', () => {
      expect(isSweepAsked({ alerts: [alertOf({ at: (at('06:50') - 1) as EpochMs })] })).to.equal(true);
      expect(isSweepAsked({ alerts: [alertOf({ at: at('02:30'), lastAt: (at('06:50') - 1) as EpochMs })] })).to.equal(
        true,
      );
    });

    it('ask for the sweep where another tenant’s work is due, too', () => {
      const overdue = (...tenants: readonly string[]) => ({ alerts: [alertOf({})], overdue: { ...OVERDUE, tenants } });
      expect(isSweepAsked(overdue('other'))).to.equal(true);
      expect(isSweepAsked(overdue('default', 'other'))).to.equal(true);
      expect(isSweepAsked(overdue('default'))).to.equal(false);
    });

    it('ask for the sweep where an alert of another kind is about the tenant', () => {
      for (const kind of ['store-changed', 'webhook-silent', 'checkpoint-jump'])
        expect(isSweepAsked({ alerts: [alertOf({ kind })] })).to.equal(true);
    });

    it('ask for the sweep where the list leaves the alert out', () => {
      const since = at('07:00');
      const [first] = problemsIn({ overdue: OVERDUE, alerts: [alertOf({})] }, since);
      expect(first).to.include({ kind: 'overdue', isSweepAsked: true });
    });
  });
});
