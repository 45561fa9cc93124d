/*
 * Chain files give apps short names, and other entries mean an app by such a name, by `chain/name` or by its id. While
 * the files are compiled, this file collects the names of all of them, so that each text leads to its app. It also
 * finds names that contradict each other.
 */

import { groupBy } from '../group-by.ts';
import { type AppId, type AppKey, type AppRef, appKey, DEFAULT_TENANT, type TenantName } from '../names.ts';
import type { AppEntry, ChainContent, ChainFile } from './chain-file.ts';
import { errorAt, type Place, type Problem } from './problem.ts';

/** A chain file that could be read. */
export interface ReadableFile {
  readonly file: string;
  readonly content: ChainContent;
}

/** An app under one short name of one file. */
export interface NamedApp extends AppRef {
  readonly shortName: string;
  /** `chain/short-name`. */
  readonly fullName: string;
  readonly label: string;
  readonly place: Place;
}

/** The names that the chain files give the apps. */
export interface AppIndex {
  /** The files that could be read, by their chain's name. If two have the same chain name: the first one. */
  readonly chains: ReadonlyMap<string, ReadableFile>;
  /** By app id: all entries for the app, in the order of the files. */
  readonly byId: ReadonlyMap<AppId, readonly NamedApp[]>;
  /** By `tenant/appId`, in the order of the files. */
  readonly byKey: ReadonlyMap<AppKey, readonly NamedApp[]>;
  readonly byShortName: ReadonlyMap<string, readonly NamedApp[]>;
  /** True if a file cannot be read. Then a chain that seems to be missing may be in that file. */
  readonly isPartial: boolean;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether `text` has the form of a Qlik Cloud app id. */
export const isUuid = (text: string): boolean => UUID.test(text);

/** The id as Qlik writes it: a UUID in lower case, any other text unchanged. */
export const canonicalAppId = (text: string): AppId => (isUuid(text) ? text.toLowerCase() : text) as AppId;

/** The app of a file's entry. */
export const appOf = (entry: AppEntry): AppRef => ({
  tenant: (entry.tenant ?? DEFAULT_TENANT) as TenantName,
  appId: canonicalAppId(entry.id),
});

/** Collects the names of the apps. `files` must be sorted by chain name, then by file name. */
export function indexApps(files: readonly ChainFile[]): AppIndex {
  const chains = new Map<string, ReadableFile>();
  const namings: NamedApp[] = [];
  for (const { file, content } of files) {
    if (content === null) continue;
    if (!chains.has(content.chain)) chains.set(content.chain, { file, content });
    namings.push(...namingsOf({ file, content }));
  }
  return {
    chains,
    byId: groupBy(namings, ({ appId }) => appId),
    byKey: groupBy(namings, appKey),
    byShortName: groupBy(namings, ({ shortName }) => shortName),
    isPartial: files.some(({ content }) => content === null),
  };
}

function namingsOf({ file, content }: ReadableFile): NamedApp[] {
  return Object.entries(content.apps ?? {}).flatMap(([shortName, entry]): NamedApp[] => {
    if (entry === null) return [];
    const label = entry.name ?? shortName;
    const place = { file, path: ['apps', shortName] };
    return [{ ...appOf(entry), shortName, fullName: `${content.chain}/${shortName}`, label, place }];
  });
}

/**
 * An app's name for messages about `chain`: its name in that chain's file, else the first name that a file gives it,
 * else its id.
 */
export function nameOf(app: AppRef, chain: string, { byKey }: AppIndex): string {
  const namings = byKey.get(appKey(app)) ?? [];
  const naming = namings.find(({ fullName }) => fullName.startsWith(`${chain}/`)) ?? namings[0];
  return naming?.fullName ?? app.appId;
}

/** Finds files that have another file's chain name. */
export function checkChainNames(files: readonly ChainFile[], { chains }: AppIndex): Problem[] {
  return files.flatMap(({ file, content }) => {
    const first = content === null ? undefined : chains.get(content.chain);
    if (first === undefined || first.file === file) return [];
    const message = `Chain "${first.content.chain}" is also the name of ${first.file}. A chain is one file: give one of them another name.`;
    return [errorAt({ file, path: ['chain'] }, 'SAME_CHAIN_NAME', message, [{ file: first.file, path: ['chain'] }])];
  });
}

/** Finds apps with two short names in one file, and apps in two tenants. */
export function checkAppIds({ byId }: AppIndex): Problem[] {
  const problems: Problem[] = [];
  for (const [appId, namings] of byId) {
    const inFile = new Map<string, NamedApp>();
    for (const naming of namings) {
      const first = namings[0] ?? naming;
      const twin = inFile.get(naming.place.file) ?? naming;
      inFile.set(naming.place.file, twin);
      if (naming.tenant !== first.tenant) problems.push(twoTenants(appId, naming, first));
      else if (twin !== naming) problems.push(sameApp(naming, twin));
    }
  }
  return problems;
}

/** The place of an app's id. */
export const idPlace = ({ place }: NamedApp): Place => ({ file: place.file, path: [...place.path, 'id'] });

const sameApp = (naming: NamedApp, twin: NamedApp): Problem =>
  errorAt(
    idPlace(naming),
    'SAME_APP',
    `App ${naming.appId} is already "${twin.fullName}". One app has one short name in a file: remove one of them.`,
    [idPlace(twin)],
  );

const twoTenants = (appId: AppId, naming: NamedApp, first: NamedApp): Problem =>
  errorAt(
    idPlace(naming),
    'APP_IN_TWO_TENANTS',
    `App ${appId} is in tenant "${naming.tenant}" here and in tenant "${first.tenant}" as "${first.fullName}". ` +
      'An app lives in one tenant ("default" if the entry has none): correct the tenant or the id.',
    [idPlace(first)],
  );
