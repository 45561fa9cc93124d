import { expect } from 'chai';
import { collect } from '../../../actions/collector/collect.ts';
import type { CollectorPorts } from '../../../actions/collector/collector-ports.ts';
import { storeEnds } from '../../../actions/storer/store-ends.ts';
import type { StoredDocument } from '../../../src/clients/couchdb/couchdb-port.ts';
import type { ChannelName } from '../../../src/core/desk/notice.ts';
import type { AppId, ReloadId, TenantName } from '../../../src/core/names.ts';
import type { ReloadFinished } from '../../../src/core/reload-finished.ts';
import { timeConstants } from '../../../src/core/time-constants.ts';
import type { DurationMs, EpochMs } from '../../../src/core/units.ts';
import { BOUND, rig } from './support/rig.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const DAYS = 1_000;
const START = Date.UTC(2026, 0, 1);

/** The `nth` Sunday of a month, or the last one, at an hour of UTC. Months count from 0. */
function sunday(year: number, month: number, nth: number | 'last', hour: number): number {
  const days = Array.from({ length: 31 }, (_, index) => new Date(Date.UTC(year, month, index + 1, hour)));
  const sundays = days.filter((day) => day.getUTCMonth() === month && day.getUTCDay() === 0);
  return Number(sundays.at(nth === 'last' ? -1 : nth - 1));
}

interface Zone {
  readonly winter: number;
  /** The instants at which the clocks of a year go forward and back, by one hour. */
  readonly changes: (year: number) => readonly [forward: number, back: number];
}

/** By law: in the EU at 01:00 UTC, everywhere at once; in the USA at 2 o'clock of the local time. */
const BERLIN: Zone = {
  winter: HOUR,
  changes: (year) => [sunday(year, 2, 'last', 1), sunday(year, 9, 'last', 1)],
};
const NEW_YORK: Zone = { winter: -5 * HOUR, changes: (year) => [sunday(year, 2, 2, 7), sunday(year, 10, 1, 6)] };

/** The instant of a local time: the first one if it comes twice, the end of the gap if it never comes. */
function instantOf(day: number, timeMs: number, { winter, changes }: Zone): number {
  const [forward, back] = changes(new Date(day).getUTCFullYear());
  const isSummer = (at: number): boolean => at >= forward && at < back;
  const [inSummer, inWinter] = [day + timeMs - winter - HOUR, day + timeMs - winter];
  if (isSummer(inSummer)) return inSummer;
  return isSummer(inWinter) ? forward : inWinter;
}

interface Case {
  readonly appId: string;
  readonly cron: string;
  readonly name: string;
  readonly zone: Zone;
  readonly timesMs: readonly number[];
  readonly isOn: (weekday: number) => boolean;
  readonly graceMs: number;
}

const isWorkday = (weekday: number): boolean => weekday >= 1 && weekday <= 5;
const CASES: readonly Case[] = [
  // Never on the day in March, twice on the day in October.
  {
    ...{ appId: 'night', cron: '30 2 * * *', name: 'Europe/Berlin', zone: BERLIN, timesMs: [2.5 * HOUR] },
    ...{ isOn: () => true, graceMs: 0 },
  },
  {
    ...{ appId: 'work', cron: '0 7,19 * * 1-5', name: 'Europe/Berlin', zone: BERLIN, timesMs: [7 * HOUR, 19 * HOUR] },
    ...{ isOn: isWorkday, graceMs: 10 * MINUTE },
  },
  {
    ...{ appId: 'gap', cron: '15 2 * * *', name: 'America/New_York', zone: NEW_YORK, timesMs: [2.25 * HOUR] },
    ...{ isOn: () => true, graceMs: 30 * MINUTE },
  },
  {
    ...{ appId: 'twice', cron: '30 1 * * *', name: 'America/New_York', zone: NEW_YORK, timesMs: [1.5 * HOUR] },
    ...{ isOn: () => true, graceMs: 0 },
  },
];

const deadlinesOf = ({ timesMs, isOn, zone }: Case): readonly number[] =>
  Array.from({ length: DAYS + 8 }, (_, index) => START + (index - 7) * DAY)
    .filter((day) => isOn(new Date(day).getUTCDay()))
    .flatMap((day) => timesMs.map((timeMs) => instantOf(day, timeMs, zone)));

/** Numbers from 0 to 1 that are the same each time. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

type Step =
  | { readonly at: number; readonly kind: 'sweep' }
  | { readonly at: number; readonly kind: 'told'; readonly end: ReloadFinished };

/**
 * The steps of the test. Each deadline has a sweep after it, and mostly an end before it. Cascade hears of the end at
 * once, late, or after the sweep.
 */
function stepsOf(random: () => number): readonly Step[] {
  let reloads = 0;
  return CASES.flatMap((each) => {
    const deadlines = deadlinesOf(each);
    return deadlines.flatMap((deadline, index): readonly Step[] => {
      const judgedAt = deadline + each.graceMs + Math.floor(random() * 5 * MINUTE);
      const before = deadlines[index - 1] ?? deadline - DAY;
      if (before + each.graceMs <= START) return [];
      const end = (endedAt: number, toldAt: number, outcome: ReloadFinished['outcome']): Step => {
        reloads += 1;
        const reloadId = `r${String(reloads).padStart(6, '0')}` as ReloadId;
        const about = { tenant: 'default' as TenantName, appId: each.appId as AppId, reloadId };
        return { at: toldAt, kind: 'told', end: { ...about, outcome, endedAt: endedAt as EpochMs, partial: false } };
      };
      const within = before + Math.floor(random() * (deadline - before));
      const luck = random();
      const other: readonly Step[] = random() < 0.2 ? [end(within + 1, within + 2, 'failed')] : [];
      const [sweep, soon] = [{ at: judgedAt, kind: 'sweep' } as const, within + Math.floor(random() * MINUTE)];
      if (luck < 0.5) return [sweep, ...other, end(within, soon, 'succeeded')];
      if (luck < 0.6) return [sweep, ...other, end(deadline, deadline, 'succeeded')];
      if (luck < 0.7) return [sweep, ...other, end(within, judgedAt + 1 + Math.floor(random() * HOUR), 'succeeded')];
      if (luck < 0.8) return [sweep, ...other, end(judgedAt + HOUR, judgedAt + HOUR, 'succeeded')];
      return [sweep, ...other];
    });
  }).sort((a, b) => a.at - b.at);
}

/** What people must hear of one app, worked out from the steps. */
function truthOf(each: Case, steps: readonly Step[]): readonly string[] {
  const windows = deadlinesOf(each).map((deadline, index, all) => ({
    deadline,
    after: index === 0 ? Number.NEGATIVE_INFINITY : Number(all[index - 1]) + each.graceMs,
  }));
  const heard: string[] = [];
  const successes: number[] = [];
  let next = windows.findIndex(({ deadline }) => deadline > START);
  let late: number | undefined;
  for (const step of steps) {
    if (step.kind === 'told') {
      const { appId, outcome, endedAt, reloadId } = step.end;
      if (appId !== each.appId || outcome !== 'succeeded') continue;
      successes.push(endedAt);
      if (late === undefined || endedAt <= late) continue;
      heard.push(`arrived ${reloadId}`);
      late = undefined;
      continue;
    }
    const window = windows[next];
    if (window === undefined || step.at < window.deadline + each.graceMs) continue;
    next += 1;
    if (successes.some((endedAt) => endedAt > window.after)) continue;
    heard.push(`late ${new Date(window.deadline).toISOString()}`);
    late = window.after;
  }
  return heard;
}

interface HeardNotice {
  readonly kind: string;
  readonly reloadId?: string;
  readonly at: number;
  readonly late?: object;
}

const wordsOf = ({ kind, reloadId, at, late }: HeardNotice): readonly string[] => {
  if (kind === 'late') return [`late ${new Date(at).toISOString()}`];
  return late === undefined ? [] : [`arrived ${reloadId}`];
};

/** Runs the steps with the real sweep and the real storer, and returns what people hear of each app. */
async function run(steps: readonly Step[]): Promise<ReadonlyMap<string, readonly string[]>> {
  const { couch, qlik, clock, ports } = rig();
  const apps = Object.fromEntries(
    CASES.map(({ appId, cron, name, graceMs }) => {
      const grace = graceMs === 0 ? {} : { grace: graceMs as DurationMs };
      return [`default/${appId}`, { expected: { cron, zone: name, ...grace } }];
    }),
  );
  const ids = CASES.map(({ appId }) => appId);
  const first = { t: START, from: START, apps: [...ids].sort(), store: 'memory' };
  couch.seed(BOUND, { _id: 'checkpoint:default', schema: 1, type: 'checkpoint', ...first });
  const at = (instant: number): void => {
    clock.store = instant as EpochMs;
    clock.container = instant as EpochMs;
    qlik.tenantNow = instant as EpochMs;
  };
  const sweep = () =>
    collect({}, { ...ports, apps, deadline: (clock.container + 120_000) as EpochMs } as CollectorPorts);
  const ops = ['ops' as ChannelName];
  const tell = async (end: ReloadFinished): Promise<void> => {
    const _id = `event:default:${end.reloadId}`;
    const stored = { source: 'webhook', traceId: 't1', storedAt: clock.store, resolvedAt: clock.store, skips: [] };
    couch.seed({ _id, schema: 1, type: 'event', ...end, ...stored, dueAt: clock.store + MINUTE });
    const world = { store: couch, links: {}, times: timeConstants(), log: ports.log, now: ports.now, random: () => 0 };
    const patience = { deadline: (clock.store + MINUTE) as EpochMs, sleep: async () => {} };
    const routesOf = () => ({ failed: ops, recovered: ops });
    await storeEnds({ traceId: 't1', events: [end] }, { ...world, ...patience, routesOf });
    const { _rev = '' } = couch.peek(_id) ?? {};
    await couch.admin.purge([{ _id, _rev }]);
  };
  const heard = new Map<string, string[]>(ids.map((appId) => [appId, []]));
  // As the notifier does: what was taken goes.
  const take = (appId: string): void => {
    const app = couch.peek(`app:default:${appId}`);
    const notices = (app?.['notices'] ?? []) as readonly HeardNotice[];
    if (app === undefined || notices.length === 0) return;
    heard.get(appId)?.push(...notices.flatMap(wordsOf));
    const { dueAt: _, ...rest } = app as StoredDocument & { readonly dueAt?: number };
    couch.seed({ ...rest, notices: [] });
  };
  at(START);
  await sweep();
  for (const step of steps) {
    at(step.at);
    await (step.kind === 'sweep' ? sweep() : tell(step.end));
    for (const appId of step.kind === 'sweep' ? ids : [step.end.appId]) take(appId);
    couch.asked.length = 0;
  }
  return heard;
}

describe('1,000 days of deadlines in two time zones', () => {
  it('give one notice for each deadline that was missed, none for others, and one for each arrival', async function () {
    this.timeout(120_000);
    const steps = stepsOf(randomFrom(14));
    const heard = await run(steps);
    for (const each of CASES) {
      const truth = truthOf(each, steps);
      expect(truth.filter((line) => line.startsWith('late')).length, each.appId).to.be.greaterThan(100);
      expect(truth.filter((line) => line.startsWith('arrived')).length, each.appId).to.be.greaterThan(50);
      expect(heard.get(each.appId), each.appId).to.deep.equal(truth);
    }
  });
});
