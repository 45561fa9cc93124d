/*
 * An app waits for another app if a success of the other app reloads it, or is one of several that do. If an app is
 * late, a message to people names one of the apps that it waits for. This file finds those apps.
 */

import type { CompiledChains } from '../link.ts';
import { type AppKey, type AppRef, appKey } from '../names.ts';

/**
 * The most apps that are returned. A message names only one of them, and usually a near one, so far ones may be left
 * out.
 */
const MOST = 200;

/**
 * The apps that an app waits for, at most 200, nearest first. Some are connected with the app by one link, others by
 * several links in a row. A link that waits for several apps counts for each of them. A paused link does not count, nor
 * does a link that follows only failures.
 */
export function appsBefore(app: AppRef, links: CompiledChains['links']): readonly AppKey[] {
  const upstreams = new Map<AppKey, AppKey[]>();
  for (const { after, target, on, paused } of Object.values(links).flat()) {
    if (!paused && on !== 'failed')
      upstreams.set(appKey(target), [...(upstreams.get(appKey(target)) ?? []), appKey(after)]);
  }
  const first = appKey(app);
  const before = new Set<AppKey>([first]);
  // The loop also visits the apps that are added to the set meanwhile.
  for (const key of before) {
    for (const upstream of upstreams.get(key) ?? []) before.add(upstream);
    if (before.size > MOST) break;
  }
  before.delete(first);
  return [...before].slice(0, MOST);
}
