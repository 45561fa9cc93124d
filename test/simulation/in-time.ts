import type { CouchPort, StoredDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import type { TenantName } from '../../src/core/names.ts';
import { runWorld } from './run-world.ts';
import type { ChannelTally } from './world/channel-model.ts';
import { SCENARIOS } from './world/scenarios.ts';
import { numberedApp, unrelatedApps } from './world/unrelated-apps.ts';
import type { Violation, World } from './world/world.ts';

export interface InTimeOptions {
  readonly seed?: number;
  /** Plants a mistake between an action and the store. */
  readonly wrapStore?: (port: CouchPort) => CouchPort;
}

/** The result of `inTime`. */
export interface InTimeReport {
  /** Messages to `default` that got no answer. */
  readonly unanswered: number;
  /** How often an action complained of the spoilt document. */
  readonly complaints: number;
  /** The notices owed to the channel `ops`, which answers. */
  readonly ops: ChannelTally;
  readonly violation?: Violation;
}

const TENANT = 'default' as TenantName;
const MINUTE_MS = 60_000;
/** Each of these apps fails and recovers by itself, evenly over the time. */
const STEADY = 20;
/**
 * These apps fail within a minute, and recover within a minute. They are more than a channel's five messages a minute.
 */
const FLOOD = 40;
/** The channel `default` gives no answer from minute 10 on, for three hours. */
const DOWN = { from: 10, to: 190 };
/** The app whose document a person spoils fails at minute 12, is spoilt at minute 15, and repaired at minute 200. */
const SPOILT = { failsAt: 12, from: 15, to: 200 };
/**
 * A notice that finds no slot is due when the oldest of the channel's slots ends, after 85 s at most. The next sweep is
 * at most 5 minutes later. The rest is for the sweep and the notifier.
 */
const LATEST_MS = 7 * MINUTE_MS;
/** The same limit after the longest pause of a channel, which is 10 minutes. */
const LATEST_AFTER_PAUSE_MS = LATEST_MS + 10 * MINUTE_MS;

const POISONED = 'app:default:app-000';

/** Whether a document is the one that a person spoilt. */
export const isPoisoned = (document: StoredDocument | undefined): boolean => document?.['notices'] === 'spoilt';

/**
 * Lets apps fail and recover for five hours. For three of them one channel gives no answer, and a person has spoilt the
 * document of an app that owes notices. Each notice of the other apps must come to the other channel within 7 minutes,
 * and to the channel that was dead within 17 minutes after it is back.
 */
export async function inTime({ seed = 1, wrapStore }: InTimeOptions = {}): Promise<InTimeReport> {
  let [unanswered, complaints, start] = [0, 0, 0];
  let world: World | undefined;
  const at = (minute: number): number => start + minute * MINUTE_MS;
  const { violation } = await runWorld(
    {
      ...{ seed, hours: 5, apps: 0, without: [], rate: 250, topology: unrelatedApps(1 + STEADY + FLOOD) },
      limits: { invocationsPerMinute: 10_000, concurrentInvocations: 100 },
      scenario: {
        ...SCENARIOS.calm,
        traits: {
          ...{ echo: 'both', isAdmin: true, isEngineEventSent: false, page: 100, isEveryReloadFine: true },
          fateOf: (_, nth) => ({ outcome: nth === 1 ? 'FAILED' : 'SUCCEEDED', runMs: 1_000 }),
        },
      },
      isChannelDown: (channel, now) => channel === 'default' && now >= at(DOWN.from) && now < at(DOWN.to),
      latestNotice(document, channel, owedAt) {
        if (document === POISONED) return Number.POSITIVE_INFINITY;
        return channel === 'default' ? Math.max(owedAt, at(DOWN.to)) + LATEST_AFTER_PAUSE_MS : owedAt + LATEST_MS;
      },
      write: ({ op, id }) => {
        if (op === 'channel.silent') unanswered += 1;
        if (op === 'log.error' && id.includes(POISONED)) complaints += 1;
      },
      ...(wrapStore !== undefined && { wrapStore }),
    },
    (started) => {
      world = started;
      start = started.scheduler.now;
      plan(started);
    },
  );
  if (world === undefined) throw new Error('The world was never there.');
  return { unanswered, complaints, ops: world.channels.tally('ops'), ...(violation !== undefined && { violation }) };
}

function plan(world: World): void {
  const { scheduler, store } = world;
  const tenant = world.tenantOf({ tenant: TENANT });
  const reload = (index: number, minute: number): void =>
    scheduler.after(Math.floor(minute * MINUTE_MS), () => {
      tenant.accept({ appId: numberedApp(index).appId, type: 'chronos', userId: 'person', body: {} });
    });
  reload(0, SPOILT.failsAt);
  // Cascade hears of its recovery while its document is spoilt.
  reload(0, 100);
  for (let index = 1; index <= STEADY; index += 1) {
    reload(index, 2 + index * 6);
    reload(index, 130 + index * 6);
  }
  for (let index = STEADY + 1; index <= STEADY + FLOOD; index += 1) {
    reload(index, 30 + (index - STEADY) / FLOOD);
    reload(index, 60 + (index - STEADY) / FLOOD);
  }
  let whole: StoredDocument | undefined;
  scheduler.after(SPOILT.from * MINUTE_MS, () => {
    whole = store.peek(POISONED);
    if (typeof whole?.['dueAt'] !== 'number') throw new Error('The app owes nothing yet.');
    store.keep({ ...whole, notices: 'spoilt' });
  });
  scheduler.after(SPOILT.to * MINUTE_MS, () => {
    if (whole !== undefined) store.keep(whole);
  });
}
