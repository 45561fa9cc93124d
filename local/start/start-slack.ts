/*
 * Cascade sends people notices by channels, such as Slack. `npm start` runs Cascade on one machine, to try it. This
 * file starts a stand-in for Slack there, so that notices do not reach the people of a real deployment.
 */

import { type SlackPost, startSlackSink } from '../../sim/slack/start-slack-sink.ts';
import { DEFAULT_CHANNEL } from '../../src/core/desk/notice.ts';
import type { CompiledChains } from '../../src/core/link.ts';
import type { Ready } from './reporter.ts';

/** Where the notices for people go under `npm start`. */
export interface StartedSlack {
  readonly ready: NonNullable<Ready['slack']>;
  /**
   * The setting that the local deployment gets. It leads its channels to the stand-in, or to the address of `--slack`.
   */
  readonly settings: Readonly<Record<'NOTIFY_CHANNELS', string>>;
}

/** The most channels that a deployment may have (the schema of NOTIFY_CHANNELS). */
const MOST_CHANNELS = 20;

/**
 * Starts a stand-in for Slack, unless `--slack` gave an address. The default channel, and the first 19 others that the
 * chain files name, lead to the stand-in, or to that address. Notices to other channels are not sent, and the result
 * names these channels. The channels of the environment are not used, because they may be those of a real deployment.
 *
 * @param given - the address of `--slack`, which may be that of a real Slack. It is a secret: only its origin is shown.
 * @param onMessage - gets each message that the stand-in takes.
 */
export async function startSlack(
  { apps }: CompiledChains,
  given: string | undefined,
  onEnd: (end: () => Promise<unknown>) => void,
  onMessage: (message: SlackPost) => void,
): Promise<StartedSlack> {
  const routed = Object.values(apps).flatMap(({ routes = {} }) => Object.values(routes).flat());
  const all = [...new Set([DEFAULT_CHANNEL, ...routed])];
  const [names, leftOut] = [all.slice(0, MOST_CHANNELS), all.slice(MOST_CHANNELS)];
  const settingsFor = (slack: string) => ({ NOTIFY_CHANNELS: JSON.stringify(names.map((name) => ({ name, slack }))) });
  if (given !== undefined) {
    return { ready: { url: new URL(given).origin, messages: undefined, leftOut }, settings: settingsFor(given) };
  }
  const { url, origin, close } = await startSlackSink({ onMessage });
  onEnd(close);
  return { ready: { url, messages: `${origin}/_sim/messages`, leftOut }, settings: settingsFor(url) };
}
