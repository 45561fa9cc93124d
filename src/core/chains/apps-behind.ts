import type { CompiledChains } from '../link.ts';
import { type AppKey, type AppRef, appKey } from '../names.ts';

/** The most apps that are returned, because nobody reads more in a ticket or a message. */
const MOST = 200;

/**
 * The apps that wait behind an app, nearest first: a success of the app reloads each of them, directly or by way of others.
 * Links that are paused, or that follow failures only, make nobody wait.
 */
export function appsBehind(app: AppRef, links: CompiledChains['links']): readonly AppKey[] {
  const first = appKey(app);
  const behind = new Set<AppKey>([first]);
  // A set yields what is added while it is read.
  for (const key of behind) {
    for (const { target, on, paused } of links[key] ?? []) if (!paused && on !== 'failed') behind.add(appKey(target));
    if (behind.size > MOST) break;
  }
  behind.delete(first);
  return [...behind].slice(0, MOST);
}
