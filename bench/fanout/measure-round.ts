import { targetOf } from '../support/fan-out-chains.ts';
import type { Expected } from '../support/processes.ts';
import type { ReloadPost, Rig } from '../support/start-rig.ts';
import { callIdeal } from './ideal.ts';
import { sequentialLoop, straightPosts } from './sequential-loop.ts';

/** How long a fan-out took, in ms. */
export interface Taken {
  /** From the invoker's first call, as it reaches the host, to the last POST answered. */
  readonly fromFirstCallMs: number;
  /** From the start of the invoker's activation. */
  readonly fromInvokerMs: number;
  /** From the webhook's arrival at our client. */
  readonly fromWebhookMs: number;
  /** Activations of `reload` that needed a new container. */
  readonly cold: number;
}

const nowMs = (): number => performance.timeOrigin + performance.now();

/** Measures one webhook that reloads `size` apps. */
export async function measureFanOut(rig: Rig, size: number): Promise<Taken> {
  const postedAt = nowMs();
  const status = await rig.postWebhook(size);
  if (status !== 202) throw new Error(`The webhook answered ${status} to a fan-out of ${size}.`);
  return takenIn(rig, 'cascade', size, { postedAt, also: { 'cascade/webhook': 1 } });
}

/**
 * Measures the same with two bare actions. @returns the ms from the arrival of the first call at the host to the last
 * answer to a POST.
 */
export async function measureIdeal(rig: Rig, size: number): Promise<number> {
  const postedAt = nowMs();
  const status = await callIdeal(rig, targetIds(size));
  if (status !== 202) throw new Error(`The bare fan-out of ${size} answered ${status}.`);
  return (await takenIn(rig, 'ideal', size, { postedAt, also: {} })).fromFirstCallMs;
}

async function takenIn(
  rig: Rig,
  name: 'cascade' | 'ideal',
  size: number,
  { postedAt, also }: { readonly postedAt: number; readonly also: Expected['activations'] },
): Promise<Taken> {
  const reload = `${name}/reload`;
  const invoker = `${name}/invoker`;
  const { calls, activations } = await rig.seen({ [reload]: size, [invoker]: 1, ...also });
  const runs = activations.filter(({ action }) => action === reload);
  if (runs.some(({ success }) => !success)) throw new Error(`An activation of ${reload} failed.`);
  const posts = await rig.posts();
  checkPosts(posts, size);
  const endedAt = Math.max(...posts.map((post) => post.answeredAt));
  const firstCallAt = Math.min(...calls.filter(({ action }) => action === reload).map(({ at }) => at));
  const invokerAt = Math.min(...activations.filter(({ action }) => action === invoker).map(({ start }) => start));
  return {
    fromFirstCallMs: endedAt - firstCallAt,
    fromInvokerMs: endedAt - invokerAt,
    fromWebhookMs: endedAt - postedAt,
    cold: runs.filter(({ isCold }) => isCold).length,
  };
}

const targetIds = (size: number): readonly string[] =>
  Array.from({ length: size }, (_, index) => targetOf(index).appId);

/** Measures the same targets, one after another: from the first call to the last answer to a POST, in ms. */
export const measureLoop = (rig: Rig, size: number): Promise<number> => measurePosts(rig, size, sequentialLoop);

/** Measures the same targets, all at once and without OpenWhisk, in the same way. */
export const measureStraight = (rig: Rig, size: number): Promise<number> => measurePosts(rig, size, straightPosts);

async function measurePosts(rig: Rig, size: number, start: typeof sequentialLoop): Promise<number> {
  const startedAt = await start(rig.tenant, targetIds(size));
  const posts = await rig.posts();
  checkPosts(posts, size);
  return Math.max(...posts.map(({ answeredAt }) => answeredAt)) - startedAt;
}

/** Checks the POSTs. If some were refused or came twice, the figure would be worth nothing. */
function checkPosts(posts: readonly ReloadPost[], size: number): void {
  const apps = new Set(posts.map(({ appId }) => appId));
  if (posts.length === size && apps.size === size && posts.every(({ status }) => status === 201)) return;
  const answers = posts.map(({ status }) => status).join(' ');
  throw new Error(
    `${size} reloads were to start; the tenant took POSTs for ${apps.size} apps and answered: ${answers}.`,
  );
}
