import { DEFAULT_HOST_LIMITS } from '../../local/host/start-host.ts';
import type { Bench } from '../bench.ts';
import type { Figure } from '../figure.ts';
import type { SeenCalls } from '../support/processes.ts';
import { type ReloadPost, type Rig, startRig } from '../support/start-rig.ts';

const TARGETS = 60;
const LATENCY_MS = 50;
const MINUTE_MS = 60_000;
/** Enough for the calls of two minutes, and some time to run them. */
const PATIENCE_MS = 200_000;

/** Fans out to more targets than the host accepts in a minute. */
export const limits: Bench = {
  name: 'limits',
  about: `one webhook, ${TARGETS} reloads, on a host with OpenWhisk’s default limits: what does not fit is carried`,
  async run(say) {
    const rig = await startRig({ sizes: [TARGETS], limits: DEFAULT_HOST_LIMITS, latencyMs: LATENCY_MS });
    try {
      const { invocationsPerMinute, concurrentInvocations } = await hostLimits(rig);
      say(`The host takes ${invocationsPerMinute} invocations a minute and ${concurrentInvocations} at once.`);
      const postedAt = Date.now();
      say(`Posted at second ${Math.floor((postedAt % MINUTE_MS) / 1_000)} of the minute, on cold containers.`);
      const status = await rig.postWebhook(TARGETS);
      const answeredMs = Date.now() - postedAt;
      if (status !== 202) throw new Error(`The webhook answered ${status}.`);
      const seen = await rig.seen({ 'cascade/reload': TARGETS, 'cascade/webhook': 1 }, PATIENCE_MS);
      return figuresOf(await rig.posts(), seen, postedAt, answeredMs);
    } finally {
      await rig.close();
    }
  },
};

async function hostLimits({ host }: Rig): Promise<{ invocationsPerMinute: number; concurrentInvocations: number }> {
  const authorization = `Basic ${Buffer.from(host.auth).toString('base64')}`;
  const response = await fetch(`${host.url}/api/v1/namespaces/_/limits`, { headers: { authorization } });
  return (await response.json()) as { invocationsPerMinute: number; concurrentInvocations: number };
}

function figuresOf(
  posts: readonly ReloadPost[],
  seen: SeenCalls,
  postedAt: number,
  answeredMs: number,
): readonly Figure[] {
  const apps = new Set(posts.filter(({ status }) => status === 201).map(({ appId }) => appId));
  const minutes = new Set(posts.map(({ receivedAt }) => Math.floor(receivedAt / MINUTE_MS)));
  const lastMs = Math.max(...posts.map(({ receivedAt }) => receivedAt)) - postedAt;
  const refused = seen.calls.length - TARGETS - carriesIn(seen);
  return [
    { name: 'apps reloaded', ours: apps.size, unit: '', bar: { atLeast: TARGETS } },
    { name: 'POSTs too many', ours: posts.length - apps.size, unit: '', bar: { atMost: 0 } },
    { name: 'webhook answered after', ours: answeredMs / 1_000, unit: 's' },
    { name: 'last reload posted, after the webhook', ours: lastMs / 1_000, unit: 's' },
    { name: 'wall-clock minutes that took', ours: minutes.size, unit: '' },
    { name: 'times the rest was carried', ours: carriesIn(seen), unit: '' },
    { name: 'calls that the host refused', ours: refused, unit: '' },
  ];
}

/** How often the invoker carried work into the next minute. Only the invoker itself calls it over REST. */
const carriesIn = ({ calls }: SeenCalls): number => calls.filter(({ action }) => action === 'cascade/invoker').length;
