/*
 * Chain files name apps in several ways. While chain files are compiled, this file finds the app that such a name means. A
 * file, or a part of it, is refused if it has mistakes. Other files report the mistakes, and `null` stands in place of the
 * refused part.
 */

import { type AppRef, DEFAULT_TENANT } from '../names.ts';
import { type AppIndex, appOf, canonicalAppId, isUuid, type ReadableFile } from './app-index.ts';
import type { AppEntry } from './chain-file.ts';
import { didYouMean, nearestName } from './nearest-name.ts';

/** What a text under `app:` or `after:` means. */
export type Reference =
  | { readonly kind: 'app'; readonly app: AppRef }
  /** The app is in a part of a file that was refused, so nothing more needs to be reported. */
  | { readonly kind: 'refused' }
  | { readonly kind: 'unknown'; readonly message: string };

const HOW_TO_WRITE = 'Write a short name of this file, chain/name, or an app id.';

/** Finds the app that `text` means in `file`: a short name, `chain/name`, or an app id. */
export function findReference(text: string, file: ReadableFile, index: AppIndex): Reference {
  const own = entryOf(file, text);
  if (own !== undefined) return referenceTo(own);
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
