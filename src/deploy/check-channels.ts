import { type ChannelName, DEFAULT_CHANNEL } from '../core/desk/notice.ts';
import type { CompiledChains } from '../core/link.ts';
import { parseChannelSettings } from '../platform/settings/channel-settings.ts';
import type { Environment } from './environment.ts';

/** A problem names this many apps. It only counts the others. */
const NAMED = 3;

/**
 * Finds the channels (such as Slack) that the chains name and the settings in `env` lack. Nobody would get the messages
 * for such a channel. If channels are set, `default` has to be one of them, because much goes there without being
 * named. `cascade check --deploy` prints what this returns. If the settings cannot be read, it returns nothing, because
 * `checkSettings` reports them.
 */
export function checkChannels(env: Environment, { apps }: CompiledChains): string[] {
  const known = channelsIn(env);
  if (known === undefined) return [];
  const lacksDefault = known.size > 0 && !known.has(DEFAULT_CHANNEL);
  const named = Object.values(apps).flatMap(({ routes = {} }) => Object.values(routes).flat());
  return [
    ...[...new Set(named)]
      .filter((name) => !known.has(name) && !(lacksDefault && name === DEFAULT_CHANNEL))
      .sort()
      .map(
        (name) =>
          `The chains send notices to a channel "${name}", which NOTIFY_CHANNELS does not have: nobody would get them.`,
      ),
    ...(lacksDefault ? [withoutDefault(apps)] : []),
  ];
}

function withoutDefault(apps: CompiledChains['apps']): string {
  const toDefault = Object.entries(apps)
    .filter(([, { routes }]) => routes === undefined || Object.values(routes).flat().includes(DEFAULT_CHANNEL))
    .map(([key]) => key);
  const more = toDefault.length > NAMED ? ` and ${toDefault.length - NAMED} more` : '';
  const ofApps = `notices of apps (${toDefault.slice(0, NAMED).join(', ')}${more}), and `;
  return `NOTIFY_CHANNELS has no channel "${DEFAULT_CHANNEL}". It gets ${toDefault.length === 0 ? '' : ofApps}the alerts about Cascade itself: nobody would get them.`;
}

function channelsIn(env: Environment): ReadonlySet<ChannelName> | undefined {
  try {
    return new Set(parseChannelSettings(env).map(({ name }) => name));
  } catch {
    return undefined;
  }
}
