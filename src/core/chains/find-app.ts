import { CascadeError } from '../cascade-error.ts';
import type { ChainApp, CompiledChains } from '../link.ts';
import { appCandidates, shortAppName } from './app-candidates.ts';
import { didYouMean } from './nearest-name.ts';

/** The most names in a message, so that it stays readable. */
const MOST_LISTED = 10;

/**
 * Finds the one app that a person means, for `cascade why <app>` and for a reload by hand: by its id, its `chain/name`,
 * or its short name in a chain file. If there is no such app, the text may be the app's name for people.
 *
 * @throws CascadeError PARAMETERS_INVALID if no app is called so, or if several are. The message names up to ten apps.
 */
export function findApp(compiled: CompiledChains, text: string): ChainApp {
  const candidates = appCandidates(compiled, text);
  const [match] = candidates;
  if (match !== undefined && candidates.length === 1) return match;
  const message = match === undefined ? unknown(text, Object.values(compiled.apps)) : ambiguous(text, candidates);
  throw new CascadeError('PARAMETERS_INVALID', message);
}

function ambiguous(text: string, matches: readonly ChainApp[]): string {
  const names = matches.flatMap((app) => app.names.filter((name) => shortAppName(name) === text || app.label === text));
  return `Several apps are called "${text}": write ${listed(names, ' or ')}.`;
}

function unknown(text: string, apps: readonly ChainApp[]): string {
  const names = apps.flatMap((app) => app.names);
  const hint = didYouMean(text, [...names, ...names.map(shortAppName)]);
  return `No chain has an app "${text}".${hint} Write an app id or one of ${listed(names.sort(), ', ')}.`;
}

function listed(names: readonly string[], separator: string): string {
  const more = names.length - MOST_LISTED;
  return names.slice(0, MOST_LISTED).join(separator) + (more > 0 ? ` … and ${more} more` : '');
}
