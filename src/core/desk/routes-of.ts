import type { CompiledChains } from '../link.ts';
import { type AppRef, appKey } from '../names.ts';
import { type ChannelName, DEFAULT_CHANNEL, type RouteKind } from './notice.ts';

/**
 * The channels that hear of this about an app: those of the chain files, else `default`. An app that is in no chain is
 * nobody's news.
 *
 * @param channels - those that the settings have. The others are left out, so without channels there are no notices.
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
