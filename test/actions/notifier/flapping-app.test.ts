import { expect } from 'chai';
import { notify } from '../../../actions/notifier/notify.ts';
import { storeEnds } from '../../../actions/storer/store-ends.ts';
import type { ReloadFinished } from '../../../src/core/reload-finished.ts';
import { timeConstants } from '../../../src/core/time-constants.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import { memoryCouch } from '../../support/memory-couch.ts';
import { bot, CHAINS, T, TAKEN } from './support/notifier-world.ts';

const APP = 'app:default:a';
const HOUR_MS = 3_600_000;
const SWEEP_MS = 300_000;
/** 1,000 ends a day: one each 86.4 s. */
const END_MS = 86_400;

/** An id of 24 hexadecimal digits, as Qlik's are. */
const reloadOf = (index: number): string => `6749c1f2a0b3d4e5f6${String(index).padStart(6, '0')}`;

/** From `fromHour` on, the channel accepts nothing for so many hours. */
interface Outage {
  readonly fromHour: number;
  readonly hours: number;
}

/**
 * A day in which the app `a` fails and recovers 500 times, through the code of storer and notifier. A sweep runs each 5
 * minutes.
 */
async function aDay(outage: Outage = { fromHour: 0, hours: 0 }) {
  let time: number = T;
  const now = () => time as EpochMs;
  const store = memoryCouch(now);
  const messages: (readonly string[])[] = [];
  const errors: { readonly message: string; readonly dropped?: number }[] = [];
  const log = {
    ...{ info() {}, warn() {} },
    error: (message: string, fields: object = {}) => void errors.push({ message, ...fields }),
  };
  const isDown = (): boolean => {
    const hours = (time - T) / HOUR_MS;
    return hours >= outage.fromHour && hours < outage.fromHour + outage.hours;
  };
  const deadline = () => (time + 60_000) as EpochMs;
  const tell = async (documents: readonly string[]): Promise<void> => {
    await notify(
      { traceId: 't1', documents },
      {
        ...{ store, channels: [bot('default')], chains: CHAINS, traceId: 't1', deadline: deadline(), now, log },
        send: {
          toSlack: () => Promise.reject(new Error('There is no Slack here.')),
          async toBot(_, __, { notices }) {
            if (isDown()) return { kind: 'busy', message: 'it answered 503' };
            messages.push(notices.map(({ id }) => id));
            return TAKEN;
          },
        },
        stopwatch: () => time,
      },
    );
  };
  const sweep = async (): Promise<void> => {
    const { documents } = await store.due({ from: 0 as EpochMs, until: now(), limit: 1_000 });
    // Tickets are due until the collector has asked Qlik for their logs.
    await tell(documents.flatMap(({ _id, type }) => (type === 'ticket' ? [] : [_id])));
  };
  const end = async (index: number): Promise<void> => {
    const outcome = index % 2 === 0 ? 'failed' : 'succeeded';
    const reloadId = reloadOf(index);
    const ended = { tenant: 'default', appId: 'a', reloadId, outcome, endedAt: time, partial: false };
    store.seed({
      ...{ _id: `event:default:${reloadId}`, schema: 1, type: 'event', ...ended, source: 'webhook', traceId: 't1' },
      ...{ storedAt: time, resolvedAt: time, skips: [], dueAt: time + 60_000 },
    });
    const routes = { failed: [bot('default').name], recovered: [bot('default').name] };
    const ports = { store, links: CHAINS.links, routesOf: () => routes, times: timeConstants(1), log };
    const patience = { deadline: deadline(), now, sleep: async () => {}, random: () => 0.5 };
    const { owing } = await storeEnds(
      { traceId: 't1', events: [ended as unknown as ReloadFinished] },
      { ...ports, ...patience },
    );
    await tell(owing);
  };
  const sizes: { readonly bytes: number; readonly notices: number; readonly seen: number; readonly over: number }[] =
    [];
  for (let index = 0, nextSweep = T + SWEEP_MS; index < 1_000; index += 1) {
    for (; nextSweep <= T + index * END_MS; nextSweep += SWEEP_MS) {
      time = nextSweep;
      await sweep();
    }
    time = T + index * END_MS;
    await end(index);
    const app = store.peek(APP) as unknown as Record<'notices' | 'seen' | 'over', readonly unknown[]>;
    const { notices, seen, over } = app;
    const bytes = JSON.stringify(app).length;
    sizes.push({ bytes, notices: notices.length, seen: seen.length, over: over.length });
  }
  for (let more = 0; more < 3; more += 1) {
    time += SWEEP_MS;
    await sweep();
  }
  const most = (of: keyof (typeof sizes)[number]) => Math.max(...sizes.map((size) => size[of]));
  return { store, messages, errors, most };
}

const idOf = (index: number) => `${APP}/${index % 2 === 0 ? 'failed' : 'recovered'}.${reloadOf(index)}`;
const IDS = Array.from({ length: 1_000 }, (_, index) => idOf(index));
/** The longest document, in bytes: 65 ids of reloads, a streak that is over, and the notices that wait. */
const MOST_BYTES = 3_000;
const MOST_NOTICE_BYTES = 400;

describe('an app that fails and recovers 500 times in a day', () => {
  it('is heard of 1,000 times, each once, in order; it has 500 tickets, and its document stays small', async () => {
    const { store, messages, errors, most } = await aDay();
    expect(messages).to.deep.equal(IDS.map((id) => [id]));
    expect(errors).to.deep.equal([]);
    expect(store.peek(APP)).to.deep.include({ notices: [], counts: ONE({ succeeded: 500, failed: 500 }) });
    expect(store.peek(APP)).not.to.have.any.keys('failing', 'dueAt', 'leases');
    const tickets = store.all().filter(({ type }) => type === 'ticket');
    expect(tickets).to.have.length(500);
    for (let index = 0; index < 1_000; index += 2) {
      const failedAt = T + index * END_MS;
      expect(store.peek(`ticket:reload:default:${reloadOf(index)}`)).to.deep.include({
        ...{ failedAt, lastFailedAt: failedAt, times: 1, recoveredAt: failedAt + END_MS },
      });
    }
    expect(store.all().filter(({ dueAt }) => dueAt !== undefined)).to.deep.equal([]);
    expect([most('seen'), most('over'), most('notices')]).to.deep.equal([65, 1, 0]);
    expect(most('bytes')).to.be.below(MOST_BYTES);
  });

  it('is told in digests after the channel was down for an hour: each failure and recovery is in one', async () => {
    const { messages, errors, most } = await aDay({ fromHour: 6, hours: 1 });
    expect(messages.flat()).to.deep.equal(IDS);
    const digests = messages.filter(({ length }) => length > 1);
    // The ends from 21,600 s to 25,200 s, one each 86.4 s.
    expect(digests.map(({ length }) => length)).to.deep.equal([42]);
    expect(errors).to.deep.equal([]);
    expect(most('notices')).to.equal(42);
    expect(most('bytes')).to.be.below(MOST_BYTES + 42 * MOST_NOTICE_BYTES);
  });

  it('loses the oldest beyond 64 while the channel is down for 3 hours, each with an error in the log', async () => {
    const { messages, errors, most } = await aDay({ fromHour: 6, hours: 3 });
    const sent = new Set(messages.flat());
    expect(messages.flat()).to.deep.equal(IDS.filter((id) => sent.has(id)));
    expect(messages.filter(({ length }) => length > 1).map(({ length }) => length)).to.deep.equal([64]);
    const dropped = errors.filter(({ message }) => message.startsWith('An app has too many notices'));
    expect(dropped.reduce((sum, each) => sum + (each.dropped ?? 0), 0)).to.equal(1_000 - sent.size);
    expect(most('notices')).to.equal(64);
    expect(most('bytes')).to.be.below(MOST_BYTES + 64 * MOST_NOTICE_BYTES);
  });
});

const ONE = (changes: object) => ({ succeeded: 0, failed: 0, canceled: 0, 'exceeded-limit': 0, ...changes });
