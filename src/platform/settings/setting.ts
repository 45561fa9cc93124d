/*
 * Reads one setting from an action's parameters: a text, a list, a number or a URL. Deployment binds the settings to
 * the actions. The other files of this directory use these functions, so that the error of a wrong setting names the
 * setting.
 */

import { type Validator, violationOf } from '../../contracts/validator.ts';
import { CascadeError } from '../../core/cascade-error.ts';
import { revealed } from '../../core/visible.ts';
import type { Params } from '../define-action.ts';

/** The failure of a setting. `problem` is the rest of the sentence, and must not contain the setting's text. */
export const settingError = (name: string, problem: string): CascadeError =>
  new CascadeError('SETTINGS_INVALID', `The setting ${name} ${problem}.`);

/**
 * A setting's text; undefined if it is missing or empty. wskdeploy, which deploys the manifest, binds `""` if a
 * variable is not set.
 *
 * @throws CascadeError SETTINGS_INVALID if it is not a text, or a text that `cleanText` refuses.
 */
export function textSetting(params: Params, name: string): string | undefined {
  const text = rawSetting(params, name);
  return text === undefined ? undefined : cleanText(name, text);
}

/**
 * Returns `text` if it has no white space around it, no control character, and none of the characters that people copy
 * along without seeing them, such as a no-break space. A signature, a key or an address would be wrong with them.
 *
 * @throws CascadeError SETTINGS_INVALID otherwise.
 */
export function cleanText(name: string, text: string): string {
  if (text !== '' && text.trim() === '') throw settingError(name, 'is only white space');
  if (text !== text.trim()) throw settingError(name, 'begins or ends with white space: remove it');
  if (/\p{Cc}/u.test(text)) throw settingError(name, 'has a line end or another control character in it: remove it');
  const [unseen] = /[\p{Cf}\p{Zl}\p{Zp}\u00A0]/u.exec(text) ?? [];
  if (unseen !== undefined)
    throw settingError(name, `has a character that cannot be seen, ${revealed(unseen)}: remove it`);
  return text;
}

function rawSetting(params: Params, name: string): string | undefined {
  const value = params[name];
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value !== 'string') throw settingError(name, 'has to be text');
  return value;
}

/**
 * The named entries in a setting that holds a JSON list, such as QLIK_TENANTS; undefined if the setting is missing or
 * empty. White space around the JSON is allowed. The caller has to check the texts in the list by `cleanText`.
 *
 * @param what - what an entry is, for messages.
 * @param single - the settings for a deployment with one entry. None of them may be set beside the setting `name`.
 * @throws CascadeError SETTINGS_INVALID, for example if the setting is not JSON, breaks its schema, has a name twice,
 *   or is set beside one of `single`.
 */
export function namedList<T extends { readonly name: string }>(
  params: Params,
  name: string,
  what: 'channel' | 'tenant',
  validator: Validator<readonly T[]>,
  single: readonly string[],
): readonly T[] | undefined {
  const text = rawSetting(params, name);
  if (text === undefined) return undefined;
  const entries = parseJson(name, text);
  if (!validator(entries)) throw settingError(name, violationOf(validator));
  const other = single.find((each) => textSetting(params, each) !== undefined);
  if (other !== undefined) throw settingError(other, `is set beside ${name}: use one of the two ways`);
  const twice = duplicateIn(entries.map((entry) => entry.name));
  if (twice !== undefined) throw settingError(name, `names the ${what} "${twice}" twice`);
  return entries;
}

/**
 * The whole number in a setting, from `least` to `most`; `otherwise` if it is missing or empty.
 *
 * @throws CascadeError SETTINGS_INVALID for any other text.
 */
export function numberSetting(
  params: Params,
  name: string,
  { least, most, otherwise }: { readonly least: number; readonly most: number; readonly otherwise: number },
): number {
  const text = textSetting(params, name);
  if (text === undefined) return otherwise;
  const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw settingError(name, `has to be a whole number from ${least} to ${most}`);
}

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * The URL in a setting. It has to be https, or http to a loopback address (this machine itself), and must have neither
 * user nor password.
 *
 * @throws CascadeError SETTINGS_INVALID for another URL, or no URL.
 */
export function secureUrl(name: string, text: string): URL {
  if (!URL.canParse(text)) throw settingError(name, 'is not a URL; it begins with https://');
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') throw settingError(name, 'must not carry a user or password');
  const secure = url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.has(url.hostname));
  if (!secure) throw settingError(name, 'has to be https (http is for loopback addresses only)');
  return url;
}

function parseJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw settingError(name, 'is not JSON');
  }
}

/** A value that is in the list twice, or undefined. */
export const duplicateIn = (values: readonly string[]): string | undefined =>
  values.find((value, index) => values.indexOf(value) !== index);
