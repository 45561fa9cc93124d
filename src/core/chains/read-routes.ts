import { type ChannelName, type NoticeRoutes, ROUTE_KINDS } from '../desk/notice.ts';
import { type AppKey, appKey } from '../names.ts';
import type { AppIndex } from './app-index.ts';
import type { ChainContent, NotifyEntry } from './chain-file.ts';
import type { PlacedLink } from './read-links.ts';

/**
 * Reads from the chain files (`notify`) which channels, such as one of Slack's, get notices about each app, that is,
 * what people should hear. The result is compiled into the chains, where whoever makes a notice looks up its channels.
 *
 * Each file that lists the app counts: the entry's `notify`, else the file's. If no file lists the app, each file whose
 * links use it counts. A file with `enabled: false` counts only if all these files have that. An app about which no
 * file says anything is left out.
 */
export function readRoutes(links: readonly PlacedLink[], index: AppIndex): ReadonlyMap<AppKey, NoticeRoutes> {
  const users = usersOf(links);
  const routes = new Map<AppKey, NoticeRoutes>();
  for (const [app, chains] of users) {
    const namings = index.byKey.get(app) ?? [];
    const sources: readonly Source[] =
      namings.length > 0
        ? namings.map(({ fullName, shortName }) => ({ chain: fullName.split('/')[0] ?? '', shortName }))
        : [...chains].map((chain) => ({ chain }));
    const enabled = sources.filter(({ chain }) => contentOf(chain, index)?.enabled !== false);
    const counting = enabled.length > 0 ? enabled : sources;
    const given = counting.flatMap((source) => {
      const list = notifyOf(source, index);
      return list === undefined ? [] : [list];
    });
    if (given.length > 0) routes.set(app, routesIn(given.flat()));
  }
  return routes;
}

/** A chain file that may say who hears of an app, and its name for the app if it lists it. */
interface Source {
  readonly chain: string;
  readonly shortName?: string;
}

/** The chains whose links use each app. */
function usersOf(links: readonly PlacedLink[]): ReadonlyMap<AppKey, ReadonlySet<string>> {
  const users = new Map<AppKey, Set<string>>();
  for (const { link } of links) {
    for (const app of [link.after, link.target]) {
      const chains = users.get(appKey(app)) ?? new Set();
      users.set(appKey(app), chains.add(link.chain));
    }
  }
  return users;
}

const contentOf = (chain: string, { chains }: AppIndex): ChainContent | undefined => chains.get(chain)?.content;

function notifyOf({ chain, shortName }: Source, index: AppIndex): readonly NotifyEntry[] | undefined {
  const content = contentOf(chain, index);
  return (shortName === undefined ? undefined : content?.apps?.[shortName]?.notify) ?? content?.notify;
}

function routesIn(entries: readonly NotifyEntry[]): NoticeRoutes {
  const byKind = ROUTE_KINDS.flatMap((kind) => {
    const to = entries.filter(({ when }) => when.includes(kind)).map((entry) => entry.to as ChannelName);
    return to.length === 0 ? [] : [[kind, [...new Set(to)].sort()]];
  });
  return Object.fromEntries(byKind);
}
