import type { ChainFile, ReloadEntry } from '../../../src/core/chains/chain-file.ts';

/** App ids a, b, c … stand for themselves. */
const appsOf = (...names: string[]): Record<string, { id: string }> =>
  Object.fromEntries(names.map((name) => [name, { id: `id-${name}` }]));

/** A chain file whose apps are those that its entries name. */
export function chain(name: string, reloads: ReloadEntry[], apps: string[]): ChainFile {
  return { file: `${name}.yaml`, content: { chain: name, apps: appsOf(...apps), reloads } };
}
