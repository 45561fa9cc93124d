import type { NotifierPorts } from '../../../../actions/notifier/notifier-ports.ts';
import { notify } from '../../../../actions/notifier/notify.ts';
import type { NewDocument } from '../../../../src/clients/couchdb/couchdb-port.ts';
import type { Channel, ChannelAnswer, ChannelPort } from '../../../../src/clients/outbound/channel-port.ts';
import type { BotMessage } from '../../../../src/core/desk/bot-message.ts';
import type { ChannelName } from '../../../../src/core/desk/notice.ts';
import type { CompiledChains } from '../../../../src/core/link.ts';
import type { EpochMs } from '../../../../src/core/units.ts';
import { memoryCouch } from '../../../support/memory-couch.ts';

export const T = 1_800_000_000_000;

/** A message to a bot, as the port got it. */
export interface SentMessage {
  readonly channel: string;
  readonly id: string;
  readonly message: BotMessage;
}

export const bot = (name: string): Channel => ({
  ...{ name: name as ChannelName, url: `https://bot.example/${name}`, secret: 'whsec_AAAA' },
});

export const TAKEN: ChannelAnswer = { kind: 'taken', message: 'it answered 200' };

const link = (after: string, target: string) => ({
  ...{ chain: 'sales', after: { tenant: 'default', appId: after }, on: 'succeeded' },
  ...{ target: { tenant: 'default', appId: target }, clause: 's', body: {}, paused: false },
});
const app = (appId: string, more: object = {}) => ({
  ...{ tenant: 'default', appId, label: `App ${appId}`, names: [`sales/${appId}`], ...more },
});

/** a → b → c, all in the chain sales. */
export const CHAINS = {
  links: { 'default/a': [link('a', 'b')], 'default/b': [link('b', 'c')] },
  apps: {
    'default/a': app('a'),
    'default/b': app('b', { routes: { 'gave-up': ['ops'] } }),
    'default/c': app('c'),
  },
} as unknown as CompiledChains;

const STREAK = (appId: string) => ({
  ...{
    since: T - 5_000,
    first: `r-${appId}`,
    times: 1,
    lastFailedAt: T - 5_000,
    ticket: `ticket:reload:default:r-${appId}`,
  },
});

/** A notice that an app has failed. */
export const failed = (appId: string, to: readonly string[], more: object = {}) => ({
  ...{ id: `failed.r-${appId}`, kind: 'failed', reloadId: `r-${appId}`, at: T - 5_000, streak: STREAK(appId), to },
  ...{ due: Object.fromEntries(to.map((name) => [name, T + 30_000])), ...more },
});

/** The document of an app that is failing and owes these notices. */
export const failingApp = (appId: string, notices: readonly object[], more: object = {}): NewDocument => ({
  ...{ _id: `app:default:${appId}`, schema: 1, type: 'app' },
  last: {
    ...{ tenant: 'default', appId, reloadId: `r-${appId}`, outcome: 'failed', endedAt: T - 5_000, partial: false },
    error: { code: 'RELOADS-001', message: 'Connector timed out.' },
  },
  counts: { succeeded: 0, failed: 1, canceled: 0, 'exceeded-limit': 0 },
  seconds: { succeeded: 0, failed: 0, canceled: 0, 'exceeded-limit': 0 },
  ...{ seen: [`r-${appId}`], failing: STREAK(appId), over: [], notices, dueAt: T + 30_000, ...more },
});

/**
 * A notifier in a world of its own.
 *
 * @param answers - what each channel answers, in turn. After these answers it takes every message.
 */
export function notifierWorld({
  documents = [],
  channels = [bot('default'), bot('ops')],
  answers = {},
  send,
  page,
}: {
  readonly documents?: readonly NewDocument[];
  readonly channels?: readonly Channel[];
  /** Replaces the port that only notes what it gets. */
  readonly send?: (now: () => EpochMs) => ChannelPort;
  /** The address of the dashboard's page. */
  readonly page?: string;
  readonly answers?: Readonly<Record<string, readonly (ChannelAnswer | (() => Promise<ChannelAnswer>))[]>>;
}) {
  let elapsedMs = 0;
  const now = () => (T + elapsedMs) as EpochMs;
  const store = memoryCouch(now);
  store.seed(...documents);
  const sent: SentMessage[] = [];
  const lines: string[] = [];
  const left = new Map(Object.entries(answers).map(([name, list]) => [name, [...list]]));
  const line = (level: string) => (message: string) => void lines.push(`${level} ${message}`);
  const ports: NotifierPorts = {
    store,
    channels,
    send: send?.(now) ?? {
      toSlack: async () => TAKEN,
      async toBot({ name }, id, message) {
        sent.push({ channel: name, id, message });
        const answer = left.get(name)?.shift() ?? TAKEN;
        return typeof answer === 'function' ? answer() : answer;
      },
    },
    chains: CHAINS,
    page,
    traceId: 't1',
    deadline: (T + 60_000) as EpochMs,
    now,
    stopwatch: () => elapsedMs,
    log: { info() {}, warn: line('warn'), error: line('error') },
  };
  /** @param leftMs - how long the activation may still run. */
  const runFor = (leftMs: number, ...ids: readonly string[]) =>
    notify({ traceId: 't1', documents: ids }, { ...ports, deadline: (now() + leftMs) as EpochMs });
  const run = (...ids: readonly string[]) => runFor(60_000, ...ids);
  /** A run for what a sweep brought. */
  const runSwept = (...ids: readonly string[]) => notify({ traceId: 't1', documents: ids, isSwept: true }, ports);
  const pass = (ms: number): void => {
    elapsedMs += ms;
  };
  return { store, sent, lines, run, runFor, runSwept, pass };
}
