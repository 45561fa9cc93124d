import type { ChainApp, CompiledChains } from '../link.ts';
import { type AppKey, type AppRef, appKey } from '../names.ts';
import { type ChannelName, DEFAULT_CHANNEL, type RouteKind } from './notice.ts';

/**
 * The channels that the chain files name for notices of this kind about an app. A notice is a message for people; a channel,
 * such as Slack, is where they get it. If the chain files name no channel for the app at all, it is the channel `default`. An
 * app that is in no chain has no channels.
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
 * The channels (such as Slack) that get notices of this kind about an app: those of `channelsNamed` that the settings have.
 *
 * @param channels - the channels that the settings have. All others are left out.
 */
export function routesOf(
  app: AppRef,
  kind: RouteKind,
  { apps }: Pick<CompiledChains, 'apps'>,
  channels: Pick<ReadonlySet<ChannelName>, 'has'>,
): readonly ChannelName[] {
  return channelsNamed(app, kind, apps).filter((name) => channels.has(name));
}
