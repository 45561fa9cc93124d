import { DEFAULT_LIMITS } from '../../src/clients/openwhisk/invoker-port.ts';
import type { Link } from '../../src/core/link.ts';
import type { AppId, AppRef, ChainName, TenantName } from '../../src/core/names.ts';
import { runWorld } from './run-world.ts';
import type { ChannelTally } from './world/channel-model.ts';
import { SCENARIOS } from './world/scenarios.ts';
import type { Topology } from './world/topology.ts';
import type { TraceLine } from './world/trace.ts';
import type { World } from './world/world.ts';

/** How many apps fail and recover, how long that takes, and what people hear of it. */
export interface ToldOptions {
  readonly apps: number;
  /** All of them fail and recover within so many minutes, evenly. */
  readonly minutes: number;
  /** How many apps with a follower end in each of these minutes: their followers' starts are measured. */
  readonly pairsPerMinute: number;
  /** `none`: no channel is set. `down`: the channel `default` gives no answer for 10 of these minutes. */
  readonly channels: 'none' | 'up' | 'down';
  readonly seed?: number;
}

/** The result of `told`. */
export interface ToldReport {
  /** For each pair: from the end of the first reload until Qlik took the POST for its follower, ms. */
  readonly startsMs: readonly number[];
  /** Webhooks that the host refused with 429. */
  readonly refusedWebhooks: number;
  /** How often an app began to fail or recovered, by the ends in the order in which Cascade heard of them. */
  readonly transitions: number;
  /** The notices owed to `default`, by how often they came there. */
  readonly notices: ChannelTally;
  /** Messages that `default` took. */
  readonly messages: number;
  /** The most notices in one of these messages. */
  readonly largestMessage: number;
  /** Messages to `default` that got no answer. */
  readonly unanswered: number;
  readonly violation?: string;
}

const TENANT = 'default' as TenantName;
const MINUTE_MS = 60_000;
const RUN_MS = 1_000;
/** The channel is down from this minute on. */
const DOWN_FROM = 2;
const DOWN_MINUTES = 10;

const app = (name: string, index: number): AppRef => ({
  tenant: TENANT,
  appId: `${name}-${String(index).padStart(3, '0')}` as AppId,
});

/** Apps that fail and recover follow one that never ends. Each pair is an app and the one that follows it. */
function chainsOf(apps: number, pairs: number): Topology {
  const flaky = Array.from({ length: apps }, (_, index) => app('flaky', index));
  const linkFrom = (after: AppRef, target: AppRef): Link => ({
    ...{ chain: 'told' as ChainName, after, target, on: 'succeeded', clause: 's', body: {}, paused: false },
  });
  const paired = Array.from({ length: pairs }, (_, index) => linkFrom(app('first', index), app('follower', index)));
  const links = [...flaky.map((target) => linkFrom(app('root', 0), target)), ...paired];
  return {
    tenants: [TENANT],
    apps: [app('root', 0), ...flaky, ...paired.flatMap(({ after, target }) => [after, target])],
    stranger: app('stranger', 0),
    links,
  };
}

/**
 * Lets apps fail and recover on a host with OpenWhisk's default limits, while other chains go on. Runs until people
 * have heard of everything.
 */
export async function told({ apps, minutes, pairsPerMinute, channels, seed = 1 }: ToldOptions): Promise<ToldReport> {
  const pairs = minutes * pairsPerMinute;
  const sent: number[] = [];
  let [unanswered, refusedWebhooks, isOver] = [0, 0, false];
  const write = ({ op, id, after }: TraceLine): void => {
    if (op === 'webhook.refused' && !isOver) refusedWebhooks += 1;
    if (id !== 'default') return;
    if (op === 'channel.silent') unanswered += 1;
    if (op === 'channel.post') sent.push((after as { readonly notices: readonly string[] }).notices.length);
  };
  let world: World | undefined;
  let downFrom = Number.POSITIVE_INFINITY;
  const isDown = (channel: string, now: number): boolean =>
    channel === 'default' && now >= downFrom && now < downFrom + DOWN_MINUTES * MINUTE_MS;
  const { violation } = await runWorld(
    {
      ...{ seed, hours: Math.ceil((minutes + DOWN_FROM) / 60), apps: 0, without: [], topology: chainsOf(apps, pairs) },
      ...{ limits: DEFAULT_LIMITS, isDoorHeld: true, hasChannels: channels !== 'none', rate: 250, write },
      scenario: {
        ...SCENARIOS.calm,
        traits: {
          ...{ echo: 'both', isAdmin: true, isEngineEventSent: false, isSlow: false, page: 100 },
          isEveryReloadFine: true,
          fateOf: (appId, nth) => ({
            outcome: appId.startsWith('flaky') && nth === 1 ? 'FAILED' : 'SUCCEEDED',
            runMs: RUN_MS,
          }),
        },
      },
      isChannelDown: isDown,
    },
    (started) => {
      world = started;
      if (channels === 'down') downFrom = started.scheduler.now + DOWN_FROM * MINUTE_MS;
      // Later all webhooks come again, faster than any limit allows.
      started.scheduler.at(started.until, () => {
        isOver = true;
      });
      planReloads(started, { apps, minutes, pairs });
    },
  );
  if (world === undefined) throw new Error('The world was never there.');
  return {
    startsMs: startsIn(world, pairs),
    refusedWebhooks,
    transitions: world.desk.transitions,
    notices: world.channels.tally('default'),
    messages: sent.length,
    largestMessage: Math.max(0, ...sent),
    unanswered,
    ...(violation !== undefined && { violation: `${violation.kind}: ${violation.message}` }),
  };
}

/** Each app fails in the first half of these minutes, and recovers half of them later. */
function planReloads(
  world: World,
  { apps, minutes, pairs }: { readonly apps: number; readonly minutes: number; readonly pairs: number },
): void {
  const allMs = minutes * MINUTE_MS;
  const reload = ({ appId }: AppRef, afterMs: number): void =>
    world.scheduler.after(DOWN_FROM * MINUTE_MS + Math.floor(afterMs), () => {
      world.tenantOf({ tenant: TENANT }).accept({ appId, type: 'chronos', userId: 'person', body: {} });
    });
  for (let index = 0; index < apps; index += 1) {
    const failsMs = (index * allMs) / 2 / apps;
    reload(app('flaky', index), failsMs);
    reload(app('flaky', index), failsMs + allMs / 2);
  }
  for (let index = 0; index < pairs; index += 1) reload(app('first', index), (index * allMs) / pairs);
}

function startsIn(world: World, pairs: number): readonly number[] {
  const tenant = world.tenantOf({ tenant: TENANT });
  const ours = (name: string, index: number) =>
    tenant.ofApp(app(name, index).appId).filter(({ id }) => !id.startsWith('history'));
  return Array.from({ length: pairs }, (_, index) => {
    const [first, ...more] = ours('first', index);
    const [follower, ...others] = ours('follower', index);
    if (first?.endedAt === undefined || follower === undefined || more.length + others.length > 0) return -1;
    return follower.acceptedAt - first.endedAt;
  });
}
