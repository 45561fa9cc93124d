import type { CompiledChains } from '../link.ts';
import { type AppRef, appKey } from '../names.ts';
import { type ChannelName, DEFAULT_CHANNEL, type RouteKind } from './notice.ts';

/**
 * The channels (such as Slack) that get notices of this kind about an app. If the chain files name channels for the app,
 * only these get them. Otherwise the channel `default` gets them. An app that is in no chain has no channels.
 *
 * @param channels - the channels that the settings have. All others are left out.
 */
export function routesOf(
  app: AppRef,
  kind: RouteKind,
  { apps }: Pick<CompiledChains, 'apps'>,
  channels: ReadonlySet<ChannelName>,
): readonly ChannelName[] {
  const known = apps[appKey(app)];
  if (known === undefined) return [];
  const named = known.routes === undefined ? [DEFAULT_CHANNEL] : (known.routes[kind] ?? []);
  return named.filter((name) => channels.has(name));
}
