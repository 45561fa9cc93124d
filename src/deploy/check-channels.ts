import type { CompiledChains } from '../core/link.ts';
import { parseChannelSettings } from '../platform/settings/channel-settings.ts';
import type { Environment } from './environment.ts';

/**
 * Finds the channels (such as Slack) that the chains name and the settings in `env` lack. Nobody would get the messages
 * for such a channel. `cascade check --deploy` prints what this returns. If the settings cannot be read, it returns
 * nothing, because `checkSettings` reports them.
 */
export function checkChannels(env: Environment, { apps }: CompiledChains): string[] {
  const known = channelsIn(env);
  if (known === undefined) return [];
  const named = Object.values(apps).flatMap(({ routes = {} }) => Object.values(routes).flat());
  return [...new Set(named)]
    .filter((name) => !known.has(name))
    .sort()
    .map(
      (name) =>
        `The chains send notices to a channel "${name}", which NOTIFY_CHANNELS does not have: nobody would get them.`,
    );
}

function channelsIn(env: Environment): ReadonlySet<string> | undefined {
  try {
    return new Set(parseChannelSettings(env).map(({ name }) => name));
  } catch {
    return undefined;
  }
}
