import type { Params } from '../define-action.ts';
import { settingError, textSetting } from './setting.ts';

/**
 * Reads whether a ticket shows the last lines of a failed reload's log: NOTIFY_LOG, `on` or `off`; missing or empty
 * means `on`. A ticket is a streak of failures of one app, for people. The action collector asks Qlik for the log only
 * if this is `on`, because a log may hold data that not everybody may see.
 *
 * @throws CascadeError SETTINGS_INVALID for any other value.
 */
export function parseNotifyLog(params: Params): boolean {
  const text = textSetting(params, 'NOTIFY_LOG') ?? 'on';
  if (text === 'on' || text === 'off') return text === 'on';
  throw settingError('NOTIFY_LOG', 'has to be on or off');
}
