import type { ChainApp, CompiledChains, JoinRule, Link } from '../../src/core/link.ts';
import { type AppKey, type AppRef, appKey, type ChainName } from '../../src/core/names.ts';
import { type DurationMs, minutes } from '../../src/core/units.ts';
import { rowApp } from '../ledger/row-chains.ts';

/** The apps of one run. */
export interface RunApps {
  readonly root: AppRef;
  /** Follows the root in every version. */
  readonly first: AppRef;
  /** Follows `first` in every version. */
  readonly second: AppRef;
  /** Waits for `first` and `second` in every version. */
  readonly both: AppRef;
  /** Follows the root in every second version only. */
  readonly sometimes: AppRef;
  /** Waits for the root and `first` in the first three versions only. */
  readonly rarely: AppRef;
}

const APPS_OF_A_RUN = 6;

const appsOf = (run: number): RunApps => {
  const app = (index: number): AppRef => rowApp(run * APPS_OF_A_RUN + index);
  return { root: app(0), first: app(1), second: app(2), both: app(3), sometimes: app(4), rarely: app(5) };
};

/** The number of versions. Each is deployed again and again. */
const VERSIONS = 6;

/** The apps of `count` runs, and versions of their chains. */
export function ruleVersions(count: number): {
  readonly runs: readonly RunApps[];
  readonly versions: readonly CompiledChains[];
} {
  const runs = Array.from({ length: count }, (_, run) => appsOf(run));
  return { runs, versions: Array.from({ length: VERSIONS }, (_, version) => versionOf(runs, version)) };
}

/**
 * The chains of one version. Each version has another name for the chain, and another weight, retry, timeout and window
 * for its links. Some links are only in some versions.
 */
function versionOf(runs: readonly RunApps[], version: number): CompiledChains {
  const links: Record<AppKey, Link[]> = {};
  const apps: Record<AppKey, ChainApp> = {};
  const common = { chain: `version-${version}` as ChainName, on: 'succeeded', clause: 's', paused: false } as const;
  const body = { weight: version + 1 };
  const policy = {
    ...(version % 2 === 1 && { retry: { attempts: version, delay: minutes(1) } }),
    ...(version % 3 === 1 && { timeout: minutes(60 * version) }),
  };
  const changing = { ...common, body, ...(Object.keys(policy).length > 0 && { policy }) };
  const add = (link: Link): void => {
    links[appKey(link.after)] = [...(links[appKey(link.after)] ?? []), link];
    for (const app of [link.after, link.target]) apps[appKey(app)] = { ...app, label: app.appId, names: [] };
  };
  const addJoin = (target: AppRef, clause: string, upstreams: readonly AppRef[]): void => {
    const of = Object.fromEntries(upstreams.map((app) => [appKey(app), 'succeeded'])) as JoinRule['of'];
    const join = { of, atLeast: upstreams.length, within: minutes(60 * (version + 1)) as DurationMs };
    for (const after of upstreams) add({ ...changing, after, target, clause, join });
  };
  for (const { root, first, second, both, sometimes, rarely } of runs) {
    add({ ...changing, after: root, target: first });
    add({ ...common, body: {}, after: first, target: second });
    addJoin(both, 'both', [first, second]);
    if (version % 2 === 0) add({ ...changing, after: root, target: sometimes });
    if (version < VERSIONS / 2) addJoin(rarely, 'rarely', [root, first]);
  }
  return { links, apps };
}
