import type { CompiledChains, Link } from '../../src/core/link.ts';
import { type AppId, type AppRef, appKey, type ChainName, DEFAULT_TENANT } from '../../src/core/names.ts';

/** The app whose end calls for reloads of `size` others. */
export const upstreamOf = (size: number): AppRef => appOf(`aaaaaaaa-0000-4000-8000-${digits(size)}`);

/** The `index`-th target, from 0. */
export const targetOf = (index: number): AppRef => appOf(`bbbbbbbb-0000-4000-8000-${digits(index)}`);

const digits = (number: number): string => String(number).padStart(12, '0');
const appOf = (id: string): AppRef => ({ tenant: DEFAULT_TENANT, appId: id as AppId });

/** One chain for each size: `upstreamOf(size)` → the first `size` targets. */
export function fanOutChains(sizes: readonly number[]): CompiledChains {
  const chainsOf = (size: number): readonly Link[] =>
    Array.from({ length: size }, (_, index) => ({
      chain: `fan-out-${size}` as ChainName,
      after: upstreamOf(size),
      on: 'succeeded',
      target: targetOf(index),
      clause: 's',
      body: {},
      paused: false,
    }));
  const links = Object.fromEntries(sizes.map((size) => [appKey(upstreamOf(size)), chainsOf(size)]));
  const apps = [...sizes.map(upstreamOf), ...Array.from({ length: Math.max(...sizes) }, (_, index) => targetOf(index))];
  return { links, apps: Object.fromEntries(apps.map((app) => [appKey(app), { ...app, label: app.appId, names: [] }])) };
}
