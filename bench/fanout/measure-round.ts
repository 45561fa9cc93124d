import type { BenchPackage } from '../support/deploy-bundles.ts';
import { targetOf } from '../support/fan-out-chains.ts';
import type { Post, Rig } from '../support/start-rig.ts';
import { sequentialLoop } from './sequential-loop.ts';

/** How long it took, in ms. */
export interface Taken {
  /** From the invoker's first call, as it reaches the host, to the last POST answered (`idle`: to the last activation's end). */
  readonly fromFirstCallMs: number;
  /** From the start of the invoker's activation. */
  readonly fromInvokerMs: number;
  /** From the webhook's arrival at our client. */
  readonly fromWebhookMs: number;
  /** Activations of `reload` that needed a new container. */
  readonly cold: number;
}

const nowMs = (): number => performance.timeOrigin + performance.now();

/** One webhook that reloads `size` apps, or that starts as many empty activations in the same way. */
export async function measureFanOut(rig: Rig, name: BenchPackage, size: number): Promise<Taken> {
  const reload = `${name}/reload`;
  const invoker = `${name}/invoker`;
  const postedAt = nowMs();
  const status = await rig.postWebhook(name, size);
  if (status !== 202) throw new Error(`The webhook answered ${status} to a fan-out of ${size}.`);
  const { calls, activations } = await rig.seen({ [reload]: size, [invoker]: 1, [`${name}/webhook`]: 1 });
  const runs = activations.filter(({ action }) => action === reload);
  const posts = name === 'cascade' ? await rig.posts() : [];
  if (runs.some(({ success }) => !success)) throw new Error(`An activation of ${reload} failed.`);
  if (name === 'cascade') checkPosts(posts, size);
  const endedAt = Math.max(...(name === 'cascade' ? posts.map((post) => post.answeredAt) : runs.map((run) => run.end)));
  const firstCallAt = Math.min(...calls.filter(({ action }) => action === reload).map(({ at }) => at));
  const invokerAt = Math.min(...activations.filter(({ action }) => action === invoker).map(({ start }) => start));
  return {
    fromFirstCallMs: endedAt - firstCallAt,
    fromInvokerMs: endedAt - invokerAt,
    fromWebhookMs: endedAt - postedAt,
    cold: runs.filter(({ isCold }) => isCold).length,
  };
}

/** The same targets, one after another: from the first call to the last POST answered, in ms. */
export async function measureLoop(rig: Rig, size: number): Promise<number> {
  const startedAt = await sequentialLoop(
    rig.tenant,
    Array.from({ length: size }, (_, index) => targetOf(index).appId),
  );
  const posts = await rig.posts();
  checkPosts(posts, size);
  return Math.max(...posts.map(({ answeredAt }) => answeredAt)) - startedAt;
}

/** A figure of reloads that were refused or came twice would be worth nothing. */
function checkPosts(posts: readonly Post[], size: number): void {
  const apps = new Set(posts.map(({ appId }) => appId));
  if (posts.length === size && apps.size === size && posts.every(({ status }) => status === 201)) return;
  const answers = posts.map(({ status }) => status).join(' ');
  throw new Error(
    `${size} reloads were to start; the tenant took POSTs for ${apps.size} apps and answered: ${answers}.`,
  );
}
