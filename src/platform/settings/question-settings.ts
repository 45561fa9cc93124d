import type { StackExchangeSite } from '../../clients/stack-exchange/http-stack-exchange.ts';
import { definedFields } from '../../core/defined-fields.ts';
import { type ChannelName, DEFAULT_CHANNEL } from '../../core/desk/notice.ts';
import type { Params } from '../define-action.ts';
import { secureUrl, settingError, textSetting } from './setting.ts';

/** Stack Exchange's own API, and its version. */
const API = 'https://api.stackexchange.com/2.3';

/** Up to 20 tags, such as `qlik-sense;qlikview`. They go into a URL, and more would make it very long. */
const TAGS = /^[a-z0-9.+#-]+(;[a-z0-9.+#-]+){0,19}$/;

/**
 * Reads which questions of a Stack Exchange site Cascade watches: QUESTIONS_TAGS, QUESTIONS_SITE (default
 * `stackoverflow`), QUESTIONS_KEY and QUESTIONS_URL (default: Stack Exchange's own API). The action questions-collector
 * asks the site for new questions with these tags, and people hear of them as they hear of failed reloads.
 *
 * @throws CascadeError SETTINGS_INVALID, also if QUESTIONS_TAGS is not set. It names the setting, and not its value.
 */
export function parseQuestionSettings(params: Params): StackExchangeSite {
  const tags = textSetting(params, 'QUESTIONS_TAGS') ?? '';
  if (!TAGS.test(tags))
    throw settingError('QUESTIONS_TAGS', 'has to be up to 20 tags with ; between: qlik-sense;qlikview');
  const site = textSetting(params, 'QUESTIONS_SITE') ?? 'stackoverflow';
  if (!/^[a-z0-9.-]{1,60}$/.test(site)) throw settingError('QUESTIONS_SITE', 'has to be the name of a site in the API');
  const url = secureUrl('QUESTIONS_URL', textSetting(params, 'QUESTIONS_URL') ?? API).href.replace(/\/+$/, '');
  return { url, site, tags, ...definedFields({ key: textSetting(params, 'QUESTIONS_KEY') }) };
}

/**
 * The channel in which people hear of new questions: QUESTIONS_CHANNEL, default `default`. NOTIFY_CHANNELS or
 * SLACK_WEBHOOK_URL defines the channel.
 *
 * @throws CascadeError SETTINGS_INVALID.
 */
export function parseQuestionsChannel(params: Params): ChannelName {
  const name = textSetting(params, 'QUESTIONS_CHANNEL') ?? DEFAULT_CHANNEL;
  if (/^[a-z0-9][a-z0-9-]{0,39}$/.test(name)) return name as ChannelName;
  throw settingError('QUESTIONS_CHANNEL', 'has to be the name of a channel');
}
