/*
 * Which apps an app waits for, directly or by way of others. A message about a late app names one of them.
 */

import type { CompiledChains } from '../link.ts';
import { type AppKey, type AppRef, appKey } from '../names.ts';

/** The most apps that are returned. A message names only one of them, mostly a near one. */
const MOST = 200;

/**
 * The apps that an app waits for, nearest first: a success of each reloads the app, directly or by way of others. Links that
 * are paused, or that follow failures only, make nobody wait.
 */
export function appsBefore(app: AppRef, links: CompiledChains['links']): readonly AppKey[] {
  const upstreams = new Map<AppKey, AppKey[]>();
  for (const { after, target, on, paused } of Object.values(links).flat()) {
    if (!paused && on !== 'failed')
      upstreams.set(appKey(target), [...(upstreams.get(appKey(target)) ?? []), appKey(after)]);
  }
  const first = appKey(app);
  const before = new Set<AppKey>([first]);
  // A set yields what is added while it is read.
  for (const key of before) {
    for (const upstream of upstreams.get(key) ?? []) before.add(upstream);
    if (before.size > MOST) break;
  }
  before.delete(first);
  return [...before].slice(0, MOST);
}
