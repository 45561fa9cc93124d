import { existsSync } from 'node:fs';
import type { Channel } from '../../src/clients/outbound/channel-port.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { readEnvFile } from '../../src/deploy/read-settings.ts';
import { type CliCommand, ENV_FILE, type Report } from '../terminal.ts';

const TEST = 'test';

/**
 * `cascade notify test <channel>`: sends one message to a channel, and says what came back. A channel is a place, such
 * as Slack, to which Cascade sends people notices, for example of a failure. With this command a person sees that a
 * channel's settings are right before a reload fails.
 */
export const notifyCommand: CliCommand = {
  name: 'notify',
  description: 'send a test message to a channel, and say what came back',
  argument: ['[what]', `"${TEST}"`],
  second: ['[channel]', "the channel's name in NOTIFY_CHANNELS, or default (SLACK_WEBHOOK_URL)"],
  options: [],
  examples: `  $ cascade notify test ops       one message to the channel ops: settings in .env, overridden by the environment
  $ cascade notify test default   to the one channel that SLACK_WEBHOOK_URL makes`,
  async run(what, _options, _terminal, channel): Promise<Report> {
    if (what === TEST && channel !== undefined) return sendTest(channel);
    const known = namesOf(await configuredChannels());
    throw new CascadeError(
      'PARAMETERS_INVALID',
      `${wrongWith(what)}. Write: cascade notify test <channel>. The channels are ${known}.`,
    );
  },
};

function wrongWith(what: string | undefined): string {
  if (what === undefined) return `The word "${TEST}" and the channel are missing`;
  return what === TEST ? 'The channel is missing' : `"${what}" is not understood`;
}

async function configuredChannels(): Promise<readonly Channel[]> {
  const { parseChannelSettings } = await import('../../src/platform/settings/channel-settings.ts');
  return parseChannelSettings(await settings());
}

const namesOf = (channels: readonly Channel[]): string =>
  channels.map(({ name }) => name).join(', ') || 'none: set NOTIFY_CHANNELS or SLACK_WEBHOOK_URL';

async function sendTest(name: string): Promise<Report> {
  const { httpChannel } = await import('../../src/clients/outbound/http-channel.ts');
  const { postItems } = await import('../../src/clients/outbound/post-items.ts');
  const channels = await configuredChannels();
  const channel = channels.find((each) => each.name === name);
  if (channel === undefined) {
    throw new CascadeError(
      'PARAMETERS_INVALID',
      `There is no channel "${name}". The channels are ${namesOf(channels)}. They are read from ${ENV_FILE} and the environment: a running npm start has others, which this command does not know.`,
    );
  }
  const now = (): EpochMs => Date.now() as EpochMs;
  const at = now();
  const detail = 'cascade notify test sent this message. Nothing has failed.';
  const item = { id: `test/${at}`, kind: 'test', at, subject: `The channel ${name}`, detail } as const;
  const answer = await postItems(channel, [item], httpChannel(now), at);
  const isTaken = answer.kind === 'taken';
  const line = `${name}: ${answer.message}. ${ADVICE[answer.kind]}`;
  return { ok: isTaken, json: { channel: name, answer: answer.kind, message: answer.message }, lines: [line] };
}

const ADVICE = {
  taken: 'The channel has the message.',
  busy: 'The notifier would send the message again later. This command does not.',
  wrong: 'Look at the address and the secret of this channel.',
  refused: 'The channel takes no such message.',
} as const;

/** The settings of `.env`, if there is one. The environment variables override them. */
async function settings(): Promise<Readonly<Record<string, string | undefined>>> {
  const { values, problems } = existsSync(ENV_FILE) ? await readEnvFile(ENV_FILE) : { values: {}, problems: [] };
  if (problems.length > 0) throw new CascadeError('SETTINGS_INVALID', problems.join('\n'));
  return { ...values, ...process.env };
}
