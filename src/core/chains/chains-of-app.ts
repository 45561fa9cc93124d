import type { CompiledChains } from '../link.ts';
import { type AppRef, appKey, type ChainName } from '../names.ts';

/** The chains with a link from or to an app, by name. Tickets and messages about the app name them. */
export function chainsOfApp(app: AppRef, links: CompiledChains['links']): readonly ChainName[] {
  const key = appKey(app);
  const ofApp = Object.values(links)
    .flat()
    .filter(({ after, target }) => appKey(after) === key || appKey(target) === key);
  return [...new Set(ofApp.map(({ chain }) => chain))].sort();
}
