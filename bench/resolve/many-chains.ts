import type { CompiledChains, Link } from '../../src/core/link.ts';
import {
  type AppId,
  type AppRef,
  appKey,
  type ChainName,
  DEFAULT_TENANT,
  type ReloadId,
} from '../../src/core/names.ts';
import type { ReloadFinished } from '../../src/core/reload-finished.ts';
import type { EpochMs } from '../../src/core/units.ts';

const appOf = (kind: 'a' | 'b', index: number): AppRef => ({
  tenant: DEFAULT_TENANT,
  appId: `${kind.repeat(8)}-0000-4000-8000-${String(index).padStart(12, '0')}` as AppId,
});

function linksOf(index: number, count: number): readonly Link[] {
  const after = appOf('a', index);
  const common = { chain: `chain-${index}` as ChainName, after, clause: 's', body: {}, paused: false };
  return [
    { ...common, on: 'succeeded', target: appOf('a', (index + 1) % count) },
    { ...common, on: 'failed', target: appOf('b', index) },
  ];
}

/** So many chains of two links each: one link for success, one for failure. */
export function manyChains(count: number): CompiledChains {
  const indices = Array.from({ length: count }, (_, index) => index);
  const apps = indices.flatMap((index) => [appOf('a', index), appOf('b', index)]);
  return {
    links: Object.fromEntries(indices.map((index) => [appKey(appOf('a', index)), linksOf(index, count)])),
    apps: Object.fromEntries(apps.map((app) => [appKey(app), { ...app, label: app.appId, names: [] }])),
  };
}

/** `eventCount` ends that succeeded, of apps drawn by `random` (0 up to 1) from those of `manyChains(chainCount)`. */
export function randomEvents(chainCount: number, eventCount: number, random: () => number): readonly ReloadFinished[] {
  return Array.from({ length: eventCount }, (_, index) => ({
    ...appOf('a', Math.floor(random() * chainCount)),
    reloadId: `reload-${index}` as ReloadId,
    outcome: 'succeeded',
    endedAt: index as EpochMs,
    partial: false,
  }));
}
