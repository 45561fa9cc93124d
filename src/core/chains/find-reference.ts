/*
 * Chain files name apps in several ways: by a short name, by `chain/name`, or by the app's id. While chain files are
 * compiled, this file finds the app that such a text means. If it finds none, it makes the message for the writer of
 * the file.
 *
 * A part of a file that has mistakes is left out of the compilation, and `null` stands in its place. The mistakes are
 * reported elsewhere.
 */

import { type AppRef, DEFAULT_TENANT } from '../names.ts';
import { type AppIndex, appOf, canonicalAppId, isUuid, type ReadableFile } from './app-index.ts';
import type { AppEntry } from './chain-file.ts';
import { didYouMean, nearestName } from './nearest-name.ts';
import { looksLikeTime, SCHEDULE_ADVICE } from './schedule-advice.ts';

/** What a text under `app:` or `after:` means. */
export type Reference =
  | { readonly kind: 'app'; readonly app: AppRef }
  /** The app is in a part with mistakes, or may be in a file that cannot be read. That was reported already. */
  | { readonly kind: 'refused' }
  | { readonly kind: 'unknown'; readonly message: string };

const HOW_TO_WRITE = 'Write a short name of this file, chain/name, or an app id.';

/** Finds the app that `text` means in `file`: a short name, `chain/name`, or an app id. */
export function findReference(text: string, file: ReadableFile, index: AppIndex): Reference {
  const own = entryOf(file, text);
  if (own !== undefined) return referenceTo(own);
  if (looksLikeTime(text) && !index.byShortName.has(text)) {
    return unknown(`No app "${text}" in chain "${file.content.chain}". ${SCHEDULE_ADVICE}`);
  }
  if (text.includes('/')) return inOtherChain(text, index);
  if (!isUuid(text)) return unknown(unknownShortName(text, file, index));
  const appId = canonicalAppId(text);
  const named = index.byId.get(appId)?.[0];
  return { kind: 'app', app: { tenant: named?.tenant ?? DEFAULT_TENANT, appId } };
}

const unknown = (message: string): Reference => ({ kind: 'unknown', message });

const referenceTo = (entry: AppEntry | null): Reference =>
  entry === null ? { kind: 'refused' } : { kind: 'app', app: appOf(entry) };

function entryOf({ content }: ReadableFile, shortName: string): AppEntry | null | undefined {
  const apps = content.apps ?? {};
  return Object.hasOwn(apps, shortName) ? apps[shortName] : undefined;
}

function inOtherChain(text: string, index: AppIndex): Reference {
  const [chainName = '', shortName = ''] = text.split('/', 2);
  const chain = index.chains.get(chainName);
  if (chain === undefined) {
    if (index.isPartial) return { kind: 'refused' };
    const near = nearestName(chainName, index.chains.keys());
    const hint = near === undefined ? '' : ` Did you mean "${near}/${shortName}"?`;
    return unknown(`No chain "${chainName}" for app "${text}".${hint} ${HOW_TO_WRITE}`);
  }
  const entry = entryOf(chain, shortName);
  if (entry !== undefined) return referenceTo(entry);
  const names = Object.keys(chain.content.apps ?? {}).map((name) => `${chainName}/${name}`);
  return unknown(
    `Chain "${chainName}" has no app "${shortName}".${didYouMean(text, names)} Its apps are listed in ${chain.file}.`,
  );
}

function unknownShortName(text: string, { content }: ReadableFile, index: AppIndex): string {
  if (text.includes(',')) return `No app "${text}" in chain "${content.chain}". Write a list in brackets: [${text}].`;
  const elsewhere = index.byShortName.get(text)?.[0]?.fullName;
  const hint =
    elsewhere === undefined ? didYouMean(text, Object.keys(content.apps ?? {})) : ` Did you mean "${elsewhere}"?`;
  return `No app "${text}" in chain "${content.chain}".${hint} ${HOW_TO_WRITE}`;
}
