import type { ChainApp, CompiledChains } from '../link.ts';
import { canonicalAppId } from './app-index.ts';

/**
 * Finds the apps that a person may mean by a text, in a command or in the dashboard's filter. The first of these that
 * exists counts: the app with this id; the apps with this `chain/name` or short name in a chain file; the apps with
 * this name for people (`label`).
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
