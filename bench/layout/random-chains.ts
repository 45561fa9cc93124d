import type { GraphToDraw } from '../../src/core/graph/layout/lay-out-graph.ts';

/** The share of apps that follow a second app of their chain, and a third one. */
const SECOND = 0.25;
const THIRD = 0.05;
/** The share of apps that also follow an app of another chain. */
const ABROAD = 0.08;

/**
 * Chains as people write them: each has 4 to 40 apps. An app follows one or more of the apps that stand above it in its
 * file, mostly one of the last ten. Some also follow an app of one of the three chains before.
 *
 * @param random - numbers from 0 up to 1.
 */
export function randomChains(appCount: number, random: () => number): GraphToDraw {
  const below = (limit: number): number => Math.floor(random() * limit);
  const bands: number[] = [];
  const edges = new Map<string, { readonly from: number; readonly to: number }>();
  const link = (from: number, to: number): void => {
    if (from !== to) edges.set(`${from}>${to}`, { from, to });
  };
  const firsts: number[] = [];
  while (bands.length < appCount) {
    const band = firsts.length;
    const first = bands.length;
    const size = Math.min(4 + below(37), appCount - first);
    for (let app = first; app < first + size; app += 1) {
      bands.push(band);
      const above = app - first;
      if (above === 0) continue;
      const nearby = (): number => app - 1 - below(Math.min(above, 10));
      link(nearby(), app);
      if (random() < SECOND) link(nearby(), app);
      if (random() < THIRD) link(first + below(above), app);
      if (band > 0 && random() < ABROAD) {
        const from = firsts[Math.max(0, band - 3)] ?? 0;
        link(from + below(first - from), app);
      }
    }
    firsts.push(first);
  }
  return { bands, edges: [...edges.values()] };
}
