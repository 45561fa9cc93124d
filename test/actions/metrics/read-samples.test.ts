import { expect } from 'chai';
import { readSamples } from '../../../actions/metrics/read-samples.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import { memoryCouch } from '../../support/memory-couch.ts';
import { ONE_OF_EACH } from '../../support/one-of-each.ts';

const NOW = 1_795_316_400_000;
const WHOLE = { part: 1, parts: 1 };

function logOf() {
  const lines: string[] = [];
  const say = (line: string) => void lines.push(line);
  return { lines, log: { error: say, warn: say } };
}

const app = (appId: string, more: object = {}, last: object = {}) => ({
  ...{ _id: `app:default:${appId}`, schema: 1, type: 'app' },
  last: {
    ...{ tenant: 'default', appId, reloadId: 'r9', outcome: 'failed', endedAt: NOW - 9_000, partial: false },
    ...last,
  },
  ...more,
});

const COUNTED = {
  counts: { succeeded: 7, failed: 2, canceled: 1, 'exceeded-limit': 0 },
  seconds: { succeeded: 70.5, failed: 3, canceled: 0, 'exceeded-limit': 0 },
  lastSuccess: { endedAt: NOW - 60_500, reloadId: 'r8' },
  decided: { endedAt: NOW - 9_000, reloadId: 'r9' },
  failing: { since: NOW - 9_000, first: 'r9', times: 1, lastFailedAt: NOW - 9_000, ticket: 'ticket:reload:default:r9' },
  seen: ['r9'],
  over: [],
};
const notice = (id: string, to: readonly string[]) => ({
  ...{ id, kind: 'failed', reloadId: 'r9', at: NOW - 9_000, to },
  due: Object.fromEntries(to.map((channel) => [channel, NOW])),
});

async function samplesOf(...documents: readonly { readonly _id: string }[]) {
  const couch = memoryCouch(() => NOW as EpochMs);
  couch.seed(...documents);
  const { lines, log } = logOf();
  return { samples: await readSamples(couch, WHOLE, log), lines, asked: couch.asked };
}

describe('the samples of metrics', () => {
  it('of an app are its counters, whether it fails, and its last success', async () => {
    const { samples } = await samplesOf(app('a', { ...COUNTED, notices: [] }));
    expect(samples.cascade_reloads).to.deep.equal([
      { labels: ['default', 'a', 'succeeded'], value: 7 },
      { labels: ['default', 'a', 'failed'], value: 2 },
      { labels: ['default', 'a', 'canceled'], value: 1 },
    ]);
    expect(samples.cascade_reload_seconds.map(({ value }) => value)).to.deep.equal([70.5, 3]);
    expect(samples.cascade_app_failing).to.deep.equal([{ labels: ['default', 'a'], value: 1 }]);
    expect(samples.cascade_app_last_success_timestamp_seconds).to.deep.equal([
      { labels: ['default', 'a'], value: (NOW - 60_500) / 1_000 },
    ]);
  });

  it('of an app that an earlier version stored are those of its last end', async () => {
    const { samples } = await samplesOf(app('a', {}, { outcome: 'succeeded' }));
    expect(samples.cascade_reloads.map(({ value }) => value)).to.deep.equal([1, 0]);
    expect(samples.cascade_app_failing).to.deep.equal([{ labels: ['default', 'a'], value: 0 }]);
  });

  it('count the notices that at least one channel has not taken', async () => {
    const notices = [notice('1', ['ops', 'bot']), notice('2', []), notice('3', ['ops'])];
    const { samples } = await samplesOf(app('a', { ...COUNTED, notices }), app('b', { ...COUNTED, notices: [] }));
    expect(samples.cascade_notices_waiting).to.deep.equal([{ labels: [], value: 2 }]);
  });

  it('count an alert that no notifier has sent anywhere yet', async () => {
    const alert = {
      ...{ schema: 1, type: 'alert', kind: 'quota', message: 'Look.', traceId: 't' },
      at: NOW,
      dueAt: NOW,
    };
    const routed = { ...alert, _id: 'alert:quota:b', subject: 'b', notices: [notice('1', ['ops'])] };
    const unrouted = { ...alert, _id: 'alert:quota:a', subject: 'a', unroutedSince: NOW };
    const { samples } = await samplesOf(unrouted, routed);
    expect(samples.cascade_notices_waiting).to.deep.equal([{ labels: [], value: 2 }]);
  });

  it('count a question whose channel has not taken it, without one more request', async () => {
    const question = (id: number, more: object) => ({ _id: `ticket:question:stackoverflow:${id}`, ...more });
    const owed = question(1, { notices: [notice('asked', ['ops'])], dueAt: NOW });
    const { samples, asked } = await samplesOf(owed, question(2, { notices: [] }));
    expect(samples.cascade_notices_waiting).to.deep.equal([{ labels: [], value: 1 }]);
    expect(asked).to.have.length(4);
  });

  it('count at most 10,000 documents that are due, and say if there are more', async () => {
    const couch = memoryCouch(() => NOW as EpochMs);
    const { lines, log } = logOf();
    const limits: number[] = [];
    const full: typeof couch.due = async (range) => {
      limits.push(range.limit);
      return { ...(await couch.due(range)), isFull: true };
    };
    await readSamples({ ...couch, due: full }, WHOLE, log);
    expect(limits).to.deep.equal([10_000]);
    expect(lines).to.deep.equal(['More than 10000 documents are due: the others are not counted']);
  });

  it('have the unfinished orders by state, and how long the oldest document has been due', async () => {
    const order = (n: number, state: string, dueAt: number) => ({
      ...{ ...ONE_OF_EACH.order, _id: `order:default:a:s:r${n}`, state, dueAt },
    });
    const { samples } = await samplesOf(
      order(1, 'waiting', NOW - 30_500),
      order(2, 'posted', NOW + 60_000),
      order(3, 'posted', NOW + 61_000),
      { ...ONE_OF_EACH.event, dueAt: NOW - 2_000 } as { readonly _id: string },
    );
    expect(samples.cascade_orders).to.deep.equal([
      { labels: ['planned'], value: 0 },
      { labels: ['claimed'], value: 0 },
      { labels: ['unknown'], value: 0 },
      { labels: ['parked'], value: 0 },
      { labels: ['waiting'], value: 1 },
      { labels: ['posted'], value: 2 },
    ]);
    expect(samples.cascade_oldest_due_seconds).to.deep.equal([{ labels: [], value: 30.5 }]);
  });

  it('say 0 if nothing is due, or due later', async () => {
    expect((await samplesOf()).samples.cascade_oldest_due_seconds).to.deep.equal([{ labels: [], value: 0 }]);
    const later = { ...ONE_OF_EACH.event, dueAt: NOW + 1 } as { readonly _id: string };
    expect((await samplesOf(later)).samples.cascade_oldest_due_seconds).to.deep.equal([{ labels: [], value: 0 }]);
  });

  it('have how often an action ran', async () => {
    const { samples } = await samplesOf(ONE_OF_EACH.stat);
    expect(samples.cascade_action_invocations).to.deep.equal([
      { labels: ['reload', 'success'], value: 2 },
      { labels: ['reload', 'application_error'], value: 0 },
      { labels: ['reload', 'developer_error'], value: 1 },
      { labels: ['reload', 'internal_error'], value: 0 },
    ]);
    expect(samples.cascade_action_duration_seconds).to.have.length(1);
    expect(samples.cascade_action_init_seconds[0]).to.include({ sumMs: 150 });
  });

  it('leave a malformed document out, and log it', async () => {
    const { samples, lines } = await samplesOf(app('a', {}, { endedAt: 'noon' }), app('b'));
    expect(samples.cascade_app_failing.map(({ labels }) => labels[1])).to.deep.equal(['b']);
    expect(lines).to.have.length(1);
    expect(lines[0]).to.contain('app:default:a');
  });

  it('cost four reads', async () => {
    expect((await samplesOf(app('a'))).asked.map((asked) => asked.split(' ')[0])).to.deep.equal([
      'range',
      'due',
      'range',
      'range',
    ]);
  });

  it('of all parts together are the samples of the whole, each app in one part', async () => {
    const ids = Array.from({ length: 50 }, (_, n) => `5a1e5000-0000-4000-8000-0000000000${n + 10}`);
    const couch = memoryCouch(() => NOW as EpochMs);
    couch.seed(...ids.map((id) => app(id)), ONE_OF_EACH.stat);
    const { log } = logOf();
    const parts = await Promise.all([1, 2, 3].map((part) => readSamples(couch, { part, parts: 3 }, log)));
    const apps = parts.map(({ cascade_app_failing }) => cascade_app_failing.map(({ labels }) => labels[1]));
    for (const each of apps) expect(each).not.to.have.length(0);
    expect(apps.flat()).to.have.members(ids);
    expect(parts.map(({ cascade_action_invocations: { length } }) => length)).to.deep.equal([4, 0, 0]);
  });
});
