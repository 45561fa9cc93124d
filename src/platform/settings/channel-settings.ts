import type { Channel } from '../../clients/outbound/channel-port.ts';
import type { ChannelSetting } from '../../contracts/channel-setting.ts';
import { notifyChannels } from '../../contracts/generated/notify-channels.cjs';
import { type ChannelName, DEFAULT_CHANNEL } from '../../core/desk/notice.ts';
import type { Params } from '../define-action.ts';
import { cleanText, namedList, secureUrl, settingError, textSetting } from './setting.ts';

/**
 * Reads the channels by which people hear of failed and late reloads. NOTIFY_CHANNELS has several. SLACK_WEBHOOK_URL
 * alone makes one channel, `default`. The action storer decides which channels hear of a reload's end, and the action
 * notifier posts to them.
 *
 * @returns no channel if neither is set: nobody is notified.
 * @throws CascadeError SETTINGS_INVALID. It names the setting, and contains no address and no secret.
 */
export function parseChannelSettings(params: Params): readonly Channel[] {
  const several = namedList(params, 'NOTIFY_CHANNELS', 'channel', notifyChannels, ['SLACK_WEBHOOK_URL']);
  if (several !== undefined) return several.map(channelOf);
  const slack = textSetting(params, 'SLACK_WEBHOOK_URL');
  return slack === undefined ? [] : [{ name: DEFAULT_CHANNEL, slack: addressIn('SLACK_WEBHOOK_URL', slack) }];
}

function channelOf({ name, slack, url, secret }: ChannelSetting): Channel {
  const setting = `NOTIFY_CHANNELS ("${name}")`;
  const channel = name as ChannelName;
  if (slack !== undefined && url === undefined && secret === undefined)
    return { name: channel, slack: addressIn(setting, slack) };
  if (slack === undefined && url !== undefined && secret !== undefined)
    return { name: channel, url: addressIn(setting, url), secret: secretIn(setting, secret) };
  throw settingError(setting, 'has to have either "slack", or "url" and "secret"');
}

const addressIn = (setting: string, text: string): string => secureUrl(setting, cleanText(setting, text)).href;

/** How many bytes a secret has, by the Standard Webhooks specification. */
const SECRET_BYTES = { least: 24, most: 64 };

/** A secret looks like `whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw`. */
function secretIn(setting: string, text: string): string {
  const base64 = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(cleanText(setting, text))?.[1];
  const { length } = Buffer.from(base64 ?? '', 'base64');
  if (length >= SECRET_BYTES.least && length <= SECRET_BYTES.most) return text;
  throw settingError(
    setting,
    `has a "secret" that is not whsec_ and the base64 of ${SECRET_BYTES.least} to ${SECRET_BYTES.most} bytes; make one with: echo "whsec_$(openssl rand -base64 32)"`,
  );
}
