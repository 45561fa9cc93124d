import type { ChainApp, CompiledChains } from '../link.ts';
import { canonicalAppId } from './app-index.ts';

/**
 * The apps that a person may mean by `text`: the app with this id. If there is none, the apps with this `chain/name` or short
 * name. If there are none, those to which chain files give this name for people.
 */
export function appCandidates(compiled: CompiledChains, text: string): readonly ChainApp[] {
  const apps = Object.values(compiled.apps);
  const appId = canonicalAppId(text);
  const byId = apps.find((app) => app.appId === appId);
  if (byId !== undefined) return [byId];
  const matches = apps.filter(({ names }) => names.some((name) => name === text || shortNameOf(name) === text));
  return matches.length === 0 ? apps.filter(({ label }) => label === text) : matches;
}

const shortNameOf = (fullName: string): string => fullName.slice(fullName.indexOf('/') + 1);
