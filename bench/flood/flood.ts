import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type BotPost, startBotSink } from '../../sim/bot/start-bot-sink.ts';
import { type SlackPost, startSlackSink } from '../../sim/slack/start-slack-sink.ts';
import type { ChannelName } from '../../src/core/desk/notice.ts';
import type { CompiledChains } from '../../src/core/link.ts';
import type { AppRef } from '../../src/core/names.ts';
import type { Bench } from '../bench.ts';
import type { Figure } from '../figure.ts';
import { pairChains, rowApp } from '../ledger/row-chains.ts';
import { scheduleEnds } from '../ledger/schedule-ends.ts';
import { type LedgerRig, startLedgerRig } from '../ledger/start-ledger-rig.ts';
import { quiet, sweep } from '../ledger/sweep.ts';
import { failuresIn } from './failures-in.ts';

const APPS = 200;
const FLOOD_MS = 60_000;
/** A channel gets 5 messages in 85 s. So a sweep after this time finds room for one more. */
const SLOTS_FREE_MS = 90_000;
const MOST_MESSAGES = 6;
const PATIENCE_MS = 60_000;

/** Many apps fail at once. People must get a few messages that count all failures. */
export const flood: Bench = {
  name: 'flood',
  about: `${APPS} apps fail within a minute: how many messages Slack and a bot get until the second sweep`,
  servers: { store: true, openwhisk: true },
  async run(say, servers) {
    const secret = `whsec_${randomBytes(24).toString('base64')}`;
    const [slack, bot] = [await startSlackSink(), await startBotSink({ secret })];
    try {
      const channels = [
        { name: 'team', slack: slack.url },
        { name: 'bot', url: bot.url, secret },
      ];
      const settings = { NOTIFY_CHANNELS: JSON.stringify(channels) };
      const rig = await startLedgerRig({ servers, chains: heardBy(['team', 'bot']), settings }, say);
      try {
        await failAll(rig);
        const early = { slack: await messages<SlackPost>(slack.origin), bot: await messages<BotPost>(bot.origin) };
        say(`Slack got ${early.slack.length} messages before the first sweep, the bot ${early.bot.length}.`);
        await sweepOnce(rig);
        const told = { slack: await messages<SlackPost>(slack.origin), bot: await messages<BotPost>(bot.origin) };
        await sweepOnce(rig);
        const after = (await messages(slack.origin)).length + (await messages(bot.origin)).length;
        return await figuresOf(rig, told, after - told.slack.length - told.bot.length);
      } finally {
        await rig.close();
      }
    } finally {
      await Promise.all([slack.close(), bot.close()]);
    }
  },
};

const upstreams: readonly AppRef[] = Array.from({ length: APPS }, (_, index) => rowApp(2 * index));

/** Chains in which each app of the flood has a follower. These channels hear of the app. */
function heardBy(names: readonly string[]): CompiledChains {
  const { links, apps } = pairChains(APPS);
  const to = names as readonly ChannelName[];
  const routed = Object.entries(apps).map(([key, app]) => [key, { ...app, routes: { failed: to, recovered: to } }]);
  return { links, apps: Object.fromEntries(routed) };
}

async function failAll(rig: LedgerRig): Promise<void> {
  const failing = upstreams.map(({ appId }) => ({ id: appId, name: appId, durationMs: 0, outcomes: ['failed'] }));
  await rig.tenant.call('POST', '/_sim/apps', failing);
  await scheduleEnds(rig.tenant, upstreams, FLOOD_MS);
  await pause(FLOOD_MS);
  await quiet(rig, performance.now() + PATIENCE_MS);
  await pause(SLOTS_FREE_MS);
}

/** Sweeps, and waits until the activations that it set off have sent all notices that were due. */
async function sweepOnce(rig: LedgerRig): Promise<void> {
  await sweep(rig);
  const until = performance.now() + PATIENCE_MS;
  while ((await rig.store.reader.due()) > 0 && performance.now() < until) await pause(500);
  await quiet(rig, until);
}

async function messages<M>(origin: string): Promise<readonly M[]> {
  return ((await (await fetch(`${origin}/_sim/messages`)).json()) as { readonly data: readonly M[] }).data;
}

interface BotNotice {
  readonly kind: string;
  readonly appId: string;
}

async function figuresOf(
  { store, tenant }: LedgerRig,
  told: { readonly slack: readonly SlackPost[]; readonly bot: readonly BotPost[] },
  later: number,
): Promise<readonly Figure[]> {
  const named = told.bot.flatMap(({ body }) => body['notices'] as readonly BotNotice[]);
  const failed = named.filter(({ kind }) => kind === 'failed').map(({ appId }) => appId);
  const counted = told.slack.reduce((sum, { body }) => sum + failuresIn(String(body['text'])), 0);
  const ended = new Set((await tenant.reloads()).map(({ appId }) => appId));
  const tickets = await store.reader.documents('ticket:');
  return [
    {
      name: 'apps that failed',
      ours: upstreams.filter(({ appId }) => ended.has(appId)).length,
      unit: '',
      bar: { atLeast: APPS },
    },
    {
      name: 'messages to Slack until the second sweep',
      ours: told.slack.length,
      unit: '',
      bar: { atMost: MOST_MESSAGES },
    },
    {
      name: 'failures that they count',
      ours: counted,
      unit: '',
      peer: { name: 'true', value: APPS },
      ratio: Math.abs(counted - APPS),
      bar: { atMost: 0 },
    },
    {
      name: 'messages to the bot until the second sweep',
      ours: told.bot.length,
      unit: '',
      bar: { atMost: MOST_MESSAGES },
    },
    { name: 'different apps that they name', ours: new Set(failed).size, unit: '', bar: { atLeast: APPS } },
    { name: 'apps that they name twice', ours: failed.length - new Set(failed).size, unit: '', bar: { atMost: 0 } },
    { name: 'messages after the second sweep', ours: later, unit: '', bar: { atMost: 0 } },
    { name: 'tickets', ours: tickets.length, unit: '', bar: { atLeast: APPS } },
    { name: 'documents that are still due', ours: await store.reader.due(), unit: '', bar: { atMost: 0 } },
  ];
}
