/*
 * If an app misses its deadline, people want to know why. Often it waits for other apps, so the message names one of
 * these. This file finds them. App A waits for app B if a success of B reloads A, alone or together with other apps.
 */

import { type CompiledChains, followsSuccess } from '../link.ts';
import { type AppKey, type AppRef, appKey } from '../names.ts';

/**
 * The most apps that are returned. A message names only one of them, and usually a near one, so far ones may be left
 * out.
 */
const MOST = 200;

/**
 * The apps that an app waits for, directly or by way of others: at most 200, nearest first. If a link waits for several
 * apps, all of them count. A paused link does not count, nor does a link that follows only failures.
 */
export function appsBefore(app: AppRef, links: CompiledChains['links']): readonly AppKey[] {
  const upstreams = new Map<AppKey, AppKey[]>();
  for (const { after, target } of Object.values(links).flat().filter(followsSuccess)) {
    upstreams.set(appKey(target), [...(upstreams.get(appKey(target)) ?? []), appKey(after)]);
  }
  const first = appKey(app);
  const before = new Set<AppKey>([first]);
  // The loop also visits the apps that it adds to the set.
  for (const key of before) {
    for (const upstream of upstreams.get(key) ?? []) before.add(upstream);
    if (before.size > MOST) break;
  }
  before.delete(first);
  return [...before].slice(0, MOST);
}
