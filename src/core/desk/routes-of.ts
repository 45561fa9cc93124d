import type { ChainApp, CompiledChains } from '../link.ts';
import { type AppKey, type AppRef, appKey } from '../names.ts';
import { type ChannelName, DEFAULT_CHANNEL, type RouteKind } from './notice.ts';

/**
 * The channels that the chain files name for notices of this kind about an app. A notice is one thing that people
 * should hear. A channel, such as one of Slack's, is where they hear it. If no chain file has a `notify` for the app,
 * the notice goes to the channel `default`. An app that is in no chain has no channels.
 */
export function channelsNamed(
  app: AppRef,
  kind: RouteKind,
  apps: Readonly<Record<AppKey, Pick<ChainApp, 'routes'>>>,
): readonly ChannelName[] {
  const known = apps[appKey(app)];
  if (known === undefined) return [];
  return known.routes === undefined ? [DEFAULT_CHANNEL] : (known.routes[kind] ?? []);
}

/**
 * The channels that get notices of this kind about an app: those of `channelsNamed` that the settings have. Whoever
 * makes a notice asks this, because nobody could send a notice to a channel without settings.
 *
 * @param channels - the channels that the settings have.
 */
export function routesOf(
  app: AppRef,
  kind: RouteKind,
  { apps }: Pick<CompiledChains, 'apps'>,
  channels: Pick<ReadonlySet<ChannelName>, 'has'>,
): readonly ChannelName[] {
  return channelsNamed(app, kind, apps).filter((name) => channels.has(name));
}
