import type { ChainApp, CompiledChains } from '../link.ts';
import { canonicalAppId } from './app-index.ts';

/**
 * Finds the apps that a person may mean by a text, in a command or in the dashboard's filter. That is the app with this
 * id. If there is none: the apps that chain files call so, by `chain/name` or by the short name alone. If there are
 * none: the apps with this name for people (`label`).
 */
export function appCandidates(compiled: CompiledChains, text: string): readonly ChainApp[] {
  const apps = Object.values(compiled.apps);
  const appId = canonicalAppId(text);
  const byId = apps.find((app) => app.appId === appId);
  if (byId !== undefined) return [byId];
  const matches = apps.filter(({ names }) => names.some((name) => name === text || shortAppName(name) === text));
  return matches.length === 0 ? apps.filter(({ label }) => label === text) : matches;
}

/** The short name in an app's full name, `chain/name`. A chain's name has no slash. */
export const shortAppName = (fullName: string): string => fullName.slice(fullName.indexOf('/') + 1);
