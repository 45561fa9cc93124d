import type { Params } from '../define-action.ts';
import { settingError, textSetting } from './setting.ts';

/**
 * Whether tickets show the end of the failed reload's log: NOTIFY_LOG, `on` (default) or `off`.
 *
 * @throws CascadeError SETTINGS_INVALID for any other text.
 */
export function parseNotifyLog(params: Params): boolean {
  const text = textSetting(params, 'NOTIFY_LOG') ?? 'on';
  if (text === 'on' || text === 'off') return text === 'on';
  throw settingError('NOTIFY_LOG', 'has to be on or off');
}
