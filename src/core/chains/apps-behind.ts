import { type CompiledChains, followsSuccess } from '../link.ts';
import { type AppKey, type AppRef, appKey } from '../names.ts';

/** The most apps that are returned: nobody reads more. */
const MOST = 200;

/**
 * The apps that wait behind an app, directly or by way of others: at most 200, nearest first. Messages to people list
 * them, for example if the app is late. App A waits for app B if a success of B reloads A, alone or together with other
 * apps. A paused link does not count, nor does a link that follows only failures.
 */
export function appsBehind(app: AppRef, links: CompiledChains['links']): readonly AppKey[] {
  const first = appKey(app);
  const behind = new Set<AppKey>([first]);
  // The loop also visits the apps that it adds to the set.
  for (const key of behind) {
    for (const link of links[key] ?? []) if (followsSuccess(link)) behind.add(appKey(link.target));
    if (behind.size > MOST) break;
  }
  behind.delete(first);
  return [...behind].slice(0, MOST);
}
