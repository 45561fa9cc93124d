import { expect } from 'chai';
import { openProblems } from '../../dashboard/model/open-problems.ts';
import type { EpochMs } from '../../src/core/units.ts';

const at = (clock: string): number => Date.parse(`2026-12-02T${clock}Z`);
const NOW = at('08:00:00') as EpochMs;
const DAY = 86_400_000;

const alert = (kind: string, subject: string, more: object = {}) => ({
  ...{ _id: `alert:${kind}:${subject}`, kind, subject, message: `About ${subject}.`, at: at('03:00:00'), ...more },
});
const SILENT = alert('webhook-silent', 'acme');
const letter = (name: string, more: object = {}) => ({ _id: `dead:${name}`, tenant: 'acme', ...more });

function found(alerts: readonly object[], more: Record<string, readonly object[]> = {}) {
  const documents: Record<string, readonly object[]> = { alert: alerts, ...more };
  const of = (type: string) => new Map((documents[type] ?? []).map((each) => [(each as { _id: string })._id, each]));
  return openProblems({ of: of as never }, ({ appId }) => appId.toUpperCase(), NOW);
}
const names = (alerts: readonly object[], more: Record<string, readonly object[]> = {}) =>
  found(alerts, more).alerts.map(({ what }) => what);

describe('what a person should look at beside the apps', () => {
  it('is each alert, in words, the one that was raised last first', () => {
    const quota = alert('quota', 'default/report', { lastAt: at('07:00:00') });
    expect(found([SILENT, quota])).to.deep.equal({
      alerts: [
        {
          ...{ id: 'alert:quota:default/report', what: 'REPORT has used up its reloads' },
          ...{ since: at('03:00:00'), last: at('07:00:00'), message: 'About default/report.' },
        },
        {
          ...{ id: 'alert:webhook-silent:acme', what: 'Tenant acme sends no webhooks' },
          ...{ since: at('03:00:00'), last: at('03:00:00'), message: 'About acme.' },
        },
      ],
      letters: 0,
      count: 2,
    });
  });

  it('is no alert that was dismissed, until it is raised again', () => {
    const act = [{ _id: 'act:alert:webhook-silent:acme:000000001:aaaaaa', kind: 'dismiss', at: at('04:00:00') }];
    expect(names([SILENT], { act })).to.deep.equal([]);
    expect(names([{ ...SILENT, lastAt: at('05:00:00') }], { act })).to.have.length(1);
  });

  it('is no alert that was last raised more than 7 days ago', () => {
    expect(names([{ ...SILENT, at: NOW - 7 * DAY }])).to.have.length(1);
    expect(names([{ ...SILENT, at: NOW - 7 * DAY - 1 }])).to.deep.equal([]);
  });

  it('is no alert about a given-up order that the device has: its app says so', () => {
    const given = alert('gave-up', 'order:default:report:s:r1');
    expect(names([given])).to.deep.equal(['REPORT was given up']);
    expect(names([given], { order: [{ _id: given.subject, state: 'gave-up' }] })).to.deep.equal([]);
  });

  it('is how many webhooks nobody understood, and not the alert that says so', () => {
    const dead = [letter('a'), letter('b'), letter('c', { replayedAt: 1 }), letter('d', { dismissedAt: 1 })];
    expect(found([alert('dead-letter', 'acme')], { dead })).to.deep.equal({ alerts: [], letters: 2, count: 1 });
    expect(found([alert('dead-letter', 'acme')])).to.deep.equal({ alerts: [], letters: 0, count: 0 });
  });
});
