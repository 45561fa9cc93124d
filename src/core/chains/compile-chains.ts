/*
 * Chain files say which app follows which. This file checks all of them together, and compiles them into one table. The
 * build puts the table into the actions, which look up there what follows an app. `cascade check` shows the problems.
 */

import { definedFields } from '../defined-fields.ts';
import type { ChainApp, CompiledChains, Link } from '../link.ts';
import { type AppKey, type AppRef, appKey } from '../names.ts';
import { quoted } from '../visible.ts';
import { type AppIndex, checkAppIds, checkChainNames, idPlace, indexApps, isUuid, type NamedApp } from './app-index.ts';
import type { ChainFile } from './chain-file.ts';
import { checkComposites } from './check-composites.ts';
import { checkCycles } from './check-cycles.ts';
import { checkLinks } from './check-links.ts';
import { checkSizes } from './check-sizes.ts';
import type { Problem } from './problem.ts';
import { type ReadExpected, readExpected, type ScheduleProblem } from './read-expected.ts';
import { type PlacedLink, type ReadLinks, readLinks } from './read-links.ts';
import { readRoutes } from './read-routes.ts';

/** The compiled chains, and the problems. */
export interface Compilation {
  /** Absent if a problem is an error, or if a file could not be read. */
  readonly compiled?: CompiledChains;
  readonly problems: readonly Problem[];
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const byChain = (a: ChainFile, b: ChainFile): number =>
  compare(a.content?.chain ?? '', b.content?.chain ?? '') || compare(a.file, b.file);

/**
 * Checks and compiles chain files. The result does not depend on the order of `files`.
 *
 * @param hashOf - turns a text into 16 hex digits, the same ones each time. They become part of document ids.
 * @param problemOf - checks cron expressions and time zones.
 */
export function compileChains(
  files: readonly ChainFile[],
  hashOf: (text: string) => string,
  problemOf: ScheduleProblem,
): Compilation {
  const sorted = [...files].sort(byChain);
  const index = indexApps(sorted);
  const read = sorted.flatMap(({ file, content }) =>
    content === null ? [] : [readLinks({ file, content }, index, hashOf)],
  );
  const links = read.flatMap((each) => each.links);
  const { expected, problems: ofExpected } = readExpected(index, problemOf);
  const problems = [
    ...checkChainNames(sorted, index),
    ...checkAppIds(index),
    ...read.flatMap((each) => each.problems),
    ...checkLinks(links, index),
    ...checkComposites(links, index),
    ...checkSizes(links, index),
    ...checkCycles(links, index),
    ...ofExpected,
  ];
  if (problems.length > 0 || index.isPartial) return { problems };
  return { compiled: compiledOf(links, index, expected), problems: [...unusedApps(index, read), ...strangeIds(index)] };
}

function compiledOf(
  placed: readonly PlacedLink[],
  index: AppIndex,
  expected: ReadExpected['expected'],
): CompiledChains {
  const routes = readRoutes(placed, index);
  const byUpstream: Record<AppKey, Link[]> = {};
  const apps: Record<AppKey, ChainApp> = {};
  for (const { link } of placed) {
    const upstream = appKey(link.after);
    byUpstream[upstream] ??= [];
    byUpstream[upstream].push(link);
    for (const app of [link.after, link.target]) {
      const key = appKey(app);
      apps[key] ??= {
        ...chainApp(app, index.byKey.get(key) ?? []),
        ...definedFields({ routes: routes.get(key), expected: expected.get(key) }),
      };
    }
  }
  return { links: byUpstream, apps };
}

const chainApp = ({ tenant, appId }: AppRef, namings: readonly NamedApp[]): ChainApp => ({
  tenant,
  appId,
  label: namings[0]?.label ?? appId,
  names: namings.map(({ fullName }) => fullName).sort(compare),
});

function unusedApps({ byId, chains }: AppIndex, read: readonly ReadLinks[]): Problem[] {
  const used = new Set(read.flatMap((each) => each.used.map(appKey)));
  return [...byId.values()].flat().flatMap((naming): Problem[] => {
    if (used.has(appKey(naming))) return [];
    const [chain = ''] = naming.fullName.split('/');
    const isExpected = chains.get(chain)?.content.apps?.[naming.shortName]?.expected !== undefined;
    const noEffect = isExpected ? ' Its "expected" has no effect: nobody hears if it is late.' : '';
    const message = `App "${naming.fullName}" is in no link, so nothing follows it and it follows nothing.${noEffect} Remove it, or use it under "reloads:".`;
    return [{ severity: 'warning', code: 'APP_UNUSED', message, ...naming.place, atKey: true }];
  });
}

/** Warns of ids that no app in Qlik Cloud can have. A link with such an id would never do anything. */
function strangeIds({ byId }: AppIndex): Problem[] {
  return [...byId.values()].flat().flatMap((naming): Problem[] => {
    const { appId, fullName } = naming;
    if (isUuid(appId)) return [];
    const message = `The id of "${fullName}", ${quoted(appId)}, is not a UUID like b4a3cf85-0000-4000-8000-000000000001, as all app ids of Qlik Cloud are.${hintOn(appId)} Copy it from the app's address in Qlik Cloud.`;
    return [{ severity: 'warning', code: 'ID_NOT_UUID', message, ...idPlace(naming) }];
  });
}

function hintOn(id: string): string {
  if (/^[0-9a-f]{24}$/i.test(id)) return ' It looks like the id of a reload or of an item in the catalog.';
  return /^[0-9a-f]{32}$/i.test(id) ? ' It may be one without its dashes.' : '';
}
